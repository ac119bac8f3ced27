"""Reports from citizens: only a named officer sees any, and nobody else ever the name of who reported."""

import io
import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from monitor.config import Privacy, Settings
from monitor.inspections.citizen_reports import conclude, register
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.officers import dismiss_officer, name_officer
from monitor.inspections.report_figures import report_figures
from monitor.inspections.wish import By
from monitor.privacy import copy_of, pseudonymise
from monitor.rules.codes import Reason, Status
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, CitizenReport, CitizenReporter
from tests.web.cast import NOW
from tests.web.conftest import LogIn
from tests.web.test_roles import ACCOUNTS
from tests.web.test_visits import PDF

CANARY, PHONE = "Hoàng Yến Kín Đáo", "0909 123 987"
FORM = {
    "nguon": "hotline",
    "luc-nhan": "2026-02-24T13:50",
    "don-vi": "kt",
    "luc": "2026-02-24T10:00",
    "noi-dung": "Quầy số 2 đóng cửa từ 10 giờ.",
    "ten": CANARY,
    "lien-he": PHONE,
}


@pytest.fixture
def officer(engine: Engine) -> Engine:
    """The inspectors' account receives reports about the whole ward."""
    with transaction(engine) as session:
        by = By(actor="cli:lan", now=NOW, settings=Settings())
        name_officer(session, "thanhtra", "ubnd", "Quyết định số 9", by)
    return engine


