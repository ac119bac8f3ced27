"""Copies of everything: made while the program runs, proven, put back."""
