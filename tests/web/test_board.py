"""Hôm nay: groups that add up, what needs attention first, filters, days, words for every empty case."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Engine, delete, select
from sqlmodel import col

from monitor.groups import Group, group_of
from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import day_of
from monitor.store.queries.seats import Seat
from monitor.store.session import transaction
from monitor.store.tables import Badge, CalendarDay, CoverageInterval, Posting, Terminal, Unit
from tests.web.cast import ON, Office
from tests.web.conftest import LogIn
from tests.web.test_daybar import row

BOARD = "/don-vi/ubnd/ngay/2026-02-24"


def page(client: FlaskClient, address: str) -> str:
    """The text of a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.text


def tiles(text: str) -> dict[str, int]:
    """Numbers of the tiles by their words."""
    found = re.findall(r'tile-number">(\d+)</span>.*?</svg>([^<]+)</span>', text, re.DOTALL)
    return {word.strip(): int(number) for number, word in found}


def names(text: str) -> list[str]:
    """The people of the list in their order."""
    return re.findall(r'class="name"[^>]*>([^<]+)<', text)


def groups(text: str) -> list[str]:
    """The groups of the list in their order."""
    return re.findall(r'<details class="group g-(\w+)"', text)


def test_every_person_is_in_one_tile_and_the_tiles_add_up(log_in: LogIn) -> None:
    found = tiles(page(log_in("nhansu"), BOARD))

    strength = found.pop("Quân số")

    assert strength == 13
    assert sum(found.values()) == strength
    assert found == {
        "Đúng giờ": 3,
        "Đi muộn": 1,
        "Chưa đến": 1,
        "Vắng": 1,
        "Thiếu lượt chấm": 1,
        "Có lý do": 1,
        "Chưa có dữ liệu": 2,
        "Về sớm": 1,
        "Miễn chấm công": 1,
        "Không có ca": 1,
    }


def test_what_needs_attention_comes_first(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD)

    expected = ["not_in", "absent", "missing", "late", "early", "no_data", "excused", "on_time", "exempt"]
    assert groups(text) == [*expected, "no_sessions"]
    assert names(text)[:4] == ["Lê Thị Ánh", "Phạm Văn An", "Đặng Hoà Bình", "Trần Văn Đức"]


def test_people_on_time_are_folded_and_stand_by_given_name(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD + "?nhom=on_time")

    assert names(text) == ["Vũ Quốc Dũng", "Nguyễn Thị Hạnh", "Ngô Xuân Yến"]
    assert 'id="nhom-on_time" open' in text
    assert 'id="nhom-on_time">' in page(log_in("nhansu"), BOARD)


def test_a_row_tells_minutes_times_and_role(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD + "?nhom=late")

    assert "<b>13 phút</b>" in text
    assert "07:42–11:30" in text
    assert "13:25–…" in text
    assert "đang làm việc" in text
    assert "Chánh Văn phòng" in page(log_in("nhansu"), BOARD)
    assert "Phó đơn vị" in page(log_in("nhansu"), BOARD)


def test_namesakes_are_told_apart_by_their_codes(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD)

    assert '<span class="code">CB007</span>' in text
    assert '<span class="code">CB008</span>' in text
    assert '<span class="code">CB002</span>' not in text


def test_a_filter_keeps_the_totals(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD + "?nhom=absent")

    assert names(text) == ["Phạm Văn An"]
    assert tiles(text)["Quân số"] == 13


@pytest.mark.parametrize("searched", ["duc", "ĐỨC", "tran van", "cb002"])
def test_the_search_needs_no_marks_and_no_script(log_in: LogIn, searched: str) -> None:
    assert names(page(log_in("nhansu"), f"{BOARD}?tim={searched}")) == ["Trần Văn Đức"]


def test_a_search_without_match_says_what_to_try(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD + "?tim=<script>")

    assert "Không tìm thấy “&lt;script&gt;” – thử mã cán bộ." in text
    assert "<script>" not in text


