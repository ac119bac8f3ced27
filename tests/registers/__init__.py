"""Registers: what clerks enter by hand."""
