"""Counting sessions in SQL gives what counting them one by one gives, on both databases."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from monitor.rules.figures import Figures, total
from monitor.rules.wallclock import day_of
from monitor.store.queries.figures import (
    KINDS,
    among,
    arrivals,
    counted_in_units,
    counted_of_person,
    figures_by_day,
    figures_by_person,
    figures_of_person,
)
from monitor.store.queries.reach import EVERYBODY, NOBODY, Reach, Term
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import SessionRecord
from tests.web.cast import ON, furnish
from tests.web.months import fill, plain, records

DAYS = range(day_of(date(2026, 2, 2)), day_of(ON) + 1)
JANUARY = range(day_of(date(2026, 1, 1)), day_of(date(2026, 2, 1)))
SINCE = date(2026, 1, 19)


def filled(engine: Engine) -> None:
    with transaction(engine) as session:
        furnish(session)
    fill(engine, ["CB002", "CB003", "CB006", "CB010"], first=SINCE)


def agrees(found: Iterable[Figures], rows: Iterable[SessionRecord]) -> None:
    counted, expected = total(found), plain(rows)
    assert counted.worked_seconds == expected.pop("worked")
    assert {name: getattr(counted, name) for name in expected} == expected


def units_of(session: Session, *codes: str) -> frozenset[int]:
    units = tree(session)
    return frozenset(unit.id for unit in units.units.values() if not codes or unit.code in codes)


def test_every_way_of_counting_agrees_with_counting_one_by_one(engine: Engine) -> None:
    filled(engine)
    rows = [row for row in records(engine, "2026-02") if row.day in DAYS]
    with reading(engine) as session:
        every = units_of(session)
        whose = among(session, EVERYBODY, every, every, DAYS)
        by_person = figures_by_person(session, whose, DAYS)
        by_day = figures_by_day(session, whose, DAYS)
        persons = {row.person_id for row in rows}
        one_by_one = [figures_of_person(session, EVERYBODY, person, DAYS) for person in persons]
        listed = {kind: counted_in_units(session, whose, DAYS, kind, most=999) for kind in KINDS}
        of_people = {
            kind: [
                row for person in persons for row in counted_of_person(session, EVERYBODY, person, DAYS, kind)
            ]
            for kind in KINDS
        }

    agrees([one.figures for one in by_person], rows)
    agrees(one_by_one, rows)
    assert sum(one.figures.sessions for one in by_person) == len(rows)
    for (unit, day), figures in by_day.items():
        expected = plain(row for row in rows if (row.unit_id, row.day) == (unit, day))
        assert (figures.on_time, figures.decided, figures.late) == (
            expected["on_time"],
            expected["decided"],
            expected["late"],
        )
    for kind in ("late", "early", "missing", "absent", "no_data", "on_time"):
        assert len(listed[kind]) == len(of_people[kind]) == plain(rows)[kind], kind


def test_what_is_out_of_reach_is_not_counted(engine: Engine) -> None:
    filled(engine)
    rows = records(engine, "2026-02")
    first = DAYS.start + 7
    with reading(engine) as session:
        every, hall = units_of(session), units_of(session, "vp")
        for reach, units, holds in (
            (NOBODY, every, lambda _row: False),
            (Reach(terms=(Term(unit_ids=hall),)), every, lambda row: row.unit_id in hall),
            (EVERYBODY, hall, lambda row: row.unit_id in hall),
            (Reach(terms=(Term(unit_ids=every),)), hall, lambda row: row.unit_id in hall),
            (Reach(terms=(Term(unit_ids=every, first_day=first),)), every, lambda row: row.day >= first),
        ):
            whose = among(session, reach, units, every, DAYS)
            expected = [row for row in rows if row.day in DAYS and holds(row)]
            agrees([one.figures for one in figures_by_person(session, whose, DAYS)], expected)
            late = sum(one.late for one in figures_by_day(session, whose, DAYS).values())
            assert late == plain(expected)["late"]


def test_arrivals_are_counted_by_ten_minutes_and_month(engine: Engine) -> None:
    filled(engine)
    with reading(engine) as session:
        every = units_of(session)
        whose = among(session, EVERYBODY, every, every, range(JANUARY.start, DAYS.stop))
        found = arrivals(session, whose, [JANUARY, range(JANUARY.stop, DAYS.stop)])

    for month, counts in zip(("2026-01", "2026-02"), found, strict=True):
        came = [row for row in records(engine, month) if row.seq == 0 and row.time_in is not None]
        assert counts == Counter((row.time_in or 0) % 86_400 // 600 * 600 for row in came)


def test_a_list_tells_when_there_is_more(engine: Engine) -> None:
    filled(engine)
    with reading(engine) as session:
        every = units_of(session)
        whose = among(session, EVERYBODY, every, every, DAYS)
        assert len(counted_in_units(session, whose, DAYS, "on_time", most=3)) == 4
