"""Imports of everything an office enters by file, and their previews (rules 9)."""

from monitor.setup.calendar import shipped_calendar
from monitor.setup.report import ImportRefused, ImportReport, RowError
from monitor.setup.run import KINDS, ReadFile, import_file, import_into, import_read, read_bytes, read_file

__all__ = [
    "KINDS",
    "ImportRefused",
    "ImportReport",
    "ReadFile",
    "RowError",
    "import_file",
    "import_into",
    "import_read",
    "read_bytes",
    "read_file",
    "shipped_calendar",
]
