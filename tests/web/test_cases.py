"""Explanations and decisions on pages: who reaches what, papers, rows with a result each, no words lost."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from monitor.config import Explanations
from monitor.store.session import reading
from monitor.web.app import create_app
from tests.cases.files import PDF, PNG
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for
from tests.web.test_roles import ACCOUNTS, DECIDES, EVERYBODY, HAS_DUTIES, OWN_DAY

DUC = "CB002@2026-02-24"
OWN = f"{OWN_DAY}/giai-trinh"


def rows(engine: Engine, wanted: str) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.connection().execute(text(wanted))]


def explain(client: FlaskClient, **more: object) -> TestResponse:
    return client.post(OWN, data={"loai": "explain", "noi-dung": "Đường ngập ở cầu Bà"} | more)


def with_file(client: FlaskClient, content: bytes, name: str = "giấy.pdf", **more: object) -> TestResponse:
    return explain(client, tep=(BytesIO(content), name), **more)


def decide(client: FlaskClient, *chosen: str, **more: object) -> TestResponse:
    return client.post("/quyet-dinh", data={"chon": list(chosen), "hang": list(chosen)} | more)


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_day_is_explained_decided_and_both_read_the_thread(log_in: LogIn, engine: Engine) -> None:
    duc, hanh = log_in("duc"), log_in("hanh")
    assert "Viết giải trình" in page(duc.get(OWN_DAY))
    assert "Viết giải trình" not in page(hanh.get(OWN_DAY))

    answer = explain(duc)
    assert (answer.status_code, answer.location) == (302, f"{OWN_DAY}#giai-trinh")
    assert "Trần Văn Đức" in page(hanh.get("/viec-can-lam"))
    told = page(decide(hanh, DUC, **{"quyet-dinh": "accept", "ly-do": "Đã kiểm tra"}))
    assert "Đã chấp nhận giải trình." in told
    for reader in (duc, hanh):
        assert "Đã kiểm tra" in page(reader.get(OWN_DAY))
    assert rows(engine, "SELECT state FROM day_case") == [("accepted",)]


@pytest.mark.parametrize("user", ["admin", "giamsat", "thanhtra", "huong"])
def test_nobody_else_reads_the_thread(log_in: LogIn, user: str) -> None:
    explain(log_in("duc"))
    assert "Đường ngập" not in page(log_in(user).get(OWN_DAY))


def test_bulk_decisions_give_each_row_its_result(log_in: LogIn, engine: Engine) -> None:
    """One that may be decided, one's own, one of another unit, one that does not exist."""
    rest = ("CB001@2026-02-24", "CB006@2026-02-24", "CB999@2026-02-24")
    told = page(decide(log_in("hanh"), DUC, *rest, **{"quyet-dinh": "no_reason", "ly-do": "Không báo cáo"}))
    assert told.count("Đã ghi: không có lý do.") == 1
    assert told.count("Do cấp trên quyết định.") == 1
    assert told.count("Không tìm thấy người này trong phạm vi của bạn vào ngày đó.") == 2
    assert "Đặng Hoà Bình" not in told
    assert "1 dòng đã lưu, 3 dòng chưa." in told
    assert rows(engine, "SELECT person.code FROM day_case JOIN person ON person.id = person_id") == [
        ("CB002",)
    ]


def test_the_page_shows_the_chosen_rows_in_scope_and_no_others(log_in: LogIn) -> None:
    hanh = log_in("hanh")
    shown = page(hanh.get(f"/quyet-dinh?chon={DUC}&chon=CB001@2026-02-24&chon=CB006@2026-02-24"))
    assert "Trần Văn Đức" in shown
    assert "Ngày của chính mình: do cấp trên quyết định." in shown
    assert "Đặng Hoà Bình" not in shown
    for wrong in ("CB006@2026-02-24", "CB999@2026-02-24", "CB002", "CB002@2026-02-31", "@"):
        assert hanh.get(f"/quyet-dinh?chon={wrong}").status_code == 404, wrong
    nobody = hanh.get("/quyet-dinh")
    assert (nobody.status_code, "Chưa chọn ai" in nobody.text) == (400, True)


