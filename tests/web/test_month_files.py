"""Files of a month: who gets them, what they hold, and the trace they leave."""

import io
import json
from datetime import datetime

import openpyxl
import pytest

from tests.web.cast import ZONE
from tests.web.month_office import HALL, Months, months

__all__ = ["months"]


@pytest.mark.parametrize(
    ("kind", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbfmonth"), ("json", b"{")]
)
def test_a_month_is_handed_over_as_any_kind_of_file_and_traced(
    months: Months, kind: str, begins: bytes
) -> None:
    answer = months.browser("hanh").get(f"{HALL}/tep?loai={kind}")

    assert answer.status_code == 200
    assert answer.data.startswith(begins)
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="bang-cong_c01-hd_vp_2026-02.{kind}"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    ((actor, subject, detail),) = months.rows(
        "SELECT actor, subject, detail FROM audit_entry WHERE action = 'export'"
    )
    assert (actor, subject) == ("hanh", "unit:vp")
    told = json.loads(detail)
    assert (told["what"], told["rows"], told["people"]) == (f"timesheet.c01-hd.{kind}", 5, 5)


@pytest.mark.parametrize("form", ["c01-hd", "01a-ldtl"])
def test_the_workbook_of_a_whole_agency_holds_a_sheet_for_each_unit(months: Months, form: str) -> None:
    answer = months.browser("nhansu").get(f"/bang-cong/ubnd/2026-02/tep?mau={form}&loai=xlsx&ca=1")

    names = openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames
    assert {"vp", "kt", "pvhcc", "ubnd"} <= set(names)


def test_without_overtime_there_is_no_sheet_of_it_and_the_page_says_so(months: Months) -> None:
    client = months.browser("hanh")
    answer = client.get(f"{HALL}/tep?mau=01b-ldtl")

    assert answer.status_code == 302
    assert "làm thêm" in client.get(answer.location).text
    assert months.rows("SELECT count(*) FROM audit_entry WHERE action = 'export'") == [(0,)]


def test_a_file_waits_until_the_reader_has_proven_to_be_there(months: Months) -> None:
    client = months.browser("hanh")
    months.change("UPDATE login_session SET method = 'password', fresh_at = '2026-03-01 00:00:00.000000'")

    answer = client.get(f"{HALL}/tep")

    assert answer.status_code == 302
    assert answer.location.startswith("/xac-nhan?tiep=/bang-cong/vp/2026-02/tep")
    assert months.rows("SELECT count(*) FROM audit_entry WHERE action = 'export'") == [(0,)]


@pytest.mark.parametrize("query", ["mau=c99", "loai=exe", "mau=../x", "loai="])
def test_unknown_forms_and_kinds_are_not_found(months: Months, query: str) -> None:
    assert months.browser("hanh").get(f"{HALL}/tep?{query}").status_code == 404


def test_verdicts_by_range_keep_to_the_scope(months: Months) -> None:
    span = "tu=2026-02-23&den=2026-02-24"
    inspector, head = months.browser("thanhtra"), months.browser("hanh")

    rows = inspector.get(f"/ket-qua/kt/tep?{span}&loai=json&bang=days").get_json()
    assert {row["unit"] for row in rows} == {"kt"}
    assert inspector.get("/ket-qua/kt/tep?tu=2026-02-22&den=2026-02-24").status_code == 404
    assert inspector.get(f"/ket-qua/vp/tep?{span}").status_code == 404
    assert head.get(f"/ket-qua/ubnd/tep?{span}").status_code == 404
    assert {row["unit"] for row in head.get(f"/ket-qua/vp/tep?{span}&loai=json").get_json()} == {"vp"}
    assert head.get("/ket-qua/vp/tep?tu=2025-01-01&den=2026-02-24").status_code == 404


def test_what_would_change_a_closed_month_is_listed_with_before_after_and_why(months: Months) -> None:
    months.sign("gui", "xac-nhan", "duyet", "chot")
    sealed = months.browser("hanh").get(f"{HALL}/tep?loai=csv").data
    months.change(
        "INSERT INTO pending_adjustment (period_id, person_id, day, seq, before, after, found_at) VALUES "
        """(1, 2, 20508, 0, '{"status": 4, "symbol": "+", "late_seconds": 730, "reasons": 0}', """
        """'{"status": 7, "symbol": "CT", "late_seconds": 0, "reasons": 4}', '2026-03-03 01:00:00')"""
    )
    client = months.browser("nhansu")

    page = client.get(f"{HALL}/ky").text
    assert "kết quả Đi muộn; ký hiệu +; phút muộn 13" in page
    assert "kết quả Có lý do; ký hiệu CT; phút muộn 0" in page
    (row,) = client.get(f"{HALL}/dieu-chinh?loai=json").get_json()
    assert (row["person"], row["date"], row["kind"]) == ("CB002", "2026-02-24", "changes")
    assert row["why"] != ""
    assert client.get(f"{HALL}/tep?loai=csv").data == sealed


def test_the_code_of_a_closed_month_is_checked_by_whoever_holds_the_paper(months: Months) -> None:
    months.sign("gui", "xac-nhan", "duyet", "chot")
    seal = months.rows("SELECT seal FROM period_seal")[0][0]
    stranger, head = months.app().test_client(), months.browser("hanh")
    address = f"/kiem-tra-ma?ma={seal[:16]}&don-vi=vp&thang=2026-02"

    page = stranger.get(address).text
    assert "Mã đúng" in page
    assert "Văn phòng HĐND và UBND" in page
    assert "Số công hưởng lương thời gian" in page
    assert "nhansu2" not in page
    assert "nhansu2" in head.get(address).text
    assert stranger.get(f"/kiem-tra-ma?ma={seal[:16]}&thang=2026-01").status_code == 404
    months.change("UPDATE session_record SET symbol = 'P' WHERE person_id = 2 AND day = 20508")
    assert "không còn khớp" in stranger.get(address).text


def test_codes_cannot_be_tried_without_end(months: Months) -> None:
    client = months.app().test_client()
    answers = [client.get(f"/kiem-tra-ma?ma={number:016x}").status_code for number in range(110)]

    assert answers[:50] == [404] * 50
    assert answers[-1] == 429
    assert months.browser("hanh").get(HALL).status_code == 200
    months.now = datetime(2026, 3, 3, 12, 0, tzinfo=ZONE)
    assert months.app().test_client().get("/kiem-tra-ma?ma=0000000000000000").status_code == 404
