"""The same inputs give the same rows, whatever the order, the batch or the repetition (rules 8)."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules import columns as c
from monitor.rules.codes import Direction
from monitor.rules.context import CONTEXT_DAYS, reach
from monitor.rules.reconcile import reconcile
from tests.rules.builder import Office, at, day, office_session, read, regulation

pytestmark = pytest.mark.slow

FIRST = day("2026-03-02")
DAYS = range(FIRST, FIRST + 9)
PEOPLE = ("an", "binh")
NOW = at("2026-03-11 10:00:00")
SESSIONS = (
    office_session("Sáng 07:30-11:30"),
    office_session("Chiều 13:30-17:00"),
    office_session("Đêm 22:00-02:00", weekdays=[2, 4]),
)

minutes = st.integers(-12 * 60, 10 * 24 * 60)
kinds = st.sampled_from(["duty", "extra", "release"])


def moment(minute: int) -> str:
    base = np.datetime64(FIRST, "m") + np.timedelta64(minute, "m")
    return str(base).replace("T", " ")


@st.composite
def offices(draw: st.DrawFn) -> c.World:
    """Two people with some duties, excuses, punches and holes in the log, on a grid of minutes."""
    office = Office(
        people=list(PEOPLE),
        regulations=[
            regulation(
                marks=draw(st.sampled_from([0, 1, 2, 4])),
                sessions=SESSIONS,
                grace_late=draw(st.sampled_from([0, 300])),
                direction=draw(st.sampled_from(list(Direction))),
                chain_within=draw(st.sampled_from([0, 3600, 5 * 3600])),
            )
        ],
        ready=False,
    )
    for person in PEOPLE:
        office.post(person)
        office.badge(person)
        for begin, length, kind in draw(
            st.lists(st.tuples(minutes, st.integers(30, 1440), kinds), max_size=4)
        ):
            office.duty(moment(begin), moment(begin + length), kind, person)
        for begin, length in draw(st.lists(st.tuples(minutes, st.integers(30, 1440)), max_size=2)):
            office.excuse(moment(begin), moment(begin + length), who=person)
        for minute in draw(st.lists(minutes, max_size=25)):
            office.punch("", moment(minute), who=person, state=minute % 7)
    for begin, length in draw(st.lists(st.tuples(minutes, st.integers(30, 4000)), max_size=3)):
        office.cover(since=moment(begin), until=moment(begin + length))
    return office.world()


everything = c.PersonDays(
    person=np.repeat(np.arange(len(PEOPLE), dtype=np.int32), len(DAYS)),
    day=np.tile(np.array(DAYS, np.int32), len(PEOPLE)),
)


def shuffled(world: c.World, seed: int) -> c.World:
    """The same world with the rows of every table that nothing points into in another order."""
    random = np.random.default_rng(seed)
    free = "postings calendar badges punches manual excuses roster allowances coverage silent explained"
    tables: dict[str, Any] = {}
    for name in free.split():
        table = getattr(world, name)
        tables[name] = table.take(random.permutation(len(table)))
    return replace(world, **tables)


@settings(deadline=None, max_examples=60)
@given(world=offices(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(world: c.World, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(everything))
    rows = read(world, reconcile(world, everything, NOW).sessions)
    assert read(world, reconcile(shuffled(world, seed), everything.take(order), NOW).sessions) == rows


@settings(deadline=None, max_examples=60)
@given(world=offices())
def test_each_day_alone_gives_the_rows_of_the_whole_batch(world: c.World) -> None:
    together = read(world, reconcile(world, everything, NOW).sessions)
    alone = [
        row
        for n in range(len(everything))
        for row in read(world, reconcile(world, everything.take([n]), NOW).sessions)
    ]
    assert alone == together


@settings(deadline=None, max_examples=40)
@given(world=offices(), on=st.sampled_from(list(DAYS)))
def test_what_lies_beyond_the_reach_does_not_matter(world: c.World, on: int) -> None:
    asked = c.PersonDays(person=np.array([0], np.int32), day=np.array([on], np.int32))
    (first,), (last,) = reach(world, asked).first_day, reach(world, asked).last_day
    assert on - first <= CONTEXT_DAYS
    begin, end = first * c.DAY_SECONDS, (last + 1) * c.DAY_SECONDS
    near = replace(
        world,
        punches=world.punches.take((world.punches.time >= begin) & (world.punches.time < end)),
        roster=world.roster.take((world.roster.end >= begin) & (world.roster.start < end)),
    )
    assert read(world, reconcile(near, asked, NOW).sessions) == read(
        world, reconcile(world, asked, NOW).sessions
    )


@settings(deadline=None, max_examples=40)
@given(world=offices())
def test_asking_twice_gives_each_row_once(world: c.World) -> None:
    once = reconcile(world, everything, NOW)
    twice = reconcile(world, everything.take(np.tile(np.arange(len(everything)), 2)), NOW)
    assert read(world, once.sessions) == read(world, twice.sessions)


@settings(deadline=None, max_examples=60)
@given(world=offices())
def test_every_punch_is_told_at_most_once_and_is_in_its_window(world: c.World) -> None:
    records = reconcile(world, everything, NOW).sessions
    times = dict(zip(world.punches.id.tolist(), world.punches.time.tolist(), strict=True))
    unused = [*records.extras.values.tolist(), *records.outside.values.tolist()]
    assert len(unused) == len(set(unused))
    assert all(times[punch] <= NOW for punch in unused)
    for row in np.flatnonzero(records.punch_in > 0):
        assert records.window_from[row] <= times[int(records.punch_in[row])] <= records.window_to[row]
        assert records.punch_in[row] not in unused


@settings(deadline=None, max_examples=60)
@given(world=offices())
def test_minutes_and_dtypes_keep_their_bounds(world: c.World) -> None:
    records = reconcile(world, everything, NOW).sessions
    assert (records.worked_seconds <= records.end - records.start).all()
    assert min(records.worked_seconds.min(initial=0), records.late_seconds.min(initial=0)) >= 0
    assert set(zip(records.person.tolist(), records.day.tolist(), strict=True)) <= set(
        zip(everything.person.tolist(), everything.day.tolist(), strict=True)
    )
    kinds = {field.name: getattr(records, field.name) for field in fields(records)}
    assert kinds["status"].dtype == np.int8
    assert kinds["reasons"].dtype == np.uint32
    assert kinds["late_seconds"].dtype == np.int32
    assert kinds["time_in"].dtype == np.int64


def test_nothing_asked_gives_nothing() -> None:
    for office in (Office(), Office(people=[], terminals=[], units=[], regulations=[], ready=False)):
        verdicts = office.verdicts()
        assert (len(verdicts.sessions), len(verdicts.days)) == (0, 0)


def test_an_office_without_terminals_badges_or_calendar_still_gives_rows() -> None:
    office = Office(terminals=[], ready=False)
    office.post("an")
    assert [row.reasons for row in office.rows("2026-03-02")] == [["no_data", "no_badge"]] * 2


def test_an_office_without_regulations_has_no_rows() -> None:
    assert Office(regulations=[]).rows("2026-03-02") == []