def test_a_silent_terminal_is_named_with_the_people_it_leaves_undecided(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD)

    assert "Máy Cổng sau mất liên lạc từ 13:46 (34 phút)" in text
    assert "2 người chưa kết luận được" in text
    assert "Dữ liệu đến 13:46" in text
    assert "1/2 máy" in text
    assert "Chiều: chờ dữ liệu máy Cổng sau" in text


def test_of_many_silent_terminals_those_are_named_that_leave_most_undecided(
    log_in: LogIn, engine: Engine
) -> None:
    with transaction(engine) as session:
        beside = session.scalars(select(Terminal).where(col(Terminal.code) == "TM2")).one()
        person = session.scalars(select(col(Badge.person_id))).first() or 0
        for number in range(30):
            code = f"X{number:02}"
            terminal = Terminal(code=code, name=code, kind="zk", host="10.9.9.9", unit_id=beside.unit_id)
            session.add(terminal)
            session.flush()
            session.add(Badge(person_id=person, terminal_id=terminal.id, device_user_id=code))

    text = page(log_in("nhansu"), BOARD)

    assert "Máy Cổng sau mất liên lạc từ 13:46 (34 phút)" in text
    assert text.count("chưa đọc được dữ liệu nào") == 4
    assert "Còn 26 máy cũng thiếu dữ liệu." in text


def test_public_facing_units_tell_how_many_are_present(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), BOARD)

    assert "Tiếp dân" in text
    assert "2/3 có mặt" in text


def test_a_sub_unit_shows_only_its_own_people(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), "/don-vi/kt/ngay/2026-02-24")

    assert tiles(text)["Quân số"] == 4
    assert "Trần Văn Đức" not in text


def test_the_day_and_the_unit_are_in_the_address(log_in: LogIn) -> None:
    client = log_in("nhansu")

    text = page(client, BOARD)
    chosen = client.get("/don-vi?ma=kt&ngay=2026-02-20")

    assert "/don-vi/ubnd/ngay/2026-02-23" in text
    assert "/don-vi/ubnd/ngay/2026-02-25" in text
    assert chosen.location == "/don-vi/kt/ngay/2026-02-20"


def test_the_past_day_of_a_stopped_terminal_says_how_far_its_data_reach(
    log_in: LogIn, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.connection().execute(delete(CoverageInterval))
        session.add(
            CoverageInterval(terminal_id=1, starts=0, ends=day_of(ON) * 86_400 - 36_000, source="pull")
        )
        session.add(CoverageInterval(terminal_id=2, starts=0, ends=2 * day_of(ON) * 86_400, source="pull"))

    text = page(log_in("nhansu"), "/don-vi/ubnd/ngay/2026-02-23")

    assert "Máy Cổng trước chỉ có dữ liệu đến 14:00" in text
    assert "Dữ liệu đến 14:00" in text
    assert "1/2 máy" in text


def test_a_covered_past_day_is_complete(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), "/don-vi/ubnd/ngay/2026-02-23")

    assert "Dữ liệu đủ cả ngày" in text
    assert "2/2 máy" in text


def test_a_working_day_without_records_says_so(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), "/don-vi/ubnd/ngay/2026-01-20")

    assert "Chưa có dữ liệu ngày này." in text
    assert tiles(text)["Không có ca"] == 13


