"""P1 to P10 of the assurance rules as functions of a run; each complains of what does not hold.

The database is read with SQLite alone, past everything that the product could get wrong.
"""

import hashlib
import json
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any

from monitor.audit import first_broken_link
from monitor.records import rebuild
from monitor.store.driver import sqlite3
from monitor.store.session import reading
from tests.simulation.installation import NEWCOMER, SETTINGS
from tests.simulation.oracle import (
    ABSENT,
    CLOSE,
    DAY,
    EARLY,
    FUTURE_TOLERANCE,
    LATE,
    LATE_EARLY,
    MISSING_IN,
    MISSING_OUT,
    PENDING,
    verdict,
)
from tests.simulation.terminals import read_line, read_record
from tests.simulation.world import World

PUNCHES = "SELECT terminal_id, device_user_id, device_time, raw, source FROM punch"
SET_ASIDE = (
    "SELECT terminal_id, device_user_id, device_time, raw, id IN (SELECT record_id FROM quarantine_decision)"
    " FROM quarantined_record"
)
SESSIONS = "SELECT person_id, day, status FROM session_record"
DERIVED = ("session_record", "day_record", "overtime_record")
UNSURE = {ABSENT, MISSING_IN, MISSING_OUT, LATE, LATE_EARLY, EARLY}
"""Verdicts that need every log: where one is not whole, a day may wait instead."""


