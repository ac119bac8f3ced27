"""Meetings: made, cancelled, people invited, ticked at the door, excused for the time of it.

A meeting and who came to it never change a verdict; only an excuse entered for its time does (rules 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from monitor import audit
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import Entered, enter_excuse, plain_reason, plain_text, withdraw_excuse
from monitor.rules.wallclock import DAY_SECONDS, text_of
from monitor.store.tables import Excuse, Meeting, MeetingArrival, MeetingInvitation, Person

ROLES = ("chair", "member", "guest", "substitute")
LONGEST_SECONDS = 31 * DAY_SECONDS
LONGEST_OPEN_BEFORE = 240
DOOR_SLACK_SECONDS = 4 * 60 * 60
"""Nobody is ticked at the door longer than this before the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A meeting as it is entered; times are wall-clock seconds, `terminal_id` counts who came."""

    unit_id: int
    title: str
    starts: int
    ends: int
    place: str = ""
    organiser: str = ""
    document: str = ""
    terminal_id: int | None = None
    open_before_minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who is invited as what; `instead_of_id` is whom a substitute stands for."""

    person_id: int
    role: str = "member"
    instead_of_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does something, and when; `wall_clock` is the reading of `at` in the installation's zone."""

    actor: str
    at: datetime
    wall_clock: int


def create_meeting(session: Session, draft: Draft, by: By) -> int:
    """Store a meeting; gives its id.

    Raises RegisterRefused `meeting_title_needed`, `interval_empty`, `meeting_too_long`,
    `meeting_open_before` or `register_text_long`.
    """
    _check(draft)
    meeting = Meeting(
        unit_id=draft.unit_id,
        title=plain_text(draft.title),
        place=plain_text(draft.place),
        organiser=plain_text(draft.organiser),
        document=plain_text(draft.document),
        starts=draft.starts,
        ends=draft.ends,
        terminal_id=draft.terminal_id,
        open_before_minutes=draft.open_before_minutes,
        created_by=by.actor,
        created_at=by.at,
    )
    session.add(meeting)
    session.flush()
    times = {"starts": text_of(draft.starts), "ends": text_of(draft.ends)}
    _record(session, by, "meeting_create", meeting, {"title": meeting.title, **times})
    return meeting.id or 0


def _check(draft: Draft) -> None:
    times = {"start": text_of(draft.starts), "end": text_of(draft.ends)}
    if not draft.title.strip():
        raise RegisterRefused("meeting_title_needed")
    if draft.ends <= draft.starts:
        raise RegisterRefused("interval_empty", **times)
    if draft.ends - draft.starts > LONGEST_SECONDS:
        raise RegisterRefused("meeting_too_long")
    if not 0 <= draft.open_before_minutes <= LONGEST_OPEN_BEFORE:
        raise RegisterRefused("meeting_open_before", most=LONGEST_OPEN_BEFORE)


def invite(session: Session, meeting: Meeting, invited: Invited, by: By) -> None:
    """Invite a person, or give an invited one another role. The caller has checked the reach.

    Raises RegisterRefused `meeting_cancelled`, `meeting_role_unknown`, `register_no_person`,
    `meeting_instead_of` (a substitute stands for another invited person, nobody else for any).
    """
    _running(meeting)
    if invited.role not in ROLES:
        raise RegisterRefused("meeting_role_unknown")
    person = _person(session, invited.person_id)
    _check_substitute(session, meeting, invited)
    row = session.get(MeetingInvitation, (meeting.id, invited.person_id))
    before = None if row is None else row.role
    row = row or MeetingInvitation(meeting_id=meeting.id or 0, person_id=invited.person_id)
    row.role, row.instead_of_id = invited.role, invited.instead_of_id
    session.add(row)
    session.flush()
    _record(session, by, "meeting_invite", meeting, {"before": before, "after": invited.role}, person)


def _check_substitute(session: Session, meeting: Meeting, invited: Invited) -> None:
    if (invited.role == "substitute") != (invited.instead_of_id is not None):
        raise RegisterRefused("meeting_instead_of")
    if invited.instead_of_id is None:
        return
    other = session.get(MeetingInvitation, (meeting.id, invited.instead_of_id))
    if other is None or other.role == "substitute" or invited.instead_of_id == invited.person_id:
        raise RegisterRefused("meeting_instead_of")


def uninvite(session: Session, meeting: Meeting, person_id: int, by: By) -> None:
    """Take a person off the list; the excuse entered for the meeting is withdrawn, the tick goes.

    Raises RegisterRefused `meeting_cancelled`, `meeting_not_invited`, `meeting_has_substitute`, or what
    `withdraw_excuse` raises.
    """
    _running(meeting)
    row = _invitation(session, meeting, person_id)
    standing_in = select(col(MeetingInvitation.person_id)).where(
        col(MeetingInvitation.meeting_id) == meeting.id, col(MeetingInvitation.instead_of_id) == person_id
    )
    if session.scalar(standing_in) is not None:
        raise RegisterRefused("meeting_has_substitute")
    _withdraw(session, row, meeting.title, by)
    _forget_tick(session, meeting, person_id)
    detail = {"before": row.role, "after": None}
    session.delete(row)
    session.flush()
    _record(session, by, "meeting_uninvite", meeting, detail, _person(session, person_id))


