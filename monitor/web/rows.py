"""One person's row of a board: state, minutes, marks, remarks and the day bar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.wallclock import moment_of
from monitor.store.queries.board import SessionRow
from monitor.store.queries.seats import Seat
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree, UnitRow
from monitor.text import sentence
from monitor.web import daybar
from monitor.web.daybar import Axis, Shape, Stay
from monitor.web.groups import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a board shows of one person; `unused` counts punches that became no mark."""

    seat: Seat
    unit: UnitRow
    group: Group
    late_minutes: int
    early_minutes: int
    symbols: tuple[str, ...]
    stays: tuple[Stay, ...]
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
            stays=tuple(daybar.stays(sessions)),
            unused=sum(session.extras for session in sessions),
            notes=tuple(self._notes(sessions)),
            shapes=daybar.shapes(self.axis, sessions, self.excused.get(seat.person_id, ()), self.gaps),
            namesake=seat.name in self.namesakes,
        )

    def _notes(self, sessions: Sequence[SessionRow]) -> Iterator[str]:
        """Remarks: which half of the day a word is about, what is still open and why."""
        for status, code in _HALVES.items():
            halves = [session for session in sessions if session.status == status]
            if halves and (len(halves) < len(sessions) or status in _ALWAYS_NAMED):
                yield self._say(code, sessions=", ".join(session_name(s, self.language) for s in halves))
        for session in sessions:
            if session.status == Status.PENDING:
                yield from self._open(session)
        reasons = 0
        for session in sessions:
            reasons |= session.reasons
        yield from (self._say(code) for reason, code in _REMARKS.items() if reasons & reason)

    def _open(self, session: SessionRow) -> Iterator[str]:
        if session.reasons & Reason.AT_WORK:
            yield self._say("note_at_work")
        if session.reasons & Reason.LEFT and session.time_out is not None:
            yield self._say("note_left", time=moment_of(session.time_out))
        if session.reasons & Reason.NO_DATA and session.uncovered:
            names = ", ".join(self.terminal_names.get(terminal, "?") for terminal in session.uncovered)
            yield self._say("note_no_data", session=session_name(session, self.language), terminals=names)

    def _say(self, code: str, **values: object) -> str:
        return sentence(code, values, self.language)


_HALVES = {
    Status.ABSENT: "note_absent",
    Status.MISSING_IN: "note_missing_in",
    Status.MISSING_OUT: "note_missing_out",
    Status.EXCUSED: "note_excused",
}
_ALWAYS_NAMED = frozenset({Status.MISSING_IN, Status.MISSING_OUT})
_REMARKS = {
    Reason.NO_REGULATION: "reason_no_regulation",
    Reason.DOCUMENT_AFTER_THE_FACT: "reason_document_after_the_fact",
    Reason.MANUAL: "reason_manual",
    Reason.LATE_IS_ABSENT: "reason_late_is_absent",
    Reason.EARLY_IS_ABSENT: "reason_early_is_absent",
    Reason.EXPLAINED: "reason_explained",
    Reason.NO_BADGE: "reason_no_badge",
}


def session_name(session: SessionRow, language: str) -> str:
    """The session's own name; a roster session is named by its kind, in the reader's language."""
    if session.kind == SessionKind.OFFICE:
        return session.name
    return sentence(f"kind_{session.name}", {}, language)
