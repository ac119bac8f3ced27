"""What is past its time is proposed, made nameless whole or not at all, and never while it is held."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine, text

from monitor import audit, privacy
from monitor.config import Privacy, Settings
from monitor.periods import (
    approve_reopening,
    close_period,
    list_adjustments,
    request_reopening,
    verify_periods,
)
from monitor.privacy import PrivacyRefused, review
from monitor.privacy.years import years_later
from monitor.records import rebuild, reconcile_range
from monitor.store.session import reading, transaction
from tests.office import rows
from tests.privacy.conftest import LIMITS, NOW, SICK, TODAY

RECORDS = "SELECT * FROM session_record WHERE person_id = 1 ORDER BY day, seq"
PSEUDONYM = re.compile(r"AD-[2-9A-Z]{10}")


def due(engine: Engine, on: date = TODAY, limits: Privacy = LIMITS) -> dict[str, tuple[str, ...]]:
    with reading(engine) as session:
        return {one.code: one.possible for one in review(session, limits, on).people}


def apply(engine: Engine, **more: object) -> privacy.Done:
    values = {"limits": LIMITS, "today": TODAY, "now": NOW, "actor": "cli:lan"} | more
    return privacy.pseudonymise(engine, **values)  # type: ignore[arg-type]  # its own parameters


def everything(engine: Engine) -> list[list[tuple[object, ...]]]:
    """Every stored text that people can be known by."""
    tables = ("person", "posting", "badge", "account", "excuse", "audit_entry", "retired_person")
    return [rows(engine, f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def test_each_kind_of_data_is_due_at_its_own_time(left: Engine) -> None:
    assert due(left, date(2028, 2, 27)) == {}
    assert due(left, date(2028, 2, 28)) == {"AN": ("accounts",)}
    assert due(left, date(2031, 2, 28)) == {"AN": ("accounts", "explanations", "punches")}
    assert due(left, date(2036, 2, 28)) == {"AN": ("accounts", "explanations", "punches", "records")}


def test_nought_years_keeps_without_end(left: Engine) -> None:
    names = ("punches", "records", "accounts", "explanations", "trail")
    for_ever = Privacy.model_validate({f"{name}_years": 0 for name in names})
    assert due(left, date(2130, 1, 1), for_ever) == {}


def test_whoever_is_still_there_or_comes_back_is_never_due(left: Engine) -> None:
    with transaction(left) as session:
        back = (
            "INSERT INTO posting (person_id, unit_id, role, position, valid_from) VALUES (1, 2, 'staff', '', "
        )
        session.connection().execute(text(f"{back} '2036-01-01')"))
    assert due(left) == {}


def test_looking_changes_nothing(left: Engine) -> None:
    before = everything(left)
    due(left)
    assert apply(left, dry_run=True).people == {"AN": ("accounts", "explanations", "punches", "records")}
    assert everything(left) == before


def test_afterwards_nothing_stored_leads_to_the_person(left: Engine) -> None:
    done = apply(left)

    assert done.people == {"AN": ("accounts", "explanations", "punches", "records")}
    ((code, name, badge, user, position, document),) = rows(
        left,
        "SELECT p.code, p.name, b.device_user_id, a.user_name, o.position, e.document FROM person p "
        "JOIN badge b ON b.person_id = p.id JOIN account a ON a.person_id = p.id "
        "JOIN posting o ON o.person_id = p.id JOIN excuse e ON e.person_id = p.id WHERE p.id = 1",
    )
    assert PSEUDONYM.fullmatch(str(code))
    assert (name, badge, user) == (code, f"{code}-1", f"{code}-1".lower())
    assert (position, document) == ("", "")
    kept = str(everything(left))
    assert [
        word for word in ("Lê Văn An", "le van an", "'AN'", "person:AN", "account:an", SICK) if word in kept
    ] == []


def test_the_closed_month_stays_what_was_sealed(left: Engine, settings: Settings) -> None:
    before = rows(left, RECORDS)
    apply(left)

    reconcile_range(left, first_day=20500, last_day=20515, now=NOW, settings=settings)
    rebuild(left, settings=settings)
    assert rows(left, RECORDS) == before
    with reading(left) as session:
        assert verify_periods(session) is None
        assert [one for one in list_adjustments(session, "XA-VP", "2026-02") if one.person != "BINH"] == []
        assert audit.first_broken_link(session) is None


def test_even_a_reopened_month_keeps_the_records_of_the_nameless(left: Engine, settings: Settings) -> None:
    before = rows(left, RECORDS)
    apply(left)
    request_reopening(left, "XA-VP", "2026-02", reason="sửa", requested_by="cli:lan", now=NOW)
    approve_reopening(left, "XA-VP", "2026-02", approved_by="cli:mai", now=NOW, settings=settings)
    rebuild(left, settings=settings)

    assert rows(left, RECORDS) == before
    close_period(left, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    with reading(left) as session:
        assert verify_periods(session) is None


def test_a_month_that_is_not_closed_stands_in_the_way(open_month: Engine) -> None:
    assert due(open_month) == {"AN": ("accounts", "explanations")}
    with pytest.raises(PrivacyRefused) as refused:
        apply(open_month, only="AN", limits=Privacy(accounts_years=0, explanations_years=0))
    assert (refused.value.code, refused.value.values["months"]) == ("retention_open_months", "2026-02")


def test_a_hold_keeps_everything_until_it_is_released(left: Engine) -> None:
    privacy.place_hold(left, "AN", reason="Khiếu nại số 4", now=NOW, actor="cli:lan")
    before = everything(left)[:-2]

    assert due(left) == {"AN": ()}
    assert apply(left).people == {}
    with pytest.raises(PrivacyRefused, match="retention_held"):
        apply(left, only="AN")
    assert everything(left)[:5] == before[:5]

    privacy.release_hold(left, "AN", reason="Đã giải quyết", now=NOW, actor="cli:mai")
    assert "AN" in apply(left).people


@pytest.mark.parametrize(
    ("code", "person", "reason"),
    [("person_unknown", "NOBODY", "x"), ("hold_reason_missing", "AN", "  ")],
)
def test_a_hold_needs_a_person_and_a_reason(left: Engine, code: str, person: str, reason: str) -> None:
    with pytest.raises(PrivacyRefused, match=code):
        privacy.place_hold(left, person, reason=reason, now=NOW, actor="cli:lan")


def test_a_person_is_held_once_at_a_time(left: Engine) -> None:
    with pytest.raises(PrivacyRefused, match="hold_none"):
        privacy.release_hold(left, "AN", reason="x", now=NOW, actor="cli:lan")
    privacy.place_hold(left, "AN", reason="x", now=NOW, actor="cli:lan")
    with pytest.raises(PrivacyRefused, match="hold_stands"):
        privacy.place_hold(left, "AN", reason="y", now=NOW, actor="cli:lan")
    assert rows(left, "SELECT action, subject FROM audit_entry WHERE action LIKE 'hold%'") == [
        ("hold_place", "person:AN")
    ]


def test_when_a_step_fails_nothing_of_any_is_kept(left: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(left)

    def broken(*_args: object, **_more: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        apply(left)
    assert everything(left) == before


def test_the_second_run_finds_nothing_to_do(left: Engine) -> None:
    apply(left)
    after = everything(left)
    assert apply(left).people == {}
    assert everything(left) == after


def test_old_entries_lose_what_they_tell_and_stay_in_the_chain(left: Engine) -> None:
    apply(left)
    entries = rows(left, "SELECT id, action, actor = '' FROM audit_entry ORDER BY id")
    assert [bool(row[2]) for row in entries if row[1] == "test"] == [True] * 3
    assert [bool(row[2]) for row in entries if row[1] == "period_close"] == [False]
    with reading(left) as session:
        assert audit.first_broken_link(session) is None


def test_the_doctor_proposes_and_a_job_never_erases(left: Engine, settings: Settings) -> None:
    from jobs import review_retention
    from jobs.context import JobContext

    before = everything(left)
    said = review_retention.run(JobContext(engine=left, settings=settings, clock=lambda: NOW))
    with reading(left) as session:
        found = list(privacy.findings(session, LIMITS, TODAY))
    assert said == "1 people, 3 entries due"
    assert [(one.code, one.values) for one in found] == [
        ("doctor_retention_due", {"people": 1, "entries": 3, "reports": 0})
    ]
    assert everything(left) == before


def test_years_are_counted_over_leap_days() -> None:
    assert years_later(date(2028, 2, 29), 1) == date(2029, 3, 1)
    assert years_later(date(2026, 2, 27), 10) == date(2036, 2, 27)
