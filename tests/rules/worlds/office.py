"""One person in one office, for scenarios that are worked out by hand.

The person works on Monday 2026-03-02, by default Sáng 07:30-11:30 and Chiều 13:30-17:00, and has one
terminal that is covered around the clock. Times are written `HH:MM` or `HH:MM:SS`; `+` before a time
is the next day, `-` the day before.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from monitor.rules.codes import Status, reason_codes
from monitor.rules.columns import DAY_SECONDS, NO_TIME
from monitor.rules.regulation import OfficeSession, Regulation, Target
from tests.rules.twin import TwinRow, reconcile_slowly
from tests.rules.worlds.draft import Draft, on

MONDAY = on("2026-03-02")
WEEK = (1, 2, 3, 4, 5)
NAMES = ("Sáng", "Chiều", "Tối")
USUAL_HOURS = "07:30-11:30 13:30-17:00"
BADGE = 7


def clock(text: str) -> int:
    """The instant of a time on the Monday, `+` the day after, `-` the day before."""
    day = MONDAY + {"+": 1, "-": -1}.get(text[0], 0)
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return day * DAY_SECONDS + sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def span(text: str) -> tuple[int, int]:
    """Two times joined by ` to `."""
    first, last = text.split(" to ")
    return clock(first), clock(last)


def clock_text(instant: int) -> str:
    """The other way round; nothing for no time, seconds only where there are any."""
    if instant == NO_TIME:
        return ""
    day, seconds = divmod(instant, DAY_SECONDS)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    if seconds % 60:
        text += f":{seconds % 60:02}"
    return {1: "+", 0: "", -1: "-"}[day - MONDAY] + text


def sessions(hours: str, weekdays: tuple[int, ...] = WEEK) -> tuple[OfficeSession, ...]:
    """Sessions `start-end start-end ...`; one whose end is not after its start ends on the next day."""
    result = []
    for name, hour in zip(NAMES, hours.split(), strict=False):
        start, end = (clock(text) - MONDAY * DAY_SECONDS for text in hour.split("-"))
        end += DAY_SECONDS if end <= start else 0
        result.append(OfficeSession(name=name, weekdays=weekdays, start_seconds=start, end_seconds=end))
    return tuple(result)


@dataclass(slots=True, kw_only=True)
class Office:
    """A draft with one person at position 0 and one terminal at position 0, and what is asked of it."""

    draft: Draft = field(default_factory=Draft)
    now: int = (MONDAY + 3) * DAY_SECONDS

    def punch(self, times: str, terminal: int = 0, states: int = 1 << 7) -> list[int]:
        """Punches of the person at the times given; their ids."""
        return [self.draft.punch(BADGE, clock(time), terminal, states) for time in times.split()]

    def duty(self, text: str, kind: str = "duty") -> None:
        """A roster entry."""
        self.draft.roster_entry(0, kind, span(text))

    def excuse(self, text: str, kind: int = 0, **dates: int) -> None:
        """An approved excuse; `kind` is a position in `EXCUSE_TYPES`."""
        self.draft.excuse(0, span(text), kind, **dates)

    def set(self, **settings: Any) -> None:
        """Change settings of the regulation."""
        self.draft.regulations[0] = replace(self.draft.regulations[0], **settings)

    def cover(self, *texts: str, terminal: int = 0) -> None:
        """Replace the terminal's coverage by the intervals given."""
        self.draft.coverage = [row for row in self.draft.coverage if row[0] != terminal]
        for text in texts:
            self.draft.covered(terminal, span(text))

    def rows(self, *days: int) -> list[TwinRow]:
        """The rows of the days given, of the Monday if none is."""
        return reconcile_slowly(self.draft.world(), [(0, day) for day in days or (MONDAY,)], self.now)

    def row(self, name: str) -> TwinRow:
        """The row of that session on the Monday."""
        (row,) = (row for row in self.rows() if row.name == name)
        return row

    def verdicts(self, *days: int) -> list[str]:
        """Every row as `session status in-out`, e.g. `Sáng late 07:41-11:30`."""
        return [verdict(row) for row in self.rows(*days)]

    def reasons(self, name: str) -> list[str]:
        """The reasons of that session."""
        return reason_codes(self.row(name).reasons)

    def window(self, name: str) -> str:
        """The window of that session's block."""
        row = self.row(name)
        return f"{clock_text(row.window_from)} to {clock_text(row.window_to)}"


def verdict(row: TwinRow) -> str:
    """A row as `session status in-out`."""
    status = Status(row.status).name.lower()
    return f"{row.name} {status} {clock_text(row.time_in)}-{clock_text(row.time_out)}"


def office(hours: str = USUAL_HOURS, **settings: Any) -> Office:
    """An office with these hours and settings, without any punch."""
    draft = Draft()
    root = draft.unit("so")
    person = draft.person("an")
    draft.post(person, root)
    draft.terminal("cong", root)
    draft.badge(person, BADGE)
    draft.covered(0, ((MONDAY - 9) * DAY_SECONDS, (MONDAY + 9) * DAY_SECONDS))
    settings.setdefault("valid_from", MONDAY - 400)
    settings.setdefault("sessions", sessions(hours))
    draft.regulations.append(Regulation(code="chung", targets=(Target(kind="*"),), **settings))
    return Office(draft=draft)
