"""Whoever watches over the processes is told whether they live, and nobody else more than that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, text
from werkzeug.test import Client

from monitor.store.session import transaction
from monitor.store.tables import BackupCopy, JobRun, SchedulerLease
from monitor.web.app import create_app
from monitor.web.push import create_push_app
from tests.web.cast import NOW
from tests.web.conftest import LogIn, settings_for

SCRAPER = {"REMOTE_ADDR": "10.9.9.9"}


def hold_lease(engine: Engine, silent: timedelta) -> None:
    moment = datetime.now(UTC) - silent
    with transaction(engine) as session:
        session.connection().execute(delete(SchedulerLease))
        session.add(SchedulerLease(token=1, holder="x", taken_at=moment, beat_at=moment))


@pytest.mark.parametrize("address", ["/healthz/live", "/healthz/ready"])
def test_a_process_that_can_work_says_so_to_anybody_and_sets_no_cookie(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.text, answer.headers.get("Set-Cookie")) == (200, "ok\n", None)


def test_a_process_with_another_schema_lives_and_is_not_ready(app: Flask, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    client = app.test_client()
    assert [client.get(f"/healthz/{what}").status_code for what in ("live", "ready")] == [200, 503]


def test_the_outside_watch_sees_a_scheduler_fall_silent_within_two_leases(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    assert client.get("/healthz/work").status_code == 503  # none ever ran
    hold_lease(engine, timedelta(seconds=10))
    assert client.get("/healthz/work").status_code == 200
    hold_lease(engine, timedelta(seconds=61))
    assert client.get("/healthz/work").status_code == 503


def test_the_terminals_port_tells_the_same(engine: Engine, tmp_path: Path) -> None:
    client = Client(create_push_app(engine, settings_for(tmp_path), lambda: NOW))
    assert client.get("/healthz/live").text == "ok"
    assert client.get("/healthz/ready").status_code == 200
    assert client.post("/healthz/ready").status_code == 404
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert client.get("/healthz/ready").status_code == 503
    assert client.get("/healthz/live").status_code == 200


@pytest.fixture
def scraped(engine: Engine, tmp_path: Path) -> Flask:
    settings = settings_for(tmp_path, metrics_networks=["10.9.9.0/24"])
    app = create_app(engine, settings, lambda: NOW)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return app


def test_metrics_are_not_found_unless_the_asker_s_network_is_listed(app: Flask, scraped: Flask) -> None:
    assert app.test_client().get("/metrics").status_code == 404  # off by default, for loopback as well
    assert scraped.test_client().get("/metrics").status_code == 404
    assert scraped.test_client().get("/metrics", environ_overrides=SCRAPER).status_code == 200


def test_metrics_tell_of_terminals_jobs_and_copies_and_not_of_people(scraped: Flask, engine: Engine) -> None:
    hold_lease(engine, timedelta(0))
    with transaction(engine) as session:
        session.add(BackupCopy(started_at=NOW - timedelta(hours=2), finished_at=NOW))
        session.add(JobRun(job="prune", due_at=NOW, started_at=NOW, finished_at=NOW, outcome="failed"))
        codes = [code for (code,) in session.connection().execute(text("SELECT code FROM terminal"))]
        names = [name for (name,) in session.connection().execute(text("SELECT name FROM person"))]
    told = scraped.test_client().get("/metrics", environ_overrides=SCRAPER).text
    assert "monitor_backup_age_seconds 7200.0" in told
    assert 'monitor_job_failures{job="prune"} 1.0' in told
    assert "monitor_scheduler_silence_seconds" in told
    assert any(f'terminal="{code}"' in told for code in codes)
    assert [name for name in names if name in told] == []


def test_what_cannot_be_measured_is_left_out(scraped: Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM alarm"))
    told = scraped.test_client().get("/metrics", environ_overrides=SCRAPER).text
    samples = [line.split(" ")[0] for line in told.splitlines() if not line.startswith("#")]
    assert "monitor_backup_age_seconds" not in samples
    assert "monitor_stale_spans" in samples


@pytest.mark.parametrize(
    ("who", "address", "what_to_do"),
    [
        ("nhansu", "/don-vi/ubnd/ngay/2026-02-24", "Hãy khởi động lại dịch vụ."),
        ("nhansu", "/may", "Hãy khởi động lại dịch vụ."),
        ("hanh", "/don-vi/vp/ngay/2026-02-24", "Hãy báo người quản trị."),
    ],
)
def test_a_silent_scheduler_is_told_where_its_data_are_read(
    engine: Engine, log_in: LogIn, who: str, address: str, what_to_do: str
) -> None:
    client = log_in(who)
    told = "Phần mềm không đọc máy, không tính lại từ 10 phút nay"
    assert told not in client.get(address).text  # where none ever ran, none is silent

    hold_lease(engine, timedelta(minutes=10))

    shown = client.get(address).text
    assert told in shown
    assert what_to_do in shown
    assert told not in client.get("/don-vi/vp/ngay/2026-02-13").text  # what is past grows no older
