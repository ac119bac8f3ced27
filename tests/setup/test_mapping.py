"""Whose an id is and whose a waiting terminal, said without a file: the checks and marks of a file."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.intake.push import Caller, PushRefused, greet, park
from monitor.records import refresh
from monitor.rules.wallclock import date_of, day_of
from monitor.setup import ImportRefused
from monitor.setup.mapping import Asked, approve_terminal, map_badge, reject_terminal, switch_terminal
from monitor.store.queries import stale
from monitor.store.queries.terminal_cards import pending_terminals
from monitor.store.queries.terminals import readable_terminals
from monitor.store.session import reading, transaction
from tests.conftest import ON_SQLITE
from tests.office import at, cover, full_day, open_office, punch, rows
from tests.setup.conftest import LAST_MARKED, ZONE

NOW = at("2026-03-02 10:00")
ASKED = Asked(actor="hr", now=NOW, zone=ZONE)
CALLER = Caller(serial="NEW1", address="127.0.0.1", allowed_networks=("127.0.0.0/8",))


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    return engine


def say(engine: Engine, **badge: Any) -> None:
    with transaction(engine) as session:
        map_badge(session, ASKED, **({"terminal": "M1", "device_user_id": "99", "person": "AN"} | badge))


def code_of(engine: Engine, **badge: Any) -> tuple[str, dict[str, object]]:
    with pytest.raises(ImportRefused) as refused:
        say(engine, **badge)
    return refused.value.code, refused.value.values


def test_history_is_resolved_again_for_whom_the_id_turns_out_to_mean(
    office: Engine, settings: Settings
) -> None:
    later = at("2026-03-05 08:00")
    cover(office, "2026-02-23", "2026-03-05 08:00")
    punch(office, *full_day("99", "2026-03-03"), received=later)
    wanted = "SELECT symbol FROM session_record WHERE person_id = 1 AND day = "
    wanted += str(day_of(date(2026, 3, 3)))
    refresh(office, now=later, settings=settings)
    assert rows(office, wanted) == [("KP",), ("KP",)]
    say(office, valid_from=date(2026, 3, 1))
    refresh(office, now=later, settings=settings)
    assert rows(office, wanted) == [("+",), ("+",)]
    assert rows(office, "SELECT DISTINCT device_user_id FROM punch") == [("99",)]


def test_just_the_days_of_the_badge_become_stale_for_just_its_person(office: Engine) -> None:
    say(office, valid_from=date(2026, 2, 10), valid_to=date(2026, 2, 12))
    say(office, device_user_id="98", valid_from=date(2026, 3, 1))
    with reading(office) as session:
        marks = {
            (person, str(date_of(first)), str(date_of(last)))
            for person, first, last in stale.waiting(session).days
        }
    assert marks == {(1, "2026-02-09", "2026-02-13"), (1, "2026-02-28", LAST_MARKED)}


@ON_SQLITE
@pytest.mark.parametrize(
    ("badge", "code", "values"),
    [
        ({"device_user_id": "2"}, "badge_taken", {"device_user_id": "2", "terminal": "M1", "other": "BINH"}),
        ({"person": "XX"}, "person_not_found", {"person": "XX"}),
        ({"terminal": "M9"}, "unknown_terminal", {"terminal": "M9"}),
        ({"device_user_id": " "}, "cell_empty", {}),
        (
            {"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 1)},
            "ends_before_start",
            {"start": "2026-03-02", "end": "2026-03-01"},
        ),
    ],
)
def test_what_a_file_would_be_refused_for_is_refused_and_changes_nothing(
    office: Engine, badge: dict[str, object], code: str, values: dict[str, object]
) -> None:
    found = code_of(office, **badge)
    assert found[0] == code
    assert values.items() <= found[1].items()
    assert rows(office, "SELECT count(*) FROM badge") == [(4,)]
    assert rows(office, "SELECT count(*) FROM audit_entry") == [(0,)]


def test_a_mapping_is_told_in_the_trail(office: Engine) -> None:
    say(office)
    assert rows(office, "SELECT actor, action, subject FROM audit_entry") == [("hr", "map_badge", "M1")]


def approve(engine: Engine, **terminal: Any) -> None:
    with transaction(engine) as session:
        approve_terminal(
            session, ASKED, "NEW1", **({"code": "P1", "name": "Cổng sau", "unit": "XA"} | terminal)
        )


def test_a_terminal_that_was_approved_may_deliver_and_waits_no_more(office: Engine) -> None:
    park(office, CALLER, NOW)
    with pytest.raises(PushRefused):
        greet(office, CALLER, NOW)
    approve(office)
    assert greet(office, CALLER, NOW).stamp == ""
    assert rows(office, "SELECT code, kind, unit_id, serial FROM terminal WHERE code = 'P1'") == [
        ("P1", "zk_push", 1, "NEW1")
    ]
    with reading(office) as session:
        assert pending_terminals(session, with_rejected=True) == []
    assert rows(office, "SELECT action, subject FROM audit_entry") == [("approve_terminal", "P1")]


@ON_SQLITE
@pytest.mark.parametrize(
    ("terminal", "code"),
    [
        ({"code": "M1"}, "terminal_code_taken"),
        ({"unit": "XX"}, "unknown_unit"),
        ({"code": "*"}, "code_reserved"),
    ],
)
def test_an_approval_that_cannot_be_is_refused(office: Engine, terminal: dict[str, str], code: str) -> None:
    park(office, CALLER, NOW)
    with pytest.raises(ImportRefused) as refused:
        approve(office, **terminal)
    assert refused.value.code == code
    assert rows(office, "SELECT count(*) FROM pending_terminal") == [(1,)]


def test_a_serial_number_that_never_called_cannot_be_approved(office: Engine) -> None:
    with pytest.raises(ImportRefused, match="serial_not_waiting"):
        approve(office)


def test_a_rejected_terminal_is_not_asked_about_again_though_it_calls(office: Engine) -> None:
    park(office, CALLER, NOW)
    with transaction(office) as session:
        reject_terminal(session, ASKED, "NEW1", reason="của đơn vị khác")
    park(office, CALLER, NOW)
    with reading(office) as session:
        assert pending_terminals(session) == []
        assert [row.rejected_by for row in pending_terminals(session, with_rejected=True)] == ["hr"]
    approve(office)
    assert greet(office, CALLER, NOW).stamp == ""


def test_a_terminal_that_is_switched_off_is_not_read_by_itself(office: Engine) -> None:
    for off, read in ((True, []), (False, ["M1"])):
        with transaction(office) as session:
            switch_terminal(session, ASKED, "M1", off=off, reason="bảo trì")
        with reading(office) as session:
            assert [terminal.code for terminal in readable_terminals(session)] == read
    assert rows(office, "SELECT action FROM audit_entry ORDER BY id") == [
        ("switch_terminal_off",),
        ("switch_terminal_on",),
    ]
