"""What a terminal is told, and what is stored of what it brings."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import Client

from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.office import rows
from tests.web.push.desk import LINE, NOW, SETTINGS, UPLOAD, broken_storage, count, get, post

pytestmark = pytest.mark.slow


def test_a_handshake_is_answered_with_options(client: Client) -> None:
    answer = get(client, "/iclock/cdata?SN=SN1&options=all&pushver=2.4.1")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain"
    assert answer.text.splitlines()[:2] == ["GET OPTION FROM: SN1", "ATTLOGStamp=0"]
    assert "TimeZone=7" in answer.text.splitlines()


@pytest.mark.parametrize(
    ("setting", "told"), [("", "TimeZone=7"), ("+07:00", "TimeZone=+07:00"), ("off", None)]
)
def test_the_zone_of_a_terminal_is_a_setting(
    office: Engine, client: Client, setting: str, told: str | None
) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(push_timezone=setting))
    lines = get(client, "/iclock/cdata?SN=SN1&options=all").text.splitlines()
    assert [line for line in lines if line.startswith("TimeZone")] == ([told] if told else [])


def test_the_time_and_the_date_header_are_true(client: Client) -> None:
    answer = get(client, "/iclock/cdata?SN=SN1&type=time")
    assert answer.text == "Time=2026-03-02T10:00:00+07:00"
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 03:00:00 GMT"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/iclock/getrequest?SN=SN1&INFO=Ver%206.8.0,2,0,5"),
        ("POST", "/iclock/devicecmd?SN=SN1"),
        ("POST", "/iclock/registry?SN=SN1"),
        ("POST", "/iclock/push?SN=SN1"),
        ("GET", "/iclock/ping?SN=SN1"),
        ("GET", "/iclock/getrequest.aspx?sn=SN1"),
        ("GET", "/iclock/getrequest/?sn=SN1"),
    ],
)
def test_the_other_calls_are_answered_ok_and_nothing_else(client: Client, method: str, target: str) -> None:
    answer = get(client, target) if method == "GET" else post(client, target, b"ID=1&Return=0&CMD=INFO")
    assert (answer.status_code, answer.text) == (200, "OK")


@pytest.mark.parametrize(
    "table", ["OPERLOG", "USERINFO", "BIODATA", "BIOPHOTO", "ATTPHOTO", "options", "Tomorrow"]
)
def test_everything_but_punches_is_taken_and_thrown_away(office: Engine, client: Client, table: str) -> None:
    body = b"USER PIN=1\tName=An\tPasswd=1234\tCard=777\n" + LINE + b"\x00\xff" * 700_000
    answer = post(client, f"/iclock/cdata?SN=SN1&table={table}", body)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert (count(office, "punch"), count(office, "quarantined_record")) == (0, 0)
    assert rows(office, "SELECT count(*) FROM push_contact WHERE firmware LIKE '%1234%'") == [(0,)]


def test_no_answer_sets_a_cookie_or_may_be_kept(client: Client) -> None:
    for answer in (get(client, "/iclock/ping?SN=SN1"), get(client, "/"), post(client, UPLOAD, LINE)):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("target", "body"),
    [
        (UPLOAD, LINE),
        ("/iclock/cdata/?sn=SN1&TABLE=attlog", LINE),
        ("/iclock/cdata.aspx?SN=SN1", b"TABLE=ATTLOG\r\n" + LINE),
        (UPLOAD, LINE.replace(b" 07", b"T07") + b"\x00"),
        (UPLOAD, b"1\t2026-03-02 07:29:51\t0\t1"),
    ],
)
@pytest.mark.parametrize("kind", ["", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_an_upload_is_stored_and_then_acknowledged(
    office: Engine, client: Client, target: str, body: bytes, kind: str
) -> None:
    answer = post(client, target, body, CONTENT_TYPE=kind)
    assert (answer.status_code, answer.text) == (200, "OK: 1")
    assert rows(office, "SELECT device_user_id, state, verify, source FROM punch") == [("1", 0, 1, "push")]


def test_a_poisoned_line_does_not_stop_the_queue(office: Engine, client: Client) -> None:
    answer = post(client, UPLOAD, b"\xff\xfe\n" + LINE + b"1\t1772409600\t0\t1\n")
    assert (answer.status_code, answer.text) == (200, "OK: 3")
    assert count(office, "punch") == 1
    assert {row[0] for row in rows(office, "SELECT reason FROM quarantined_record")} == {
        "bad_line",
        "epoch_time",
    }


def test_storage_that_fails_is_never_acknowledged(office: Engine, client: Client) -> None:
    with broken_storage(office):
        answer = post(client, UPLOAD, LINE)
    assert answer.status_code == 503
    assert not answer.text.startswith("OK")
    assert count(office, "punch") == 0
    assert post(client, UPLOAD, LINE).text == "OK: 1"


def test_uploads_that_fail_prove_nothing_by_later_polls(
    office: Engine, client: Client, clock: list[datetime]
) -> None:
    post(client, UPLOAD, LINE)
    too_long = b"x" * (SETTINGS.push.body_limit_bytes + 1)
    assert post(client, UPLOAD, too_long).status_code == 413
    clock[0] = NOW + timedelta(minutes=1)
    get(client, "/iclock/getrequest?SN=SN1")
    assert count(office, "coverage_interval") == 0
    post(client, UPLOAD, LINE)
    get(client, "/iclock/getrequest?SN=SN1")
    assert count(office, "coverage_interval") == 1


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (b"x" * 1_048_577, {}, 413),
        (LINE * 5_001, {}, 413),
        (LINE, {"HTTP_CONTENT_ENCODING": "gzip"}, 415),
        (LINE, {"CONTENT_LENGTH": "400"}, 400),
        (LINE, {"CONTENT_LENGTH": ""}, 411),
        (LINE, {"CONTENT_LENGTH": "-1"}, 411),
        (LINE, {"HTTP_TRANSFER_ENCODING": "gzip, chunked"}, 411),
    ],
)
def test_a_body_that_cannot_be_taken_whole_is_refused_whole(
    office: Engine, client: Client, body: bytes, more: dict[str, str], status: int
) -> None:
    assert post(client, UPLOAD, body, **more).status_code == status
    assert (count(office, "punch"), count(office, "quarantined_record")) == (0, 0)


def test_the_largest_bodies_are_taken(office: Engine, client: Client) -> None:
    lines = [f"{place}\t2026-03-02 07:29:51\t0\t1" for place in range(5_000)]
    assert post(client, UPLOAD, "\n".join(lines).encode() + b"\n").text == "OK: 5000"
    assert count(office, "punch") == 5_000


@pytest.mark.parametrize("target", ["/iclock/cdata?SN=SN1", "/iclock/cdata?SN=SN1&table=rtlog"])
def test_punches_are_never_guessed_from_an_upload_that_names_no_table(
    office: Engine, client: Client, target: str
) -> None:
    assert post(client, target, LINE).status_code == 400
    assert count(office, "punch") == 0