def tick(session: Session, meeting: Meeting, person_id: int, arrived: int, by: By) -> None:
    """Write down at the door when an invited person came; a second tick corrects the first.

    Raises RegisterRefused `meeting_cancelled`, `meeting_not_invited` or `meeting_tick_time`.
    """
    _running(meeting)
    _invitation(session, meeting, person_id)
    if not meeting.starts - DOOR_SLACK_SECONDS <= arrived <= min(meeting.ends, by.wall_clock):
        raise RegisterRefused("meeting_tick_time")
    row = session.get(MeetingArrival, (meeting.id, person_id))
    before = None if row is None else text_of(row.arrived)
    now = MeetingArrival(
        meeting_id=meeting.id or 0,
        person_id=person_id,
        arrived=arrived,
        recorded_by=by.actor,
        recorded_at=by.at,
    )
    session.merge(now)
    session.flush()
    detail = {"before": before, "after": text_of(arrived)}
    _record(session, by, "meeting_tick", meeting, detail, _person(session, person_id))


def untick(session: Session, meeting: Meeting, person_id: int, by: By) -> None:
    """Take back a tick that was a mistake. Raises as `tick`, and `meeting_not_ticked`."""
    _running(meeting)
    row = session.get(MeetingArrival, (meeting.id, person_id))
    if row is None:
        raise RegisterRefused("meeting_not_ticked")
    detail = {"before": text_of(row.arrived), "after": None}
    _forget_tick(session, meeting, person_id)
    _record(session, by, "meeting_tick", meeting, detail, _person(session, person_id))


def excuse_invited(session: Session, meeting: Meeting, person_id: int, by: By) -> int:
    """Enter an excuse of type `meeting` for an invited person and its time; gives its id.

    Raises RegisterRefused `meeting_cancelled`, `meeting_not_invited`, `meeting_excused`, or what
    `enter_excuse` raises.
    """
    _running(meeting)
    row = _invitation(session, meeting, person_id)
    if (kept := _excuse_of(session, row)) is not None and kept.status == "approved":
        raise RegisterRefused("meeting_excused")
    entered = Entered(
        person_id=person_id,
        type_code="meeting",
        starts=meeting.starts,
        ends=meeting.ends,
        document=meeting.document or meeting.title,
    )
    row.excuse_id = enter_excuse(session, entered, entered_at=by.wall_clock, actor=by.actor, at=by.at)
    session.flush()
    return row.excuse_id


def cancel_meeting(session: Session, meeting: Meeting, reason: str, by: By) -> None:
    """Cancel a meeting: it stays, with who, when and why; excuses entered for it are withdrawn.

    Raises RegisterRefused `meeting_cancelled`, `register_reason_needed` or what `withdraw_excuse` raises.
    """
    _running(meeting)
    said = plain_reason(reason)
    for row in invitations(session, meeting):
        _withdraw(session, row, said, by)
    meeting.cancelled_by, meeting.cancelled_at, meeting.cancelled_reason = by.actor, by.at, said
    session.flush()
    _record(session, by, "meeting_cancel", meeting, {"reason": said})


def invitations(session: Session, meeting: Meeting) -> list[MeetingInvitation]:
    """All invitations of a meeting."""
    mine = select(MeetingInvitation).where(col(MeetingInvitation.meeting_id) == meeting.id)
    return list(session.scalars(mine.order_by(col(MeetingInvitation.person_id))))


def _running(meeting: Meeting) -> None:
    if meeting.cancelled_at is not None:
        raise RegisterRefused("meeting_cancelled")


def _person(session: Session, person_id: int) -> Person:
    found = session.get(Person, person_id)
    if found is None:
        raise RegisterRefused("register_no_person")
    return found


def _invitation(session: Session, meeting: Meeting, person_id: int) -> MeetingInvitation:
    found = session.get(MeetingInvitation, (meeting.id, person_id))
    if found is None:
        raise RegisterRefused("meeting_not_invited")
    return found


def _excuse_of(session: Session, row: MeetingInvitation) -> Excuse | None:
    return None if row.excuse_id is None else session.get(Excuse, row.excuse_id)


def _withdraw(session: Session, row: MeetingInvitation, reason: str, by: By) -> None:
    kept = _excuse_of(session, row)
    if kept is not None and kept.status == "approved":
        withdraw_excuse(session, kept.id or 0, reason=reason, actor=by.actor, at=by.at)


def _forget_tick(session: Session, meeting: Meeting, person_id: int) -> None:
    mine = col(MeetingArrival.meeting_id) == meeting.id, col(MeetingArrival.person_id) == person_id
    session.connection().execute(delete(MeetingArrival).where(*mine))


def _record(
    session: Session,
    by: By,
    action: str,
    meeting: Meeting,
    detail: Mapping[str, object],
    person: Person | None = None,
) -> None:
    subject = f"meeting:{meeting.id}" if person is None else f"person:{person.code}"
    told = {"meeting": meeting.id, **detail}
    audit.record(session, at=by.at, actor=by.actor, action=action, subject=subject, detail=told)
