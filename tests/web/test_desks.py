"""Rooms that serve the public: present against the minimum of the session, in words when it is not met."""

from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import transaction
from monitor.store.tables import MinimumStaffing, SessionRecord, Unit
from tests.web.cast import DAY
from tests.web.conftest import LogIn

BOARD = "/don-vi/ubnd/ngay/2026-02-24"


def require(engine: Engine, people: int, session: str = "", unit: str = "pvhcc") -> None:
    """A minimum since the year's start."""
    with transaction(engine) as database:
        unit_id = database.scalars(select(col(Unit.id)).where(col(Unit.code) == unit)).one()
        row = MinimumStaffing(
            unit_id=unit_id or 0, session=session, people=people, valid_from=date(2026, 1, 1), document="QĐ 9"
        )
        database.add(row)


def board(log_in: LogIn, address: str = BOARD) -> str:
    """The page's text."""
    return log_in("nhansu").get(address).text


def test_a_unit_without_a_minimum_tells_only_how_many_are_present(log_in: LogIn) -> None:
    text = board(log_in)

    assert "2/3 có mặt" in text
    assert "tối thiểu" not in text


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (2, "Đủ người – Chiều: có 2, tối thiểu 2"),
        (3, "Chưa rõ đủ người – Chiều: có 2, tối thiểu 3, 1 người chưa có dữ liệu"),
        (5, "Thiếu người – Chiều: có 2, tối thiểu 5, thiếu 2"),
    ],
)
def test_the_running_session_is_compared_and_missing_data_are_no_shortage(
    log_in: LogIn, engine: Engine, people: int, words: str
) -> None:
    require(engine, people)

    text = board(log_in)

    assert words in text
    assert "– Sáng: có" not in text
    assert "QĐ 9" in text


def test_a_session_s_own_minimum_goes_before_that_of_any_session(log_in: LogIn, engine: Engine) -> None:
    require(engine, 5)
    require(engine, 2, "Chiều")

    assert "Đủ người – Chiều: có 2, tối thiểu 2" in board(log_in)


def test_a_past_day_tells_every_session(log_in: LogIn, engine: Engine) -> None:
    require(engine, 9, unit="vp")

    text = board(log_in, "/don-vi/ubnd/ngay/2026-02-23")

    assert "Thiếu người – Sáng: có 1, tối thiểu 9, thiếu 8" in text
    assert "Thiếu người – Chiều: có 1, tối thiểu 9, thiếu 8" in text


def test_a_room_that_lacks_people_stands_first_even_if_nobody_was_expected(
    log_in: LogIn, engine: Engine
) -> None:
    require(engine, 2, unit="kt")
    with transaction(engine) as database:
        unit_id = database.scalars(select(col(Unit.id)).where(col(Unit.code) == "kt")).one()
        mine = col(SessionRecord.unit_id) == unit_id, col(SessionRecord.day) == DAY
        for record in database.scalars(select(SessionRecord).where(*mine)):
            record.status, record.reasons = 0, 0

    text = board(log_in)

    desks = text[text.index('class="desks"') : text.index('class="tiles')]
    assert desks.index("Phòng Kinh tế") < desks.index("Trung tâm Phục vụ")
    assert "Thiếu người – Chiều: có 0, tối thiểu 2, thiếu 2" in desks


def test_a_minimum_of_a_unit_out_of_scope_leaves_no_trace(log_in: LogIn, engine: Engine) -> None:
    require(engine, 9, unit="kt")

    text = log_in("hanh").get("/don-vi/vp/ngay/2026-02-24").text

    assert "tối thiểu" not in text
    assert "Phòng Kinh tế" not in text