def test_a_holiday_names_its_document(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(
            CalendarDay(
                on_date=date(2026, 4, 26), kind="off", name="Giỗ Tổ Hùng Vương", document="Điều 112 BLLĐ"
            )
        )
        session.add(CalendarDay(on_date=date(2026, 4, 27), kind="off", name="Dự kiến", status="P"))

    text = page(log_in("nhansu"), "/don-vi/vp/ngay/2026-04-26")

    assert "Ngày nghỉ:" in text
    assert "Giỗ Tổ Hùng Vương" in text
    assert "Điều 112 BLLĐ" in text
    assert "Dự kiến" not in page(log_in("nhansu"), "/don-vi/vp/ngay/2026-04-27")


def test_a_unit_s_own_calendar_goes_before_the_national_one(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        office = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        session.add(CalendarDay(on_date=ON, kind="off", name="Toàn quốc nghỉ"))
        session.add(CalendarDay(on_date=ON, kind="work", name="Trực tiếp dân", unit_id=office["pvhcc"]))

    assert "Toàn quốc nghỉ" in page(log_in("nhansu"), "/don-vi/vp/ngay/2026-02-24")
    own = page(log_in("nhansu"), "/don-vi/pvhcc/ngay/2026-02-24")
    assert "Trực tiếp dân" in own
    assert "Toàn quốc nghỉ" not in own


def test_a_weekend_is_no_absence(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), "/don-vi/ubnd/ngay/2026-02-22")

    assert "Cuối tuần" in text
    assert "Chưa có dữ liệu ngày này." not in text


def test_a_day_to_come_is_said_to_be_one(log_in: LogIn) -> None:
    text = page(log_in("nhansu"), "/don-vi/ubnd/ngay/2026-02-26")

    assert "Ngày này chưa đến, nên chưa có kết quả của ai." in text
    assert 'class="tiles' not in text


def test_of_two_postings_the_later_one_counts(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        office = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        moved = session.scalars(select(Posting).where(col(Posting.unit_id) == office["vp"])).first()
        assert moved is not None
        session.add(
            Posting(person_id=moved.person_id, unit_id=office["kt"] or 0, valid_from=date(2026, 2, 1))
        )

    assert tiles(page(log_in("nhansu"), "/don-vi/kt/ngay/2026-02-24"))["Quân số"] == 5
    assert tiles(page(log_in("nhansu"), BOARD))["Quân số"] == 13
    assert tiles(page(log_in("nhansu"), "/don-vi/kt/ngay/2026-01-20"))["Quân số"] == 4


def test_a_unit_without_people_says_so(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Unit(code="moi", name="Đơn vị mới"))

    assert "chưa có cán bộ nào" in page(log_in("admin"), "/don-vi/moi/ngay/2026-02-24")


def test_hostile_names_are_shown_as_text(log_in: LogIn, engine: Engine) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
    with transaction(engine) as session:
        office = Office(session, units={unit.code: unit for unit in session.scalars(select(Unit))})
        office.person('CB"><b>1', hostile, "kt", position="<script>alert(2)</script>")

    text = page(log_in("nhansu"), BOARD)

    assert str(escape(hostile)) in text
    assert "<img" not in text
    assert "<script>alert" not in text


SEAT = Seat(
    person_id=1,
    code="",
    name="",
    sort_key="",
    search_key="",
    unit_id=1,
    position="",
    role="staff",
    status=int(Status.PENDING),
    late_seconds=0,
    early_seconds=0,
    worked_seconds=0,
    cong=0,
    reasons=0,
)


@pytest.mark.parametrize(
    ("sessions", "late", "group"),
    [
        ([(Status.PENDING, Reason.NOT_DUE), (Status.PENDING, Reason.NOT_DUE)], 0, Group.NOT_DUE),
        ([(Status.PENDING, Reason.NOT_IN_YET), (Status.PENDING, Reason.NOT_DUE)], 0, Group.NOT_IN),
        ([(Status.PENDING, Reason.AT_WORK), (Status.PENDING, Reason.NOT_DUE)], 0, Group.ON_TIME),
        ([(Status.PENDING, Reason.AT_WORK), (Status.PENDING, Reason.NOT_DUE)], 301, Group.LATE),
        ([(Status.PENDING, Reason.LEFT)], 0, Group.ON_TIME),
        ([(Status.ON_TIME, 0), (Status.PENDING, Reason.NOT_DUE)], 0, Group.ON_TIME),
        ([(Status.EXCUSED, 0), (Status.PENDING, Reason.NOT_DUE)], 0, Group.EXCUSED),
        ([(Status.ON_TIME, 0), (Status.PENDING, Reason.NO_DATA)], 0, Group.NO_DATA),
        ([(Status.PENDING, Reason.NO_DATA | Reason.NO_BADGE)], 0, Group.NO_DATA),
    ],
)
def test_an_undecided_day_is_told_by_what_is_known(
    sessions: list[tuple[Status, int]], late: int, group: Group
) -> None:

    rows = [row(status=status, reasons=int(reasons)) for status, reasons in sessions]
    assert group_of(replace(SEAT, late_seconds=late), rows) is group
