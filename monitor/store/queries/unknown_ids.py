"""Device user ids that no badge explains at the time of their punches, and who they may be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.queries.deliveries import counted
from monitor.store.queries.spans import Span, gaps
from monitor.store.tables import Badge, Person, Punch, Terminal

ALWAYS: Span = (-(10**9), 10**9)
"""Days of a badge without dates."""
SAME_ID, STAFF_CODE = "same_id_elsewhere", "staff_code"

Key = tuple[int, str]
"""Terminal id and device user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody the id may be; never found by name. `why`: `same_id_elsewhere` or `staff_code`."""

    person_id: int
    person: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownId:
    """A device user id at a terminal with punches that mean nobody; times as the terminal's wall clock."""

    terminal_id: int
    terminal: str
    device_user_id: str
    punches: int
    first: int
    last: int
    candidates: tuple[Candidate, ...]


def unknown_ids(session: Session, since: int, terminal_ids: Collection[int] | None = None) -> list[UnknownId]:
    """Ids with unexplained punches from a wall-clock second on, those with most punches first.

    A punch is explained by a badge that is valid on its date at its terminal, or anywhere (rules 7). A few
    queries, however many terminals there are; None: of all.
    """
    days = _unexplained(session, since, terminal_ids)
    named = session.connection().execute(select(col(Terminal.id), col(Terminal.code)))
    codes = {row[0]: row[1] for row in named}
    known = candidates(session, {user for _, user in days})
    found = [
        UnknownId(
            terminal_id=terminal,
            terminal=codes[terminal],
            device_user_id=user,
            punches=sum(row[1] for row in rows),
            first=min(row[2] for row in rows),
            last=max(row[3] for row in rows),
            candidates=tuple(known.get(user, ())),
        )
        for (terminal, user), rows in days.items()
    ]
    return sorted(found, key=lambda one: (-one.punches, one.terminal, one.device_user_id))


def unknown_counts(session: Session, since: int, terminal_ids: Collection[int]) -> dict[int, int]:
    """Terminal id -> how many ids it knows that mean nobody; terminals without any are left out."""
    counts: defaultdict[int, int] = defaultdict(int)
    for terminal, _user in _unexplained(session, since, terminal_ids):
        counts[terminal] += 1
    return dict(counts)


def _unexplained(session: Session, since: int, terminal_ids: Collection[int] | None) -> dict[Key, list[Any]]:
    """Rows (day, punches, first, last) of the days that no badge explains, by terminal and id."""
    here = [] if terminal_ids is None else [col(Punch.terminal_id).in_(terminal_ids)]
    wanted = [col(Punch.device_time) >= since, *here, *counted(session)]
    spans = _by_key(session, wanted)
    badges = _validities(session)
    partly: set[Key] = set()
    found: dict[Key, list[Any]] = {}
    for key, row in spans.items():
        valid = [*badges.get(key, ()), *badges.get((0, key[1]), ())]
        first, last = row[1] // DAY_SECONDS, row[2] // DAY_SECONDS
        if not any(start <= last and end >= first for start, end in valid):
            found[key] = [(first, *row)]
        elif gaps(valid, first, last):
            partly.add(key)
    for key, days in _by_day(session, wanted, partly).items():
        valid = [*badges.get(key, ()), *badges.get((0, key[1]), ())]
        if open_days := [day for day in days if not any(start <= day[0] <= end for start, end in valid)]:
            found[key] = open_days
    return found


def _by_key(session: Session, wanted: Iterable[Any]) -> dict[Key, tuple[int, int, int]]:
    key = (col(Punch.terminal_id), col(Punch.device_user_id))
    seen = (func.count(), func.min(col(Punch.device_time)), func.max(col(Punch.device_time)))
    rows = session.connection().execute(select(*key, *seen).where(*wanted).group_by(*key))
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def _by_day(session: Session, wanted: Iterable[Any], keys: set[Key]) -> dict[Key, list[Any]]:
    """The same for each day of some ids that have a badge for a part of the time."""
    if not keys:
        return {}
    day = col(Punch.device_time) // DAY_SECONDS
    key = (col(Punch.terminal_id), col(Punch.device_user_id), day)
    seen = (func.count(), func.min(col(Punch.device_time)), func.max(col(Punch.device_time)))
    among = col(Punch.device_user_id).in_({user for _, user in keys})
    found: defaultdict[Key, list[Any]] = defaultdict(list)
    for row in session.connection().execute(select(*key, *seen).where(*wanted, among).group_by(*key)):
        if (row[0], row[1]) in keys:
            found[row[0], row[1]].append((int(row[2]), *row[3:]))
    return found


def _validities(session: Session) -> Mapping[Key, list[Span]]:
    """Days for which each id means somebody; terminal 0 stands for any."""
    found: defaultdict[Key, list[Span]] = defaultdict(list)
    columns = (col(Badge.terminal_id), col(Badge.device_user_id), col(Badge.valid_from), col(Badge.valid_to))
    for terminal, user, start, end in session.connection().execute(select(*columns)):
        first = ALWAYS[0] if start is None else day_of(start)
        found[terminal or 0, user].append((first, ALWAYS[1] if end is None else day_of(end)))
    return found


def candidates(session: Session, users: set[str]) -> dict[str, list[Candidate]]:
    """Whoever has the same id somewhere, and whoever's staff code it is; by id, never by name."""
    person = (col(Person.id), col(Person.code), col(Person.name))
    by_badge = (
        select(col(Badge.device_user_id), *person)
        .join(Badge, col(Badge.person_id) == col(Person.id))
        .where(col(Badge.device_user_id).in_(users))
        .distinct()
        .order_by(col(Person.code))
    )
    by_code = select(col(Person.code), *person).where(col(Person.code).in_(users))
    found: defaultdict[str, list[Candidate]] = defaultdict(list)
    for why, wanted in ((STAFF_CODE, by_code), (SAME_ID, by_badge)):
        for user, person_id, code, name in session.connection().execute(wanted):
            found[user].append(Candidate(person_id=person_id or 0, person=code, name=name, why=why))
    return found
