"""Thiết lập: the path of steps, files in and out within one's scope, regulations by form, symbols, ids."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.store.queries.setup_state import nearly_same
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, AuditEntry, ExcuseType, Person, RegulationTarget, RegulationVersion
from monitor.web.pages.same_codes import number_of
from tests.web.conftest import LogIn

ADDRESSES = (
    "/thiet-lap",
    "/thiet-lap/kiem-tra",
    "/thiet-lap/quy-che",
    "/thiet-lap/quy-che/moi?mau=nghe-an-he",
    "/thiet-lap/ky-hieu",
    "/thiet-lap/don-vi?ngay=2026-02-24",
    "/thiet-lap/ma-may",
    "/thiet-lap/tep/people",
    "/thiet-lap/tep/regulations",
)
FORM = {
    "title": "Giờ mùa hè",
    "document": "QĐ 5/QĐ-UBND",
    "valid_from": "2026-02-23",
    "code": "gio-he",
    "marks": "4",
    "grace_late_minutes": "10",
    "grace_early_minutes": "0",
    "applies_to": "unit:vp",
    "ten-0": "Sáng",
    "tu-0": "07:00",
    "den-0": "11:30",
    "cong-0": "0,5",
    "ngay-0": list("12345"),
    "ten-1": "Chiều",
    "tu-1": "13:30",
    "den-1": "17:00",
    "cong-1": "0,5",
    "ngay-1": list("12345"),
}


@pytest.fixture
def office_hr(engine: Engine) -> None:
    """The cast's HR looks after the office alone."""
    with transaction(engine) as session:
        mine = update(Account).where(col(Account.user_name) == "nhansu").values(unit_id=2)
        session.connection().execute(mine)


def send(client: FlaskClient, kind: str, content: str, name: str = "tep.csv") -> Any:
    form = {"tep": (BytesIO(content.encode()), name)}
    return client.post(f"/thiet-lap/tep/{kind}", data=form, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    """The fields with which a tried file is applied."""
    packed = page.partition('name="noi-dung" value="')[2].partition('"')[0]
    return {"ten": "tep.csv", "noi-dung": packed}


def bring(client: FlaskClient, kind: str, content: str) -> Any:
    tried = send(client, kind, content)
    assert tried.status_code == 200, tried.text
    return client.post(f"/thiet-lap/tep/{kind}/ghi", data=carried(tried.text))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_answers_hr_and_the_administrator(log_in: LogIn, address: str) -> None:
    assert [log_in(who).get(address).status_code for who in ("admin", "nhansu")] == [200, 200]


def test_a_good_file_is_tried_then_applied_and_an_export_comes_back_unchanged(
    engine: Engine, log_in: LogIn
) -> None:
    client = log_in("admin")
    rows = "code,name,unit,valid_from\nCB900,Ngô Minh Tú,vp,2026-01-01\n"
    assert "Thêm mới" in send(client, "people", rows).text
    with reading(engine) as session:
        assert not session.scalars(select(Person).where(col(Person.code) == "CB900")).all()
    assert bring(client, "people", rows).status_code == 302
    with reading(engine) as session:
        assert session.scalars(select(Person).where(col(Person.code) == "CB900")).one().name == "Ngô Minh Tú"
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "import")).one()
        assert told.actor == "admin"
    given = client.get("/thiet-lap/tep/people/xuat").data
    form = {"tep": (BytesIO(given), "can-bo.xlsx")}
    again = client.post("/thiet-lap/tep/people", data=form, content_type="multipart/form-data")
    assert "không có gì để ghi" in again.text


def test_a_wrong_cell_is_named_and_written_into_the_workbook_given_back(log_in: LogIn) -> None:
    client = log_in("admin")
    answer = send(client, "people", "code,name,unit,role\nCB901,Ngô Tú,vp,sếp\n")
    assert answer.status_code == 400
    given = client.post("/thiet-lap/tep/people/loi", data=carried(answer.text))
    sheet = openpyxl.load_workbook(BytesIO(given.data)).worksheets[0]
    assert sheet["D2"].comment is not None
    assert "sếp" in str(sheet["E2"].value)


def faults_of(page: str) -> str:
    """The list of what is wrong with a file."""
    return page.partition('<ul class="entries panel">')[2].partition("</ul>")[0]


