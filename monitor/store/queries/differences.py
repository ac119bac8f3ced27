"""Two sets of records of the same person-days laid side by side: what changes, appears, vanishes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Session = tuple[int, int, int, str, int]
"""Person id, day, kind, name, and how many of that name came before on the day."""

IDENTITY = frozenset({"person_id", "day", "seq"})
"""What says which record it is; a session's place moves when another one comes before it."""

DAY_SEQ = -1
"""Stands for a session's place in what is said of the day's own record."""

OVERTIME_SEQ = -2
"""The first of the day's overtime; the next ones count down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A record as it is and as it would be; None where there is none. Never both, never equal."""

    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """Whichever of the two says whose record it is, as it is if it is."""
        found = self.before or self.after
        assert found is not None  # noqa: S101 - what the class promises, for the type checker
        return found

    @property
    def person_day(self) -> tuple[int, int]:
        """Whose record, of which day."""
        return self.row["person_id"], self.row["day"]

    @property
    def seq(self) -> int:
        """The session's place in its day, `DAY_SEQ` for the day's record, `OVERTIME_SEQ` for overtime."""
        if "night_seconds" in self.row:
            return OVERTIME_SEQ - int(self.row["seq"])
        return int(self.row.get("seq", DAY_SEQ))

    @property
    def columns(self) -> list[str]:
        """The columns that differ, in order; all of them when the record appears or vanishes."""
        if self.before is None or self.after is None:
            return [name for name in self.row if name not in IDENTITY]
        after = self.after
        return [n for n, value in self.before.items() if n not in IDENTITY and value != after[n]]

    def sides(self) -> tuple[Row | None, Row | None]:
        """Before and after, cut down to the columns that differ."""
        names = self.columns
        before, after = (
            None if row is None else {name: row[name] for name in names} for row in (self.before, self.after)
        )
        return before, after


def differences(before: Iterable[Row], after: Iterable[Row]) -> Iterator[Difference]:
    """What differs between two sets of records of one kind, sessions or days, in order."""
    old, new = _by_identity(before), _by_identity(after)
    for key in sorted(old.keys() | new.keys()):
        found = Difference(before=old.get(key), after=new.get(key))
        if found.before is None or found.after is None or found.columns:
            yield found


def _by_identity(rows: Iterable[Row]) -> dict[Session, Row]:
    """Sessions are told apart by kind and name, for a regulation moves them and a duty pushes them on."""
    seen: Counter[tuple[int, int, int, str]] = Counter()
    found: dict[Session, Row] = {}
    for row in rows:
        key = (row["person_id"], row["day"], row.get("kind", DAY_SEQ), row.get("name", ""))
        found[*key, seen[key]] = row
        seen[key] += 1
    return found
