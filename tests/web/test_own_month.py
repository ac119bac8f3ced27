"""One's own month: seen by oneself alone, confirmed or objected to while it is time."""

from flask.testing import FlaskClient

from tests.web.month_office import HASH, STEPS, Months, months

__all__ = ["months"]

MINE = "/ca-nhan/bang-cong/2026-02"


def say(client: FlaskClient, answer: str, text: str = "", unit: str = "vp", shown: str = "") -> int:
    found = HASH.search(client.get(MINE).text)
    form = {
        "tra-loi": answer,
        "y-kien": text,
        "don-vi": unit,
        "noi-dung": shown or (found[1] if found else ""),
    }
    return client.post(MINE, data=form).status_code


def test_a_person_sees_the_own_row_and_nobody_else_s(months: Months) -> None:
    page = months.browser("duc").get(MINE).text

    assert "Trần Văn Đức" in page
    assert "đi muộn 13 phút" in page
    for other in ("Hạnh", "Ánh", "CB003", "Sen"):
        assert other not in page, other


def test_a_person_confirms_and_the_clerk_sees_who_has_not(months: Months) -> None:
    assert say(months.browser("duc"), "agree") == 302

    page = months.browser("nhansu").get(STEPS).text
    assert "<dt>Đã xác nhận</dt><dd>1</dd>" in page
    assert "<dt>Chưa trả lời</dt><dd>3</dd>" in page
    assert "Bạn đã xác nhận" in months.browser("duc").get(MINE).text


def test_an_objection_says_what_is_wrong(months: Months) -> None:
    client = months.browser("duc")

    assert say(client, "object", " ") == 400
    assert say(client, "object", "Ngày 24 đi họp ở tỉnh") == 302
    assert "Ngày 24 đi họp ở tỉnh" in months.browser("nhansu").get(STEPS).text


def test_a_change_asks_again(months: Months) -> None:
    say(months.browser("duc"), "agree")
    months.change("UPDATE session_record SET symbol = 'KP' WHERE person_id = 2 AND seq = 0 AND day = 20508")

    assert "<dt>Phải hỏi lại vì dòng đã đổi</dt><dd>1</dd>" in months.browser("nhansu").get(STEPS).text
    assert "Tôi xác nhận" in months.browser("duc").get(MINE).text


def test_another_s_change_asks_nobody_again(months: Months) -> None:
    say(months.browser("duc"), "agree")
    months.change("UPDATE session_record SET symbol = 'KP' WHERE person_id = 3")

    assert "<dt>Đã xác nhận</dt><dd>1</dd>" in months.browser("nhansu").get(STEPS).text


def test_what_is_confirmed_is_what_was_shown(months: Months) -> None:
    assert say(months.browser("duc"), "agree", shown="0" * 64) == 400
    assert say(months.browser("duc"), "agree", unit="kt") == 400
    assert months.rows("SELECT count(*) FROM month_reply") == [(0,)]


def test_after_the_window_nobody_replies(months: Months) -> None:
    client = months.browser("duc", confirm_days=2)

    assert "Tôi xác nhận" not in client.get(MINE).text
    assert say(client, "agree") == 400


def test_a_closed_month_takes_no_reply(months: Months) -> None:
    shown = HASH.search(months.browser("duc").get(MINE).text)
    assert shown is not None
    months.sign("gui", "xac-nhan", "duyet", "chot")

    assert say(months.browser("duc"), "agree", shown=shown[1]) == 400


def test_the_way_in_leads_to_the_month_that_may_be_replied_to(months: Months) -> None:
    assert months.browser("duc").get("/ca-nhan/bang-cong").location.endswith("/ca-nhan/bang-cong/2026-02")
    assert months.browser("nhansu").get("/ca-nhan/bang-cong").status_code == 404