@pytest.mark.usefixtures("office_hr")
@pytest.mark.parametrize(
    ("kind", "file", "hidden", "nowhere"),
    [
        ("people", "code,name,unit\nCB902,Ngô Tú,{}\n", "kt", "qq"),
        ("badges", "person,terminal,device_user_id\n{},*,777\n", "CB006", "CB999"),
        ("staffing", "unit,people\n{},2\n", "kt", "qq"),
    ],
)
def test_hr_of_a_part_meets_other_parts_as_if_they_were_not_there(
    log_in: LogIn, kind: str, file: str, hidden: str, nowhere: str
) -> None:
    client = log_in("nhansu")
    said = [faults_of(send(client, kind, file.format(one)).text) for one in (hidden, nowhere)]
    assert said[0].replace(hidden, nowhere) == said[1] != ""


@pytest.mark.usefixtures("office_hr")
def test_what_is_everybodys_is_not_for_hr_of_a_part(log_in: LogIn) -> None:
    client = log_in("nhansu")
    for kind in ("units", "terminals", "calendar", "leave_types"):
        assert client.get(f"/thiet-lap/tep/{kind}").status_code == 404
        assert client.get(f"/thiet-lap/tep/{kind}/xuat").status_code == 404
    for target in ("*", "unit:kt", "unit:qq"):
        assert client.post("/thiet-lap/quy-che/moi", data=FORM | {"applies_to": target}).status_code == 400
    sheet = openpyxl.load_workbook(BytesIO(client.get("/thiet-lap/tep/people/xuat").data)).worksheets[0]
    assert {row[2] for row in sheet.iter_rows(values_only=True)} == {"unit", "vp"}


def test_a_regulation_by_form_is_previewed_as_a_week_and_applied_as_a_file(
    engine: Engine, log_in: LogIn
) -> None:
    client = log_in("admin")
    tried = client.post("/thiet-lap/quy-che/moi", data=FORM)
    assert tried.status_code == 200
    assert tried.text.count('class="week-session"') == 10
    assert "Áp dụng từ ngày 23/02/2026" in tried.text
    assert client.post("/thiet-lap/tep/regulations/ghi", data=carried(tried.text)).status_code == 302
    mine = select(RegulationVersion).where(col(RegulationVersion.code) == "gio-he")
    with reading(engine) as session:
        assert session.scalars(mine).one().grace_late_minutes == 10
    assert "chấm công từ 23/02/2026" in client.get("/thiet-lap/quy-che").text


@pytest.mark.parametrize(
    "change", [{"document": ""}, {"ngay-0": []}, {"valid_from": "mai"}, {"tu-0": "25:0"}]
)
def test_a_form_that_is_wrong_says_so(log_in: LogIn, change: dict[str, Any]) -> None:
    answer = log_in("admin").post("/thiet-lap/quy-che/moi", data=FORM | change)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(("symbol", "answer"), [("T", 400), ("kp", 400), ("ts", 400), ("HC", 302)])
def test_a_symbol_has_one_meaning(engine: Engine, log_in: LogIn, symbol: str, answer: int) -> None:
    form = {"code": "party_course", "name": "Học chính trị", "symbol": symbol, "paid": "1"}
    assert log_in("admin").post("/thiet-lap/ky-hieu", data=form).status_code == answer
    with reading(engine) as session:
        assert (session.get(ExcuseType, "party_course") is None) is (answer == 400)


@pytest.mark.parametrize(("code", "number"), [("CB007", "7"), ("7", "7"), ("0070", "70"), ("CB", "")])
def test_ids_and_staff_codes_are_compared_by_their_digits(code: str, number: str) -> None:
    assert number_of(code) == number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("CB01", "CB001", True), ("CB-1", "cb1", True), ("CB12", "CB13", True), ("CB12", "XY99", False)],
)
def test_codes_that_are_nearly_the_same(one: str, other: str, same: bool) -> None:
    assert nearly_same(one, other) is same


@pytest.mark.usefixtures("office_hr")
def test_a_version_that_others_have_is_not_taken_over(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        held = session.scalars(select(RegulationVersion)).first()
        assert held is not None
        session.add(RegulationTarget(regulation_id=held.id or 0, valid_from=held.valid_from))
        taken = {"code": held.code, "valid_from": held.valid_from.isoformat()}
    answer = log_in("nhansu").post("/thiet-lap/quy-che/moi", data=FORM | taken)
    assert answer.status_code == 400
    assert "không dùng được ở đây" in answer.text
