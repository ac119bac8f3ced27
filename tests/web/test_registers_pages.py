"""Đăng ký: from the form to the preview to the register, and files in and out of it."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlmodel import col

from monitor.registers.attendance import attendees
from monitor.rules.wallclock import text_of
from monitor.store.session import reading, transaction
from monitor.store.tables import AccessGrant, AuditEntry, Excuse, Meeting, Punch, RosterEntry
from tests.web.cast import DAY, at
from tests.web.conftest import LogIn

LEAVE = {"nguoi": ["CB006"], "loai": "leave", "hinh-thuc": "days", "tu": "2026-02-24", "den": "2026-02-24"}


@pytest.fixture(autouse=True)
def regulated(engine: Engine) -> None:
    """The cast's regulation holds for everybody: days can be judged anew."""
    with transaction(engine) as session:
        session.connection().execute(
            text("INSERT INTO regulation_target (regulation_id, valid_from) VALUES (1, '2026-01-01')")
        )


def excuses(engine: Engine, person: int = 6) -> list[tuple[str, str, str, str]]:
    with reading(engine) as session:
        mine = select(Excuse).where(col(Excuse.person_id) == person).order_by(col(Excuse.id))
        return [
            (one.type_code, text_of(one.starts), text_of(one.ends), one.status)
            for one in session.scalars(mine)
        ]


def send(client: FlaskClient, **form: Any) -> Any:
    return client.post("/dang-ky/moi", data=LEAVE | form)


def test_the_form_previews_what_would_change_and_saves_nothing_yet(engine: Engine, log_in: LogIn) -> None:
    answer = send(log_in("huong"), viec="xem")
    assert answer.status_code == 200
    assert "Sẽ thay đổi" in answer.text
    assert "Đặng Hoà Bình" in answer.text
    assert '<abbr class="symbol">P</abbr>' in answer.text
    assert excuses(engine) == []


