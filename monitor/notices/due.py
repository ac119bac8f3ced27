"""Which messages are due: each digest within its hours of its day, alarms once, nothing when left alone.

A run that was missed is caught up as long as the hours last: a morning's digest is never sent in the
afternoon, for what it tells is no longer so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, or_, select
from sqlmodel import Session, col

from monitor.access import Scope, scope_of
from monitor.config import Settings
from monitor.config.mail import MORNING_ENDS
from monitor.notices.addresses import default_choice
from monitor.notices.alarms import open_rows, tended, untold
from monitor.notices.channels import channel_lines
from monitor.notices.digests import kinds_for
from monitor.notices.outbox import Queued, queue
from monitor.notices.overdue import KIND as OVERDUE
from monitor.notices.overdue import untold as untold_late
from monitor.notices.quiet import is_day_off, quiet_until
from monitor.store.queries.cases import asked_people
from monitor.store.queries.findings import Late, still_late
from monitor.store.queries.notices import DaysOff, days_off, reachable
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Alarm, DayCase, NoticeChoice, OutgoingMessage

SLOT_MINUTES = 10
"""Alarms that open within the same ten minutes come in one message."""
ALARMS_LAST = timedelta(hours=12)
MONTH_TOLD_DAYS = 10
"""So many days a month can still be told: longer than any holiday."""
MONTH_TOLD_UNTIL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A digest whose hours these are."""

    kind: str
    about: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one look goes by; `local` is the present in the installation's zone."""

    settings: Settings
    local: datetime
    units: Tree
    calendar: DaysOff
    turns: tuple[Turn, ...]
    alarms: tuple[tuple[Alarm, int | None], ...]
    known: frozenset[str]
    asked: Mapping[int, Sequence[DayCase]]
    late: Sequence[Late]


def turns(settings: Settings, local: datetime) -> Iterator[Turn]:
    """The digests whose hours a local moment lies in."""
    mail, clock, today = settings.mail, local.time(), local.date()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if mail.morning_at <= clock < MORNING_ENDS:
        noon = midnight.replace(hour=MORNING_ENDS.hour)
        yield Turn(kind="morning", about=today.isoformat(), expires_at=noon)
    if clock >= mail.evening_at:
        yield Turn(kind="evening", about=today.isoformat(), expires_at=midnight + timedelta(days=1))
    ends = midnight.replace(hour=MONTH_TOLD_UNTIL)
    within = mail.monthly_day <= today.day < mail.monthly_day + MONTH_TOLD_DAYS
    if within and clock >= mail.morning_at and local < ends:
        before = today.replace(day=1) - timedelta(days=1)
        last = ends.replace(day=mail.monthly_day + MONTH_TOLD_DAYS - 1)
        yield Turn(kind="monthly", about=f"{before:%Y-%m}", expires_at=last)


def queue_due(engine: Engine, settings: Settings, now: datetime) -> int:
    """Queue what is due and not queued yet; gives how many. Without a server nothing ever is."""
    if not settings.mail.host and settings.mail.other_channels_file is None:
        return 0
    with reading(engine) as session:
        due = list(_due(session, settings, now))
    if not due:
        return 0
    with transaction(engine) as session:
        return sum(queue(session, message, now) for message in due)


def _due(session: Session, settings: Settings, now: datetime) -> Iterator[Queued]:
    local = now.astimezone(ZoneInfo(settings.site.timezone))
    found = tuple(turns(settings, local))
    look = _Look(
        settings=settings,
        local=local,
        units=tree(session),
        calendar=days_off(session, local.date()),
        turns=found,
        alarms=tuple(open_rows(session)),
        known=_known(session, found, now),
        asked=asked_people(session, now),
        late=[one for one in still_late(session, now) if one.told_until > now],
    )
    if settings.mail.host:
        for account, stored in reachable(session):
            choice = stored or default_choice(account, settings)
            if quiet_until(choice, local) is None:
                yield from _of_account(session, account, choice, look)
    yield from _of_channels(session, look)