def ask(world: World, wanted: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of the file as it is."""
    return world.home.eye.execute(wanted, values).fetchall()


def no_false_absence(world: World) -> None:
    """P6, after every refresh: nobody whom a terminal saw is absent, and no absence is said too early."""
    if world.todo:
        return
    try:
        absent = ask(world, SESSIONS + " WHERE status = 0")
    except sqlite3.OperationalError:
        return  # the file is away just now
    for person, day, _ in absent:
        if world.truth.is_muddled(person) or _sealed_untrue(world, person, day):
            continue
        if world.truth.was_recorded(person, day, world.terminals.values()):
            world.complain(f"P6 person {person} absent on {day} though a terminal saw them")
        until = min((world.ledger.known_until.get(one, 0) for one in world.terminals), default=0)
        if until < day * DAY + CLOSE:
            world.complain(f"P6 person {person} absent on {day} before every log was known")


def _sealed_untrue(world: World, person: int, day: int) -> bool:
    """Whether the day's month was closed while something untrue was entered of somebody.

    What was right afterwards waits as an adjustment (rules 8): `right_days` asks for it.
    """
    return any(first <= day <= last and person in muddled for first, last, muddled in world.closed)


def exactly_once(world: World) -> None:
    """P1: what was acknowledged is stored, once, and nothing that nobody recorded is."""
    punches = [(t, user, shown) for t, user, shown, *_ in ask(world, PUNCHES)]
    aside = [(t, user, _time(shown), raw, done) for t, user, shown, raw, done in ask(world, SET_ASIDE)]
    open_ones = {(t, user, time) for t, user, time, _, done in aside if time is not None and not done}
    stored = {*punches, *((t, user, time) for t, user, time, _, _ in aside if time is not None)}
    raw = {(t, bytes(raw)) for t, _, _, raw, _ in aside}
    for identity in sorted(world.ledger.must - stored):
        world.complain(f"P1 lost {identity}")
    for what in sorted(world.ledger.must_raw - raw):
        world.complain(f"P1 lost record {what}")
    for identity in sorted(stored - world.ledger.may):
        world.complain(f"P1 invented {identity}")
    for what in sorted(
        raw - world.ledger.may_raw - {(t, r) for t, _, time, r, _ in aside if time is not None}
    ):
        world.complain(f"P1 invented record {what}")
    twice = [one for one, count in Counter(punches).items() if count > 1]
    for identity in sorted([*twice, *open_ones.intersection(punches)]):
        world.complain(f"P1 doubled {identity}")


def _time(shown: str) -> int | None:
    """Seconds of what a set-aside record shows; None for no time."""
    try:
        return read_line(f"x\t{shown}".encode())[1]
    except ValueError:
        return None


def own_bytes(world: World) -> None:
    """P2: every punch keeps the bytes it came in, and they say exactly this punch."""
    for terminal, user, shown, raw, source in ask(world, PUNCHES):
        try:
            said = (read_record if source == "pull" else read_line)(bytes(raw))
        except (ValueError, struct.error):
            said = None
        if said != (user, shown):
            world.complain(f"P2 the bytes of {(terminal, user, shown)} say something else")


def function_of_the_input(world: World) -> None:
    """P3: records that grew day by day equal those made from nothing.

    Of the days since the first refresh: a rebuild also makes those from before anybody used the program.
    """
    opened = ask(world, "SELECT coalesce(min(day), 0) FROM session_record WHERE person_id = ?", NEWCOMER)
    world.first_day = max(world.first_day, opened[0][0])
    before = derived(world)
    rebuild(world.home.work.engine, settings=SETTINGS)
    after = derived(world)
    if before != after:
        changed = [one for one in zip(before, after, strict=False) if one[0] != one[1]][:1]
        world.complain(f"P3 a rebuild gives other records {changed}")


def derived(world: World) -> list[tuple[Any, ...]]:
    """All records that the rules made."""
    return [
        row
        for table in DERIVED
        for row in ask(world, f"SELECT * FROM {table} WHERE day >= ? ORDER BY 1, 2, 3", world.first_day)
    ]


def sealed_rows(world: World, month: str) -> str:
    """A hash of a closed month's rows, '' while it is open."""
    if not ask(world, "SELECT 1 FROM period WHERE month = ? AND status = 'closed'", month):
        return ""
    first, last = ask(world, "SELECT first_day, last_day FROM period WHERE month = ?", month)[0]
    rows = [
        ask(world, f"SELECT * FROM {table} WHERE day BETWEEN ? AND ? ORDER BY 1, 2, 3", first, last)
        for table in DERIVED
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def closed_is_closed(world: World) -> None:
    """P4: the rows of a closed month are those of its closing."""
    for month, rows in world.sealed.items():
        if sealed_rows(world, month) != rows:
            world.complain(f"P4 {month} is closed and has changed")


def nothing_waits(world: World) -> None:
    """P7: what a reachable terminal holds is stored, whatever came true counts, no day waits."""
    for terminal in world.terminals.values():
        if terminal.queue:
            world.complain(f"P7 {terminal.code} still has {len(terminal.queue)} records to deliver")
        held = {(terminal.id, one.user, one.shown) for one in terminal.log if not one.impossible}
        if missing := held - world.ledger.must:
            world.complain(f"P7 {terminal.code} holds {len(missing)} records that were never taken")
    if waiting := ask(world, "SELECT person_id, first_day, last_day FROM stale_span"):
        world.complain(f"P7 days still wait: {waiting[:3]}")
    for terminal_id, user, shown, _, done in ask(world, SET_ASIDE + " WHERE reason = 'in_the_future'"):
        time = _time(shown)
        if not done and time is not None and time <= world.now + FUTURE_TOLERANCE:
            world.complain(f"P7 {(terminal_id, user, shown)} has come true and is still set aside")


def chained(world: World) -> None:
    """P8: the trail is whole, and every change has exactly its entry."""
    with reading(world.home.work.engine) as session:
        if (broken := first_broken_link(session)) is not None:
            world.complain(f"P8 the trail is broken at {broken}")
    entries = Counter(one for (one,) in ask(world, "SELECT action FROM audit_entry"))
    for action, rows in (
        ("excuse_enter", "SELECT count(*) FROM excuse"),
        ("excuse_withdraw", "SELECT count(*) FROM excuse WHERE status = 'rejected'"),
        ("import_punches", "SELECT count(*) FROM file_import"),
        ("undo_import", "SELECT count(*) FROM import_undo"),
        ("period_close", "SELECT count(*) FROM period_seal"),
    ):
        if entries[action] != ask(world, rows)[0][0]:
            world.complain(f"P8 {entries[action]} entries of {action} for {ask(world, rows)[0][0]} changes")


def right_days(world: World) -> None:
    """P6 and P9, at the end: every past day is what it truly was, whatever happened on the way.

    Of a closed month: it is, or would be with the adjustments that wait.
    """
    told = {(person, day): status for person, day, status in ask(world, SESSIONS)} | _adjusted(world)
    times = _times(world)
    for (person, day), status in sorted(told.items()):
        if day >= world.today:
            continue
        excused = (person, day) in world.truth.excused
        right = verdict(times.get((person, day), ()), excused=excused)
        badge = any(p == person and first <= day <= last for p, _, first, last in world.truth.holders)
        if not badge and not excused:
            right = PENDING
        allowed = {right, PENDING} if right in UNSURE and _may_wait(world, day) else {right}
        if status not in allowed:
            world.complain(f"P6 person {person} on {day} is {status}, truly {right}")


def _adjusted(world: World) -> dict[tuple[int, int], int]:
    """What sealed days would become."""
    waiting = "SELECT person_id, day, after FROM pending_adjustment WHERE seq >= 0 AND withdrawn_at IS NULL"
    rows = ((person, day, json.loads(after) or {}) for person, day, after in ask(world, waiting))
    return {(person, day): after["status"] for person, day, after in rows if "status" in after}


def _times(world: World) -> dict[tuple[int, int], list[int]]:
    """Times of day at which each person was seen, of what the product owes or has, and nobody took back.

    It may have more than it owes: killed after a commit it acknowledges nothing, and a terminal that is
    emptied then is never asked again. P1 lets it have only what a terminal recorded.
    """
    found: dict[tuple[int, int], list[int]] = {}
    has = {(terminal, user, shown) for terminal, user, shown, *_ in ask(world, PUNCHES)}
    for _, user, shown in sorted((world.ledger.must | (has & world.ledger.may)) - world.withheld):
        day = shown // DAY
        person = world.truth.person_of(user, day)
        if person is not None:
            found.setdefault((person, day), []).append(shown % DAY)
    return found


def _may_wait(world: World, day: int) -> bool:
    """Whether a terminal cannot tell of this day: it lost something, or nobody used it."""
    return any(
        terminal.id in world.truth.disturbed or not _used(world, terminal.id, day)
        for terminal in world.terminals.values()
    )


def _used(world: World, terminal: int, day: int) -> bool:
    return any(t == terminal and shown // DAY == day and user != "90" for t, user, shown in world.ledger.must)


PROPERTIES: dict[str, Callable[[World], None]] = {
    "P1": exactly_once,
    "P2": own_bytes,
    "P3": function_of_the_input,
    "P4": closed_is_closed,
    "P6": right_days,
    "P7": nothing_waits,
    "P8": chained,
}
ELSEWHERE = {
    "P5": "tests/access: every route, every role, every object",
    "P9": "here, by what P1 to P8 say after a restore; sealing, opening and rotation in tests/backup",
    "P10": "tests/devices: limits of bytes, time and memory; tests/web/push: slow and endless bodies",
}
"""What a run of this kind cannot show, and where it is shown."""
