"""Signing a month on the pages: in order, by different people, for what they saw."""

import pytest

from monitor.audit import first_broken_link
from monitor.periods import verify_periods
from monitor.store.session import reading
from monitor.web.policy import policy_of
from tests.web.month_office import HALL, STEPS, Months, months

__all__ = ["months"]

STEP_ROWS = "SELECT step, taken_by FROM month_step ORDER BY id"


def test_a_month_is_submitted_confirmed_approved_and_closed(months: Months) -> None:
    months.sign("gui", "xac-nhan", "duyet", "chot")

    assert months.rows(STEP_ROWS) == [
        ("submit", "nhansu"),
        ("confirm", "hanh"),
        ("approve", "chutich"),
        ("close", "nhansu2"),
    ]
    page = months.browser("hanh").get(STEPS).text
    assert "Đã chốt công" in page
    assert "Đỗ Minh Châu" in page
    told = months.rows(
        "SELECT action FROM audit_entry WHERE action LIKE 'month_%' OR action = 'period_close'"
    )
    assert [row[0] for row in told] == ["month_submit", "month_confirm", "month_approve", "period_close"]
    with reading(months.engine) as session:
        assert verify_periods(session) is None
        assert first_broken_link(session) is None


def test_what_is_signed_is_what_was_shown(months: Months) -> None:
    shown = months.shown("nhansu")
    months.change("UPDATE session_record SET symbol = 'P' WHERE seq = 0 AND person_id = 2 AND day = 20508")

    assert months.take("nhansu", "gui", shown=shown) == 400
    assert months.take("nhansu", "gui", shown="") == 302  # as it is shown now
    assert months.take("hanh", "xac-nhan", shown=shown) == 400
    assert months.rows(STEP_ROWS) == [("submit", "nhansu")]


def test_a_change_afterwards_invalidates_the_steps_and_says_whose_rows_changed(months: Months) -> None:
    months.sign("gui", "xac-nhan")
    months.change("UPDATE session_record SET symbol = 'KP', cong = 0 WHERE person_id = 2 AND seq = 0")

    page = months.browser("chutich").get(STEPS).text
    assert "Nội dung đã thay đổi sau khi ký" in page
    assert "tim=CB002" in page
    assert "tim=CB003" not in page
    assert months.take("chutich", "duyet") == 400
    months.sign("gui", "xac-nhan", "duyet")


def test_what_changes_nobody_s_sheet_keeps_the_signatures(months: Months) -> None:
    months.sign("gui")
    months.change("UPDATE session_record SET extras = '77', rule_version = 'another'")

    months.sign("xac-nhan")


@pytest.mark.parametrize("step", ["xac-nhan", "duyet", "chot"])
def test_no_step_is_taken_before_its_turn(months: Months, step: str) -> None:
    who = {"xac-nhan": "hanh", "duyet": "chutich", "chot": "nhansu2"}[step]

    assert months.take(who, step) == 400
    assert months.rows(STEP_ROWS) == []


def test_nobody_takes_two_steps_of_one_sheet(months: Months) -> None:
    months.sign("gui")
    assert months.take("chutich", "xac-nhan") == 302  # who stands above may confirm, too
    assert months.take("chutich", "duyet") == 400

    assert months.rows(STEP_ROWS) == [("submit", "nhansu"), ("confirm", "chutich")]


def test_approving_is_for_who_stands_above_the_unit(months: Months) -> None:
    months.sign("gui", "xac-nhan")

    assert months.browser("hanh").post(f"{HALL}/duyet", data={}).status_code == 404
    assert months.browser("huong").post(f"{HALL}/xac-nhan", data={}).status_code == 404
    assert months.browser("nhansu").post(f"{HALL}/duyet", data={}).status_code == 404


def test_a_month_out_of_scope_is_not_found_whatever_is_asked(months: Months) -> None:
    client = months.browser("huong")
    nowhere = client.get("/bang-cong/khong-co/2026-02")

    for address in (HALL, STEPS):
        answer = client.get(address)
        assert (answer.status_code, len(answer.data)) == (404, len(nowhere.data))
    for step in ("xac-nhan", "tra-lai", "mo-lai/duyet"):
        assert client.post(f"{HALL}/{step}", data={"ly-do": "x"}).status_code == 404, step


def test_sending_back_needs_a_reason_and_begins_anew(months: Months) -> None:
    months.sign("gui", "xac-nhan")
    client = months.browser("chutich")

    assert client.post(f"{HALL}/tra-lai", data={"ly-do": " "}).status_code == 400
    assert client.post(f"{HALL}/tra-lai", data={"ly-do": "Thiếu giấy đi công tác"}).status_code == 302
    assert "Thiếu giấy đi công tác" in months.browser("nhansu").get(STEPS).text
    assert months.take("hanh", "xac-nhan") == 400
    months.sign("gui", "xac-nhan", "duyet", "chot")


def test_with_something_missing_the_clerk_says_why_it_is_sent_all_the_same(months: Months) -> None:
    months.change("UPDATE session_record SET status = 2 WHERE person_id = 3 AND seq = 0 AND day = 20508")

    page = months.browser("nhansu").get(STEPS).text
    assert 'href="/nguoi/CB003/ngay/2026-02-24"' in page
    assert months.take("nhansu", "gui") == 400
    assert months.take("nhansu", "gui", **{"ghi-chu": "Máy hỏng, đã có biên bản"}) == 302


def test_a_small_office_drops_steps(months: Months) -> None:
    shown = months.shown("nhansu")
    client = months.browser("nhansu", steps=("submit",))

    assert client.post(f"{HALL}/gui", data={"noi-dung": shown}).status_code == 302
    assert client.post(f"{HALL}/chot", data={"noi-dung": shown}).status_code == 302
    assert months.rows(STEP_ROWS) == [("submit", "nhansu"), ("close", "nhansu")]


def test_a_month_that_is_not_over_is_not_signed(months: Months) -> None:
    months.now = months.now.replace(month=2, day=27)

    assert months.take("nhansu", "gui") == 400


def test_reopening_takes_a_reason_and_a_second_person(months: Months) -> None:
    months.sign("gui", "xac-nhan", "duyet", "chot")
    first, second = months.browser("nhansu"), months.browser("nhansu2")

    assert first.post(f"{HALL}/mo-lai", data={"ly-do": ""}).status_code == 400
    assert first.post(f"{HALL}/mo-lai", data={"ly-do": "Sai công ngày 24"}).status_code == 302
    assert first.post(f"{HALL}/mo-lai/duyet").status_code == 400
    assert "Sai công ngày 24" in second.get(STEPS).text
    assert second.post(f"{HALL}/mo-lai/duyet").status_code == 302
    assert months.rows(STEP_ROWS)[-1] == ("reopen", "nhansu2")
    assert "Mở lại kỳ công" in second.get(STEPS).text


def test_every_step_asks_who_is_there(months: Months) -> None:
    app = months.app()
    posts = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("month_steps.", "month_files."))
        and ("POST" in (rule.methods or ()) or rule.endpoint.startswith("month_files."))
    ]

    assert len(posts) == 10
    for endpoint in posts:
        found = policy_of(app, endpoint)
        assert found is not None
        assert found.step_up, endpoint