def _known(session: Session, found: tuple[Turn, ...], now: datetime) -> frozenset[str]:
    """Keys of the digests and requests that were queued already, so that they are not thought about again."""
    message = OutgoingMessage
    digests = col(message.about).in_([turn.about for turn in found])
    requests = col(message.kind).in_(("asked", OVERDUE)) & (col(message.expires_at) > now)
    return frozenset(session.scalars(select(col(message.key)).where(or_(digests, requests))))


def _of_account(session: Session, account: Account, choice: NoticeChoice, look: _Look) -> Iterator[Queued]:
    if choice.asked:
        yield from _asked(account, choice, look)
    wanted = [turn for turn in look.turns if getattr(choice, turn.kind)]
    resting = look.calendar.everywhere and not choice.days_off
    fresh = [] if resting else [turn for turn in wanted if _key(turn, account) not in look.known]
    if not fresh and not (choice.alarms and look.alarms) and not look.late:
        return
    scope = scope_of(session, account, look.local.date(), look.units)
    yield from untold_late(account, scope, choice.language, look.units, look.late, look.known)
    if fresh and not is_day_off(scope, choice, look.units, look.calendar):
        for turn in fresh:
            if turn.kind in kinds_for(scope):
                yield Queued(
                    key=_key(turn, account),
                    kind=turn.kind,
                    about=turn.about,
                    language=choice.language,
                    expires_at=turn.expires_at,
                    account_id=account.id or 0,
                )
    if choice.alarms and "alarm" in kinds_for(scope):
        yield from _alarms(session, account, scope, choice, look)


def _asked(account: Account, choice: NoticeChoice, look: _Look) -> Iterator[Queued]:
    """That the account's own days are to be explained: once for each time somebody asks."""
    for case in look.asked.get(account.person_id or 0, ()):
        assert case.due_at is not None  # noqa: S101 - asked for by the query
        key = f"asked:{account.id}:{case.id}:{case.due_at:%Y-%m-%d}"
        if key not in look.known:
            yield Queued(
                key=key,
                kind="asked",
                about=case.on_date.isoformat(),
                language=choice.language,
                expires_at=case.due_at,
                account_id=account.id or 0,
            )


def _key(turn: Turn, account: Account) -> str:
    return f"{turn.kind}:{account.id}:{turn.about}"


def _alarms(
    session: Session, account: Account, scope: Scope, choice: NoticeChoice, look: _Look
) -> Iterator[Queued]:
    marks = untold(session, tended(look.alarms, scope), account.id or 0)
    if marks:
        slot = _slot(look.local)
        yield Queued(
            key=f"alarm:{account.id}:{slot}",
            kind="alarm",
            about=slot,
            language=choice.language,
            expires_at=look.local + ALARMS_LAST,
            account_id=account.id or 0,
            content=marks,
        )


def _of_channels(session: Session, look: _Look) -> Iterator[Queued]:
    """The installation's other channels: every alarm, and never anything about people."""
    for line in channel_lines(look.settings):
        name = channel_name(line)
        marks = untold(session, tended(look.alarms, None), None, f"{name} ")
        if marks:
            about = f"{name} {_slot(look.local)}"
            yield Queued(
                key=f"other:{about}",
                kind="alarm",
                about=about,
                language=look.settings.site.language,
                expires_at=look.local + ALARMS_LAST,
                content=marks,
            )


def channel_name(line: str) -> str:
    """What a channel is called where its address, which holds secrets, must not stand."""
    return hashlib.sha256(line.encode()).hexdigest()[:8]


def _slot(local: datetime) -> str:
    start = local.replace(minute=local.minute // SLOT_MINUTES * SLOT_MINUTES, second=0, microsecond=0)
    return f"{start:%Y-%m-%dT%H:%M}"
