"""Reports to the level above: months, self-inspections, tables over all units, lists, the public summary."""
