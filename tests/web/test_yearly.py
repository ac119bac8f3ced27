"""Minh chứng năm: counts as the records have them, by unit and date; who sees what; no word of judgement."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import (
    Account,
    Posting,
)
from tests.web.cast import ZONE
from tests.web.conftest import LogIn
from tests.web.months import records
from tests.web.year_office import (
    HALL,
    PERSON,
    UNIT,
    app_at,
    furnished,
    main_text,
    move,
    person_id,
    plain,
    remind,
    row_of,
    taken,
    unit_id,
)

__all__ = ["furnished"]


def test_every_count_is_that_of_the_records(engine: Engine, log_in: LogIn) -> None:
    found = taken(log_in, "nhansu", "vp")

    for code in HALL:
        row, expected = row_of(found, code), plain(records(engine, "2026", person=code))
        assert {name: row[name] for name in expected} == expected, code
        january = plain(records(engine, "2026-01", person=code))
        assert {name: row["months"][0][name] for name in january} == january, code
    symbols = [row.symbol for row in records(engine, "2026", person="CB003") if row.status == Status.EXCUSED]
    assert row_of(found, "CB003")["excused_by_symbol"] == {one: symbols.count(one) for one in set(symbols)}


def test_a_month_without_data_is_not_nought(engine: Engine, log_in: LogIn) -> None:
    sen = row_of(taken(log_in, "nhansu", "vp"), "CB013")

    assert (sen["months_with_data"], sen["months_without_data"]) == (0, 2)
    assert [sen[name] for name in ("late", "absent_without_reason", "on_time", "worked_minutes")] == [
        None
    ] * 4
    assert [month["state"] for month in sen["months"][:3]] == ["no_data", "no_data", "ahead"]
    assert "Chưa có dữ liệu không phải là vắng mặt" in log_in("nhansu").get(PERSON.format("CB013")).text


def test_somebody_who_moved_is_counted_in_each_unit_for_the_days_there(engine: Engine, log_in: LogIn) -> None:
    move(engine, "CB002", "kt", date(2026, 2, 2))
    every = records(engine, "2026", person="CB002")
    first = [row for row in every if row.day < day_of(date(2026, 2, 2))]

    before, after = (row_of(taken(log_in, "nhansu", unit), "CB002") for unit in ("vp", "kt"))

    for row, days in ((before, first), (after, [row for row in every if row not in first])):
        expected = plain(days)
        assert {name: row[name] for name in expected} == expected
    assert [month["state"] for month in before["months"][:2]] == ["whole", "elsewhere"]
    assert after["months"][0]["state"] == "elsewhere"
    assert log_in("huong").get(PERSON.format("CB002")).status_code == 200
    assert "thang/2026-01" not in log_in("huong").get(PERSON.format("CB002")).text


def test_the_former_unit_sees_nothing_of_later_months(engine: Engine, log_in: LogIn) -> None:
    move(engine, "CB002", "kt", date(2026, 2, 2))
    remind(engine, "CB002", "01/TB", date(2026, 1, 20))
    remind(engine, "CB002", "02/TB", date(2026, 2, 20))
    former, new = (
        row_of(taken(log_in, name, unit), "CB002") for name, unit in (("hanh", "vp"), ("huong", "kt"))
    )

    assert [one["number"] for one in former["reminders"]] == ["01/TB"]
    assert [(one["number"], one["within_12_months_of"]) for one in new["reminders"]] == [("02/TB", "")]
    whole = row_of(taken(log_in, "nhansu", "ubnd"), "CB002")
    assert [one["within_12_months_of"] for one in whole["reminders"]] == ["", "01/TB"]
    page = log_in("hanh").get(PERSON.format("CB002")).text
    assert "02/TB" not in page
    assert "thang/2026-01" in page
    assert "thang/2026-02" not in page


def test_of_two_posts_at_once_the_one_that_counts_has_the_days(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        also = Posting(
            person_id=person_id(session, "CB006"), unit_id=unit_id(session, "vp"), valid_from=date(2026, 2, 1)
        )
        session.add(also)

    here, there = (taken(log_in, "nhansu", unit) for unit in ("vp", "kt"))

    assert [month["days"] for month in row_of(here, "CB006")["months"][:2]] == [0, 28]
    assert row_of(there, "CB006")["months"][0]["days"] == 31
    assert row_of(there, "CB006")["months"][2]["state"] == "elsewhere"


def test_a_head_answers_for_the_days_of_the_appointment_alone(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        hanh = session.scalars(
            select(Posting).where(col(Posting.role) == "head", col(Posting.unit_id) == 2)
        ).one()
        hanh.valid_to = date(2026, 1, 31)
        staff = Posting(person_id=hanh.person_id, unit_id=2, valid_from=date(2026, 2, 1))
        sen = Posting(
            person_id=person_id(session, "CB013"), unit_id=2, role="head", valid_from=date(2026, 2, 1)
        )
        session.add_all([staff, sen])
    every = records(engine, "2026", units=["vp"])
    february = day_of(date(2026, 2, 1))

    leaders = {one["person"]: one for one in taken(log_in, "nhansu", "vp")["leaders"]}

    for code, rows, dates in (
        ("CB001", [row for row in every if row.day < february], ("2026-01-01", "2026-01-31")),
        ("CB013", [row for row in every if row.day >= february], ("2026-02-01", "2026-12-31")),
        ("CB004", every, ("2026-01-01", "2026-12-31")),
    ):
        expected = plain(rows)
        assert {name: leaders[code][name] for name in expected} == expected, code
        assert (leaders[code]["from"], leaders[code]["to"]) == dates
    assert [leaders[code]["role"] for code in ("CB001", "CB013", "CB004")] == ["head", "head", "deputy"]
    page = main_text(log_in("hanh").get(PERSON.format("CB001")).text)
    assert "01/01/2026 – 31/01/2026" in page  # one's own, although one leads no longer


def test_a_head_sees_the_unit_from_the_appointment_on_and_not_after_it(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        sen = person_id(session, "CB013")
        session.add(Account(user_name="sen", display_name="Lý Thị Sen", role="head", person_id=sen))
        session.add(
            Posting(
                person_id=sen,
                unit_id=unit_id(session, "kt"),
                role="head",
                valid_from=date(2026, 3, 2),
                valid_to=date(2026, 3, 31),
            )
        )
    found = {}
    for on in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1)):
        client = app_at(engine, tmp_path, datetime(on.year, on.month, on.day, 9, tzinfo=ZONE)).test_client()
        assert client.post("/dang-nhap", data={"user_name": "sen"}).status_code == 302
        found[on.isoformat()] = [
            client.get(address).status_code
            for address in (UNIT.format("kt"), f"{UNIT.format('kt')}/tep", PERSON.format("CB006"))
        ]

    assert found == {
        "2026-03-01": [404, 404, 404],
        "2026-03-02": [200, 200, 200],
        "2026-03-31": [200, 200, 200],
        "2026-04-01": [404, 404, 404],
    }


def test_everybody_sees_their_own_evidence_and_nobody_else_s(engine: Engine, log_in: LogIn) -> None:
    remind(engine, "CB002", "01/TB", date(2026, 1, 20))
    duc = log_in("duc")

    assert duc.get("/ca-nhan/nam").location == PERSON.format("CB002")
    assert "01/TB" in main_text(duc.get(PERSON.format("CB002")).text)
    assert duc.get(PERSON.format("CB003")).status_code == 404
    assert duc.get(UNIT.format("vp")).status_code == 404
    assert "01/TB" not in main_text(log_in("giamsat").get(PERSON.format("CB002")).text)


def test_a_repeated_reminder_names_the_first_and_a_withdrawn_one_is_gone(
    engine: Engine, log_in: LogIn
) -> None:
    remind(engine, "CB002", "07/TB", date(2025, 2, 20))
    remind(engine, "CB002", "08/TB", date(2025, 6, 1), withdrawn=True)
    remind(engine, "CB002", "09/TB", date(2026, 2, 19))
    remind(engine, "CB003", "10/TB", date(2025, 2, 18))
    remind(engine, "CB003", "11/TB", date(2026, 2, 19))

    found = taken(log_in, "nhansu", "vp")

    (repeated,), (alone,) = (row_of(found, code)["reminders"] for code in ("CB002", "CB003"))
    assert (repeated["number"], repeated["within_12_months_of"]) == ("09/TB", "07/TB")
    assert (repeated["twelve_months_end_on"], repeated["about"]) == ("2027-02-19", "2026-02-18")
    assert (alone["number"], alone["within_12_months_of"]) == ("11/TB", "")
    assert row_of(found, "CB002")["reminders_within_12_months"] == 1
    page = main_text(log_in("nhansu").get(PERSON.format("CB002")).text)
    assert "Lặp lại trong 12 tháng, sau văn bản 07/TB ngày 20/02/2025." in page
    assert "08/TB" not in page
