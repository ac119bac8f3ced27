"""What no message may hold: people outside the reader's scope, reasons of health, headers of others."""

import re
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlmodel import col

from monitor.config import Settings
from monitor.notices import erase_old, queue_due
from monitor.notices.words import one_line
from monitor.privacy.parts import parts_of
from monitor.store.session import reading, transaction
from monitor.store.tables import Excuse, ExcuseType, OutgoingMessage, Person, SessionRecord, Unit
from tests.notices.server import Box
from tests.notices.world import MORNING, account_of, at, look_and_send, moment, rows, send_all, wants

CANARY = "Kanarienvogel"
REASON = "Giấy ra viện, khoa phụ sản"
HOSTILE = "Phòng\r\nBcc: ke-xau@example.org\r\n\r\n<script>alert(1)</script>\u2028\u202eđảo"


@pytest.fixture
def named(port: int, tmp_path: Path) -> Settings:
    """An installation that lets names leave."""
    return at(port, tmp_path, detail="names")


def everything(box: Box) -> str:
    """Every byte that left, as it is and as mail programs decode it."""
    raw = "\n".join(content.decode() for _from, _to, content in box.taken)
    heads = "\n".join(f"{k}: {v}" for one in box.messages() for k, v in one.items())
    return "\n".join([raw, heads, *box.texts()])


def mark_all(engine: Engine, outside: frozenset[str]) -> None:
    """Give everybody of some units a name that must not be seen, and everybody a reason to be named."""
    with transaction(engine) as session:
        for person, unit in session.connection().execute(
            text("SELECT person_id, unit.code FROM posting JOIN unit ON unit.id = posting.unit_id")
        ):
            if unit in outside:
                name = update(Person).where(col(Person.id) == person)
                session.connection().execute(name.values(name=f"{CANARY} {person}"))
        session.connection().execute(text("UPDATE session_record SET status = 4, late_seconds = 700"))
        session.connection().execute(text("UPDATE day_record SET status = 4, late_seconds = 700"))


@pytest.mark.parametrize("time", ["2026-02-24 08:15", "2026-02-24 18:00", "2026-03-02 09:00"])
@pytest.mark.parametrize("detail", ["names", "counts"])
def test_nobody_outside_the_scope_is_in_any_byte_of_any_message(
    engine: Engine, port: int, tmp_path: Path, box: Box, time: str, detail: str
) -> None:
    for name in ("hanh", "duc", "thanhtra", "kythuat"):
        wants(engine, name, morning=True, evening=True, monthly=True, alarms=True)
    mark_all(engine, frozenset({"kt", "pvhcc", "ubnd"}))
    look_and_send(engine, at(port, tmp_path, detail=detail), moment(time))

    assert {one["To"] for one in box.messages()} == {"hanh@xa.example"}
    assert CANARY not in everything(box)
    named = detail == "names" and "03-02" not in time
    assert ("Trần Văn Đức (24 phút)" in everything(box)) == named


def test_with_counts_no_message_names_anybody(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    mark_all(office, frozenset({"kt", "vp", "pvhcc", "ubnd"}))
    wants(office, "nhansu", morning=True)
    look_and_send(office, site, now)
    assert len(box.taken) == 3
    assert CANARY not in everything(box)


def test_why_somebody_is_away_is_told_by_the_symbol_alone(
    office: Engine, named: Settings, box: Box, now: datetime
) -> None:
    with transaction(office) as session:
        session.add(ExcuseType(code="sick-x", name="Ốm rất nặng", symbol="Ô", sensitive=True))
        session.flush()
        session.connection().execute(update(Excuse).values(type_code="sick-x", document=REASON))
        excused = col(SessionRecord.symbol) == "P"
        session.connection().execute(update(SessionRecord).where(excused).values(symbol="Ô"))
    look_and_send(office, named, now)
    assert "Nguyễn Thị Hường (Ô)" in everything(box)
    assert "Ốm" not in everything(box)
    assert REASON not in everything(box)


def test_a_name_with_line_breaks_begins_no_header_and_no_tag(
    office: Engine, named: Settings, box: Box, now: datetime
) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Unit).values(name=HOSTILE))
        session.connection().execute(update(Person).values(name=HOSTILE))
    hostile = named.model_copy(update={"site": named.site.model_copy(update={"name": HOSTILE})})
    look_and_send(office, hostile, now)

    sender, recipients, content = box.taken[0]
    assert (sender, recipients) == ("cham-cong@xa.example", ["hanh@xa.example"])
    message = message_from_bytes(content, policy=policy.default)
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "MIME-Version"),
        *("X-Auto-Response-Suppress", "Content-Language", "Content-Type"),
    }
    pages = [part.get_content() for part in message.walk() if part.get_content_type() == "text/html"]
    assert "<script>" not in pages[0]
    assert "&lt;script&gt;" in pages[0]
    assert "\u202e" not in everything(box)
    assert one_line(HOSTILE) == "Phòng Bcc: ke-xau@example.org <script>alert(1)</script> đảo"


