"""The day bar: sessions, presence, excuses and gaps as shapes on a time axis, in per cent of its width."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.rules.codes import Reason, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import SessionRow
from monitor.store.queries.spans import Span, joined

HOUR = 3600
USUAL_FIRST = 6 * HOUR + 1800
USUAL_LAST = 18 * HOUR + 1800
MOST_TICKS = 13

# Plain integers: a board tests them hundreds of times, and flags are slow at it.
AT_WORK = int(Reason.AT_WORK)
NO_DATA = int(Reason.NO_DATA)

Stay = tuple[int | None, int | None]
"""From an IN to its OUT; None where there is none (yet)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From `first` to `last`, wall-clock seconds; `now` only on the day it falls in."""

    first: int
    last: int
    now: int | None

    def at(self, seconds: int) -> float:
        """Where a moment stands, in per cent."""
        return round(100 * (seconds - self.first) / (self.last - self.first), 2)

    def ticks(self) -> list[tuple[float, int]]:
        """Position and hour of the ticks; hours are skipped where they would crowd."""
        hours = range(-(-self.first // HOUR), self.last // HOUR + 1)
        step = next(step for step in (1, 2, 3, 6, 12, 24) if len(hours) <= MOST_TICKS * step)
        return [(self.at(hour * HOUR), hour % 24) for hour in hours if hour % step == 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A rectangle of the bar; `kind` names its class: session, stay, excuse, gap or punch."""

    kind: str
    x: float
    width: float


def axis_of(day: int, sessions: Iterable[SessionRow], now: int) -> Axis:
    """06:30 to 18:30, or to the whole hours that the sessions and their marks need."""
    midnight = day * DAY_SECONDS
    moments = [moment for session in sessions for moment in _moments(session)]
    first = min([midnight + USUAL_FIRST, *(moment // HOUR * HOUR for moment in moments)])
    last = max([midnight + USUAL_LAST, *(-(-moment // HOUR) * HOUR for moment in moments)])
    return Axis(first=first, last=last, now=now if first <= now <= last else None)


def _moments(session: SessionRow) -> list[int]:
    marks = (session.time_in, session.time_out)
    return [session.starts, session.ends, *(mark for mark in marks if mark is not None)]


def stays(sessions: Sequence[SessionRow]) -> list[Stay]:
    """The marks of a day in order, each IN with its OUT; an IN may have its OUT at a later session."""
    found: list[Stay] = []
    opened: int | None = None
    for session in sessions:
        if session.time_in is not None:
            if opened is not None:
                found.append((opened, None))
            opened = session.time_in
        if session.time_out is not None:
            found.append((opened, session.time_out))
            opened = None
        elif session.status == Status.MISSING_OUT and opened is not None:
            found.append((opened, None))
            opened = None
    return found if opened is None else [*found, (opened, None)]


def shapes(
    axis: Axis,
    sessions: Sequence[SessionRow],
    excused: Sequence[Span],
    gaps: Mapping[int, Sequence[Span]],
) -> tuple[Shape, ...]:
    """What to draw, from the back to the front. `gaps` are what each terminal's log leaves open."""
    drawn = [_rectangle(axis, "session", (session.starts, session.ends)) for session in sessions]
    drawn += [_rectangle(axis, "gap", span) for session in sessions for span in _open_parts(session, gaps)]
    drawn += [_rectangle(axis, "excuse", span) for span in _excused_parts(sessions, excused)]
    drawn += [_stay(axis, stay) for stay in _until_now(axis, sessions)]
    return tuple(shape for shape in drawn if shape is not None)


def _excused_parts(sessions: Sequence[SessionRow], excused: Sequence[Span]) -> list[Span]:
    """The parts of the sessions that excuses cover; at home nobody needs one."""
    return [
        (max(start, session.starts), min(end, session.ends))
        for session in sessions
        for start, end in excused
        if start < session.ends and end > session.starts
    ]


def still_there(sessions: Sequence[SessionRow]) -> bool:
    """Whether the last IN of the day still waits for its OUT."""
    return any(session.reasons & AT_WORK for session in sessions)


def _until_now(axis: Axis, sessions: Sequence[SessionRow]) -> list[Stay]:
    """The stays; that of a person who is still there lasts until now."""
    found = stays(sessions)
    if found and found[-1][1] is None and axis.now is not None and still_there(sessions):
        found[-1] = (found[-1][0], axis.now)
    return found


def drawing(axis: Axis, drawn: Iterable[Shape]) -> Markup:
    """The shapes and the line of the present as the inside of an SVG.

    Made here and not in the template: it is nine tenths of a board's elements, and all of it is
    numbers and our own class names, so nothing needs escaping.
    """
    parts = [_element(shape) for shape in drawn]
    if axis.now is not None:
        parts.append(_line("now", axis.at(axis.now), 0, 22))
    return Markup("".join(parts))  # noqa: S704 - see above


def _element(shape: Shape) -> str:
    if shape.kind == "punch":
        return _line("punch", shape.x, 3, 19)
    y, height, radius = (2, 18, 3) if shape.kind == "session" else (6, 10, 2)
    place = f'x="{shape.x}%" y="{y}" width="{shape.width}%" height="{height}" rx="{radius}"'
    return f'<rect class="b-{shape.kind}" {place}/>'


def _line(kind: str, x: float, top: int, bottom: int) -> str:
    return f'<line class="b-{kind}" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'


def _open_parts(session: SessionRow, gaps: Mapping[int, Sequence[Span]]) -> list[Span]:
    """Where a punch of an undecided session may lie that nobody has read yet."""
    if session.window_from is None or session.window_to is None or not session.reasons & NO_DATA:
        return []
    return joined(
        (max(start, session.window_from), min(end, session.window_to))
        for terminal in session.uncovered
        for start, end in gaps.get(terminal, ())
        if start <= session.window_to and end >= session.window_from
    )


def _stay(axis: Axis, stay: Stay) -> Shape | None:
    start, end = stay
    if start is None or end is None or end <= start:
        mark = start if start is not None else end
        if mark is None or not axis.first <= mark <= axis.last:
            return None
        return Shape(kind="punch", x=axis.at(mark), width=0)
    return _rectangle(axis, "stay", (start, end))


def _rectangle(axis: Axis, kind: str, span: Span) -> Shape | None:
    start, end = max(span[0], axis.first), min(span[1], axis.last)
    if end <= start:
        return None
    return Shape(kind=kind, x=axis.at(start), width=round(axis.at(end) - axis.at(start), 2))
