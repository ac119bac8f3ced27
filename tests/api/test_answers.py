"""What is answered: as the description says, page by page without loss, nobody out of scope in any byte."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from jsonschema import (  # type: ignore[import-untyped]  # the package ships no types
    Draft202012Validator,
    FormatChecker,
)
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.exports.timesheet.open_formats import SCHEMA
from monitor.setup import import_into, read_bytes
from monitor.store.session import transaction
from monitor.store.tables import OvertimeRecord, Period, PeriodSeal, Person, Posting, Unit
from monitor.web.api.description import OPERATIONS, description
from monitor.web.context import KEY
from monitor.web.policy import policy_of
from tests.access.conftest import serving
from tests.access.oracle import below, sees_person
from tests.access.organisation import DAYS, TODAY, Organisation, PlainAccount, draw
from tests.api.conftest import Ask, Asking, make_token
from tests.web.cast import DAY, NOW

ROOT = Path(__file__).parent.parent.parent
SPAN = "from=2026-02-23&to=2026-02-24"
ADDRESSES = {
    "/units": "Units",
    "/units/vp": "Unit",
    "/people": "People",
    "/people/CB001": "Person",
    f"/records?{SPAN}": "Records",
    f"/overtime?{SPAN}": "OvertimePage",
    "/months/2026-01": "Months",
    "/terminals": "Terminals",
    "/sheets/2026-01/vp": "Sheet",
}
SEAL = "ab" * 32


def valid(body: Any, schema: str) -> None:
    """Fails with the first thing that is not as the description says."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": description()["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(body)


def close_january(engine: Engine, *units: str) -> None:
    """January of units closed, without rows of anybody."""
    with transaction(engine) as session:
        for unit in session.scalars(select(Unit).where(col(Unit.code).in_(units))):
            month: dict[str, Any] = {
                "month": "2026-01",
                "first_day": 20454,
                "last_day": 20484,
                "status": "closed",
            }
            period = Period(unit_id=unit.id or 0, **month)
            session.add(period)
            session.flush()
            counts: dict[str, Any] = {
                "people": 0,
                "days": 0,
                "sessions": 0,
                "content_sha256": "",
                "previous_seal": "",
            }
            mine = f"{unit.id:02}{SEAL[2:]}"
            seal = PeriodSeal(
                period_id=period.id or 0, closed_at=NOW, closed_by="nhansu", seal=mine, **counts
            )
            session.add(seal)


def work_late(engine: Engine) -> None:
    """An hour of overtime on the cast's day."""
    evening = (DAY * 24 + 18) * 3600
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB001")).one()
        session.add(
            OvertimeRecord(
                person_id=person.id or 0,
                day=DAY,
                seq=0,
                unit_id=2,
                entry_id=1,
                kind=0,
                starts=evening,
                ends=evening + 3600,
                seconds=3600,
                night_seconds=0,
            )
        )


def pages(ask: Asking, address: str, limit: int) -> Iterator[list[Any]]:
    """The items of every page."""
    joint, cursor = "&" if "?" in address else "?", ""
    while True:
        answer = ask(f"{address}{joint}limit={limit}{cursor}")
        assert answer.status_code == 200, answer.text
        yield answer.json["items"]
        if answer.json["next"] is None:
            return
        cursor = f"&cursor={answer.json['next']}"


def test_the_description_in_docs_is_the_one_that_is_served(program: Ask) -> None:
    kept = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8"))

    assert kept == description() == program("technician")("/openapi.json").json


def test_every_address_is_described_and_asks_for_a_token(app: Flask) -> None:
    mine = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    described = {f"api.{one.name}": one.path for one in OPERATIONS}

    assert {rule.endpoint for rule in mine} == described.keys()
    for rule in mine:
        policy = policy_of(app, rule.endpoint)
        assert policy is not None
        assert policy.program
        assert rule.rule.replace("<path:code>", "{code}").replace("<month>", "{month}") == (
            f"/api/v1{described[rule.endpoint]}"
        )


def test_each_answer_is_as_described(program: Ask, engine: Engine) -> None:
    close_january(engine, "vp")
    work_late(engine)
    ask = program()

    for address, schema in ADDRESSES.items():
        answer = ask(address)
        assert answer.status_code == 200, answer.text
        valid(answer.json, schema)
        assert answer.json.get("items", True), f"{address}: an empty page shows nothing of its rows"


def test_each_refusal_is_as_described(program: Ask) -> None:
    ask = program()
    refused = {
        400: "/records",
        404: "/units/nowhere",
        409: "/sheets/2026-02/vp",
    }
    for status, address in refused.items():
        answer = ask(address)
        assert answer.status_code == status
        valid(answer.json, "Problem")


NOT_UNDERSTOOD = (
    *("limit=0", "limit=1001", "limit=x", "limit=-1", "cursor=x", "cursor=%7B", "unti=vp", "unit=vp&unit=kt"),
    *("on=2026-13-01", "on=today", "cursor=WyJ4IiwxXQ", "cursor=" + "A" * 4000),
)


def test_a_question_that_is_not_understood_is_refused_not_guessed(program: Ask) -> None:
    ask = program()

    assert {query: ask(f"/people?{query}").status_code for query in NOT_UNDERSTOOD} == dict.fromkeys(
        NOT_UNDERSTOOD, 400
    )


def test_a_cursor_of_another_question_is_refused(program: Ask) -> None:
    ask = program()
    cursor = ask(f"/records?{SPAN}&limit=1").json["next"]

    other = ask(f"/records?from=2026-02-24&to=2026-02-24&limit=1&cursor={cursor}")

    assert (other.status_code, other.json["code"]) == (400, "bad_cursor")


def test_the_pages_together_are_the_whole_in_order(program: Ask) -> None:
    ask = program()
    for address in ("/units", "/people", f"/records?{SPAN}", "/months/2026-01", "/terminals"):
        (whole,) = pages(ask, address, 1000)
        for limit in (1, 3, len(whole)):
            found = list(pages(ask, address, limit))

            assert [item for page in found for item in page] == whole, address
            assert all(len(page) == limit for page in found[:-1])


def test_rows_that_come_and_go_between_pages_neither_double_nor_lose_the_others(
    program: Ask, engine: Engine
) -> None:
    ask = program()
    before = [item["code"] for page in pages(ask, "/people", 1000) for item in page]
    seen = []
    for number, page in enumerate(pages(ask, "/people", 2)):
        seen += [item["code"] for item in page]
        with transaction(engine) as session:  # one before everybody, one in the middle, one behind
            for code in (f"AA{number:03}", f"CB00{number}x", f"ZZ{number:03}"):
                row = Person(code=code, name="Mới", sort_key="m", search_key="m")
                session.add(row)
                session.flush()
                session.add(Posting(person_id=row.id or 0, unit_id=2, valid_from=NOW.date()))
        if number > 8:
            break

    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen)
    assert [code for code in before if code < seen[-1] and code not in seen] == []


