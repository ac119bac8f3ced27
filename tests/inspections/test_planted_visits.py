"""Mistakes planted into visits one at a time: each must be caught by a check that the real code passes."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.inspections import minutes, roll, visits
from monitor.inspections.errors import InspectionRefused
from monitor.privacy import visited
from monitor.store.queries import visits as queries
from monitor.store.session import transaction
from tests.inspections.test_minutes import SCAN, WORDS, can_tho, marked, written
from tests.inspections.test_planted import planted
from tests.inspections.test_visits import by, campaign, frozen, furnished_file, office, tap
from tests.inspections.test_visits import roll as roll_now

__all__ = ["furnished_file", "office"]

Check = Callable[[ModuleType, Session], bool]


def stores_once(module: ModuleType, session: Session) -> bool:
    visit, one = frozen(session), tap("CB006", "present", 1)
    people = {code: line.frozen.person_id for code, line in roll_now(session, visit).items()}
    stored = [
        module.keep_taps(session, visit, campaign(session), people, [one], by(session)) for _ in range(2)
    ]
    return stored == [1, 0]


def refuses_263(module: ModuleType, _session: Session) -> bool:
    try:
        module.facts_of(can_tho(185, 42, 9, unmarked=27), WORDS)
    except InspectionRefused as refused:
        return bool(refused.values["difference"] == 27)
    return False


def keeps_what_was_signed(module: ModuleType, session: Session) -> bool:
    visit = marked(session)
    written(session, visit)
    lines = list(roll_now(session, visit).values())
    late: Any = tap("CB008", "off_post", 2)
    people = {line.person.code: line.frozen.person_id for line in lines}
    visits.keep_taps(session, visit, campaign(session), people, [late], by(session, one_hour_later()))
    changed = list(roll_now(session, visit).values())
    try:
        module.keep_signed(session, visit, campaign(session), changed, SCAN, by(session))
    except InspectionRefused as refused:
        return refused.code == "minutes_behind"
    return False


def hides_sealed(module: ModuleType, session: Session) -> bool:
    visit = frozen(session)
    person = roll_now(session, visit)["CB006"].frozen.person_id
    parts = dict(module.visit_queries(person, ("campaign:dot-1",)))
    return session.connection().execute(parts["visits"]).all() == []


def orders_by_device(module: ModuleType, session: Session) -> bool:
    visit = frozen(session)
    people = {code: line.frozen.person_id for code, line in roll_now(session, visit).items()}
    for one in (tap("CB006", "off_post", 3), tap("CB006", "present", 1)):
        visits.keep_taps(session, visit, campaign(session), people, [one], by(session, one_hour_later()))
    found = module.visit_marks(session, visit.id)[people["CB006"]]
    return [mark.value for mark in found] == ["present", "off_post"]


def one_hour_later() -> Any:
    from datetime import timedelta

    from tests.inspections.test_visits import T

    return T + timedelta(hours=1)


def counts_locked_rooms(module: ModuleType, _session: Session) -> bool:
    return "locked_room" in module.NOT_THERE


BUGS: tuple[tuple[str, ModuleType, str, str, Check], ...] = (
    ("inspections.visits", visits, "if tap.id not in stored}", "if tap.id}", stores_once),
    ("inspections.minutes", minutes, "reconciled(totals_of_roll(roll))", "totals_of_roll(roll)", refuses_263),
    ("inspections.minutes", minutes, "!= newest.facts:", "== '':", keeps_what_was_signed),
    ("privacy.visited", visited, "col(Campaign.code).not_in(codes)", "True", hides_sealed),
    (
        "store.queries.visits",
        queries,
        "(min(one.tapped_ms, one.received_ms), one.tapped_ms, one.id)",
        "-one.tapped_ms",
        orders_by_device,
    ),
    ("inspections.roll", roll, '"off_post", "locked_room")', '"off_post")', counts_locked_rooms),
)


@pytest.mark.parametrize(("name", "real", "old", "new", "check"), BUGS, ids=[bug[2][:40] for bug in BUGS])
def test_a_planted_mistake_is_caught(
    office: Engine, name: str, real: ModuleType, old: str, new: str, check: Check
) -> None:
    with transaction(office, keep=False) as session:
        assert check(real, session)
    caught = False
    try:
        with transaction(office, keep=False) as session:
            caught = not check(planted(name, old, new), session)
    except Exception:
        caught = True
    assert caught
