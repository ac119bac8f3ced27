"""The last punch of each of many people before a moment of a day, in one question."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.deliveries import counted
from monitor.store.queries.freshness import terminals
from monitor.store.queries.zones import in_zone
from monitor.store.tables import Badge, ManualPunch, Punch

LastPunch = tuple[int, int | None]
"""Wall-clock seconds, and the terminal's id; None for an approved manual punch."""

Claims = dict[str, list[tuple[int | None, int]]]
"""Device user id -> (terminal or None for any, person), of badges that are valid on a day."""


def last_punches(
    session: Session, people: Collection[int], day: int, before: int, zone: str
) -> dict[int, LastPunch]:
    """The last punch of a day up to `before` (inclusive) by person; who has none is left out."""
    first, claims = day * DAY_SECONDS, _claims(session, people, date_of(day))
    found: dict[int, LastPunch] = {}
    for person, time in _manual(session, people, first, before):
        found[person] = max(found.get(person, (time, None)), (time, None), key=lambda one: one[0])
    known, wanted = terminals(session), set(people)
    for terminal_id, device_user, device_time in _punches(session, claims, first, before):
        time = in_zone(device_time, known[terminal_id].timezone, zone)
        holder = _holder(claims[device_user], terminal_id)
        if holder is None or holder not in wanted or not first <= time <= before:
            continue
        if holder not in found or found[holder][0] < time:
            found[holder] = (time, terminal_id)
    return found


def _claims(session: Session, people: Collection[int], on: date) -> Claims:
    """Every badge, whoever's, that may claim a device user id of these people."""
    ids = select(col(Badge.device_user_id)).where(col(Badge.person_id).in_(people))
    begun = or_(col(Badge.valid_from).is_(None), col(Badge.valid_from) <= on)
    still = or_(col(Badge.valid_to).is_(None), col(Badge.valid_to) >= on)
    columns = select(col(Badge.device_user_id), col(Badge.terminal_id), col(Badge.person_id))
    rows = session.connection().execute(columns.where(col(Badge.device_user_id).in_(ids), begun, still))
    claims: defaultdict[str, list[tuple[int | None, int]]] = defaultdict(list)
    for device_user, terminal_id, person in rows:
        claims[device_user].append((terminal_id, person))
    return dict(claims)


def _holder(claims: list[tuple[int | None, int]], terminal_id: int) -> int | None:
    """Whose punch it is: a terminal's own badge goes before one for any terminal (rules 7)."""
    mine = [person for terminal, person in claims if terminal == terminal_id]
    anywhere = [person for terminal, person in claims if terminal is None]
    return next(iter(mine or anywhere), None)


def _punches(session: Session, claims: Claims, first: int, before: int) -> list[tuple[int, str, int]]:
    if not claims:
        return []
    # A day's slack: the terminal's own clock may show another zone.
    near = col(Punch.device_time).between(first - DAY_SECONDS, before + DAY_SECONDS)
    columns = select(col(Punch.terminal_id), col(Punch.device_user_id), col(Punch.device_time))
    wanted = columns.where(col(Punch.device_user_id).in_(list(claims)), near, *counted(session))
    return [(row[0], row[1], row[2]) for row in session.connection().execute(wanted)]


def _manual(session: Session, people: Collection[int], first: int, before: int) -> list[tuple[int, int]]:
    counts = col(ManualPunch.withdrawn_at).is_(None), col(ManualPunch.time).between(first, before)
    wanted = select(col(ManualPunch.person_id), col(ManualPunch.time))
    rows = session.connection().execute(wanted.where(col(ManualPunch.person_id).in_(people), *counts))
    return [(row[0], row[1]) for row in rows]
