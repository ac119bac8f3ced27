"""The arrival strip: how many people came in which five minutes of a morning, as columns of an SVG."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import SessionRow

STEP = 300
NOON = 12 * 3600
HOUR = 3600
HEIGHT = 56
"""Of the columns, in pixels; the whole drawing has room for the hours below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Who came within five minutes from `starts` on (wall-clock seconds); `late` of the `people`."""

    starts: int
    people: int
    late: int

    @property
    def ends(self) -> int:
        """Where the next one begins."""
        return self.starts + STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """A morning's arrivals; `columns` are those in which somebody came, `due` where most were due."""

    columns: tuple[Column, ...]
    due: int

    @property
    def people(self) -> int:
        """How many came."""
        return sum(column.people for column in self.columns)

    @property
    def late(self) -> int:
        """How many of them came late."""
        return sum(column.late for column in self.columns)

    @property
    def first(self) -> int:
        """Start of the first column."""
        return self.columns[0].starts

    @property
    def last(self) -> int:
        """End of the last column."""
        return self.columns[-1].ends

    @property
    def most(self) -> Column:
        """The fullest column, the earliest of several."""
        return max(self.columns, key=lambda column: column.people)


def arrivals(sessions: Mapping[int, Sequence[SessionRow]], day: int) -> Arrivals | None:
    """When people first came before noon of a day; None when nobody did."""
    noon = day * DAY_SECONDS + NOON
    firsts = [first for one in sessions.values() if (first := _first(one)) is not None]
    came = [(session, at) for session, at in firsts if day * DAY_SECONDS <= at < noon]
    if not came:
        return None
    people = Counter(at // STEP * STEP for _session, at in came)
    late = Counter(at // STEP * STEP for session, at in came if session.late_seconds)
    due = Counter(session.starts for session, _at in came).most_common(1)[0][0]
    columns = tuple(Column(starts=at, people=people[at], late=late[at]) for at in sorted(people))
    return Arrivals(columns=columns, due=due)


def _first(sessions: Iterable[SessionRow]) -> tuple[SessionRow, int] | None:
    return next(((one, one.time_in) for one in sessions if one.time_in is not None), None)


def arrival_drawing(found: Arrivals) -> Markup:
    """Columns, the moment at which most were due, and the hours as the inside of an SVG.

    Numbers and our own class names only, so nothing needs escaping.
    """
    # Half an hour before and an hour after most were due, so that few people make no broad columns.
    first = min(found.first, found.due - HOUR // 2) // HOUR * HOUR
    last = -(-max(found.last, found.due + HOUR) // HOUR) * HOUR
    axis = _Axis(first=first, last=last, most=found.most.people)
    parts = [part for column in found.columns for part in axis.column(column)]
    parts += [axis.hour(hour) for hour in range(first, last + 1, HOUR)]
    parts.append(axis.due(found.due))
    return Markup("".join(parts))  # noqa: S704 - see above


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Whole hours from `first` to `last`; the fullest column reaches the top."""

    first: int
    last: int
    most: int

    def _x(self, moment: int) -> float:
        return round(100 * (moment - self.first) / (self.last - self.first), 2)

    def column(self, column: Column) -> list[str]:
        """Those in time below, those who were late hatched on top of them."""
        height, late = (round(HEIGHT * n / self.most, 1) for n in (column.people, column.late))
        place = f'x="{self._x(column.starts)}%" width="{round(100 * STEP / (self.last - self.first), 2)}%"'
        drawn = [f'<rect class="a-came" {place} y="{HEIGHT - height + late:g}" height="{height - late:g}"/>']
        if column.late:
            drawn.append(f'<rect class="a-late" {place} y="{HEIGHT - height:g}" height="{late:g}"/>')
        return drawn

    def hour(self, moment: int) -> str:
        """A tick with its hour; those at the edges stand inside."""
        anchor = "start" if moment == self.first else "end" if moment == self.last else "middle"
        place = f'x="{self._x(moment)}%" y="{HEIGHT + 14}" text-anchor="{anchor}"'
        return f"<text {place}>{moment // HOUR % 24:02}:00</text>"

    def due(self, moment: int) -> str:
        """The line at which most people were due."""
        return f'<line class="a-due" x1="{self._x(moment)}%" x2="{self._x(moment)}%" y1="0" y2="{HEIGHT}"/>'
