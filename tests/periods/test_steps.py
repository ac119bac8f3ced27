"""The steps before closing: what the command line asks of them, what is kept, and what verifying finds."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from monitor import privacy
from monitor.config import Privacy, Settings
from monitor.periods import (
    ClosedPeriod,
    Demand,
    Month,
    PeriodRefused,
    close_period,
    month_path,
    send_back,
    take_step,
    verify_periods,
)
from monitor.periods.replies import OBJECT, reply
from monitor.periods.seal import DAY_COLUMNS, OVERTIME_COLUMNS, SESSION_COLUMNS
from monitor.periods.signed import signed_content
from monitor.store.session import reading, transaction
from tests.office import rows
from tests.periods.conftest import LATER, MARCH

pytestmark = pytest.mark.slow
Close = Callable[..., ClosedPeriod]
FEBRUARY = Month.of("2026-02")
STEPS = "SELECT step, taken_by FROM month_step ORDER BY id"


def shown(engine: Engine) -> str:
    with reading(engine) as session:
        return signed_content(session, 2, FEBRUARY).sha256


def take(engine: Engine, settings: Settings, step: str, by: str) -> None:
    values: dict[str, Any] = {"by": by, "now": MARCH, "settings": settings}
    take_step(engine, "XA-VP", "2026-02", step, shown=shown(engine), **values)


def required(settings: Settings) -> Settings:
    periods = settings.periods.model_copy(update={"require_steps": True})
    return settings.model_copy(update={"periods": periods})


def close_as(engine: Engine, settings: Settings, demand: Demand | None = None) -> list[ClosedPeriod]:
    values: dict[str, Any] = {"now": MARCH, "actor": "lan", "settings": settings, "demand": demand}
    return close_period(engine, "XA-VP", "2026-02", **values)


def test_by_default_the_command_line_closes_without_steps_and_leaves_its_row(
    office: Engine, close: Close
) -> None:
    close()

    assert rows(office, STEPS) == [("close", "cli:lan")]


def test_where_steps_are_required_closing_waits_for_them(office: Engine, settings: Settings) -> None:
    with pytest.raises(PeriodRefused) as found:
        close_as(office, required(settings))
    assert found.value.code == "period_steps_missing"

    for step, by in (("submit", "lan"), ("confirm", "hanh"), ("approve", "chau")):
        take(office, settings, step, by)
    assert close_as(office, required(settings))[0].sessions == 40


def test_an_override_stands_in_the_trail(office: Engine, settings: Settings) -> None:
    close_as(office, required(settings), Demand(steps=True, override="Thủ trưởng đi vắng, công văn số 7"))

    ((detail,),) = rows(office, "SELECT detail FROM audit_entry WHERE action = 'period_close'")
    assert json.loads(str(detail))["without_steps"] == "Thủ trưởng đi vắng, công văn số 7"
    with reading(office) as session:
        assert verify_periods(session) is None


def test_the_same_name_however_typed_signs_once(office: Engine, settings: Settings) -> None:
    take(office, settings, "submit", "lan")

    with pytest.raises(PeriodRefused) as found:
        take(office, settings, "confirm", " LAN ")
    assert found.value.code == "month_step_same_person"


def test_what_nobody_has_sent_is_not_sent_back(office: Engine, settings: Settings) -> None:
    with pytest.raises(PeriodRefused) as found:
        send_back(office, "XA-VP", "2026-02", by="lan", now=MARCH, settings=settings, reason="x")
    assert found.value.code == "month_nothing_to_return"


TEXTS = frozenset({"name", "symbol", "rule_version", "extras", "outside", "uncovered"})
CELLS = [
    *(("session_record", column) for column in ("status", "late_seconds", "early_seconds", "symbol", "cong")),
    *(("session_record", column) for column in ("name", "starts", "kind")),
    ("overtime_record", "seconds"),
    ("overtime_record", "night_seconds"),
]


def test_every_cell_of_the_sheet_is_signed(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(text("UPDATE overtime_record SET seconds = 3600"))
    take(office, settings, "submit", "lan")
    kept = []
    for table, column in CELLS:
        value = f"{column} || 'x'" if column in TEXTS else f"{column} + 1"
        mine = "person_id = 1 AND day = 20508"
        with transaction(office, keep=False) as session:
            first = f"(SELECT min(seq) FROM {table} WHERE {mine})"
            change = f"UPDATE {table} SET {column} = {value} WHERE {mine} AND seq = {first}"
            assert session.connection().execute(text(change)).rowcount == 1
            path = month_path(session, 2, FEBRUARY, settings)
        fallen = [one.step for one in path.fallen]
        if (path.next, fallen, path.changed) != ("submit", ["submit"], frozenset({1})):
            kept.append((table, column))
    assert kept == []


SEALED = [
    *(("session_record", column) for column in SESSION_COLUMNS),
    *(("day_record", column) for column in DAY_COLUMNS),
    *(("overtime_record", column) for column in OVERTIME_COLUMNS),
]
KEYS = frozenset({"regulation_id"})


def test_a_hidden_mistake_in_any_cell_of_a_closed_month_is_found(office: Engine, close: Close) -> None:
    close()
    unfound = []
    for table, column in SEALED:
        with transaction(office, keep=False) as session:
            if office.dialect.name == "sqlite":
                session.connection().execute(text("PRAGMA defer_foreign_keys = ON"))
            found = session.connection().execute(
                text(f"SELECT person_id, day, seq FROM {table} WHERE day <= 20512 ORDER BY 2 DESC, 1 LIMIT 1")
                if table != "day_record"
                else text(
                    "SELECT person_id, day, -1 FROM day_record WHERE day <= 20512 ORDER BY 2 DESC, 1 LIMIT 1"
                )
            )
            person, day, seq = found.one()
            value = f"{column} || 'x'" if column in TEXTS else f"coalesce({column}, 0) + 1"
            value = "NULL" if column in KEYS else "1" if column == "unit_id" else value
            which = f"person_id = {person} AND day = {day}" + ("" if seq == -1 else f" AND seq = {seq}")
            which = (
                which.replace(f"person_id = {person}", "person_id = 4") if column == "person_id" else which
            )
            change = f"UPDATE {table} SET {column} = {value} WHERE {which}"
            if column in {"person_id", "seq", "day", "entry_id"}:
                change = f"DELETE FROM {table} WHERE person_id = {person} AND day = {day}"
            assert session.connection().execute(text(change)).rowcount >= 1, change
            if verify_periods(session) is None:
                unfound.append((table, column))
    assert unfound == []


def test_a_reply_goes_with_the_explanations_and_stands_in_one_s_copy(
    office: Engine, settings: Settings
) -> None:
    with reading(office) as session:
        digest = signed_content(session, 2, FEBRUARY).people[1]
    values: dict[str, Any] = {"by": "an", "now": MARCH, "settings": settings, "shown": digest}
    reply(office, 1, "XA-VP", "2026-02", answer=OBJECT, text="Đi họp ở tỉnh", **values)
    with reading(office) as session:
        parts = {part.name: part.rows for part in privacy.parts_of(session, 1, settings.site.timezone)}
    assert [row[:4] for row in parts["month_replies"]] == [("2026-02", "XA-VP", "object", "Đi họp ở tỉnh")]

    with transaction(office) as session:
        session.connection().execute(text("UPDATE posting SET valid_to = '2026-02-28' WHERE person_id = 1"))
    limits = Privacy.model_validate({"explanations_years": 1, "records_years": 0, "punches_years": 0})
    privacy.pseudonymise(
        office, limits=limits, today=LATER.date().replace(year=2028), now=LATER, actor="cli:lan"
    )
    assert rows(office, "SELECT text, answer FROM month_reply") == [("", "object")]
