"""Who was shown whose data is known, once an hour for each page, and nobody can take it away unseen."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from monitor import audit
from monitor.audit import Viewing, tell_viewing
from monitor.rules.wallclock import day_of
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.trail import TrailWanted, trail
from monitor.store.session import reading, transaction
from tests.office import START, at, open_office, rows

DAY = day_of(START)
NOW = at("2026-02-23 08:00")


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    return engine


def show(
    engine: Engine,
    people: Iterable[int] = (1, 2),
    *,
    now: datetime = NOW,
    actor: str = "hanh",
    action: str = "view_board",
    day: int = DAY,
) -> int | None:
    return tell_viewing(
        engine,
        Viewing(
            at=now,
            actor=actor,
            action=action,
            subject="unit:XA-VP",
            people=frozenset(people),
            first_day=day,
            last_day=day,
        ),
    )


def test_a_viewing_names_everybody_it_showed(office: Engine) -> None:
    entry = show(office)
    assert rows(office, "SELECT person_id, entry_id, first_day, last_day FROM shown ORDER BY 1") == [
        (1, entry, DAY, DAY),
        (2, entry, DAY, DAY),
    ]


def test_the_same_page_within_the_hour_is_one_viewing(office: Engine) -> None:
    show(office)
    assert show(office, now=NOW + timedelta(minutes=59)) is None
    assert show(office, now=NOW + timedelta(minutes=60)) is not None


def test_only_whom_the_page_had_not_shown_yet_is_added(office: Engine) -> None:
    show(office, (1, 2))
    later = show(office, (1, 2, 3), now=NOW + timedelta(minutes=5))
    assert rows(office, f"SELECT person_id FROM shown WHERE entry_id = {later}") == [(3,)]


@pytest.mark.parametrize("other", [{"actor": "lan"}, {"action": "view_person"}, {"day": DAY + 1}])
def test_another_account_page_or_day_is_another_viewing(office: Engine, other: dict[str, object]) -> None:
    show(office)
    assert show(office, **other) is not None  # type: ignore[arg-type]  # one of its own parameters


def test_it_is_known_at_once_who_was_shown_a_person(office: Engine) -> None:
    show(office, (1, 2))
    show(office, (2, 3), actor="lan", day=DAY + 1)
    with reading(office) as session:
        found = trail(session, EVERYBODY, TrailWanted(person_id=2), today=DAY)
    assert [(one.actor, one.action, one.first_day) for one in found] == [
        ("lan", "view_board", DAY + 1),
        ("hanh", "view_board", DAY),
    ]


def broken_view(engine: Engine) -> int | None:
    with reading(engine) as session:
        return audit.first_broken_view(session)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM shown WHERE person_id = 2",
        "DELETE FROM shown",
        "INSERT INTO shown VALUES (3, 1, 0, 0)",
        "UPDATE shown SET first_day = 1 WHERE person_id = 2",
    ],
)
def test_a_list_of_people_that_was_changed_is_found(office: Engine, statement: str) -> None:
    entry = show(office)
    assert broken_view(office) is None
    with transaction(office) as session:
        on = " ON shown" if office.dialect.name == "postgresql" else ""
        session.connection().execute(text(f"DROP TRIGGER append_only_shown_update{on}"))
        session.connection().execute(text(statement))
    assert broken_view(office) == entry


def test_with_a_payload_goes_whom_it_showed(office: Engine) -> None:
    entry = show(office)
    with transaction(office) as session:
        audit.erase_payloads(session, [entry or 0], now=NOW, actor="lan", reason="retention")
    assert rows(office, "SELECT * FROM shown") == []
    assert broken_view(office) is None