def test_the_page_of_a_message_asks_for_nothing_from_anywhere(
    office: Engine, port: int, tmp_path: Path, box: Box, now: datetime
) -> None:
    look_and_send(office, at(port, tmp_path, site_url="https://cham.xa.example"), now)
    for found in box.texts():
        assert re.findall(r"<(?:img|link|script|iframe|style|object|form)\b|\bsrc=|url\(", found) == []
        links = set(re.findall(r'href="([^"]*)"', found))
        assert all(link.startswith("https://cham.xa.example/don-vi/") for link in links)


def test_who_was_named_to_whom_is_in_the_trail(
    office: Engine, named: Settings, box: Box, now: datetime
) -> None:
    look_and_send(office, named, now)
    with reading(office) as session:
        found = session.connection().execute(
            text(
                "SELECT a.actor, p.code FROM shown s JOIN audit_entry a ON a.id = s.entry_id "
                "JOIN person p ON p.id = s.person_id WHERE a.action = 'mail_digest' ORDER BY p.code"
            )
        )
        told = [tuple(row) for row in found]
    assert ("hanh", "CB002") in told
    assert ("hanh", "CB001") not in told  # herself
    assert {code for actor, code in told if actor == "hanh"} <= {"CB002", "CB003", "CB004", "CB013"}
    assert len(box.taken) == 2


def test_no_text_and_no_address_is_kept_with_a_message(
    office: Engine, named: Settings, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="monitor")
    look_and_send(office, named, now)
    kept = str([row.model_dump() for row in rows(office)])
    for secret in ("Đức", "Ánh", "@xa.example", "13 phút"):
        assert secret not in kept
        assert secret not in caplog.text


def test_messages_are_forgotten_after_their_time_and_waiting_ones_are_not(
    office: Engine, site: Settings, now: datetime
) -> None:
    queue_due(office, site, now)
    send_all(office, site, now)
    with transaction(office) as session:
        session.connection().execute(
            update(OutgoingMessage)
            .where(col(OutgoingMessage.account_id) == account_of(office, "hanh").id)
            .values(state="queued", finished_at=None)
        )
        assert erase_old(session, 90, moment("2026-05-25 08:00")) == 0
        assert erase_old(session, 90, moment("2026-05-26 08:00")) == 1
    assert [row.state for row in rows(office)] == ["queued"]


def test_a_person_s_copy_tells_the_address_the_choice_and_what_was_sent(
    office: Engine, site: Settings, now: datetime
) -> None:
    look_and_send(office, site, now)
    with reading(office) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB001")).one().id or 0
        parts = {part.name: part.rows for part in parts_of(session, person, "Asia/Ho_Chi_Minh")}
    assert parts["notice_address"][0][:2] == ("hanh", "hanh@xa.example")
    assert parts["notice_choice"][0][:3] == ("hanh", "vi", True)
    assert [row[2:5] for row in parts["notices"]] == [("morning", "2026-02-24", "sent")]


def test_what_is_known_of_an_account_that_goes_goes_with_it(
    office: Engine, site: Settings, now: datetime
) -> None:
    from monitor.config import Privacy
    from monitor.privacy import pseudonymise

    look_and_send(office, site, now)
    with transaction(office) as session:
        session.connection().execute(text("UPDATE posting SET valid_to = '2026-02-24'"))
    later = datetime(2029, 1, 1, tzinfo=MORNING.tzinfo)
    pseudonymise(office, limits=Privacy(), today=date(2029, 1, 1), now=later, actor="cli:an", only="CB001")
    with reading(office) as session:
        for table in ("notice_address", "notice_choice", "outgoing_message"):
            left = session.connection().execute(text(f"SELECT account_id FROM {table}")).scalars()
            assert set(left) == {account_of(office, "huong").id}