def take(client: FlaskClient, **changed: str) -> str:
    """The address of a new report."""
    data = {**FORM, **changed, "tep": (BytesIO(PDF), "don.pdf")}
    answer = client.post("/phan-anh/moi", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def test_without_being_named_nobody_receives_reports_not_even_by_role(log_in: LogIn) -> None:
    for name in ACCOUNTS.values():
        assert log_in(name).get("/phan-anh").status_code == 404, name
        assert log_in(name).post("/phan-anh/moi", data=FORM).status_code == 404, name
        assert '/phan-anh"' not in log_in(name).get("/dot-kiem-tra").text


def test_every_page_of_a_report_exists_for_its_officer_alone(log_in: LogIn, officer: Engine) -> None:
    client = log_in("thanhtra")
    address = take(client)
    paper = re.search(rf"{address}/tep/\d+", client.get(address).text)
    assert paper
    for page in ("/phan-anh", "/phan-anh/moi", address, f"{address}/nguoi-phan-anh", paper[0]):
        found = {role for role, name in ACCOUNTS.items() if log_in(name).get(page).status_code == 200}
        assert found == {"inspector"}, page
    for page in (f"{address}/ket-luan", f"{address}/theo-doi"):
        asked = {role for role, name in ACCOUNTS.items() if log_in(name).post(page).status_code != 404}
        assert asked == {"inspector"}, page
    with transaction(officer) as session:
        dismiss_officer(session, "thanhtra", By(actor="cli:lan", now=NOW, settings=Settings()))
    assert client.get(address).status_code == client.get("/phan-anh").status_code == 404


def test_the_name_of_who_reported_is_on_one_page_only_and_each_opening_is_told(
    log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")
    address = take(client)
    assert "Mở niêm danh tính" in client.get(address).text
    opened = client.get(f"{address}/nguoi-phan-anh").text
    assert CANARY in opened
    assert PHONE in opened
    conclude_it(client, address, "confirmed")
    client.post(f"{address}/theo-doi", data={"noi-dung": "Quầy đóng cửa trong giờ."})
    pages = (
        "/phan-anh",
        "/phan-anh?loc=cho",
        address,
        "/phan-anh/so-lieu?thang=2026-02",
        "/theo-doi",
        "/nhat-ky",
    )
    for name in (*ACCOUNTS.values(), "huong"):
        for page in (*pages, "/dot-kiem-tra", "/viec-can-lam", "/ca-nhan/ai-da-xem"):
            shown = log_in(name).get(page, follow_redirects=True).get_data(as_text=True)
            assert [word for word in (CANARY, PHONE) if word in shown] == [], (name, page)
    with reading(officer) as session:
        entries = session.connection().execute(text("SELECT actor, action, subject, detail FROM audit_entry"))
        trail = [tuple(map(str, row)) for row in entries]
    assert [row[0] for row in trail if row[1] == "view_reporter"] == ["thanhtra"]
    assert CANARY not in str(trail)
    assert "Quầy số 2" not in str(trail)


def test_nothing_in_the_database_spells_the_name(log_in: LogIn, officer: Engine) -> None:
    take(log_in("thanhtra"), ma="CB006")
    with reading(officer) as session:
        ask = session.connection().exec_driver_sql
        tables = ask("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        values = [value for name in tables for row in ask(f'SELECT * FROM "{name}"') for value in row]
    dump = "\n".join(one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in values)
    assert "Quầy số 2" in dump
    # Never less than a whole number: the hashes in the database spell any four digits sooner or later.
    assert [word for word in (CANARY, PHONE, "Kín Đáo", PHONE.replace(" ", "")) if word in dump] == []


def test_the_person_s_copy_tells_a_concluded_report_without_words_or_reporter(
    log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")
    address = take(client, ma="CB006")

    def copied() -> str:
        made = copy_of(officer, "CB006", now=NOW, actor="x", settings=Settings(), language="vi")
        with ZipFile(io.BytesIO(made.content)) as folder:
            return folder.read("data.json").decode()

    assert "hotline" not in copied()  # not concluded yet
    conclude_it(client, address, "not_confirmed")
    told = copied()
    assert "hotline" in told
    assert [word for word in (CANARY, PHONE, "Quầy số 2") if word in told] == []


def conclude_it(client: FlaskClient, address: str, outcome: str) -> None:
    data = {"ket-qua": outcome, "ly-do": "Đã xem dữ liệu."}
    assert client.post(f"{address}/ket-luan", data=data).status_code == 302


def test_an_anonymous_report_is_taken_and_has_nobody_to_open(log_in: LogIn, officer: Engine) -> None:
    client = log_in("thanhtra")
    address = take(client, ten="", **{"lien-he": ""})
    assert "giấu tên" in client.get(address).text
    assert client.get(f"{address}/nguoi-phan-anh").status_code == 400
    with reading(officer) as session:
        assert session.scalars(select(CitizenReporter)).all() == []


def test_the_records_of_then_stand_beside_it_and_no_data_is_no_absence(
    log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")
    page = client.get(take(client, ma="CB006")).text
    assert "Đặng Hoà Bình" in page
    assert "phải có mặt" in page
    assert "Vũ Quốc Dũng" not in page  # only whom the report is about
    silent = "(SELECT id FROM person WHERE code = 'CB006')"
    with transaction(officer) as session:
        session.connection().execute(
            text(f"UPDATE session_record SET status = :pending, reasons = :why WHERE person_id = {silent}"),
            {"pending": int(Status.PENDING), "why": int(Reason.NO_DATA)},
        )
    page = client.get(take(client, ma="CB006")).text
    assert "chưa có dữ liệu lúc ấy" in page
    assert "máy im lặng không có nghĩa là vắng" in page


def test_the_officer_s_own_right_to_look_bounds_what_is_shown_beside_it(
    log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")  # may look at kt on 23 and 24 February only
    page = client.get(take(client, **{"don-vi": "vp"})).text
    assert "Không có dữ liệu trong phạm vi xem của bạn lúc ấy." in page
    assert "Nguyễn Thị Hạnh" not in page
    data = {**FORM, "don-vi": "vp", "ma": "CB001"}
    assert client.post("/phan-anh/moi", data=data).status_code == 400  # out of reach is unknown


BAD = {
    "nguon": "facebook",
    "noi-dung": " ",
    "luc": "2026-02-25T10:00",
    "luc-nhan": "hôm qua",
    "don-vi": "khong-co",
    "ma": "CB999",
    "ten": "x" * 201,
}


@pytest.mark.parametrize(("name", "value"), BAD.items(), ids=BAD)
def test_a_report_that_makes_no_sense_is_refused(
    name: str, value: str, log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")
    assert client.post("/phan-anh/moi", data={**FORM, name: value}).status_code == 400
    with reading(officer) as session:
        assert session.scalars(select(CitizenReport)).all() == []


def test_an_officer_of_a_unit_receives_nothing_about_others(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        name_officer(session, "thanhtra", "kt", "QĐ 9", By(actor="cli:lan", now=NOW, settings=Settings()))
    client = log_in("thanhtra")
    assert client.post("/phan-anh/moi", data={**FORM, "don-vi": "vp"}).status_code == 400
    take(client)
    with reading(engine) as session:
        by_name = {one.user_name: one.id or 0 for one in session.scalars(select(Account))}
        assert len(register(session, by_name["thanhtra"])) == 1
        assert register(session, by_name["admin"]) == []


def test_only_a_confirmed_report_is_followed_up_and_then_its_outcome_stands(
    log_in: LogIn, officer: Engine
) -> None:
    client = log_in("thanhtra")
    address = take(client)
    follow = {"noi-dung": "Quầy đóng cửa trong giờ."}
    assert client.post(f"{address}/theo-doi", data=follow).status_code == 400
    conclude_it(client, address, "no_data")
    conclude_it(client, address, "confirmed")  # corrected by a new row
    assert client.post(f"{address}/theo-doi", data=follow).status_code == 302
    assert client.post(f"{address}/theo-doi", data=follow).status_code == 400
    with transaction(officer) as session:
        report = session.scalars(select(CitizenReport)).one()
        by = By(actor="thanhtra", now=NOW, settings=Settings(), account_id=1)
        with pytest.raises(InspectionRefused, match="report_followed"):
            conclude(session, report, "not_confirmed", "x", by)
    link = re.search(r"/theo-doi/viec-[0-9a-f]+", client.get(address).text)
    assert link
    assert "Quầy đóng cửa trong giờ." in log_in("huong").get(link[0]).text
    assert "Quầy số 2" not in log_in("huong").get(link[0]).text


def test_figures_count_by_source_unit_and_outcome_and_name_nobody(log_in: LogIn, officer: Engine) -> None:
    client = log_in("thanhtra")
    conclude_it(client, take(client), "confirmed")
    take(client, nguon="letter")
    take(client, nguon="letter", **{"luc-nhan": "2026-01-31T10:00", "luc": ""})
    with reading(officer) as session:
        found = report_figures(session, date(2026, 2, 1), date(2026, 2, 28))
    assert dict(found.by_source) == {("hotline", "confirmed"): 1, ("letter", "waiting"): 1}
    assert (found.total, found.of_source("letter"), found.of_column("confirmed")) == (2, 1, 1)
    assert sum(found.of_unit(unit) for unit in found.units) == 2
    allowed = {
        role for role, name in ACCOUNTS.items() if log_in(name).get("/phan-anh/so-lieu").status_code == 200
    }
    assert allowed == {"hr", "inspector"}


def test_when_its_time_is_over_only_what_is_counted_stays(log_in: LogIn, officer: Engine) -> None:
    client = log_in("thanhtra")
    conclude_it(client, take(client, ma="CB006"), "confirmed")
    later = NOW.replace(year=2028, month=3)
    for today, gone in ((date(2028, 2, 24), 0), (date(2028, 2, 25), 1)):
        done = pseudonymise(officer, limits=Privacy(), today=today, now=later, actor="cli:lan")
        assert done.reports == gone
    with reading(officer) as session:
        report = session.scalars(select(CitizenReport)).one()
        assert (report.words, report.person_id, report.source) == ("", None, "hotline")
        assert session.scalars(select(CitizenReporter)).all() == []
        papers = (
            session.connection().execute(text("SELECT name, length(content) FROM citizen_report_paper")).one()
        )
        assert tuple(papers) == ("", 0)
        assert report_figures(session, date(2026, 2, 1), date(2026, 2, 28)).total == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE citizen_report SET source = 'press'",
        "UPDATE citizen_report SET words = 'khác'",
        "DELETE FROM citizen_report",
        "UPDATE citizen_reporter SET sealed = ''",
    ],
)
def test_the_database_itself_keeps_a_report_as_it_was_taken(
    log_in: LogIn, officer: Engine, change: str
) -> None:
    take(log_in("thanhtra"))
    with pytest.raises(DatabaseError, match="append-only"), transaction(officer) as session:
        session.connection().execute(text(change))


def test_only_an_inspector_can_be_named_and_by_a_document(engine: Engine) -> None:
    by = By(actor="cli:lan", now=NOW, settings=Settings())
    with transaction(engine) as session:
        for user in ("admin", "nhansu", "hanh", "ai-do"):
            with pytest.raises(InspectionRefused, match="officer_unknown"):
                name_officer(session, user, "", "QĐ 9", by)
        with pytest.raises(InspectionRefused, match="officer_document"):
            name_officer(session, "thanhtra", "", " ", by)
        name_officer(session, "thanhtra", "", "QĐ 9", by)
        with pytest.raises(InspectionRefused, match="officer_named"):
            name_officer(session, "thanhtra", "", "QĐ 9", by)
