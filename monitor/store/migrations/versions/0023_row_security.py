"""The second wall on PostgreSQL: rows of people's days are seen by who may see their unit on that day."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Asked once for a statement, not for each row: that is what the brackets around SELECT are for.
EVERYTHING = "(SELECT coalesce(current_setting('monitor.reach', true), '') IN ('', '{(,)}'))"
REACH = "(SELECT nullif(current_setting('monitor.reach', true), '')::int8multirange)"
READER = "(SELECT nullif(current_setting('monitor.person', true), '')::int)"

OF_A_UNIT = ("session_record", "day_record", "overtime_record")
"""Each row names the unit that counted on its day."""
OF_A_SPAN = {
    "excuse": ("starts / 86400", "ends / 86400"),
    "exempt_finding": ("starts / 86400", "ends / 86400"),
    "roster_entry": ("starts / 86400", "ends / 86400"),
    "removed_roster_entry": ("starts / 86400", "ends / 86400"),
    # The end of a night duty lies on the date after; whose day it was is not in the row.
    "manual_punch": ("time / 86400 - 1", "time / 86400"),
    "pending_adjustment": ("day", "day"),
    "explained_day": ("on_date - DATE '1970-01-01'", "on_date - DATE '1970-01-01'"),
    "day_case": ("on_date - DATE '1970-01-01'", "on_date - DATE '1970-01-01'"),
}
"""Each row names a person and has a first and a last day: the unit is that of a posting valid on one of them."""
OF_ANOTHER = {
    "excuse_entry": ("excuse", "excuse_id"),
    "case_note": ("day_case", "case_id"),
    "case_decision": ("day_case", "case_id"),
    "attachment": ("case_note", "note_id"),
    "decision_effect": ("case_decision", "decision_id"),
}
"""Each row belongs to one of another table, and is seen when that is."""


def upgrade() -> None:
    """Policies for every role but the owner and superusers; SQLite has none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in OF_A_UNIT:
        _protect(table, f"{_own(table)} OR unit_id::int8 * 1000000 + day <@ {REACH}")
    for table, (first, last) in OF_A_SPAN.items():
        _protect(table, f"{_own(table)} OR {_posted(table, first, last)}")
    for table, (other, key) in OF_ANOTHER.items():
        _protect(table, f"{EVERYTHING} OR EXISTS (SELECT FROM {other} o WHERE o.id = {table}.{key})")


def _own(table: str) -> str:
    return f"{EVERYTHING} OR {table}.person_id = {READER}"


def _posted(table: str, first: str, last: str) -> str:
    """That the person was posted, on one of the days, to a unit that is in reach on it."""
    begins = f"greatest(p.valid_from - DATE '1970-01-01', {first})"
    ends = f"least(p.valid_to - DATE '1970-01-01', {last})"
    met = f"p.valid_from - DATE '1970-01-01' <= {last} AND ({first}) <= {ends}"
    days = f"int8range(p.unit_id::int8 * 1000000 + {begins}, p.unit_id::int8 * 1000000 + {ends}, '[]')"
    seen = f"p.person_id = {table}.person_id AND CASE WHEN {met} THEN {days} && {REACH} END"
    return f"EXISTS (SELECT FROM posting p WHERE {seen})"


def _protect(table: str, seen: str) -> None:
    """One policy for reading and writing: what must not be seen must not be written either."""
    op.execute(f"CREATE POLICY in_reach ON {table} USING ({seen})")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
