"""Everything the page of the terminals shows of those asked for, in a constant number of queries."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, func, or_, select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS, seconds_of
from monitor.store.queries.quarantine import waiting_counts
from monitor.store.queries.spans import Span, gaps
from monitor.store.queries.unknown_ids import unknown_counts
from monitor.store.queries.watch import Watched
from monitor.store.tables import (
    Badge,
    ClockSighting,
    CoverageInterval,
    PendingTerminal,
    Pull,
    PullRequest,
    Punch,
    Unit,
)

GOOD, LATE, LOST, OFF = "good", "late", "lost", "off"
STRIP_DAYS = 7
UNKNOWN_DAYS = 90
LATE_PERIODS, LOST_PERIODS = 2, 6
UNREAD_AT_RUSH = timedelta(hours=2)
"""Nobody reads while people come and go; a terminal that was not tried is not late for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The readings of one hour: how many went well, how many failed. `starts_at` is aware, in UTC."""

    starts_at: datetime
    good: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One terminal. Times without a zone are wall-clock seconds of the terminal's own clock.

    `state`: `good`, `late`, `lost`, `off`. `error_code` ('' while readings succeed) is the code of a
    sentence, filled with `error_values`. `records` of `capacity` are on the terminal, `stored` are here.
    `users` are enrolled there, `badges` known here for today. `clock_offset_seconds` is how far its clock
    was ahead of ours at `clock_seen_at`; unless `clock_exact`, it is the least it can have been. `gaps` are
    the hours of the last days for which its log is not known to be complete.
    """

    terminal: Watched
    unit_name: str | None
    state: str
    last_good_at: datetime | None
    last_tried_at: datetime | None
    last_punch: int | None
    error_code: str
    error_values: Mapping[str, object]
    records: int | None
    capacity: int | None
    stored: int
    users: int | None
    badges: int
    clock_offset_seconds: int | None
    clock_exact: bool
    clock_seen_at: datetime | None
    firmware: str
    gaps: tuple[Span, ...]
    hours: tuple[Hour, ...]
    quarantined: int
    unknown_ids: int
    asked: bool

    @property
    def used(self) -> float | None:
        """The share of its room that is taken, 0 to 1; None where it does not say."""
        return self.records / self.capacity if self.capacity and self.records is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What each query found, by terminal id."""

    now: datetime
    period: timedelta
    units: Mapping[int, str]
    punches: Mapping[int, tuple[int, int]]
    badges: Mapping[int | None, int]
    clocks: Mapping[int, ClockSighting]
    spans: Mapping[int, list[Span]]
    hours: Mapping[int, list[Hour]]
    quarantined: Mapping[int, int]
    unknown: Mapping[int, int]
    asked: frozenset[int]


def terminal_cards(
    session: Session, wanted: Sequence[Watched], *, now: datetime, period: timedelta
) -> list[Card]:
    """The cards of some terminals, in their order; `period` is how often terminals are read."""
    ids = [one.id for one in wanted]
    since = seconds_of(now.astimezone(UTC).replace(tzinfo=None)) - (STRIP_DAYS + 1) * DAY_SECONDS
    waiting = select(col(PullRequest.terminal_id)).where(col(PullRequest.pull_id).is_(None))
    told = _Told(
        now=now,
        period=period,
        units=_pairs(session, select(col(Unit.id), col(Unit.name))),
        punches=_punches(session, ids),
        badges=_badges(session, now),
        clocks={row.terminal_id: row for row in session.scalars(select(ClockSighting))},
        spans=_spans(session, ids, since),
        hours=_hours(session, ids, now),
        quarantined=waiting_counts(session),
        unknown=unknown_counts(session, since - UNKNOWN_DAYS * DAY_SECONDS, ids),
        asked=frozenset(session.scalars(waiting)),
    )
    return [_card(one, told) for one in wanted]


def pending_terminals(session: Session, *, with_rejected: bool = False) -> list[PendingTerminal]:
    """Serial numbers that call and may not deliver, the newest caller first."""
    wanted = select(PendingTerminal).order_by(col(PendingTerminal.last_at).desc())
    rejected = [] if with_rejected else [col(PendingTerminal.rejected_at).is_(None)]
    return list(session.scalars(wanted.where(*rejected)))


def state_of(one: Watched, now: datetime, period: timedelta) -> str:
    """Whether a terminal is heard of as it should be; one whose readings fail is lost after two periods."""
    if one.switched_off:
        return OFF
    if one.kind == "file":
        return GOOD
    heard = _heard_at(one)
    if heard is None:
        return LOST
    quiet = now - heard
    if not one.delivers_by_itself and one.failing_since is not None:
        return LATE if quiet < LATE_PERIODS * period else LOST
    quiet -= timedelta(0) if one.delivers_by_itself else UNREAD_AT_RUSH
    if quiet <= LATE_PERIODS * period:
        return GOOD
    return LATE if quiet <= LOST_PERIODS * period else LOST


def _heard_at(one: Watched) -> datetime | None:
    if one.delivers_by_itself:
        return None if one.contact is None else one.contact.last_at
    return None if one.good is None else one.good.finished_at


def _card(one: Watched, told: _Told) -> Card:
    stored, last_punch = told.punches.get(one.id, (0, None))
    clock = told.clocks.get(one.id)
    return Card(
        terminal=one,
        unit_name=None if one.unit_id is None else told.units.get(one.unit_id),
        state=state_of(one, told.now, told.period),
        last_good_at=_heard_at(one),
        last_tried_at=None if one.last is None else one.last.started_at,
        last_punch=last_punch,
        error_code="" if one.last is None else one.last.error_code,
        error_values={} if one.last is None else json.loads(one.last.error_values),
        records=_records(one),
        capacity=None if one.good is None else one.good.capacity,
        stored=stored,
        users=None if one.good is None else one.good.users,
        badges=told.badges.get(one.id, 0) + told.badges.get(None, 0),
        clock_offset_seconds=None if clock is None else clock.offset_seconds,
        clock_exact=clock is not None and clock.exact,
        clock_seen_at=None if clock is None else clock.seen_at,
        firmware=_firmware(one),
        gaps=_gaps(one, told),
        hours=tuple(told.hours.get(one.id, ())),
        quarantined=told.quarantined.get(one.id, 0),
        unknown_ids=told.unknown.get(one.id, 0),
        asked=one.id in told.asked,
    )


def _records(one: Watched) -> int | None:
    """Its own counter: of the last reading, else as its polls tell."""
    if one.good is not None and one.good.count_after is not None:
        return one.good.count_after
    return None if one.contact is None else one.contact.records


def _firmware(one: Watched) -> str:
    pulled = "" if one.good is None else one.good.firmware
    return pulled or ("" if one.contact is None else one.contact.firmware)


def _gaps(one: Watched, told: _Told) -> tuple[Span, ...]:
    """What is not covered of the last days by its own clock; a terminal that is off is not missed."""
    end = seconds_of(told.now.astimezone(ZoneInfo(one.timezone)).replace(tzinfo=None))
    start = (end // DAY_SECONDS - STRIP_DAYS + 1) * DAY_SECONDS
    return () if one.switched_off else tuple(gaps(told.spans.get(one.id, ()), start, end))


def _pairs(session: Session, wanted: Any) -> dict[Any, Any]:
    """A query of two columns as a mapping."""
    return {row[0]: row[1] for row in session.connection().execute(wanted)}


def _punches(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Terminal id -> how many punches are stored, and the time of the newest."""
    wanted = select(col(Punch.terminal_id), func.count(), func.max(col(Punch.device_time))).where(
        col(Punch.terminal_id).in_(ids)
    )
    rows = session.connection().execute(wanted.group_by(col(Punch.terminal_id)))
    return {row[0]: (row[1], row[2]) for row in rows}


