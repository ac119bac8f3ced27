"""What triggers keep on PostgreSQL in place of foreign keys; SQLite has the keys (docs/decisions).

A punch's id alone is no key of a table of partitions, so nothing can refer to it by a foreign key. And where
very much is written, a foreign key's look at each row by itself takes most of the time: triggers look up the
different ids of a statement once.
"""

from collections.abc import Mapping
from types import MappingProxyType

REFERRING = ("punch_support", "punch_variant", "push_confirmation", "quarantine_decision", "withheld_punch")
"""Tables that refer to punches."""
_OF_RECORDS = {"person_id": "person", "unit_id": "unit"}
LOOKED_UP: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        **{name: {"punch_id": "punch"} for name in REFERRING},
        "punch": {"terminal_id": "terminal", "pull_id": "pull", "import_id": "file_import"},
        "session_record": _OF_RECORDS | {"regulation_id": "regulation_version"},
        "day_record": _OF_RECORDS,
        "overtime_record": _OF_RECORDS,
    }
)
"""Table -> its columns that hold an id, and of which table."""
