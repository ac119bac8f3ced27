"""Which digests are due when, to whom, and what they say."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from jobs.context import JobContext
from jobs.send_digests import run as send_digests
from jobs.send_mail import run as send_mail
from monitor.config import Settings
from monitor.notices import deliver_one, queue_due
from monitor.store.session import transaction
from monitor.store.tables import Account, CalendarDay, DayRecord, Person, Posting, SessionRecord, Unit
from tests.notices.server import Box
from tests.notices.world import at, look_and_send, moment, rows, states, wants

SATURDAY = "2026-02-28"


def end_posting(engine: Engine, code: str, last: date) -> None:
    """End somebody's postings."""
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == code)).one()
        mine = update(Posting).where(col(Posting.person_id) == person.id)
        session.connection().execute(mine.values(valid_to=last))


def unit_id(engine: Engine, code: str) -> int:
    """A unit's id."""
    with transaction(engine) as session:
        return session.scalars(select(Unit).where(col(Unit.code) == code)).one().id or 0


def test_a_head_reads_who_is_not_in_late_and_without_data(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    look_and_send(office, site, now)

    text = box.texts()[0]
    assert "Thứ Ba, 24/02/2026, tính đến 08:15 24/02/2026." in text
    for line in ("Chưa đến: 1", "Vắng: 1", "Đi muộn: 1"):
        assert f"  {line}\n" in text
    assert "Ánh" not in text


def test_with_names_a_head_reads_them_with_minutes_and_symbols(
    office: Engine, tmp_path: Path, port: int, box: Box, now: datetime
) -> None:
    settings = at(port, tmp_path, detail="names", site_url="https://cham.xa.example/")
    look_and_send(office, settings, now)

    hanh, huong = box.texts()
    assert "  Chưa đến: 1 – Lê Thị Ánh\n" in hanh
    assert "  Đi muộn: 1 – Trần Văn Đức (13 phút)\n" in hanh
    assert "  Có lý do: 1 – Nguyễn Thị Hường (P)\n" in huong
    assert "Xem trên trang: https://cham.xa.example/don-vi/vp/ngay/2026-02-24" in hanh


def test_in_english_for_who_chose_it(office: Engine, site: Settings, box: Box, now: datetime) -> None:
    wants(office, "hanh", language="en", morning=True)
    look_and_send(office, site, now)
    message = box.messages()[0]
    assert message["Subject"] == "Morning of 24/02: 3 to look at – Văn phòng HĐND và UBND"
    assert message["Content-Language"] == "en"
    assert "Not in: 1" in box.texts()[0] or "Not in yet: 1" in box.texts()[0]


def test_nothing_to_do_is_said_in_so_many_words(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    fine = {"status": 9, "late_seconds": 0, "reasons": 0}
    with transaction(office) as session:
        session.connection().execute(update(SessionRecord).values(**fine))
        session.connection().execute(update(DayRecord).values(**fine))
    look_and_send(office, site, now)
    assert box.subjects()[0] == "Sáng 24/02: không có việc – Văn phòng HĐND và UBND"
    assert "Không có việc cần xử lý." in box.texts()[0]


def test_a_day_of_which_nothing_is_known_is_not_said_to_be_fine(
    office: Engine, site: Settings, box: Box
) -> None:
    look_and_send(office, site, moment("2026-02-25 08:15"))
    assert box.subjects()[0] == "Sáng 25/02: chưa có dữ liệu – Văn phòng HĐND và UBND"
    assert "Không có việc" not in box.texts()[0]


@pytest.mark.parametrize(
    ("time", "kinds"),
    [
        ("08:14", []),
        ("08:15", ["morning"]),
        ("11:59", ["morning"]),
        ("12:00", []),
        ("17:44", []),
        ("17:45", ["evening"]),
        ("23:59", ["evening"]),
    ],
)
def test_each_digest_has_its_hours_and_a_missed_run_is_caught_up_within_them(
    office: Engine, site: Settings, time: str, kinds: list[str]
) -> None:
    wants(office, "hanh", morning=True, evening=True)
    wants(office, "huong")
    queue_due(office, site, moment(f"2026-02-24 {time}"))
    assert [row.kind for row in rows(office)] == kinds


def test_a_digest_is_queued_once_however_often_the_job_runs(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    clock = [now]
    context = JobContext(engine=office, settings=site, clock=lambda: clock[0])
    for minutes in (0, 0, 1, 30, 200):
        clock[0] = now + timedelta(minutes=minutes)
        send_digests(context)
        send_mail(context)
    assert states(office) == ["sent", "sent"]
    assert len(box.taken) == 2
    assert send_digests(context) == "0 queued"
    assert send_mail(context) == "0 sent, 0 not"


def test_the_month_is_told_once_and_after_a_long_holiday_too(
    office: Engine, site: Settings, box: Box
) -> None:
    wants(office, "hanh", monthly=True)
    wants(office, "huong")
    for time in ("2026-03-01 09:00", "2026-03-02 08:00", "2026-03-12 09:00"):
        assert queue_due(office, site, moment(time)) == 0
    for time in ("2026-03-11 09:00", "2026-03-11 10:00"):
        look_and_send(office, site, moment(time))
    assert box.subjects() == ["Tháng 02/2026: 4 lượt cần xem – Văn phòng HĐND và UBND"]
    assert "Vắng: 1" in box.texts()[0]
    assert "Đúng giờ: 1" in box.texts()[0]


def test_on_weekends_nobody_is_written_to_but_who_asked_for_it(office: Engine, site: Settings) -> None:
    assert queue_due(office, site, moment(f"{SATURDAY} 08:15")) == 0
    wants(office, "hanh", morning=True, days_off=True)
    assert queue_due(office, site, moment(f"{SATURDAY} 08:15")) == 1


def test_holidays_and_make_up_days_are_those_of_the_unit(office: Engine, site: Settings) -> None:
    kt = unit_id(office, "kt")
    with transaction(office) as session:
        off = CalendarDay(on_date=date(2026, 2, 24), kind="off", name="Lễ hội", unit_id=kt)
        makeup = CalendarDay(on_date=date.fromisoformat(SATURDAY), kind="makeup", name="Làm bù")
        proposed = CalendarDay(on_date=date(2026, 2, 25), kind="off", name="Dự kiến", status="P")
        session.add_all([off, makeup, proposed])
    for day, count in (("2026-02-24", 1), (SATURDAY, 2), ("2026-02-25", 2)):
        assert queue_due(office, site, moment(f"{day} 08:15")) == count, day


def test_quiet_hours_hold_a_digest_back_and_what_was_queued_before_them(
    office: Engine, site: Settings, box: Box, now: datetime
) -> None:
    wants(office, "huong")
    wants(office, "hanh", morning=True, quiet_from=22 * 60, quiet_to=9 * 60)
    assert queue_due(office, site, now) == 0
    assert queue_due(office, site, now.replace(hour=9, minute=0)) == 1

    wants(office, "hanh", morning=True, quiet_from=9 * 60, quiet_to=10 * 60)
    ended = deliver_one(office, site, lambda: now.replace(hour=9, minute=30))
    assert ended is not None
    assert (ended.error, rows(office)[0].next_at) == ("notice_quiet", now.replace(hour=10, minute=0))
    assert rows(office)[0].attempts == 0
    assert box.taken == []
    assert deliver_one(office, site, lambda: now.replace(hour=10, minute=0)) is not None
    assert len(box.taken) == 1


def test_whose_appointment_ended_yesterday_gets_nothing(
    office: Engine, site: Settings, now: datetime
) -> None:
    end_posting(office, "CB001", date(2026, 2, 23))
    queue_due(office, site, now)
    assert [row.account_id for row in rows(office)] == [account_id(office, "huong")]


def account_id(engine: Engine, name: str) -> int:
    """An account's id."""
    with transaction(engine) as session:
        return session.scalars(select(Account).where(col(Account.user_name) == name)).one().id or 0


@pytest.mark.parametrize("ends", ["posting", "account"])
def test_who_lost_the_right_between_queueing_and_sending_gets_nothing(
    office: Engine, site: Settings, box: Box, now: datetime, ends: str
) -> None:
    queue_due(office, site, now)
    if ends == "posting":
        end_posting(office, "CB001", date(2026, 2, 23))
    else:
        with transaction(office) as session:
            session.connection().execute(
                update(Account).where(col(Account.user_name) == "hanh").values(disabled=True)
            )
    while deliver_one(office, site, lambda: now) is not None:
        pass
    assert [(row.state, row.error) for row in rows(office)] == [("dropped", "notice_no_right"), ("sent", "")]
    assert [one["To"] for one in box.messages()] == ["huong@xa.example"]


@pytest.mark.parametrize("name", ["duc", "thanhtra", "kythuat", "admin"])
def test_roles_that_lead_nobody_get_no_digest_whatever_they_chose(
    engine: Engine, site: Settings, now: datetime, name: str
) -> None:
    wants(engine, name, morning=True, evening=True, monthly=True)
    assert queue_due(engine, site, now) == 0


def test_hr_reads_of_every_unit_below(office: Engine, site: Settings, box: Box, now: datetime) -> None:
    wants(office, "nhansu", evening=True)
    wants(office, "hanh")
    wants(office, "huong")
    look_and_send(office, site, now.replace(hour=18))
    text = box.texts()[0]
    assert box.subjects()[0].startswith("Cuối ngày 24/02: ")
    for unit in ("Văn phòng HĐND và UBND", "Phòng Kinh tế", "Trung tâm Phục vụ"):
        assert unit in text
