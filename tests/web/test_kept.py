"""Parts of pages are kept only as long as they are true, and only for whom they were made."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text, update
from sqlmodel import col

from monitor.store.session import transaction
from monitor.store.tables import Person, SessionRecord
from monitor.store.version import DataVersion
from monitor.web.app import create_app
from monitor.web.kept import MOST_PARTS, Kept
from tests.web.cast import DAY, NOW
from tests.web.conftest import LogIn, settings_for

BOARD = "/don-vi/ubnd/ngay/2026-02-24"
REFRESH = {"X-Refresh": "1"}


def rename(engine: Engine, name: str) -> None:
    """Commit a change."""
    with transaction(engine) as session:
        session.connection().execute(update(Person).where(col(Person.code) == "CB002").values(name=name))


def test_a_part_is_made_once_in_a_minute_and_anew_after_a_change(engine: Engine) -> None:
    parts: Kept[int] = Kept(DataVersion(engine))
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [parts.part("a", 5, make), parts.part("a", 5, make), parts.part("b", 5, make)] == [1, 1, 2]
    assert parts.part("a", 6, make) == 3
    rename(engine, "Trần Văn Đức Anh")
    assert parts.part("a", 6, make) == 4


def test_no_more_parts_are_kept_than_there_is_room_for(engine: Engine) -> None:
    parts: Kept[int] = Kept(DataVersion(engine))
    for key in range(MOST_PARTS + 1):
        parts.part(key, 1, lambda: 1)

    assert parts.part(0, 1, lambda: 2) == 1
    assert parts.part(MOST_PARTS, 1, lambda: 2) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person SET name = 'Trần Văn Đổi' WHERE code = 'CB002'",
        "UPDATE unit SET name = 'Văn phòng mới' WHERE code = 'vp'",
        "UPDATE session_record SET late_seconds = 1500 WHERE late_seconds = 730",
        "UPDATE terminal SET name = 'Cổng mới' WHERE code = 'TM2'",
        "DELETE FROM coverage_interval",
        "INSERT INTO minimum_staffing (unit_id, session, people, valid_from, document) "
        "SELECT id, '', 7, '2026-01-01', '' FROM unit WHERE code = 'pvhcc'",
    ],
)
def test_the_board_shows_every_change_at_once(log_in: LogIn, engine: Engine, statement: str) -> None:
    client = log_in("nhansu")
    before = client.get(BOARD, headers=REFRESH).text
    with engine.begin() as connection:
        connection.execute(text(statement))

    assert client.get(BOARD, headers=REFRESH).text != before


def test_a_kept_board_is_of_its_scope_its_language_and_its_address(log_in: LogIn) -> None:
    everybody = log_in("nhansu").get(BOARD).text
    own_unit = log_in("hanh").get("/don-vi/vp/ngay/2026-02-24").text

    assert log_in("hanh").get(BOARD).status_code == 404
    assert "Đặng Hoà Bình" in everybody
    assert "Đặng Hoà Bình" not in own_unit
    english = log_in("nhansu")
    english.get("/healthz?lang=en")
    assert "Đi muộn" not in english.get(BOARD, headers=REFRESH).text


def test_who_leaves_the_scope_is_not_shown_a_kept_board(log_in: LogIn, engine: Engine) -> None:
    client = log_in("hanh")
    address = "/don-vi/vp/ngay/2026-02-24"
    assert client.get(address).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE posting SET role = 'staff' WHERE role = 'head'"))

    assert client.get(address).status_code == 404


def test_time_alone_makes_the_board_anew(engine: Engine, tmp_path: Path) -> None:
    moment = [NOW]
    app: Flask = create_app(engine, settings_for(tmp_path), lambda: moment[0])
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "nhansu"})
    before = client.get(BOARD, headers=REFRESH).text
    moment[0] = NOW + timedelta(minutes=1)

    assert "(34 phút)" in before
    assert "(35 phút)" in client.get(BOARD, headers=REFRESH).text


def test_a_refresh_gets_the_main_region_alone_or_hears_that_nothing_changed(
    log_in: LogIn, engine: Engine
) -> None:
    client = log_in("nhansu")
    first = client.get(BOARD, headers=REFRESH)
    again = client.get(BOARD, headers={**REFRESH, "If-None-Match": first.headers["ETag"]})

    assert 'id="noi-dung"' in first.text
    assert "<header" not in first.text
    assert (again.status_code, again.text) == (304, "")
    with transaction(engine) as session:
        mine = col(SessionRecord.day) == DAY, col(SessionRecord.late_seconds) > 0
        session.connection().execute(update(SessionRecord).where(*mine).values(late_seconds=1500))
    assert client.get(BOARD, headers={**REFRESH, "If-None-Match": first.headers["ETag"]}).status_code == 200


def test_everybody_who_is_given_a_kept_board_is_traced(log_in: LogIn, engine: Engine) -> None:
    for name in ("nhansu", "admin", "giamsat", "nhansu"):
        log_in(name).get(BOARD)

    with engine.connect() as connection:
        found = connection.execute(text("SELECT actor FROM audit_entry WHERE action = 'view_board'"))
        assert sorted(found.scalars()) == ["admin", "giamsat", "nhansu"]


@pytest.mark.parametrize("statement", ["DELETE FROM login_session", "UPDATE account SET disabled = 1"])
def test_a_log_in_that_was_ended_elsewhere_is_over_at_the_next_page(
    log_in: LogIn, engine: Engine, statement: str
) -> None:
    client = log_in("nhansu")
    assert [client.get(BOARD).status_code for _ in range(3)] == [200, 200, 200]
    with engine.begin() as connection:
        connection.execute(text(statement))

    assert client.get(BOARD).status_code == 302


def test_a_kept_log_in_ends_by_time_alone(engine: Engine, tmp_path: Path) -> None:
    moment = [NOW]
    app: Flask = create_app(engine, settings_for(tmp_path), lambda: moment[0])
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "nhansu"})
    assert client.get(BOARD, headers=REFRESH).status_code == 200
    moment[0] = NOW + timedelta(hours=13)

    assert client.get(BOARD, headers=REFRESH).status_code == 401


def test_pages_that_nothing_changed_ask_the_database_nothing_but_that(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    client.get(BOARD)
    client.get(BOARD)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    assert client.get(BOARD).status_code == 200
    assert statements == []


def test_nothing_is_kept_of_a_key_that_opens_nothing(engine: Engine) -> None:
    parts: Kept[int | None] = Kept(DataVersion(engine), 1)
    assert parts.part("unknown", 1, lambda: None) is None

    assert [parts.part("a", 1, lambda: 1), parts.part("a", 1, lambda: 2)] == [1, 1]
