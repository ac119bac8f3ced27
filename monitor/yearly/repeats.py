"""Written reminders, and which of them follow another within twelve months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitor.store.queries.year_papers import ReminderRow
from monitor.yearly.period import MONTHS, months_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A standing reminder; `after` is the one before it, if that was issued within twelve months."""

    row: ReminderRow
    after: ReminderRow | None

    @property
    def window_ends_on(self) -> date:
        """The last day on which another reminder would follow this one within twelve months."""
        return months_later(self.row.issued_on, MONTHS)


def with_repeats(rows: Iterable[ReminderRow]) -> list[Reminder]:
    """Reminders of one person in order of issue; the day twelve months later still counts."""
    found: list[Reminder] = []
    before: ReminderRow | None = None
    for row in sorted(rows, key=lambda one: (one.issued_on, one.id)):
        near = before is not None and row.issued_on <= months_later(before.issued_on, MONTHS)
        found.append(Reminder(row=row, after=before if near else None))
        before = row
    return found
