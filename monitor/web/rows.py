"""One person's row of a board: state, minutes, marks, remarks and the day bar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.groups import Group
from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.wallclock import moment_of
from monitor.store.queries.board import SessionRow
from monitor.store.queries.seats import Seat
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree, UnitRow
from monitor.text import sentence
from monitor.web import daybar
from monitor.web.daybar import Axis, Shape, Stay
from monitor.web.language import clock, session_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a board shows of one person; `unused` counts punches that became no mark.

    `times` are stays such as 07:42–11:30; an OUT that may still come is "…", a missing mark "?".
    """

    seat: Seat
    unit: UnitRow
    group: Group
    late_minutes: int
    early_minutes: int
    symbols: tuple[str, ...]
    times: tuple[str, ...]
    unused: int
    notes: tuple[str, ...]
    shapes: tuple[Shape, ...]
    namesake: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMaker:
    """What rows are made of, loaded for everybody at once."""

    units: Tree
    axis: Axis
    sessions: Mapping[int, Sequence[SessionRow]]
    excused: Mapping[int, Sequence[Span]]
    gaps: Mapping[int, Sequence[Span]]
    terminal_names: Mapping[int, str]
    namesakes: frozenset[str]
    language: str

    def row(self, seat: Seat, group: Group) -> Row:
        """The row of one person."""
        sessions = self.sessions.get(seat.person_id, ())
        return Row(
            seat=seat,
            unit=self.units.units[seat.unit_id],
            group=group,
            late_minutes=sum(-(-session.late_seconds // 60) for session in sessions),
            early_minutes=sum(-(-session.early_seconds // 60) for session in sessions),
            symbols=tuple(
                dict.fromkeys(s.symbol for s in sessions if s.status == Status.EXCUSED and s.symbol)
            ),
            times=_times(sessions),
            unused=sum(session.extras for session in sessions),
            notes=tuple(self._notes(sessions, group)),
            shapes=daybar.shapes(self.axis, sessions, self.excused.get(seat.person_id, ()), self.gaps),
            namesake=seat.name in self.namesakes,
        )

    def _notes(self, sessions: Sequence[SessionRow], group: Group) -> Iterator[str]:
        """Remarks: which half of the day a word is about, what is still open and why."""
        for half in _HALVES:
            found = [session for session in sessions if half.holds(session)]
            if found and (len(found) < len(sessions) or half.group is Group.MISSING):
                names = ", ".join(session_name(session, self.language) for session in found)
                # Beside the word itself the name alone is enough: "Vắng · Sáng".
                plain = half.group is group and group is not Group.MISSING
                yield names if plain else self._say(half.code, sessions=names)
        for session in sessions:
            if session.status == Status.PENDING:
                yield from self._open(session)
        reasons = 0
        for session in sessions:
            reasons |= session.reasons
        yield from (self._say(code) for reason, code in _REMARKS.items() if reasons & reason)

    def _open(self, session: SessionRow) -> Iterator[str]:
        if session.reasons & daybar.AT_WORK:
            yield self._say("note_at_work")
        if session.reasons & _LEFT and session.time_out is not None:
            yield self._say("note_left", time=moment_of(session.time_out))
        if session.reasons & daybar.NO_DATA and session.uncovered:
            names = ", ".join(self.terminal_names.get(terminal, "?") for terminal in session.uncovered)
            yield self._say("note_no_data", session=session_name(session, self.language), terminals=names)

    def _say(self, code: str, **values: object) -> str:
        return sentence(code, values, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Half:
    """A state that may hold for a part of the day only."""

    group: Group
    status: Status
    code: str
    reason: int = 0  # a plain integer, as below: flags are slow, and a board tests many

    def holds(self, session: SessionRow) -> bool:
        """Whether the session is in this state."""
        return session.status == self.status and (not self.reason or bool(session.reasons & self.reason))


_HALVES = (
    _Half(group=Group.ABSENT, status=Status.ABSENT, code="note_absent"),
    _Half(group=Group.NOT_IN, status=Status.PENDING, reason=int(Reason.NOT_IN_YET), code="note_not_in"),
    _Half(group=Group.MISSING, status=Status.MISSING_IN, code="note_missing_in"),
    _Half(group=Group.MISSING, status=Status.MISSING_OUT, code="note_missing_out"),
    _Half(group=Group.EXCUSED, status=Status.EXCUSED, code="note_excused"),
)
_LEFT = int(Reason.LEFT)
_REMARKS = {
    int(Reason.NO_REGULATION): "reason_no_regulation",
    int(Reason.DOCUMENT_AFTER_THE_FACT): "reason_document_after_the_fact",
    int(Reason.MANUAL): "reason_manual",
    int(Reason.LATE_IS_ABSENT): "reason_late_is_absent",
    int(Reason.EARLY_IS_ABSENT): "reason_early_is_absent",
    int(Reason.EXPLAINED): "reason_explained",
    int(Reason.NO_BADGE): "reason_no_badge",
}


def _times(sessions: Sequence[SessionRow]) -> tuple[str, ...]:
    stays = daybar.stays(sessions)
    waits = len(stays) - 1 if daybar.still_there(sessions) else -1
    return tuple(_stay_text(stay, "…" if place == waits else "?") for place, stay in enumerate(stays))


def _stay_text(stay: Stay, missing_out: str) -> str:
    start, end = stay
    return f"{'?' if start is None else clock(start)}–{missing_out if end is None else clock(end)}"


def session_name(session: SessionRow, language: str) -> str:
    """The session's own name, or one of ours or of a kind of roster in the reader's language."""
    if session.kind == SessionKind.OFFICE:
        return session_word(session.name, language)
    return sentence(f"kind_{session.name}", {}, language)
