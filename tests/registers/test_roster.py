"""Roster entries by hand: what excludes what, and what is kept of those taken off."""

from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import close_period
from monitor.records import refresh
from monitor.registers.errors import RegisterRefused
from monitor.registers.roster import Rostered, enter_roster, remove_roster
from monitor.store.session import transaction
from tests.office import rows
from tests.registers.conftest import NOW, wall


def put(office: Engine, kind: str, starts: str, ends: str, person: int = 1, **more: str) -> int:
    entered = Rostered(person_id=person, kind=kind, starts=wall(starts), ends=wall(ends), **more)
    with transaction(office) as session:
        return enter_roster(session, entered, actor="lan", at=NOW)


def refused(office: Engine, kind: str, starts: str, ends: str, **more: Any) -> str:
    with pytest.raises(RegisterRefused) as caught:
        put(office, kind, starts, ends, **more)
    return caught.value.code


def test_a_duty_becomes_a_session_of_the_person_after_the_next_refresh(
    office: Engine, settings: Settings
) -> None:
    put(office, "duty", "2026-02-28 07:00", "2026-02-28 17:00", place="Trụ sở")
    refresh(office, now=NOW, settings=settings)
    wanted = "SELECT kind, starts, ends FROM session_record WHERE person_id = 1 AND day = 20512"
    assert rows(office, wanted) == [(1, wall("2026-02-28 07:00"), wall("2026-02-28 17:00"))]


def test_sessions_exclude_each_other_and_entries_of_one_kind_do_too(office: Engine) -> None:
    put(office, "duty", "2026-02-28 07:00", "2026-02-28 17:00")
    assert refused(office, "extra", "2026-02-28 16:59", "2026-02-28 18:00") == "roster_taken"
    put(office, "extra", "2026-02-28 17:00", "2026-02-28 18:00")
    put(office, "overtime", "2026-02-28 16:00", "2026-02-28 19:00")
    assert refused(office, "overtime", "2026-02-28 18:00", "2026-02-28 20:00") == "roster_taken"


@pytest.mark.parametrize(
    ("kind", "starts", "ends", "more", "code"),
    [
        ("party", "2026-02-28 07:00", "2026-02-28 08:00", {}, "roster_kind_unknown"),
        ("duty", "2026-02-28 07:00", "2026-02-28 07:00", {}, "interval_empty"),
        ("overtime", "2026-02-28 07:00", "2026-03-01 07:01", {}, "overtime_too_long"),
        ("duty", "2026-02-28 07:00", "2026-02-28 08:00", {"place": "x" * 201}, "register_text_long"),
        ("duty", "2026-02-28 07:00", "2026-02-28 08:00", {"document": "a\x00b"}, "bad_characters"),
    ],
)
def test_what_cannot_be_is_refused(
    office: Engine, kind: str, starts: str, ends: str, more: dict[str, str], code: str
) -> None:
    assert refused(office, kind, starts, ends, **more) == code


def test_what_is_taken_off_is_kept_with_who_when_and_why(office: Engine) -> None:
    number = put(office, "duty", "2026-02-28 07:00", "2026-02-28 17:00", place="Trụ sở", document="Lịch 3")
    with transaction(office) as session:
        remove_roster(session, number, reason="Đổi ca", actor="huong", at=NOW)
    assert rows(office, "SELECT * FROM roster_entry") == []
    wanted = "SELECT person_id, kind, place, document, removed_by, reason FROM removed_roster_entry"
    assert rows(office, wanted) == [(1, "duty", "Trụ sở", "Lịch 3", "huong", "Đổi ca")]
    assert rows(office, "SELECT action FROM audit_entry WHERE subject = 'person:AN' ORDER BY id") == [
        ("roster_enter",),
        ("roster_remove",),
    ]


def test_a_closed_month_takes_no_entry_and_loses_none(office: Engine, settings: Settings) -> None:
    number = put(office, "duty", "2026-02-28 07:00", "2026-02-28 17:00")
    close_period(office, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    assert refused(office, "release", "2026-02-27 07:00", "2026-02-27 17:00") == "register_month_closed"
    with transaction(office) as session, pytest.raises(RegisterRefused) as caught:
        remove_roster(session, number, reason="Đổi ca", actor="huong", at=NOW)
    assert caught.value.code == "register_month_closed"
    put(office, "duty", "2026-03-07 07:00", "2026-03-07 17:00")
