"""Faults planted into signing, scope and files of months: each must be found by what the other tests ask."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from monitor.access import Scope
from monitor.periods import Demand, Month, replies, steps
from monitor.periods.signed import SignedContent, signed_content
from monitor.store.queries.month_steps import replies_of
from monitor.web import monthscope
from monitor.web.pages import month_files, month_steps, own_month
from monitor.web.pages import months as grid_page
from tests.web.month_office import HALL, HASH, Months, months

__all__ = ["months"]

Plant = Callable[[pytest.MonkeyPatch], None]


def _one_person_takes_every_step(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(steps, "_same", lambda _one, _other: False)


def _an_old_hash_will_do(patch: pytest.MonkeyPatch) -> None:
    before = steps._unchanged

    def whatever(session: Any, unit: Any, month: Any, _shown: str) -> SignedContent:
        return before(session, unit, month, signed_content(session, unit.id, month).sha256)

    patch.setattr(steps, "_unchanged", whatever)


def _a_signature_outlives_its_content(patch: pytest.MonkeyPatch) -> None:
    path_of = steps.path_of

    def blind(rows: Any, content: Any, wanted: Any, *, is_closed: bool) -> Any:
        for row in rows:
            row.content_sha256 = content.sha256
        return path_of(rows, content, wanted, is_closed=is_closed)

    patch.setattr(steps, "path_of", blind)


def _the_head_of_a_unit_approves_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(monthscope, "_above", lambda _units, unit: unit.id)


def _any_unit_will_do(patch: pytest.MonkeyPatch) -> None:
    def found(units: Any, code: str, _month: Any) -> Any:
        return units.by_code(code)

    for page in (grid_page, month_steps, month_files):
        patch.setattr(page, "seen_unit", found)
    patch.setattr(month_files, "_allowed", lambda _code, _month: frozenset(range(100)))


def _one_day_opens_the_whole_month(patch: pytest.MonkeyPatch) -> None:
    def sees(asking: Scope, unit_id: int, first_day: int, last_day: int) -> bool:
        return any(asking.sees_unit(unit_id, day) for day in range(first_day, last_day + 1))

    patch.setattr(monthscope, "sees_days", sees)


def _the_pages_close_without_the_steps(patch: pytest.MonkeyPatch) -> None:
    demand = Demand
    patch.setattr(month_steps, "Demand", lambda **_asked: demand(steps=False))


def _a_reply_outlives_its_rows(patch: pytest.MonkeyPatch) -> None:
    of = replies_of

    def kept(session: Any, unit_id: int, month: str, person_id: int | None = None) -> Any:
        found = of(session, unit_id, month, person_id)
        digests = signed_content(session, unit_id, Month.of(month)).people
        for one, row in found.items():
            row.content_sha256 = digests.get(one, "")
        return found

    patch.setattr(replies, "replies_of", kept)
    patch.setattr(own_month, "replies_of", kept)


def _a_file_leaves_no_trace(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(month_files, "trace_export", lambda *_args, **_more: None)


PLANTED: tuple[Plant, ...] = (
    _one_person_takes_every_step,
    _an_old_hash_will_do,
    _a_signature_outlives_its_content,
    _the_head_of_a_unit_approves_it,
    _any_unit_will_do,
    _one_day_opens_the_whole_month,
    _the_pages_close_without_the_steps,
    _a_reply_outlives_its_rows,
    _a_file_leaves_no_trace,
)
CHANGED = "UPDATE session_record SET symbol = 'P' WHERE person_id = 2 AND seq = 0 AND day = 20508"


def wrong(months: Months) -> list[str]:
    """Everything about signing that is not as it should be."""
    return [
        *_wrong_scope(months),
        *_wrong_files(months),
        *_wrong_replies(months),
        *_wrong_steps(months),
    ]


def _wrong_scope(months: Months) -> list[str]:
    asked = {
        "another unit's month": ("huong", HALL),
        "another unit's steps": ("huong", f"{HALL}/ky"),
        "another unit's file": ("huong", f"{HALL}/tep?loai=csv"),
        "a month of two days": ("thanhtra", "/bang-cong/kt/2026-02"),
    }
    return [
        what for what, (who, address) in asked.items() if months.browser(who).get(address).status_code != 404
    ]


def _wrong_files(months: Months) -> list[str]:
    months.browser("hanh").get(f"{HALL}/tep?loai=csv")
    traced = months.rows("SELECT count(*) FROM audit_entry WHERE action = 'export'") == [(1,)]
    return [] if traced else ["a file without a trace"]


def _wrong_replies(months: Months) -> list[str]:
    client: FlaskClient = months.browser("duc")
    found = HASH.search(client.get("/ca-nhan/bang-cong/2026-02").text)
    form = {"tra-loi": "agree", "don-vi": "vp", "noi-dung": found[1] if found else ""}
    client.post("/ca-nhan/bang-cong/2026-02", data=form)
    months.change(CHANGED)
    asked_again = (
        "Phải hỏi lại vì dòng đã đổi</dt><dd>1</dd>" in months.browser("nhansu").get(f"{HALL}/ky").text
    )
    return [] if asked_again else ["a reply to other rows"]


def _wrong_steps(months: Months) -> list[str]:
    found = []
    if months.take("nhansu2", "chot") == 302:
        return ["closed without a step"]
    old = months.shown("nhansu")
    months.change(CHANGED.replace("'P'", "'CT'"))
    if months.take("nhansu", "gui", shown=old) == 302:
        found.append("signed what was not shown")
    months.take("nhansu", "gui")
    months.change(CHANGED)
    if months.take("hanh", "xac-nhan") == 302:
        found.append("confirmed what nobody sent")
    months.take("nhansu", "gui")
    if months.browser("hanh").post(f"{HALL}/duyet").status_code != 404:
        found.append("approved by the head of the unit")
    months.take("chutich", "xac-nhan")
    if months.take("chutich", "duyet") == 302:
        found.append("two steps by one person")
    return found


def test_as_it_stands_nothing_is_wrong(months: Months) -> None:
    assert wrong(months) == []


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_fault_is_found(plant: Plant, months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)

    assert wrong(months) != []
