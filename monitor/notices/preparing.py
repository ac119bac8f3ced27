"""From a row to what it says now: through the scope of its reader at this moment, or not at all."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from monitor.access import Scope, scope_of
from monitor.audit import record_shown
from monitor.cases import Asking
from monitor.cases.duties import duties_of
from monitor.config import Settings
from monitor.notices.addresses import CODE_LASTS, default_choice, make_code
from monitor.notices.alarms import still_on
from monitor.notices.digests import DIGESTS, Digest, Waiting, digest, kinds_for
from monitor.notices.letter import (
    Letter,
    Place,
    alarm_letter,
    asked_letter,
    code_letter,
    digest_letter,
    trial_letter,
)
from monitor.notices.overdue import late_letter, leads
from monitor.notices.quiet import quiet_until
from monitor.rules.wallclock import day_of
from monitor.store.queries.cases import own_waiting
from monitor.store.queries.findings import still_late
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import Account, NoticeAddress, NoticeChoice, OutgoingMessage

URGENT = ("confirm", "test")
"""Asked for by their reader a moment ago: quiet hours do not hold them back."""


DAILY = ("morning", "evening")
"""Digests that also tell what waits for a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A letter with where it goes, and the people it names with their days (since 1970)."""

    letter: Letter
    recipient: str = ""
    user_name: str = ""
    named: frozenset[int] = frozenset()
    days: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Nothing is sent: for good, or (`later`) not yet."""

    why: str
    later: datetime | None = None


def prepare(session: Session, row: OutgoingMessage, settings: Settings, now: datetime) -> Ready | Not:
    """What a message says as of now, in the caller's transaction."""
    place = _place(settings, row.language)
    if row.account_id is None:
        return _of_alarms(session, None, row, place)
    account = session.get(Account, row.account_id)
    address = session.get(NoticeAddress, row.account_id)
    if account is None or account.disabled or address is None:
        return Not(why="notice_no_right")
    if row.kind == "confirm":
        return _of_code(address, settings, place, now)
    return _to_confirmed(session, account, address, row, settings, now)


def _to_confirmed(
    session: Session,
    account: Account,
    address: NoticeAddress,
    row: OutgoingMessage,
    settings: Settings,
    now: datetime,
) -> Ready | Not:
    if address.confirmed_at is None or address.bounced_at is not None:
        return Not(why="notice_no_right")
    local = now.astimezone(ZoneInfo(settings.site.timezone))
    choice = session.get(NoticeChoice, row.account_id) or default_choice(account, settings)
    if row.kind not in URGENT and (end := quiet_until(choice, local)) is not None:
        return Not(why="notice_quiet", later=end)
    found = _content(session, account, row, settings, local)
    if isinstance(found, Not):
        return found
    return replace(found, recipient=address.address, user_name=account.user_name)


def _place(settings: Settings, language: str) -> Place:
    return Place(name=settings.site.name, url=settings.mail.site_url, language=language)


def _of_code(address: NoticeAddress, settings: Settings, place: Place, now: datetime) -> Ready | Not:
    if not address.candidate:
        return Not(why="notice_replaced")
    code = make_code(address, settings, now)
    minutes = int(CODE_LASTS.total_seconds() // 60)
    return Ready(letter=code_letter(code, minutes, place), recipient=address.candidate)


def _content(
    session: Session, account: Account, row: OutgoingMessage, settings: Settings, local: datetime
) -> Ready | Not:
    place = _place(settings, row.language)
    units = tree(session)
    scope = scope_of(session, account, local.date(), units)
    if row.kind not in DIGESTS:
        return _of_one_thing(session, scope, units, row, place, local)
    names = settings.mail.detail == "names"
    found = digest(session, scope, units, row.kind, row.about, names=names)
    if found is None:
        return Not(why="notice_no_right")
    if row.kind in DAILY:
        asking = Asking(scope=scope, actor="", now=local, limits=settings.explanations)
        found = replace(found, waiting=Waiting.of(duties_of(session, asking)))
    return _of_digest(found, scope, place, local)


def _of_one_thing(
    session: Session, scope: Scope, units: Tree, row: OutgoingMessage, place: Place, local: datetime
) -> Ready | Not:
    """Everything that is no digest."""
    match row.kind:
        case "test":
            return Ready(letter=trial_letter(place))
        case "alarm":
            return _of_alarms(session, scope, row, place)
        case "asked":
            return _of_request(session, scope, row, place)
        case "overdue":
            return _of_late(session, scope, units, row, place, local)
        case _:
            return Not(why="notice_no_right")


def _of_digest(found: Digest, scope: Scope, place: Place, local: datetime) -> Ready:
    return Ready(
        letter=digest_letter(found, place, local),
        named=found.named - {scope.person_id or 0},
        days=(day_of(found.first), day_of(found.last)),
    )


def _of_request(session: Session, scope: Scope, row: OutgoingMessage, place: Place) -> Ready | Not:
    """That a day is to be explained, as long as it still is."""
    on = date.fromisoformat(row.about)
    mine = () if scope.person_id is None else own_waiting(session, scope.person_id)
    due_at = next((case.due_at for case in mine if case.on_date == on), None)
    if due_at is None:
        return Not(why="notice_answered")
    return Ready(letter=asked_letter(on, due_at, place))


def _of_late(
    session: Session, scope: Scope, units: Tree, row: OutgoingMessage, place: Place, local: datetime
) -> Ready | Not:
    """That a step is late, as long as it is and the reader leads the unit that stands above."""
    found = [
        one for one in still_late(session, local, int(row.about)) if leads(scope, units, one.told_unit_id)
    ]
    return Ready(letter=late_letter(found[0], place)) if found else Not(why="notice_over")


def _of_alarms(session: Session, scope: Scope | None, row: OutgoingMessage, place: Place) -> Ready | Not:
    if scope is not None and "alarm" not in kinds_for(scope):
        return Not(why="notice_no_right")
    alarms = still_on(session, scope, json.loads(row.content))
    if not alarms:
        return Not(why="notice_over")
    told = [(f"alarm_{alarm.kind}", json.loads(alarm.content)) for alarm in alarms]
    return Ready(letter=alarm_letter(told, place))


def trace(session: Session, row: OutgoingMessage, ready: Ready, now: datetime) -> None:
    """Leave a trace of whom a message names, before it leaves: what cannot be traced is not sent."""
    if ready.named:
        record_shown(
            session,
            [(person, *ready.days) for person in ready.named],
            at=now,
            actor=ready.user_name,
            action="mail_digest",
            subject=f"notice:{row.id}",
            detail={"kind": row.kind, "about": row.about},
        )