def _badges(session: Session, now: datetime) -> dict[int | None, int]:
    """Terminal id (None: any) -> how many ids mean somebody today."""
    on = now.date()
    wanted = (
        select(col(Badge.terminal_id), func.count(col(Badge.device_user_id).distinct()))
        .where(or_(col(Badge.valid_from).is_(None), col(Badge.valid_from) <= on))
        .where(or_(col(Badge.valid_to).is_(None), col(Badge.valid_to) >= on))
        .group_by(col(Badge.terminal_id))
    )
    return _pairs(session, wanted)


def _spans(session: Session, ids: Collection[int], since: int) -> dict[int, list[Span]]:
    """Terminal id -> what is covered from a second of any terminal's clock on."""
    columns = (col(CoverageInterval.terminal_id), col(CoverageInterval.starts), col(CoverageInterval.ends))
    found: defaultdict[int, list[Span]] = defaultdict(list)
    theirs = col(CoverageInterval.terminal_id).in_(ids), col(CoverageInterval.ends) >= since
    rows = session.connection().execute(select(*columns).where(*theirs))
    for terminal, starts, ends in rows:
        found[terminal].append((starts, ends))
    return found


def _hours(session: Session, ids: Collection[int], now: datetime) -> dict[int, list[Hour]]:
    """Terminal id -> its readings of the last days, hour by hour."""
    hour = _hour_of(session)
    bad = func.sum(case((col(Pull.error_code) != "", 1), else_=0))
    wanted = (
        select(col(Pull.terminal_id), hour, func.count(), bad)
        .where(col(Pull.terminal_id).in_(ids), col(Pull.started_at) >= now - timedelta(days=STRIP_DAYS))
        .group_by(col(Pull.terminal_id), hour)
        .order_by(col(Pull.terminal_id), hour)
    )
    found: defaultdict[int, list[Hour]] = defaultdict(list)
    for terminal, number, every, failed in session.connection().execute(wanted):
        starts_at = datetime.fromtimestamp(int(number) * 3600, UTC)
        found[terminal].append(Hour(starts_at=starts_at, good=every - failed, failed=failed))
    return found


def _hour_of(session: Session) -> ColumnElement[int]:
    """Hours since 1970 of a pull's start."""
    if session.connection().dialect.name == "postgresql":
        return cast(func.floor(func.extract("epoch", col(Pull.started_at)) / 3600), BigInteger)
    return cast(func.strftime("%s", col(Pull.started_at)), Integer).op("/")(3600)