def test_a_decision_taken_on_a_stale_page_is_refused(log_in: LogIn, engine: Engine) -> None:
    duc, hanh = log_in("duc"), log_in("hanh")
    explain(duc)
    seen = f"{DUC}@{rows(engine, 'SELECT max(id) FROM case_note')[0][0]}"
    assert f'value="{seen}"' in page(hanh.get(f"/quyet-dinh?chon={DUC}"))
    explain(duc, **{"noi-dung": "Gửi thêm"})
    told = page(decide(hanh, DUC, **{"quyet-dinh": "accept", "da-xem": seen}))
    assert "Vừa có thay đổi từ người khác" in told
    assert rows(engine, "SELECT count(*) FROM case_decision") == [(0,)]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"quyet-dinh": "sa-thai"}, "Chưa chọn quyết định nào."),
        ({"quyet-dinh": "excuse", "loai": "meeting", "ngay-van-ban": "31/02"}, "31/02"),
    ],
)
def test_a_form_that_is_wrong_for_all_rows_is_given_back_as_it_was(
    log_in: LogIn, engine: Engine, more: dict[str, str], why: str
) -> None:
    answer = decide(log_in("hanh"), DUC, **more, **{"ly-do": "giữ lại chữ này"})
    assert answer.status_code == 400
    assert why in page(answer)
    assert "giữ lại chữ này" in page(answer)
    assert rows(engine, "SELECT count(*) FROM day_case") == [(0,)]


def test_nothing_ticked_is_said(log_in: LogIn) -> None:
    answer = log_in("hanh").post("/quyet-dinh", data={"hang": DUC, "quyet-dinh": "accept"})
    assert answer.status_code == 400
    assert "Chưa chọn dòng nào." in page(answer)


def test_a_meeting_with_its_document_and_a_reminder_come_from_the_form(log_in: LogIn, engine: Engine) -> None:
    hanh = log_in("hanh")
    meeting = {"quyet-dinh": "excuse", "loai": "meeting", "van-ban": "GM 12", "ngay-van-ban": "2026-02-20"}
    assert "Đã ghi lý do có văn bản." in page(decide(hanh, DUC, **meeting))
    assert rows(engine, "SELECT type_code, document FROM excuse WHERE document = 'GM 12'") == [
        ("meeting", "GM 12")
    ]
    reminder = {"quyet-dinh": "remind", "co-quan": "UBND phường", "so": "7/TB", "can-cu": "Điều 3"}
    assert "Đã lập lời nhắc" in page(decide(hanh, "CB003@2026-02-24", **reminder))
    listed = page(hanh.get("/nhac-nho"))
    assert "7/TB" in listed
    assert "Lê Thị Ánh" in page(hanh.get("/nhac-nho/1"))


def test_a_head_is_not_offered_and_cannot_send_what_is_hr_s(log_in: LogIn, engine: Engine) -> None:
    hanh = log_in("hanh")
    assert "Ốm, điều dưỡng" not in page(hanh.get(f"/quyet-dinh?chon={DUC}"))
    assert "Ốm, điều dưỡng" in page(log_in("nhansu").get(f"/quyet-dinh?chon={DUC}"))
    told = page(decide(hanh, DUC, **{"quyet-dinh": "excuse", "loai": "sick", "van-ban": "GRV"}))
    assert "do bộ phận nhân sự ghi" in told
    assert rows(engine, "SELECT count(*) FROM excuse WHERE document = 'GRV'") == [(0,)]


def test_a_forgotten_punch_is_asked_for_with_a_time_and_counted(log_in: LogIn, engine: Engine) -> None:
    duc, hanh = log_in("duc"), log_in("hanh")
    refused = explain(duc, loai="forgot", gio="25:00")
    assert refused.status_code == 400
    assert "Đường ngập ở cầu Bà" in page(refused)  # nothing is asked twice
    assert explain(duc, loai="forgot", gio="07:20", **{"chung-kien": "Lê Thị Ánh"}).status_code == 302
    shown = page(hanh.get(f"/quyet-dinh?chon={DUC}"))
    assert "07:20" in shown
    assert "Tháng này đã duyệt 0 lượt quên chấm công." in shown
    assert "Đã ghi bổ sung lượt chấm." in page(decide(hanh, DUC, **{"quyet-dinh": "manual"}))
    assert rows(engine, "SELECT approved_by FROM manual_punch") == [("hanh",)]


def test_a_paper_is_a_file_to_save_with_its_real_kind(log_in: LogIn) -> None:
    duc = log_in("duc")
    assert with_file(duc, PNG, "giấy mời 1.html").status_code == 302
    answer = duc.get("/giay-to/1")
    assert answer.data == PNG
    assert answer.content_type == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "gi%E1%BA%A5y%20m%E1%BB%9Di%201.png" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_paper_reaches_the_person_and_who_decides_and_nobody_else(log_in: LogIn) -> None:
    with_file(log_in("duc"), PDF)
    with_file(log_in("duc"), PDF, loai="sick")
    assert {
        role for role in EVERYBODY if log_in(ACCOUNTS[role]).get("/giay-to/1").status_code == 200
    } == HAS_DUTIES
    assert {role for role in EVERYBODY if log_in(ACCOUNTS[role]).get("/giay-to/2").status_code == 200} == {
        "staff",
        "hr",
    }
    assert log_in("huong").get("/giay-to/1").status_code == 404
    assert log_in("duc").get("/giay-to/3").status_code == 404


