"""No biometric template, photo or card number is fetched or stored: by the schema, and on the wire."""

import logging
import re

import pytest
from sqlalchemy import Engine, LargeBinary, text

from devices import zk_line, zk_personal
from devices.zk_push_lines import read_attlog
from monitor.store.session import transaction
from monitor.store.tables import metadata
from tests.office import open_office, rows

BINARY = {
    ("attachment", "content"): "a paper that a person handed in with an explanation, as it came",
    ("finding_paper", "content"): "a paper of a step after an inspection, as it was handed in",
    ("citizen_report_paper", "content"): "a paper that came with a citizen's report, as it was handed in",
    ("visit_scan", "content"): "the signed minutes of a visit, scanned, as they were handed in",
    ("punch", "raw"): "the bytes of the one record that the punch was decoded from",
    ("quarantined_record", "raw"): "the bytes of a record set aside; lines that may be personal are not kept",
    ("rejected_read", "raw"): "a whole attendance log that could not be trusted",
}
"""The only columns that could hold an image at all, and what they hold."""

SUSPECT = re.compile(
    r"biometr|template|finger|face|palm|vein|iris|photo|picture|image|card|rfid|voice|(?<![a-z])fp(?![a-z])"
)
PERSONAL = {
    "FP": b"FP PIN=982\tFID=1\tSize=1620\tValid=1\tTMP=ocoTFiMGFgw",
    "USER": b"USER PIN=982\tName=An\tPri=0\tPasswd=123\tCard=[4B1E8F0A00]\tGrp=1",
    "USERPIC": b"USERPIC PIN=982\tFileName=982.jpg\tSize=1234\tContent=/9j/4AAQSkZJRg",
    "BIODATA": b"BIODATA Pin=982\tNo=0\tIndex=0\tValid=1\tType=9\tTmp=apUB",
    "BIOPHOTO": b"BIOPHOTO PIN=982\tFileName=982.jpg\tType=9\tContent=/9j/4AAQ",
    "FACE": b"FACE PIN=982\tFID=0\tSIZE=100\tVALID=1\tTMP=AAAA",
    "OPLOG": b"OPLOG 4\t0\t2026-11-22 07:29:51\t0\t0\t0\t0",
    "IDCARD": b"IDCARD PIN=982\tIDNum=001099000001\tName=An",
    "hidden": b"982\t2026-11-22 07:29:51\t0\tTMP=ocoTFiMGFgw",
    "padded": b"\x00 \tFP PIN=982\tTMP=ocoTFiMGFgw",
    "long": b"982\t2026-11-22 07:29:51\t0\t" + b"ocoTFiMGFgw" * 60,
}
SECRETS = (b"oco", b"4B1E", b"/9j", b"apUB", b"AAAA", b"Passwd", b"001099", b"name=")


def test_only_known_columns_can_hold_bytes() -> None:
    found = {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert found == BINARY.keys()


def test_no_column_is_named_for_a_template_a_photo_or_a_card() -> None:
    named = [f"{name}.{c.name}" for name, table in metadata.tables.items() for c in table.columns]
    assert [name for name in named if SUSPECT.search(name)] == []
    assert all(SUSPECT.search(name) for name in ("person.fingerprint", "user.fp", "x.card_no"))


def test_the_commands_that_may_leave_for_a_terminal_fetch_no_template_and_no_photo() -> None:
    connect, leave, authorise = 1000, 1001, 1102
    options, version, clock, sizes = 11, 1100, 201, 50
    prepare, chunk, free = 1503, 1504, 1502
    reading = {connect, leave, authorise, options, version, clock, sizes, prepare, chunk, free}
    assert reading == zk_line.ALLOWED_COMMANDS


@pytest.mark.parametrize("line", PERSONAL.values(), ids=PERSONAL)
def test_of_a_personal_line_nothing_but_its_length_is_kept(line: bytes) -> None:
    upload = read_attlog(line + b"\n")
    (bad,) = upload.bad
    assert bad.raw.endswith(b"not kept") or b"not kept, " in bad.raw
    assert [secret for secret in SECRETS if secret in bad.raw] == []
    assert not bad.device_user_id.strip("982")
    assert not len(upload.punches)


def test_an_ordinary_bad_line_still_keeps_its_bytes() -> None:
    (bad,) = read_attlog(b"982\t2026-02-30 07:29:51\t0\t1\n").bad
    assert bad.raw == b"982\t2026-02-30 07:29:51\t0\t1"


def kept_of(engine: Engine, caplog: pytest.LogCaptureFixture) -> str:
    """Everything that an upload of personal lines leaves behind: tables and log."""
    from devices.zk_push import ATTLOG  # the name of the table under which they are smuggled
    from monitor.intake.push import Caller, accept_upload
    from tests.conftest import NOW

    assert ATTLOG == "ATTLOG"
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE terminal SET push = true"))
    upload = read_attlog(b"\n".join(PERSONAL.values()))
    caller = Caller(serial="SN1", address="127.0.0.1", allowed_networks=("127.0.0.0/8",))
    with caplog.at_level(logging.DEBUG):
        accept_upload(engine, caller, upload, "1", NOW)
    return str(rows(engine, "SELECT raw, device_user_id FROM quarantined_record")) + caplog.text


def test_smuggled_into_the_punches_they_reach_neither_the_database_nor_the_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    kept = kept_of(engine, caplog)
    assert "not kept" in kept
    assert [secret for secret in SECRETS if secret.decode() in kept] == []


def test_the_check_notices_lines_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: bad lines keep their bytes, whatever they are."""
    monkeypatch.setattr(zk_personal, "_TABLE_LINE", re.compile(rb"(?!)"))
    monkeypatch.setattr(zk_personal, "_FIELD", re.compile(rb"(?!)"))
    (bad,) = read_attlog(PERSONAL["FP"]).bad
    assert any(secret in bad.raw for secret in SECRETS)
