"""The pages and the terminals' port; each process loads what it serves."""