def test_what_the_program_has_already_is_not_sent_again(program: Ask) -> None:
    ask = program()
    first = ask("/units")

    same = ask("/units", headers={"If-None-Match": first.headers["ETag"]})
    other = ask("/units/vp", headers={"If-None-Match": first.headers["ETag"]})

    assert (same.status_code, same.data) == (304, b"")
    assert other.status_code == 200


def test_out_of_scope_and_not_there_are_one_answer(program: Ask, engine: Engine) -> None:
    close_january(engine, "vp", "kt")
    ask = program("hr", "kt")
    pairs = [
        ("/units/vp", "/units/nowhere"),
        ("/people/CB001", "/people/NOBODY"),
        ("/people?unit=vp", "/people?unit=nowhere"),
        (f"/records?{SPAN}&unit=vp", f"/records?{SPAN}&unit=nowhere"),
        ("/sheets/2026-01/vp", "/sheets/2026-01/nowhere"),
        ("/months/2026-01?unit=vp", "/months/2026-01?unit=nowhere"),
    ]
    for hidden, missing in pairs:
        one, other = ask(hidden), ask(missing)
        assert (one.status_code, one.data) == (404, other.data), hidden
    assert ask("/sheets/2026-01/kt").status_code == 200


def test_a_supervisor_s_program_sees_postings_and_no_badges(program: Ask) -> None:
    hr, supervisor = (
        program("hr", "vp")("/people/CB001").json,
        program("supervisor", "vp")("/people/CB001").json,
    )

    assert hr["badges"] == [{"terminal": "*", "device_user_id": "001", "valid_from": None, "valid_to": None}]
    assert "badges" not in supervisor
    assert supervisor["postings"] == hr["postings"]


