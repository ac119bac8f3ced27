"""Counting a year month by month: sums, whole months, and months that nothing is known about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.rules.calendar import SATURDAY
from monitor.rules.figures import NONE, Figures, total
from monitor.rules.wallclock import weekday_of
from monitor.yearly.period import Piece


class State(StrEnum):
    """What is known of a month."""

    WHOLE = "whole"
    PART = "part"
    NO_DATA = "no_data"
    RUNNING = "running"
    AHEAD = "ahead"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """A month of one person, or of several together; `days` are those that somebody belonged here."""

    text: str
    state: State
    days: int
    figures: Figures
    perfect: bool = False

    @property
    def known(self) -> bool:
        """Whether its counts say anything: no data is never absence."""
        return self.state in {State.WHOLE, State.PART, State.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Days that somebody belonged here; `since`: the first day that is judged here (None: not known)."""

    days: range
    since: int | None = None

    def within(self, days: range) -> "Here":
        """As far as it lies in the days."""
        return Here(
            days=range(max(self.days.start, days.start), min(self.days.stop, days.stop)), since=self.since
        )

    @property
    def has_weekday(self) -> bool:
        """Whether it is more than a weekend: who moves on a Monday, the second, was not here that month."""
        return _has_weekday(self.days)

    @property
    def begins_unjudged(self) -> bool:
        """Whether a weekday of it lies before the first day that is judged."""
        return self.since is not None and _has_weekday(
            range(self.days.start, min(self.since, self.days.stop))
        )


def _has_weekday(days: range) -> bool:
    return any(weekday_of(day) < SATURDAY for day in days)


def count_months(
    pieces: Sequence[Piece], cells: Mapping[int, Figures], stays: Collection[Here], today: int
) -> tuple[MonthCount, ...]:
    """The months of somebody; `cells` are figures by the place of the month, `stays` the days here."""
    return tuple(_month(piece, cells.get(place, NONE), stays, today) for place, piece in enumerate(pieces))


def _month(piece: Piece, figures: Figures, stays: Collection[Here], today: int) -> MonthCount:
    inside = [part for stay in stays if (part := stay.within(piece.days)).days]
    days = sum(len(part.days) for part in inside)
    state = _state(piece, figures, inside, today)
    perfect = state is State.WHOLE and figures.perfect and piece.whole and days == len(piece.days)
    return MonthCount(text=piece.text, state=state, days=days, figures=figures, perfect=perfect)


def _state(piece: Piece, figures: Figures, inside: Collection[Here], today: int) -> State:
    if not figures.sessions and not any(part.has_weekday for part in inside):
        return State.ELSEWHERE
    if piece.days.start > today:
        return State.AHEAD
    if not figures.decided + figures.excused + figures.exempt:
        return State.RUNNING if figures.waiting and not figures.no_data else State.NO_DATA
    if figures.no_data or any(part.begins_unjudged for part in inside):
        return State.PART
    return State.RUNNING if figures.waiting or piece.days[-1] >= today else State.WHOLE


def together(months: Iterable[Sequence[MonthCount]], pieces: Sequence[Piece]) -> tuple[MonthCount, ...]:
    """The months of several people as those of their unit: as little known as of the least known of them."""
    every = [list(one) for one in months]
    found = []
    for place, piece in enumerate(pieces):
        here = [one[place] for one in every if one[place].state is not State.ELSEWHERE]
        found.append(
            MonthCount(
                text=piece.text,
                state=_least({one.state for one in here}),
                days=sum(one.days for one in here),
                figures=total(one.figures for one in here),
            )
        )
    return tuple(found)


def _least(states: set[State]) -> State:
    if not states:
        return State.ELSEWHERE
    if len(states) == 1:
        return states.pop()
    mixed = states & {State.PART, State.NO_DATA}
    return State.PART if mixed else State.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Months added up: the known ones alone."""

    figures: Figures
    with_data: int
    without_data: int
    perfect: tuple[str, ...]


def year_of(months: Sequence[MonthCount]) -> Year:
    """The year that the months make."""
    return Year(
        figures=total(month.figures for month in months),
        with_data=sum(month.known for month in months),
        without_data=sum(month.state is State.NO_DATA for month in months),
        perfect=tuple(month.text for month in months if month.perfect),
    )
