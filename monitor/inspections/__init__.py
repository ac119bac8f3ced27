"""Check windows, campaigns, visits and their papers: what an inspection records and reports."""
