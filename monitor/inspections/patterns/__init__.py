"""Patterns of punches: rules with their evidence, off until somebody switches them on (docs/patterns.md)."""
