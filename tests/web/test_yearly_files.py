"""Minh chứng năm: decisions, findings, commendations, files and words of the evidence."""

import io
import json
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import (
    CaseDecision,
    Commendation,
    DayCase,
    SessionRecord,
    Visit,
    VisitMark,
    VisitMinutes,
    VisitPerson,
)
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn
from tests.web.months import fill, office_again, records
from tests.web.test_speed import counted
from tests.web.year_office import (
    PERSON,
    UNIT,
    WEIGHING,
    furnished,
    main_text,
    person_id,
    plain,
    remind,
    row_of,
    taken,
)

__all__ = ["furnished"]


def test_only_the_decision_in_force_is_counted(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        for on, kinds in (
            (date(2026, 2, 3), ("no_reason", "accept")),
            (date(2026, 2, 4), ("refuse", "revoke")),
        ):
            case = DayCase(person_id=person_id(session, "CB002"), on_date=on, state="decided")
            session.add(case)
            session.flush()
            before = None
            for kind in kinds:
                made = CaseDecision(
                    case_id=case.id or 0, kind=kind, decided_at=NOW, decider_id=1, replaces_id=before
                )
                session.add(made)
                session.flush()
                before = made.id

    row = row_of(taken(log_in, "nhansu", "vp"), "CB002")

    every = ("accept", "excuse", "manual", "refuse", "no_reason", "remind")
    assert [row[f"decided_{kind}"] for kind in every] == [1, 0, 0, 0, 0, 0]


def test_findings_are_those_of_written_minutes(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        for code, minutes in (("a", True), ("b", False)):
            visit = Visit(
                code=code, campaign_id=1, unit_id=3, day=day_of(date(2026, 2, 24)), frozen_at=at("08:00"),
                made_by=1, made_at=NOW, body="Thanh tra tỉnh", year=2026 if minutes else None,
                number=4 if minutes else None,
            )  # fmt: skip
            session.add(visit)
            session.flush()
            who = person_id(session, "CB006")
            session.add(VisitPerson(visit_id=visit.id or 0, person_id=who, unit_id=3, kind="expected"))
            for place, (field, value) in enumerate(
                (("presence", "present"), ("presence", "off_post"), ("badge", "missing"))
            ):
                session.add(
                    VisitMark(
                        id=f"{code}{place:016}", visit_id=visit.id or 0, person_id=who, field=field,
                        value=value, tapped_ms=place, received_ms=10, account_id=1,
                    )
                )  # fmt: skip
            if minutes:
                session.add(
                    VisitMinutes(
                        visit_id=visit.id or 0,
                        version=1,
                        facts="{}",
                        sha256="0" * 64,
                        written_by=1,
                        written_at=NOW,
                    )
                )

    row = row_of(taken(log_in, "nhansu", "kt"), "CB006")

    assert [(one["kind"], one["minutes"]) for one in row["findings"]] == [
        ("off_post", "4/2026, Thanh tra tỉnh"),
        ("badge_missing", "4/2026, Thanh tra tỉnh"),
    ]


def test_commendations_and_perfect_months_stand_beside_the_rest(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        office = office_again(session)
        for number in range(1, 31):
            if date(2026, 1, number).isoweekday() < 6:
                office.day(
                    "CB009", {"status": Status.ON_TIME}, {"status": Status.ON_TIME}, on=date(2026, 1, number)
                )
        given: dict[str, Any] = {"given_on": date(2026, 1, 31), "entered_by": "nhansu", "entered_at": NOW}
        session.add(Commendation(person_id=9, document="5/QĐ", body="Trực Tết", **given))
        session.add(Commendation(unit_id=4, document="6/QĐ", body="Một cửa", **given))
        gone: dict[str, Any] = {"withdrawn_by": "nhansu", "withdrawn_at": NOW, "withdrawn_reason": "nhầm"}
        session.add(Commendation(person_id=9, document="7/QĐ", body="Nhầm", **given, **gone))

    found = taken(log_in, "nhansu", "pvhcc")

    row = row_of(found, "CB009")
    assert (row["perfect_months"], [one["document"] for one in row["commendations"]]) == (
        ["2026-01"],
        ["5/QĐ"],
    )
    assert [one["document"] for one in found["unit_commendations"]] == ["6/QĐ"]


def test_the_files_hold_the_same_and_leave_a_trace(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    told = taken(log_in, "nhansu", "vp")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{UNIT.format('vp')}/tep?loai=xlsx").data))
    csv = client.get(f"{UNIT.format('vp')}/tep?loai=csv").data.decode().splitlines()

    head, *rows = [[cell.value for cell in row] for row in book["people"].iter_rows()]
    assert head == csv[0].split(",")
    for row in rows:
        as_json = row_of(told, str(row[0]))
        assert {
            name: as_json[name] for name in ("late", "late_minutes", "excused", "absent_without_reason")
        } == {
            name: row[head.index(name)]
            for name in ("late", "late_minutes", "excused", "absent_without_reason")
        }
    assert book.sheetnames == ["people", "months", "reminders", "commendations", "findings", "leaders"]
    assert told["schema"] == "attendance-monitor/yearly-evidence/1"
    with engine.connect() as connection:
        traced = connection.exec_driver_sql("SELECT detail FROM audit_entry WHERE action = 'export'").all()
    assert [json.loads(row[0])["what"] for row in traced] == ["yearly.json", "yearly.xlsx", "yearly.csv"]


def test_no_word_weighs_anybody(engine: Engine, log_in: LogIn) -> None:
    remind(engine, "CB002", "07/TB", date(2026, 1, 20))
    remind(engine, "CB002", "08/TB", date(2026, 2, 20))
    client = log_in("nhansu")
    pages = [
        client.get(address) for address in (UNIT.format("vp"), PERSON.format("CB002"), PERSON.format("CB001"))
    ]
    texts = [main_text(page.text) for page in pages]
    texts += [client.get(f"{UNIT.format('vp')}/tep?loai={kind}").text for kind in ("json", "csv")]

    assert [(word, text[:60]) for text in texts for word in WEIGHING if word in text.lower()] == []
    fields = " ".join(row_of(json.loads(texts[3]), "CB002")).lower()
    assert not re.search("score|rank|grade|class|point|penalt", fields)


def test_more_people_ask_no_more_questions(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    client.get(UNIT.format("pvhcc"))
    numbers = []
    for people in ((), ("CB009", "CB010", "CB011")):
        fill(engine, people, first=date(2026, 2, 2))
        with counted(engine) as statements:
            assert client.get(f"{UNIT.format('pvhcc')}/tep?loai=json").status_code == 200
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    "address", ["/don-vi/vp/nam/1212", "/don-vi/vp/nam/2026?den=2026-13-01", "/nguoi/X/nam/2026"]
)
def test_what_is_no_period_or_nobody_is_not_found(address: str, log_in: LogIn) -> None:
    assert log_in("nhansu").get(address).status_code == 404


def test_twelve_months_to_a_day_cut_the_records_there(engine: Engine, log_in: LogIn) -> None:
    row = row_of(taken(log_in, "nhansu", "vp", "&den=2026-01-15"), "CB002")
    days = range(day_of(date(2025, 1, 16)), day_of(date(2026, 1, 16)))
    mine = [
        one for year in ("2025", "2026") for one in records(engine, year, person="CB002") if one.day in days
    ]

    expected = plain(mine)
    assert {name: row[name] for name in expected} == expected
    assert (row["from"], row["to"]) == ("2025-01-16", "2026-01-15")


def test_a_record_more_is_a_count_more(engine: Engine, log_in: LogIn) -> None:
    before = row_of(taken(log_in, "nhansu", "vp"), "CB002")["absent_without_reason"]
    with transaction(engine) as session:
        mine = col(SessionRecord.person_id) == 2, col(SessionRecord.status) == int(Status.ON_TIME)
        row = session.scalars(select(SessionRecord).where(*mine, col(SessionRecord.day) > 20_454)).first()
        assert row is not None
        row.status = int(Status.ABSENT)

    assert row_of(taken(log_in, "nhansu", "vp"), "CB002")["absent_without_reason"] == before + 1