def test_a_reminder_reaches_the_reminded_and_those_above(log_in: LogIn) -> None:
    remind = {"quyet-dinh": "remind", "co-quan": "UBND", "so": "7/TB", "can-cu": "Điều 3"}
    decide(log_in("hanh"), DUC, **remind)
    assert {r for r in EVERYBODY if log_in(ACCOUNTS[r]).get("/nhac-nho/1").status_code == 200} == HAS_DUTIES
    assert log_in("huong").get("/nhac-nho/1").status_code == 404
    assert DECIDES < HAS_DUTIES


def test_what_is_looked_at_is_traced(log_in: LogIn, engine: Engine) -> None:
    with_file(log_in("duc"), PDF)
    hanh = log_in("hanh")
    for address in ("/giay-to/1", "/viec-can-lam", f"/quyet-dinh?chon={DUC}"):
        hanh.get(address)
    seen = rows(
        engine,
        "SELECT action FROM audit_entry JOIN shown ON entry_id = audit_entry.id JOIN person ON person.id = "
        "person_id WHERE actor = 'hanh' AND person.code = 'CB002' AND action LIKE 'view%' ORDER BY action",
    )
    assert seen == [("view_cases",), ("view_duties",), ("view_paper",)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "Chỉ nhận tệp PDF, JPEG hoặc PNG."),
        (b"%PDF-1.4 x", "Tệp hỏng"),
        (PNG + b"x" * 100 * 1024, "Tệp quá lớn: nhiều nhất 64 KB."),
    ],
)
def test_a_file_that_is_refused_says_why_and_keeps_the_words(
    engine: Engine, tmp_path: Path, content: bytes, why: str
) -> None:
    settings = settings_for(tmp_path).model_copy(update={"explanations": Explanations(attachment_kib=64)})
    app = create_app(engine, settings, lambda: NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    duc = app.test_client()
    duc.post("/dang-nhap", data={"user_name": "duc"})
    answer = with_file(duc, content)
    assert answer.status_code == 400
    assert why in page(answer)
    assert "Đường ngập ở cầu Bà" in page(answer)
    assert rows(engine, "SELECT count(*) FROM case_note") == [(0,)]


def test_a_request_without_end_is_cut_off_and_other_forms_stay_small(log_in: LogIn) -> None:
    announced = {"CONTENT_LENGTH": str(10 * 1024 * 1024)}
    assert (
        log_in("duc").post(OWN, data={"tep": (BytesIO(b"x"), "x")}, environ_overrides=announced).status_code
        == 413
    )
    assert decide(log_in("hanh"), DUC, **{"ly-do": "x" * 70_000}).status_code == 413


def test_words_are_text_on_every_page_they_reach(log_in: LogIn) -> None:
    evil = "<script>alert(1)</script>"
    explain(log_in("duc"), **{"noi-dung": evil})
    hanh = log_in("hanh")
    for address in (OWN_DAY, f"/quyet-dinh?chon={DUC}"):
        assert evil not in page(hanh.get(address))
        assert "&lt;script&gt;" in page(hanh.get(address))


def test_only_one_s_own_day_can_be_explained_and_none_to_come(log_in: LogIn) -> None:
    duc = log_in("duc")
    for address in (
        "/nguoi/CB003/ngay/2026-02-24",
        "/nguoi/CB002/ngay/2026-02-25",
        "/nguoi/CB999/ngay/2026-02-24",
    ):
        assert duc.get(f"{address}/giai-trinh").status_code == 404, address
        assert duc.post(f"{address}/giai-trinh", data={"loai": "explain", "noi-dung": "x"}).status_code == 404
    assert log_in("hanh").get(OWN).status_code == 404


def test_the_duties_count_stands_in_the_navigation(log_in: LogIn) -> None:
    assert "nav-count" not in page(log_in("hanh").get("/viec-can-lam"))
    explain(log_in("duc"))
    assert "nav-count" in page(log_in("hanh").get("/viec-can-lam"))
    assert "/viec-can-lam" not in page(log_in("giamsat").get("/don-vi/vp/ngay/2026-02-24"))


def test_in_english_too(log_in: LogIn, app: Flask) -> None:
    explain(log_in("duc"))
    hanh = log_in("hanh")
    hanh.get("/viec-can-lam?lang=en")
    assert "To be decided" in page(hanh.get("/viec-can-lam"))
    assert "What is decided?" in page(hanh.get(f"/quyet-dinh?chon={DUC}"))
    assert "&lt;" not in page(hanh.get("/nhac-nho"))
