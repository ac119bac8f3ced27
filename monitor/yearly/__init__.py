"""A year in evidence: what the stored records say of people and units, counted and never weighed."""
