"""Staff attendance and working-hours monitor for Vietnamese government offices."""

__version__ = "0.1.0"
