"""While the database is busy or not there yet readers are asked to come again; a defect stays one."""

from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from monitor.store import session as store_session
from monitor.store.busy import is_busy
from monitor.store.driver import sqlite3
from monitor.store.session import open_database
from monitor.web.app import create_app
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for


def error(orig: BaseException) -> OperationalError:
    return OperationalError("SELECT 1", {}, orig)


def sqlite_error(code: int) -> sqlite3.OperationalError:
    found = sqlite3.OperationalError("as SQLite says it")
    found.sqlite_errorcode = code
    return found


@pytest.mark.parametrize(
    ("code", "busy"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY | 2 << 8, True),  # BUSY_SNAPSHOT
        (sqlite3.SQLITE_LOCKED, True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_IOERR | 3 << 8, False),  # IOERR_WRITE
        (sqlite3.SQLITE_CANTOPEN, False),
    ],
)
def test_sqlite_is_busy_where_another_holds_it(code: int, busy: bool) -> None:
    assert is_busy(error(sqlite_error(code))) == busy
    assert is_busy(sqlite_error(code)) == busy, "as it comes from the driver"


@pytest.mark.parametrize(
    ("orig", "busy"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.CannotConnectNow("57P03"), True),
        (psycopg.errors.AdminShutdown("57P01"), False),
        (psycopg.errors.DeadlockDetected("40P01"), True),
        (psycopg.errors.LockNotAvailable("55P03"), True),
        (psycopg.errors.TooManyConnections("53300"), True),
        (psycopg.errors.IoError("58030"), False),
        (sqlite3.OperationalError("unable to open database file"), False),
    ],
)
def test_postgresql_is_busy_or_not_there_yet_where_the_same_may_go_well_later(
    orig: Exception, busy: bool
) -> None:
    assert is_busy(error(orig)) == busy


def test_a_connection_that_was_lost_on_the_way_may_have_committed() -> None:
    lost = OperationalError("COMMIT", {}, psycopg.OperationalError("closed"), connection_invalidated=True)
    assert not is_busy(lost)


def test_a_page_that_waited_in_vain_asks_to_come_again(
    app: Flask, log_in: LogIn, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in("nhansu")  # so that there is somebody whose session would be looked up
    engine.dispose()
    monkeypatch.setattr(store_session, "BUSY_SECONDS", 0)
    # With a write-ahead log nobody who reads would wait.
    monkeypatch.setattr(store_session, "safe_journal", lambda _version: ("DELETE", "OFF"))
    impatient = open_database(str(engine.url))
    impatient.connect().close()
    busy = create_app(impatient, settings_for(tmp_path), lambda: NOW)
    busy.config.update(WTF_CSRF_ENABLED=False)
    client = busy.test_client()
    holder = sqlite3.connect(engine.url.database or "", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    page, call = client.get("/dang-nhap"), client.get("/api/v1/units", headers={"Authorization": "Bearer x"})

    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert "Máy chủ đang bận" in page.text
    assert "Hãy chờ một phút rồi mở lại trang." in page.text
    sent = client.post("/dang-nhap", data={"user_name": "nhansu"})
    assert (sent.status_code, "mở lại trang xem việc đã được lưu chưa" in sent.text) == (503, True)
    assert (call.status_code, call.headers["Retry-After"]) == (503, "30")
    assert (call.json or {})["code"] == "busy"
    holder.execute("ROLLBACK")
    assert client.get("/dang-nhap").status_code == 200
    holder.close()
    impatient.dispose()


def test_with_a_write_ahead_log_who_reads_waits_for_no_commit(
    app: Flask, log_in: LogIn, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in("nhansu")
    engine.dispose()
    monkeypatch.setattr(store_session, "BUSY_SECONDS", 0)
    monkeypatch.setattr(store_session, "safe_journal", lambda _version: ("WAL", "OFF"))
    impatient = open_database(str(engine.url))
    impatient.connect().close()
    holder = sqlite3.connect(engine.url.database or "", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    reading = create_app(impatient, settings_for(tmp_path), lambda: NOW).test_client()
    assert reading.get("/dang-nhap").status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    impatient.dispose()


def test_a_defect_is_still_called_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise error(sqlite_error(sqlite3.SQLITE_ERROR))

    monkeypatch.setattr("monitor.web.pages.login._accounts", broken)
    answer = app.test_client().get("/dang-nhap")
    assert (answer.status_code, "Máy chủ gặp lỗi" in answer.text) == (500, True)
