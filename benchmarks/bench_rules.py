"""The rules against their scalar twin, for months of an office: `python -m benchmarks.bench_rules`."""

import time

import numpy as np

from benchmarks.measured import keep, machine, parser
from monitor.rules.columns import (
    DAY_MAX,
    DAY_MIN,
    DAY_SECONDS,
    NO_DAY,
    Allowances,
    Badges,
    CalendarRows,
    Coverage,
    Excuses,
    ExcuseTypes,
    Explained,
    ManualPunches,
    PersonDays,
    Postings,
    Punches,
    RosterEntries,
    SilentDays,
    Terminals,
    Units,
    World,
)
from monitor.rules.reconcile import reconcile
from monitor.rules.regulation import OfficeSession, Regulation, Target
from tests.rules.twin import reconcile_slowly
from tests.rules.twin.difference import differences, session_rows

FIRST_DAY = 20_514  # 2026-03-02, a Monday
HOUR = 3600
WEEK = (1, 2, 3, 4, 5)
REGULATION = Regulation(
    code="gio-hanh-chinh",
    valid_from=FIRST_DAY - 60,
    targets=(Target(kind="*"),),
    sessions=(
        OfficeSession(name="Sáng", weekdays=WEEK, start_seconds=27_000, end_seconds=41_400),
        OfficeSession(name="Chiều", weekdays=WEEK, start_seconds=48_600, end_seconds=61_200),
    ),
)


def _ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(values, np.int32)


def month(people: int, workdays: int, units: int = 100, seed: int = 1) -> tuple[World, PersonDays]:
    """A made-up office: four punches on each of the workdays, scattered some minutes around the marks."""
    random = np.random.default_rng(seed)
    days = np.array([FIRST_DAY + 7 * (n // 5) + n % 5 for n in range(workdays)], np.int32)
    person = np.repeat(np.arange(people, dtype=np.int32), len(days))
    day = np.tile(days, people)
    marks = np.array([27_000, 41_400, 48_600, 61_200])
    time_of_day = marks + random.integers(-600, 300, (len(day), 4))
    punch_time = (day.astype(np.int64)[:, None] * DAY_SECONDS + time_of_day).ravel()
    everybody = np.arange(people, dtype=np.int32)
    unit_of = everybody % units
    no_int, no_time = np.zeros(0, np.int32), np.zeros(0, np.int64)
    no_flag, no_text = np.zeros(0, bool), np.zeros(0, object)
    always = {"first_day": np.full(people, DAY_MIN, np.int32), "last_day": np.full(people, DAY_MAX, np.int32)}
    world = World(
        people=np.array([f"p{n:07}" for n in range(people)], object),
        units=Units(
            code=np.array([f"u{n:04}" for n in range(units)], object),
            parent=np.where(np.arange(units) == 0, -1, 0).astype(np.int32),
        ),
        postings=Postings(person=everybody, unit=unit_of, **always),
        regulations=(REGULATION,),
        calendar=CalendarRows(
            day=no_int,
            scope=no_int,
            kind=no_text,
            for_day=no_int,
            document=no_text,
            confirmed=no_flag,
            in_lieu=no_flag,
        ),
        terminals=Terminals(
            code=np.array([f"t{n:04}" for n in range(units)], object),
            unit=np.arange(units, dtype=np.int32),
            installed_on=np.full(units, NO_DAY, np.int32),
            direction=np.full(units, "", object),
        ),
        badges=Badges(
            person=everybody, terminal=np.full(people, -1, np.int32), device_user=everybody, **always
        ),
        punches=Punches(
            id=np.arange(1, len(punch_time) + 1),
            terminal=np.repeat(unit_of[person], 4),
            device_user=np.repeat(person, 4),
            time=punch_time,
            states=np.full(len(punch_time), 128, np.uint8),
        ),
        manual=ManualPunches(id=no_time, person=no_int, time=no_time),
        excuse_types=ExcuseTypes(code=no_text, symbol=no_text, counts_cong=no_flag),
        excuses=Excuses(
            id=no_time,
            person=no_int,
            kind=no_int,
            start=no_time,
            end=no_time,
            approved=no_flag,
            document_day=no_int,
            entered_at=no_time,
        ),
        roster=RosterEntries(id=no_time, person=no_int, kind=no_text, start=no_time, end=no_time),
        allowances=Allowances(
            person=no_int, seconds=no_int, where=no_text, first_day=no_int, last_day=no_int
        ),
        coverage=Coverage(
            terminal=np.arange(units, dtype=np.int32),
            start=np.full(units, (FIRST_DAY - 30) * DAY_SECONDS, np.int64),
            end=np.full(units, (FIRST_DAY + 90) * DAY_SECONDS, np.int64),
            declared=np.ones(units, bool),
        ),
        silent=SilentDays(terminal=no_int, day=no_int),
        explained=Explained(person=no_int, day=no_int),
    )
    return world, PersonDays(person=person, day=day)


def measured(people: int, workdays: int, twin_people: int) -> dict[str, float]:
    """Time the engine on everybody, in turn with the twin on an office of so many, at most as many.

    Results of the twin's office are compared row by row before a time counts. A smaller office flatters the
    twin: its rate falls with the size of what it looks through.
    """
    small, some = month(min(people, twin_people), workdays, units=10)
    world, asked = month(people, workdays)
    now = int(world.punches.time.max()) + DAY_SECONDS
    engine, taken = [_seconds_for_each(world, asked, now)], time.perf_counter()
    slow = reconcile_slowly(small, zip(some.person, some.day, strict=True), now)
    twin = (time.perf_counter() - taken) / len(some)
    engine += [_seconds_for_each(world, asked, now) for _ in range(2)]
    assert not differences(small, slow, session_rows(reconcile(small, some, now).sessions))
    best, middle = min(engine), sorted(engine)[1]
    print(
        f"{len(asked):>9,} person-days: engine {1 / middle:>9,.0f}/s (best {1 / best:,.0f}/s),"
        f" twin of {len(some):,} {1 / twin:>6,.0f}/s, ratio {twin / middle:,.0f}"
    )
    return {
        "person_days": len(asked),
        "compared": len(some),
        "engine_per_second": 1 / middle,
        "twin_per_second": 1 / twin,
        "ratio": twin / middle,
    }


def _seconds_for_each(world: World, asked: PersonDays, now: int) -> float:
    started = time.perf_counter()
    reconcile(world, asked, now)
    return (time.perf_counter() - started) / len(asked)


def main() -> None:
    """The table."""
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, nargs="*", default=[3_000, 11_364])
    arguments.add_argument("--workdays", type=int, default=22)
    arguments.add_argument("--twin-people", type=int, default=200)
    given = arguments.parse_args()
    about = machine()
    offices = [measured(people, given.workdays, given.twin_people) for people in given.people]
    keep(given.record, about, {"offices": offices})


if __name__ == "__main__":
    main()
