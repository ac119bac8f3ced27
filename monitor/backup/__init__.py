"""Copies of an installation: made online, proven by opening, encrypted, rotated, restored."""