def test_saving_stores_it_marks_the_days_and_leads_to_the_list(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    answer = send(client, viec="luu", **{"van-ban": "Đơn số 9"})
    assert answer.status_code == 302
    assert excuses(engine) == [("leave", "2026-02-24 00:00:00", "2026-02-24 23:59:59", "approved")]
    page = client.get(answer.location).text
    assert "Đã ghi lý do cho 1 người" in page
    assert "Đơn số 9" in page
    with reading(engine) as session:
        marks = session.connection().execute(text("SELECT person_id, first_day, last_day FROM stale_span"))
        assert [tuple(row) for row in marks] == [(6, DAY - 1, DAY + 1)]


@pytest.mark.parametrize(
    ("shape", "begin", "end"),
    [("first", "07:30:00", "11:30:00"), ("last", "13:30:00", "17:00:00"), ("hours", "09:00:00", "10:15:00")],
)
def test_halves_come_from_the_regulation_and_hours_from_the_form(
    engine: Engine, log_in: LogIn, shape: str, begin: str, end: str
) -> None:
    times = {"hinh-thuc": shape, "gio-tu": "09:00", "gio-den": "10:15"}
    assert send(log_in("nhansu"), viec="luu", **times).status_code == 302
    assert excuses(engine) == [("leave", f"2026-02-24 {begin}", f"2026-02-24 {end}", "approved")]


def test_several_people_at_once_by_ticks_and_typed_codes(engine: Engine, log_in: LogIn) -> None:
    assert send(log_in("nhansu"), viec="luu", nguoi=["CB006", "CB007"], **{"ma-khac": "CB010; CB007"})
    assert [len(excuses(engine, person)) for person in (6, 7, 10)] == [1, 1, 1]


def test_a_refusal_keeps_the_form_and_says_why(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    clash = send(client, viec="luu", nguoi=["CB005", "CB006"])
    assert clash.status_code == 400
    assert "Nguyễn Thị Hường (CB005) đã có lý do được duyệt từ 00:00 24/02/2026" in clash.text
    assert 'value="CB006" checked' in clash.text
    assert excuses(engine) == []
    for form, words in (
        ({"tu": "soon"}, "Ngày “soon” không hợp lệ"),
        ({"hinh-thuc": "hours", "gio-tu": "25:00", "gio-den": "26:00"}, "Giờ “25:00” không hợp lệ"),
        ({"hinh-thuc": "hours", "gio-tu": "10:00", "gio-den": "10:00"}, "phải sau giờ bắt đầu"),
        ({"loai": "business_trip"}, "cần số văn bản"),
        ({"nguoi": []}, "Chưa chọn ai"),
        ({"den": "2027-12-31"}, "không quá 366 ngày"),
    ):
        answer = send(client, viec="xem", **form)
        assert (answer.status_code, words in answer.text) == (400, True), words


def test_nobody_registers_for_themselves(engine: Engine, log_in: LogIn) -> None:
    answer = send(log_in("huong"), viec="luu", nguoi=["CB005"], tu="2026-02-25", den="2026-02-25")
    assert (answer.status_code, "Không ai tự đăng ký" in answer.text) == (400, True)
    assert len(excuses(engine, 5)) == 1


def test_what_tells_of_somebody_s_health_is_for_hr_to_enter(engine: Engine, log_in: LogIn) -> None:
    ill = {"loai": "sick", "van-ban": "Giấy ra viện"}
    assert send(log_in("huong"), viec="luu", **ill).status_code == 400
    assert send(log_in("nhansu"), viec="luu", **ill).status_code == 302
    shown = log_in("huong").get("/dang-ky?don-vi=kt&thang=2026-02").text
    assert "Giấy ra viện" not in shown
    assert "Ốm" not in shown
    assert "Giấy ra viện" in log_in("nhansu").get("/dang-ky?don-vi=kt&thang=2026-02").text
    number = 2
    assert log_in("huong").post(f"/dang-ky/{number}/rut", data={"ly-do": "x"}).status_code == 400


def test_a_replacement_withdraws_the_old_record_and_keeps_both(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    send(client, viec="luu")
    assert 'name="sua" value="2"' in client.get("/dang-ky/moi?sua=2").text
    change = {"sua": "2", "den": "2026-02-25", "ly-do": "Nghỉ thêm một ngày"}
    assert send(client, viec="xem", **change).status_code == 200
    assert send(client, viec="luu", **change).status_code == 302
    assert excuses(engine) == [
        ("leave", "2026-02-24 00:00:00", "2026-02-24 23:59:59", "rejected"),
        ("leave", "2026-02-24 00:00:00", "2026-02-25 23:59:59", "approved"),
    ]
    old, new = client.get("/dang-ky/2").text, client.get("/dang-ky/3").text
    assert "Nghỉ thêm một ngày" in old
    assert 'href="/dang-ky/3"' in old
    assert 'href="/dang-ky/2"' in new


def test_a_record_is_withdrawn_with_a_reason(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    send(client, viec="luu")
    assert client.post("/dang-ky/2/rut", data={"ly-do": ""}).status_code == 400
    assert client.post("/dang-ky/2/rut", data={"ly-do": "Nhập nhầm"}).status_code == 302
    assert excuses(engine)[0][3] == "rejected"
    assert "Nhập nhầm" in client.get("/dang-ky/2").text


def test_the_list_is_filtered_and_searched_without_accents(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    send(client, viec="luu", nguoi=["CB006", "CB010"])
    every = client.get("/dang-ky?thang=2026-02").text
    assert all(code in every for code in ("CB005", "CB006", "CB010"))
    found = client.get("/dang-ky?thang=2026-02&tim=dang+hoa").text
    assert ("CB006" in found, "CB010" in found) == (True, False)
    assert "CB010" not in client.get("/dang-ky?thang=2026-02&don-vi=kt").text
    assert "CB006" not in client.get("/dang-ky?thang=2026-01").text
    assert "CB006" not in client.get("/dang-ky?thang=2026-02&trang-thai=rejected").text
    assert client.get("/dang-ky?thang=hai").status_code == 404


def workbook(*rows: tuple[str, ...]) -> BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"  # also what begins like a formula
    target = BytesIO()
    book.save(target)
    target.seek(0)
    return target


HEADER = ("person", "type", "from", "to", "document")
GOOD = ("CB006", "leave", "2026-02-24 00:00:00", "2026-02-24 23:59:59", "=1+1")


def upload(client: FlaskClient, content: BytesIO, kind: str = "excuses") -> Any:
    sent = {"tep": (content, "ly do.xlsx")}
    return client.post(f"/dang-ky/tep/{kind}", data=sent, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    """The hidden file of a page."""
    return {"ten": "ly do.xlsx", "noi-dung": page.split('name="noi-dung" value="')[1].partition('"')[0]}


def test_a_file_is_tried_then_applied_and_the_export_comes_back_unchanged(
    engine: Engine, log_in: LogIn
) -> None:
    client = log_in("nhansu")
    tried = upload(client, workbook(HEADER, GOOD))
    assert (tried.status_code, excuses(engine)) == (200, [])
    assert "Sẽ thay đổi" in tried.text
    assert client.post("/dang-ky/tep/excuses/ghi", data=carried(tried.text)).status_code == 302
    assert len(excuses(engine)) == 1

    exported = client.get("/dang-ky/tep/excuses/xuat?thang=2026-02")
    sheet = openpyxl.load_workbook(BytesIO(exported.data)).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet[3]][5] == "s"  # a formula that somebody typed is text
    again = upload(client, BytesIO(exported.data))
    assert "Mọi dòng đã có sẵn" in again.text
    with reading(engine) as session:
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "export")).all()
    assert len(told) == 1


def test_a_wrong_file_applies_nothing_and_comes_back_with_its_errors(engine: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    bad = ("XX", "leave", "2026-02-25 00:00:00", "2026-02-24 23:59:59", "=HYPERLINK(1)")
    tried = upload(client, workbook(HEADER, GOOD, bad))
    assert tried.status_code == 400
    assert "Sheet!A3" in tried.text
    assert client.post("/dang-ky/tep/excuses/ghi", data=carried(tried.text)).status_code == 400
    assert excuses(engine) == []

    back = client.post("/dang-ky/tep/excuses/loi", data=carried(tried.text))
    sheet = openpyxl.load_workbook(BytesIO(back.data)).active
    assert sheet is not None
    assert sheet["F1"].value == "Lỗi"
    assert "XX" in str(sheet["F3"].value)
    assert sheet["F2"].value is None
    assert sheet["A3"].comment is not None
    assert sheet["D3"].comment is not None
    assert (sheet["E3"].value, sheet["E3"].data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\xff\xfea,b", b"nobody,cares\n1,2\n"])
def test_what_is_no_table_is_refused_in_words(log_in: LogIn, content: bytes) -> None:
    answer = upload(log_in("nhansu"), BytesIO(content))
    assert answer.status_code == 400
    assert "notice-warning" in answer.text


def test_a_tampered_hidden_file_is_refused(log_in: LogIn) -> None:
    client = log_in("nhansu")
    for packed in ("", "%%%", "AAAA"):
        answer = client.post("/dang-ky/tep/excuses/ghi", data={"ten": "x", "noi-dung": packed})
        assert answer.status_code == 400, packed


@pytest.mark.parametrize("kind", ["excuses", "roster"])
def test_the_sample_has_the_columns_of_an_import(log_in: LogIn, kind: str) -> None:
    client = log_in("nhansu")
    sample = client.get(f"/dang-ky/tep/{kind}/mau")
    tried = upload(client, BytesIO(sample.data), kind)
    assert "Lỗi" not in tried.text
    assert tried.status_code == 200


DUTY = {
    "don-vi": "kt",
    "tuan": "2026-02-23",
    "loai": "duty",
    "gio-tu": "19:00",
    "gio-den": "07:00",
    "noi": "Trụ sở",
}


def test_ticked_cells_get_a_duty_that_ends_the_next_morning(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    cells = ["CB006@2026-02-26", "CB007@2026-02-27"]
    assert client.post("/dang-ky/lich-truc", data=DUTY | {"o": cells}).status_code == 302
    with reading(engine) as session:
        found = [
            (one.person_id, text_of(one.starts), text_of(one.ends), one.place)
            for one in session.scalars(select(RosterEntry).order_by(col(RosterEntry.id)))
        ]
    assert found == [
        (6, "2026-02-26 19:00:00", "2026-02-27 07:00:00", "Trụ sở"),
        (7, "2026-02-27 19:00:00", "2026-02-28 07:00:00", "Trụ sở"),
    ]
    page = client.get("/dang-ky/lich-truc?don-vi=kt&tuan=2026-02-25").text
    assert page.count('class="duty duty-duty"') == 4  # each duty lies on two dates
    again = client.post("/dang-ky/lich-truc", data=DUTY | {"loai": "extra", "o": cells})
    assert (again.status_code, "đã có lịch từ 19:00 26/02/2026" in again.text) == (400, True)


def test_an_entry_is_taken_off_and_kept_with_the_reason(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    client.post("/dang-ky/lich-truc", data=DUTY | {"o": "CB006@2026-02-26"})
    assert client.post("/dang-ky/lich-truc/1/xoa", data={"ly-do": ""}).status_code == 400
    assert client.post("/dang-ky/lich-truc/1/xoa", data={"ly-do": "Đổi ca"}).status_code == 302
    with reading(engine) as session:
        kept = session.connection().execute(text("SELECT person_id, kind, reason FROM removed_roster_entry"))
        assert [tuple(row) for row in kept] == [(6, "duty", "Đổi ca")]
        assert session.scalars(select(RosterEntry)).all() == []


def test_a_roster_comes_back_from_its_export_unchanged(log_in: LogIn) -> None:
    client = log_in("nhansu")
    client.post("/dang-ky/lich-truc", data=DUTY | {"o": ["CB006@2026-02-26", "CB007@2026-02-27"]})
    exported = client.get("/dang-ky/tep/roster/xuat?thang=2026-02")
    assert "Mọi dòng đã có sẵn" in upload(client, BytesIO(exported.data), "roster").text


MEETING = {
    "don-vi": "kt",
    "ten": "Giao ban tháng 2",
    "noi": "Phòng họp A",
    "van-ban": "Giấy mời 12",
    "bat-dau": "2026-02-24T08:00",
    "ket-thuc": "2026-02-24T10:00",
    "mo-truoc": "60",
}


def a_meeting(client: FlaskClient, **more: str) -> str:
    answer = client.post("/dang-ky/hop/moi", data=MEETING | more)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def came(engine: Engine) -> dict[str, tuple[str, int]]:
    with reading(engine) as session:
        meeting = session.get_one(Meeting, 1)
        found = attendees(session, meeting, now=at("14:20"), zone="Asia/Ho_Chi_Minh")
    return {one.code: (str(one.came), one.late_seconds) for one in found}


def test_ticks_at_the_door_stand_beside_the_invited_role(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    place = a_meeting(client)
    client.post(f"{place}/moi", data={"nguoi": ["CB006", "CB007"], "vai": "member"})
    client.post(f"{place}/moi", data={"nguoi": "CB008", "vai": "substitute", "thay-cho": "7"})
    assert came(engine)["CB006"] == ("no_data", 0)  # nobody was ticked: the list was not kept
    client.post(f"{place}/cua", data={"nguoi": "6", "viec": "den", "gio": "08:12"})
    assert came(engine)["CB007"] == ("absent", 0)
    client.post(f"{place}/cua", data={"nguoi": "8", "viec": "den", "gio": "07:55"})
    assert came(engine) == {"CB006": ("late", 720), "CB007": ("replaced", 0), "CB008": ("on_time", 0)}
    page = client.get(place).text
    assert "thay Vũ Quốc Dũng" in page
    assert "12 phút" in page
    client.post(f"{place}/cua", data={"nguoi": "6", "viec": "bo"})
    assert came(engine)["CB006"] == ("absent", 0)


def test_the_punches_of_the_meeting_s_terminal_count_within_its_window(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    place = a_meeting(client, may="1")
    client.post(f"{place}/moi", data={"nguoi": ["CB006", "CB007", "CB008"], "vai": "member"})
    with transaction(engine) as session:
        for code, clock, terminal in (
            ("006", "08:03", 1),
            ("006", "09:00", 1),
            ("007", "06:30", 1),
            ("008", "07:58", 2),
        ):
            session.add(
                Punch(
                    terminal_id=terminal,
                    device_user_id=code,
                    device_time=at(clock),
                    verify=1,
                    state=0,
                    work_code=0,
                    source="pull",
                    received_at=at(clock),
                    raw=b"",
                )
            )
    assert came(engine) == {"CB006": ("late", 180), "CB007": ("absent", 0), "CB008": ("absent", 0)}
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE coverage_interval SET ends = starts WHERE terminal_id = 1"))
    assert came(engine)["CB007"] == ("no_data", 0)


def test_the_invited_are_excused_for_the_time_and_whoever_has_a_reason_keeps_it(
    engine: Engine, log_in: LogIn
) -> None:
    client = log_in("nhansu")
    place = a_meeting(client)
    client.post(f"{place}/moi", data={"nguoi": ["CB005", "CB006"], "vai": "member"})
    answer = client.post(f"{place}/ly-do")
    assert "Nguyễn Thị Hường: Nguyễn Thị Hường (CB005) đã có lý do" in answer.text
    assert excuses(engine) == [("meeting", "2026-02-24 08:00:00", "2026-02-24 10:00:00", "approved")]
    assert len(excuses(engine, 5)) == 1
    client.post(f"{place}/huy", data={"ly-do": "Hoãn"})
    assert excuses(engine)[0][3] == "rejected"
    assert "Đã huỷ: Hoãn" in client.get(place).text
    assert client.post(f"{place}/moi", data={"nguoi": "CB007", "vai": "member"}).status_code == 400


def test_attendance_alone_changes_no_verdict(engine: Engine, log_in: LogIn) -> None:
    client = log_in("huong")
    place = a_meeting(client)
    client.post(f"{place}/moi", data={"nguoi": "CB006", "vai": "member"})
    client.post(f"{place}/cua", data={"nguoi": "6", "viec": "den", "gio": "08:12"})
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM stale_span")).scalar() == 0
        assert excuses(engine) == []


LENT = {"don-vi": "kt", "tai-khoan": "duc", "tu": "2026-02-24", "den": "2026-02-26", "ly-do": "Đi công tác"}


def test_a_delegation_opens_the_unit_to_another_account_until_it_is_taken_back(
    engine: Engine, log_in: LogIn
) -> None:
    deputy, hr = log_in("duc"), log_in("nhansu")
    assert deputy.get("/don-vi/kt/ngay/2026-02-24").status_code == 404
    assert hr.post("/dang-ky/uy-quyen", data=LENT).status_code == 302
    assert deputy.get("/don-vi/kt/ngay/2026-02-24").status_code == 200
    told = hr.get("/dang-ky/uy-quyen").text
    assert "<dd>Trần Văn Đức</dd>" in told
    assert "<span>Nguyễn Thị Hường</span>" in told
    with reading(engine) as session:
        number = session.scalars(select(col(AccessGrant.id)).where(col(AccessGrant.role) == "head")).one()
    assert hr.post(f"/dang-ky/uy-quyen/{number}/thu-hoi", data={"ly-do": "Đã về"}).status_code == 302
    assert deputy.get("/don-vi/kt/ngay/2026-02-24").status_code == 404
    with reading(engine) as session:
        actions = session.scalars(select(col(AuditEntry.action)).order_by(col(AuditEntry.id))).all()
    assert [one for one in actions if one.startswith("delegation")] == [
        "delegation_give",
        "delegation_take_back",
    ]
