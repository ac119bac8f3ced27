"""Sentences about imports."""

SENTENCES: dict[str, str] = {}
