"""Who is planned for whom: only people whose sessions and windows are the same (rules 2, 3)."""

import numpy as np

from monitor.rules.alike import alike, in_order
from monitor.rules.columns import PersonDays
from monitor.rules.reconcile import reconcile
from monitor.rules.regulation import Target
from tests.rules.builder import (
    LATER,
    MONDAY,
    TUESDAY,
    Office,
    at,
    day,
    office_session,
    read,
    regulation,
)

AN, BINH = 0, 1


def asked(*days: tuple[int, int]) -> PersonDays:
    person, on = np.array(days, np.int32).T
    return PersonDays(person=person, day=on)


def two(**given: object) -> Office:
    return Office(people=["an", "binh"], **given)  # type: ignore[arg-type]  # passed through


def test_people_with_the_same_days_and_nothing_of_their_own_are_planned_once() -> None:
    on = day(MONDAY)
    found = alike(two().world(), asked((AN, on), (AN, on + 1), (BINH, on), (BINH, on + 1)))
    assert found.like.tolist() == [AN, AN]


def test_days_that_only_sum_up_alike_are_other_days() -> None:
    first = day(MONDAY)
    hers, his = ([first + later for later in days] for days in ((0, 1, 5, 6), (0, 2, 3, 7)))
    assert sum(one * one for one in hers) == sum(one * one for one in his)
    wanted = asked(*((AN, on) for on in hers), *((BINH, on) for on in his))
    world = two().world()

    assert alike(world, wanted).like.tolist() == [AN, BINH]
    together = read(world, reconcile(world, wanted, at(LATER)).sessions)
    alone = [
        row
        for n in range(len(wanted))
        for row in read(world, reconcile(world, wanted.take([n]), at(LATER)).sessions)
    ]
    assert together == alone


def test_whoever_has_a_regulation_of_their_own_stands_for_themselves() -> None:
    own = regulation(
        code="rieng",
        targets=(Target(kind="person", index=BINH),),
        sessions=(office_session("Ca 09:00-15:00"),),
    )
    office = two(regulations=[regulation(), own])
    on = day(MONDAY)
    assert alike(office.world(), asked((AN, on), (BINH, on))).like.tolist() == [AN, BINH]
    hours = [(row.person, row.hours) for row in office.rows(MONDAY)]
    assert hours == [("an", "07:30-11:30"), ("an", "13:30-17:00"), ("binh", "09:00-15:00")]


def test_days_asked_twice_and_in_any_order_are_taken_once_in_theirs() -> None:
    on = day(MONDAY)
    found = in_order(asked((BINH, on), (AN, on + 1), (AN, on), (AN, on + 1)))
    assert list(zip(found.person.tolist(), found.day.tolist(), strict=True)) == [
        (AN, on),
        (AN, on + 1),
        (BINH, on),
    ]
    office = two()
    assert office.rows(TUESDAY, MONDAY, TUESDAY, who=["binh", "an"]) == office.rows(MONDAY, TUESDAY)
