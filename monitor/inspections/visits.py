"""What is found on a visit: taps that may come late, twice or in any order, and the reasons a unit gives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from monitor.inspections.campaigns import tell
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import VALUES
from monitor.inspections.wish import By
from monitor.rules.codes import SessionKind
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.queries.visits import known_marks, signed_copy
from monitor.store.tables import Campaign, SessionRecord, Visit, VisitMark, VisitPerson, VisitReason

MOST_TAPS = 500
LONGEST_NOTE = 300
LONGEST_WORDS = 500
LONGEST_DOCUMENT = 200
_ID = re.compile(r"[0-9a-f-]{16,64}", re.ASCII)
_LATEST_MS = 4_102_444_800_000
"""The year 2100: beyond, a device's clock is not a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A tap as it is delivered; `code` is the person's, `tapped_ms` by the device's clock."""

    id: str
    code: str
    field: str
    value: str
    note: str = ""
    tapped_ms: int

    def check(self) -> None:
        """Raises InspectionRefused `visit_tap`, `visit_note_long`."""
        known = self.field == "note" or self.value in ("", *VALUES.get(self.field, ()))
        sound = _ID.fullmatch(self.id) is not None and 0 < self.tapped_ms < _LATEST_MS
        if not known or not sound or (self.field != "note" and self.field not in VALUES):
            raise InspectionRefused("visit_tap")
        if len(self.note) > LONGEST_NOTE:
            raise InspectionRefused("visit_note_long", most=LONGEST_NOTE)


def keep_taps(
    session: Session, visit: Visit, campaign: Campaign, people: dict[str, int], taps: Sequence[Tap], by: By
) -> int:
    """Store the taps that are new; gives how many. `people`: the roll's, by staff code.

    The whole delivery is refused or taken; delivering it again changes nothing. Raises InspectionRefused
    `visit_signed`, `visit_tap`, `visit_note_long`, `visit_person`.
    """
    refuse_signed(session, visit)
    if len(taps) > MOST_TAPS:
        raise InspectionRefused("visit_tap")
    for tap in taps:
        tap.check()
        if tap.code not in people:
            raise InspectionRefused("visit_person")
    stored = known_marks(session, [tap.id for tap in taps])
    new = {tap.id: tap for tap in reversed(taps) if tap.id not in stored}
    marks = [_mark(session, visit, people[tap.code], tap, by) for tap in new.values()]
    session.add_all(marks)
    if marks:
        told = [[mark.person_id, mark.field, mark.value] for mark in marks]
        tell(session, "visit_mark", campaign, by, {"visit": visit.code, "marks": told})
    return len(marks)


def refuse_signed(session: Session, visit: Visit) -> None:
    """Raises InspectionRefused `visit_signed` once a signed copy is stored; so does the database."""
    if signed_copy(session, visit.id or 0) is not None:
        raise InspectionRefused("visit_signed")


def _mark(session: Session, visit: Visit, person_id: int, tap: Tap, by: By) -> VisitMark:
    found = tap.field == "alcohol" and tap.value == "found"
    return VisitMark(
        id=tap.id,
        visit_id=visit.id or 0,
        person_id=person_id,
        field=tap.field,
        value=tap.value,
        note=tap.note,
        context=context_at(session, person_id, visit.day, visit.frozen_at) if found else "",
        tapped_ms=tap.tapped_ms,
        received_ms=int(by.now.timestamp() * 1000),
        account_id=by.account_id or 0,
    )


def context_at(session: Session, person_id: int, day: int, moment: int) -> str:
    """In which time a moment lies for a person: on duty, in hours, in the break between sessions, outside."""
    record = SessionRecord
    columns = select(col(record.kind), col(record.starts), col(record.ends))
    near = col(record.person_id) == person_id, col(record.day).in_((day - 1, day))
    sessions = [(row[0], row[1], row[2]) for row in session.exec(columns.where(*near))]
    within = {kind for kind, starts, ends in sessions if starts <= moment < ends}
    if SessionKind.DUTY in within:
        return "duty"
    if within:
        return "hours"
    today = [(starts, ends) for _kind, starts, ends in sessions if starts // DAY_SECONDS == day]
    begun = any(ends <= moment for _starts, ends in today)
    return "lunch" if begun and any(starts > moment for starts, _ends in today) else "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reason as the unit gives it on the spot, with the number and date of the document it shows."""

    words: str
    document: str = ""
    document_date: date | None = None
    names_person: bool = True

    def check(self) -> None:
        """Raises InspectionRefused `visit_reason_missing`, `visit_reason_long`."""
        if not self.words.strip():
            raise InspectionRefused("visit_reason_missing")
        if len(self.words) > LONGEST_WORDS or len(self.document) > LONGEST_DOCUMENT:
            raise InspectionRefused("visit_reason_long", most=LONGEST_WORDS)


def add_reason(
    session: Session, visit: Visit, campaign: Campaign, person_id: int, said: Said, by: By
) -> VisitReason:
    """Keep a reason; it waits to be verified. Raises InspectionRefused as `Said.check`, `visit_signed`."""
    said.check()
    refuse_signed(session, visit)
    if session.get(VisitPerson, (visit.id, person_id)) is None:
        raise InspectionRefused("visit_person")
    dated = said.document_date
    reason = VisitReason(
        visit_id=visit.id or 0,
        person_id=person_id,
        words=said.words.strip(),
        document=said.document.strip(),
        document_date=dated,
        after_t=dated is not None and dated > date_of(visit.day),
        names_person=said.names_person,
        written_by=by.account_id or 0,
        written_at=by.now,
    )
    session.add(reason)
    session.flush()
    tell(session, "visit_reason", campaign, by, {"visit": visit.code, "reason": reason.id})
    return reason


def judge_reason(
    session: Session, visit: Visit, campaign: Campaign, reason: VisitReason, by: By, *, accepted: bool
) -> None:
    """Accept or refuse a reason; until the minutes are signed, that may change.

    Raises InspectionRefused `visit_signed`, `visit_reason_flagged`: a document that does not name the person,
    or is dated after T, cannot be accepted.
    """
    refuse_signed(session, visit)
    if accepted and (reason.after_t or not reason.names_person):
        raise InspectionRefused("visit_reason_flagged")
    before, reason.state = reason.state, "accepted" if accepted else "refused"
    told: dict[str, object] = {
        "visit": visit.code,
        "reason": reason.id,
        "before": before,
        "after": reason.state,
    }
    tell(session, "visit_judge", campaign, by, told)
