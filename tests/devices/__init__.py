"""Tests of the terminal drivers."""
