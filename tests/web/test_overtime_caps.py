"""Làm thêm giờ: what is worked inside approved hours counts, other presence never; caps warn in time."""

import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from monitor.config.overtime import Overtime
from monitor.rules.codes import OvertimeClass
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import OvertimeRecord, RosterEntry
from monitor.yearly.overtime import caps_of
from tests.web.cast import AFTERNOON, GOOD_MORNING, MORNING, at
from tests.web.conftest import LogIn
from tests.web.months import office_again
from tests.web.year_office import move

PAGE = "/don-vi/vp/lam-them/2026-02"


def overtime(
    engine: Engine, person: int, on: date, hours: float, *, ends: str = "21:00", unit: int = 2
) -> None:
    """An approved evening until nine, or until `ends`, and so many hours of it worked."""
    with transaction(engine) as session:
        entry = RosterEntry(
            person_id=person, kind="overtime", starts=at("17:00", on), ends=at(ends, on), document="8/QĐ"
        )
        session.add(entry)
        session.flush()
        session.add(
            OvertimeRecord(
                person_id=person,
                day=day_of(on),
                seq=0,
                unit_id=unit,
                entry_id=entry.id or 0,
                kind=int(OvertimeClass.WORKDAY),
                starts=entry.starts,
                ends=entry.ends,
                seconds=int(hours * 3600),
                night_seconds=0,
            )
        )


def rows(log_in: LogIn, name: str = "nhansu", place: str = PAGE) -> dict[str, dict[str, Any]]:
    answer = log_in(name).get(f"{place}/tep?loai=json")
    assert answer.status_code == 200, answer.status
    return {row["person"]: row for row in json.loads(answer.data)}


def test_approved_worked_and_unapproved_stand_side_by_side(engine: Engine, log_in: LogIn) -> None:
    overtime(engine, 3, date(2026, 2, 3), 2.5)
    overtime(engine, 3, date(2026, 1, 6), 3)
    with transaction(engine) as session:
        office = office_again(session)
        good: dict[str, Any] = dict(GOOD_MORNING)
        first = office.session_record("CB004", MORNING, seq=0, on=date(2026, 2, 3), **good)
        late: dict[str, Any] = {**GOOD_MORNING, "time_in": "13:25:00", "time_out": "19:00:00"}
        office.day_record(
            "CB004", [first, office.session_record("CB004", AFTERNOON, seq=1, on=date(2026, 2, 3), **late)]
        )

    found = rows(log_in)

    anh, an = found["CB003"], found["CB004"]
    assert (anh["approved_minutes"], anh["worked_minutes"], anh["workday_minutes"]) == (240, 150, 150)
    assert (anh["year_minutes"], anh["year_percent"], anh["documents"]) == (330, 2, "8/QĐ")
    assert (an["worked_minutes"], an["year_minutes"]) == (0, 0)
    assert (an["unapproved_presence_minutes"], an["unapproved_presence_days"]) == (120, 1)


@pytest.mark.parametrize(
    ("evenings", "planned", "level"), [(7, 0, "below"), (8, 0, "near"), (10, 0, "reached"), (7, 1, "near")]
)
def test_caps_warn_at_80_and_100_per_cent_with_what_is_approved_ahead(
    engine: Engine, log_in: LogIn, evenings: int, planned: int, level: str
) -> None:
    for number in range(evenings):
        overtime(engine, 3, date(2026, 2, 2 + number), 4)
    with transaction(engine) as session:
        for number in range(planned):
            on = date(2026, 2, 26 + number)
            session.add(
                RosterEntry(person_id=3, kind="overtime", starts=at("17:00", on), ends=at("21:00", on))
            )

    row, page = rows(log_in)["CB003"], log_in("nhansu").get(PAGE).text

    assert (row["level"], row["month_percent"], row["planned_minutes"]) == (
        level,
        evenings * 10,
        planned * 240,
    )
    assert ("1 người từ 80 % trần trở lên: <span>Lê Thị Ánh" in page) is (level != "below")
    assert ("Đã đến trần" in page) is (level == "reached")
    steps = log_in("nhansu").get("/bang-cong/vp/2026-02/ky").text
    assert ("1 người từ 80 % trần làm thêm giờ trở lên" in steps) is (level != "below")


def test_near_a_cap_keeps_no_month_from_being_sent(engine: Engine, log_in: LogIn) -> None:
    from monitor.web.pages import month_steps

    overtime(engine, 3, date(2026, 2, 3), 39)
    with log_in("nhansu").application.app_context():
        assert "near_caps" not in month_steps._something_missing.__code__.co_names


def test_entering_overtime_says_what_is_reached(engine: Engine, log_in: LogIn) -> None:
    for number in range(8):
        overtime(engine, 3, date(2026, 2, 2 + number), 3.5)
    client = log_in("hanh")
    form = {"don-vi": "vp", "tuan": "2026-02-23", "loai": "overtime", "gio-tu": "17:00", "gio-den": "21:00"}

    saved = client.post("/dang-ky/lich-truc", data=form | {"o": "CB003@2026-02-26", "van-ban": "9/QĐ"})

    assert saved.status_code == 302
    assert (
        "Từ 80 % trần làm thêm giờ trở lên (tháng, năm): Lê Thị Ánh (80 %, 16 %)."
        in client.get(saved.location).text
    )


def test_a_head_counts_the_days_in_the_unit_and_is_told_that_others_lack(
    engine: Engine, log_in: LogIn
) -> None:
    overtime(engine, 2, date(2026, 1, 6), 3)
    overtime(engine, 2, date(2026, 2, 10), 2, unit=3)
    move(engine, "CB002", "kt", date(2026, 2, 1))

    whole = rows(log_in, place="/don-vi/ubnd/lam-them/2026-02")["CB002"]
    theirs = rows(log_in, "huong", "/don-vi/kt/lam-them/2026-02")["CB002"]

    assert (whole["year_minutes"], whole["part_of_year_elsewhere"]) == (300, 0)
    assert (theirs["year_minutes"], theirs["part_of_year_elsewhere"]) == (120, 1)
    assert rows(log_in, "hanh")["CB002"]["worked_minutes"] == 0
    assert log_in("hanh").get("/don-vi/kt/lam-them/2026-02").status_code == 404


def test_an_entry_without_a_document_is_pointed_out(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        on = date(2026, 2, 26)
        session.add(RosterEntry(person_id=3, kind="overtime", starts=at("17:00", on), ends=at("19:00", on)))

    assert rows(log_in)["CB003"]["entries_without_document"] == 1
    assert "1 mục không ghi văn bản" in log_in("hanh").get(PAGE).text


def test_the_workbook_holds_the_same_numbers(engine: Engine, log_in: LogIn) -> None:
    overtime(engine, 3, date(2026, 2, 3), 2.5)
    content = log_in("hanh").get(f"{PAGE}/tep?loai=xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Sheet1"]
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())

    assert (
        dict(zip(head, row, strict=True))["worked_minutes"] == rows(log_in, "hanh")["CB003"]["worked_minutes"]
    )


def test_profiles_and_hours_of_one_s_own() -> None:
    special, own = Overtime(profile="public_duty"), Overtime(profile="public_duty", month_hours=60)

    assert (caps_of(Overtime()).month_hours, caps_of(Overtime()).year_hours) == (40, 200)
    assert (caps_of(special).month_hours, caps_of(special).year_hours) == (40, 300)
    assert (caps_of(own).month_hours, caps_of(own).year_hours) == (60, 300)