def test_a_month_tells_its_state_and_the_code_on_its_paper(program: Ask, engine: Engine) -> None:
    close_january(engine, "vp")
    items = {item["unit"]: item for item in program()("/months/2026-01").json["items"]}

    assert (items["kt"]["state"], items["kt"]["code"]) == ("open", None)
    assert (items["vp"]["state"], items["vp"]["code"]) == ("closed", "02AB-ABAB-ABAB-ABAB")
    sheet = program()("/sheets/2026-01/vp").json
    assert (sheet["schema"], sheet["units"][0]["code"]) == (SCHEMA, "02AB-ABAB-ABAB-ABAB")


def test_where_a_unit_came_from_is_told_as_far_as_it_may_be_seen(program: Ask, engine: Engine) -> None:
    text = (
        "code,name,parent,predecessors,origin,origin_on,origin_document\n"
        "kt,Phòng Kinh tế,ubnd,vp;pvhcc,merge,2025-07-01,Nghị quyết số 1\n"
    )
    with transaction(engine) as session:
        file = read_bytes("units", text.encode(), "units.csv")
        report = import_into(session, file, now=NOW, zone="Asia/Ho_Chi_Minh", actor="admin")
    assert report.applied, report.errors

    step = {"kind": "merge", "on": "2025-07-01", "document": "Nghị quyết số 1"}
    found = program()("/units/kt").json["predecessors"]
    assert sorted(found, key=lambda one: one["unit"]) == [{"unit": unit, **step} for unit in ("pvhcc", "vp")]
    assert program()("/units/vp").json["successors"] == [{"unit": "kt", **step}]
    assert program("hr", "kt")("/units/kt").json["predecessors"] == []


def _sweep(made: Organisation, role: str, unit: str, ask: Asking) -> list[str]:
    """Whom answers of every address show although the token may see nothing of them, and whom they hide."""
    account = PlainAccount(name="", role=role, unit=unit, person="")
    days = f"from={DAYS[0]}&to={DAYS[-1]}"
    lists = [f"/people?on={day}" for day in DAYS] + [f"/records?{days}", f"/overtime?{days}", "/units"]
    lists += ["/terminals", "/months/2026-03", *(f"/sheets/2026-03/{code}" for code in made.parents)]
    wrong = []
    for address in [*lists, *(f"/people/{code}" for code in made.canaries)]:
        body = ask(address).data.decode()
        for code, name in made.canaries.items():
            allowed = role != "technician" and any(sees_person(made, account, code, day) for day in DAYS)
            allowed = allowed or any(
                below(made, unit, one.unit) for one in made.postings if one.person == code
            )
            if name.split()[1] in body and not allowed:
                wrong.append(f"{address} shows {code}")
    for code, name in made.canaries.items() if role != "technician" else ():
        if sees_person(made, account, code, TODAY) != (name in ask(f"/people/{code}").text):
            wrong.append(f"/people/{code} today")
    return wrong


def test_no_answer_shows_anybody_out_of_the_token_s_scope(migrated_file: Path, tmp_path: Path) -> None:
    made, found, seen = draw(31, small=True), [], 0
    with serving(made, migrated_file, tmp_path / "site") as app:
        engine = app.extensions[KEY].engine
        for role in ("hr", "supervisor", "technician"):
            for unit in made.parents:
                token, number = make_token(engine, role, unit, owner="a0")
                ask = Asking(app=app, token=token, number=number)
                found += [f"{role} {unit}: {one}" for one in _sweep(made, role, unit, ask)]
                seen += len(ask("/people").json.get("items", ()))
    assert found[:20] == []
    assert seen > len(made.canaries)
