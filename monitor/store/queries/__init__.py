"""Reads and bulk writes, one file per subject."""
