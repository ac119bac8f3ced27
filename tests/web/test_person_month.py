"""A person's month: its numbers are those of the records, its symbols those of the timesheet."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.exports.timesheet.collect import month_sheets
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import (
    Account,
    CalendarDay,
    ManualPunch,
    Person,
    Posting,
    SessionRecord,
    Unit,
    WrittenReminder,
)
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn, copy_of
from tests.web.months import fill, plain, records
from tests.web.test_speed import counted

DUC = "/nguoi/CB002/thang/2026-02"
VP = ("CB001", "CB002", "CB003", "CB004")


@pytest.fixture(scope="module")
def months(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office with three months of records of one unit."""
    path = tmp_path_factory.mktemp("months") / "office.db"
    with copy_of(furnished, path) as engine:
        fill(engine, VP)
    return path


@pytest.fixture
def engine(months: Path, tmp_path: Path) -> Iterator[Engine]:
    """The office with three months of records of one unit."""
    with copy_of(months, tmp_path / "office.db") as engine:
        yield engine


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """The same, named for what a test needs of it."""
    return engine


def number(text: str, kind: str, *, year: bool = False) -> int:
    """The number that leads to the sessions of a kind; 0 where it leads nowhere."""
    more = "&amp;ky=nam" if year else ""
    found = re.search(rf'<a class="number" href="[^"]*\?loai={kind}{more}#cac-buoi">([\d.]+)</a>', text)
    return int(found[1].replace(".", "")) if found else 0


@pytest.mark.parametrize("code", VP)
@pytest.mark.parametrize(("period", "year"), [("2026-02", False), ("2026", True)])
def test_the_numbers_are_those_of_the_records(
    filled: Engine, log_in: LogIn, code: str, period: str, year: bool
) -> None:
    text = log_in("nhansu").get(f"/nguoi/{code}/thang/2026-02").text
    expected = plain(records(filled, period, person=code))

    for kind in ("late", "early", "missing", "absent", "no_data"):
        assert number(text, kind, year=year) == expected[kind], kind
    minutes = -(-expected["late_seconds"] // 60)
    assert f"{minutes} phút</small>" in text
    assert f"{expected['worked'] // 3600} giờ {expected['worked'] // 60 % 60} phút" in text


def test_cong_and_symbols_are_those_of_the_timesheet(filled: Engine, log_in: LogIn, tmp_path: object) -> None:
    del tmp_path
    with transaction(filled) as session:
        session.add(CalendarDay(on_date=date(2026, 2, 16), kind="off", name="Tết Nguyên đán"))
        unit = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one()
    wanted = Wanted(
        form_name="c01-hd",
        forms=load_forms(Path("khong-co")),
        month=Month.of("2026-02"),
        now=NOW,
        zone="Asia/Ho_Chi_Minh",
    )
    (sheet,) = month_sheets(filled, [unit or 0], wanted)

    for line in sheet.lines:
        text = log_in("nhansu").get(f"/nguoi/{line.code}/thang/2026-02").text
        row = text.split('<th scope="row">Tháng 02/2026</th>')[1].split("</tr>")[0]
        cong = [
            cell.replace(".", "").replace(",", ".")
            for cell in re.findall(r'figures"[^>]*>([\d,.]+)</td>', row)
        ]
        assert [float(cell) for cell in cong[:3]] == list(line.totals), line.code
        cells = re.findall(r'<span class="heat-symbols">(.*?)</span>\n', text)
        assert [re.findall(r"<span>(.*?)</span>", cell) for cell in cells] == [
            [symbol for symbol in cell.split("\n") if symbol] for cell in line.cells
        ], line.code


@pytest.mark.parametrize("kind", ["late", "early", "missing", "absent", "no_data"])
def test_a_number_leads_to_exactly_its_sessions(filled: Engine, log_in: LogIn, kind: str) -> None:
    client = log_in("nhansu")
    for more, period in (("", "2026-02"), ("&ky=nam", "2026")):
        text = client.get(f"{DUC}?loai={kind}{more}").text
        expected = plain(records(filled, period, person="CB002"))[kind]
        assert len(re.findall(r'<tr id="b-CB002-', text)) == expected
        assert text.count('#vi-sao" data-why>Vì sao?<span class="visually-hidden"> Trần Văn Đức') == expected


def test_annotations_have_letters_words_and_a_legend(filled: Engine, log_in: LogIn) -> None:
    with transaction(filled) as session:
        duc = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB002")).one()
        mine = col(SessionRecord.person_id) == duc, col(SessionRecord.day) == day_of(date(2026, 2, 3))
        one = {"status": int(Status.LATE_EARLY), "late_seconds": 60, "early_seconds": 60, "reasons": 0}
        session.connection().execute(update(SessionRecord).where(*mine).values(**one))
    text = log_in("nhansu").get(DUC).text
    cell = text.split('href="/nguoi/CB002/ngay/2026-02-03"')[1].split("</a>")[0]

    assert re.findall(r"<b>(.)</b>", cell) == ["m", "s"]
    assert "Đi muộn" in cell
    assert "Về sớm" in cell
    assert '<dt class="heat-marks"><b>m</b></dt><dd>Đi muộn</dd>' in text


def test_every_day_of_the_month_stands_under_its_weekday(log_in: LogIn) -> None:
    text = log_in("nhansu").get("/nguoi/CB002/thang/2026-04").text
    weeks = text.split('class="month heat"')[1].split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    days = [re.findall(r"<td>(?:<a[^>]*>.*?heat-number\">(\d+)<.*?</a>)?</td>", week, re.S) for week in weeks]

    assert days[0] == ["", "", "1", "2", "3", "4", "5"]
    assert days[-1] == ["27", "28", "29", "30", "", "", ""]


def test_a_month_without_records_says_so(log_in: LogIn) -> None:
    client = log_in("nhansu")
    april, may = (client.get(f"/nguoi/CB002/thang/2026-{month}").text for month in ("04", "05"))

    assert "Tháng này chưa có ngày nào được tính." in april
    assert "12 tuần qua chưa có lượt vào nào được tính." not in april  # February is eight weeks back
    assert "12 tuần qua chưa có lượt vào nào được tính." in may


@pytest.mark.parametrize("month", ["2026-13", "2026-2", "2026-00", "khac"])
def test_what_is_no_month_is_not_found(log_in: LogIn, month: str) -> None:
    assert log_in("nhansu").get(f"/nguoi/CB002/thang/{month}").status_code == 404


def test_another_unit_s_people_look_like_nobody(log_in: LogIn) -> None:
    head = log_in("hanh")

    assert head.get(DUC).status_code == 200
    assert head.get("/nguoi/CB006/thang/2026-02").status_code == 404
    assert head.get("/nguoi/CB999/thang/2026-02").status_code == 404
    assert log_in("duc").get(DUC).status_code == 200
    assert log_in("duc").get("/nguoi/CB001/thang/2026-02").status_code == 404
    assert log_in("kythuat").get(DUC).status_code == 404


def test_a_head_sees_of_a_newcomer_only_the_days_since(filled: Engine, log_in: LogIn) -> None:
    """Bình came from the other unit on the 12th: the days before stay there."""
    moved = date(2026, 2, 12)
    fill(filled, ["CB006"])
    with transaction(filled) as session:
        binh = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB006")).one()
        vp = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one()
        session.add(Posting(person_id=binh or 0, unit_id=vp or 0, valid_from=moved))
        later = col(SessionRecord.person_id) == binh, col(SessionRecord.day) >= day_of(moved)
        session.connection().execute(update(SessionRecord).where(*later).values(unit_id=vp))
    text = log_in("hanh").get("/nguoi/CB006/thang/2026-02").text
    everything = records(filled, "2026", person="CB006")
    since = [row for row in everything if row.day >= day_of(moved)]

    for kind in ("late", "early", "missing", "absent"):
        assert number(text, kind, year=True) == plain(since)[kind], kind
        every = log_in("nhansu").get("/nguoi/CB006/thang/2026-02").text
        assert number(every, kind, year=True) == plain(everything)[kind], kind
    assert (
        'href="/nguoi/CB006/ngay/2026-02-03"' in text
    )  # the calendar names the day, and tells nothing of it
    assert "heat-day g-" not in text.split('/nguoi/CB006/ngay/2026-02-11"')[0].rsplit("<td>", 1)[1]


def test_an_inspector_sees_the_granted_days_alone(engine: Engine, log_in: LogIn) -> None:
    fill(engine, ["CB006"])
    text = log_in("thanhtra").get("/nguoi/CB006/thang/2026-02").text
    granted = [row for row in records(engine, "2026", person="CB006") if row.day >= day_of(date(2026, 2, 23))]

    assert len(re.findall(r'<tr id="n-', text)) == len({row.day for row in granted})
    for kind in ("late", "early", "missing", "absent"):
        assert number(text, kind, year=True) == plain(granted)[kind], kind


def test_a_sensitive_symbol_is_explained_to_hr_and_the_person_alone(filled: Engine, log_in: LogIn) -> None:
    with transaction(filled) as session:
        duc = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB002")).one()
        mine = col(SessionRecord.person_id) == duc, col(SessionRecord.day) == day_of(date(2026, 2, 3))
        ill = {"status": int(Status.EXCUSED), "symbol": "Ts", "late_seconds": 0, "early_seconds": 0}
        session.connection().execute(update(SessionRecord).where(*mine).values(**ill))

    for user, told in (
        ("nhansu", True),
        ("duc", True),
        ("hanh", False),
        ("giamsat", False),
        ("admin", False),
    ):
        text = log_in(user).get(DUC).text
        assert ("Thai sản" in text) is told, user
        assert "Ts" in text, user


def test_corrections_are_told_with_author_and_reason(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        duc = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB002")).one()
        session.add(
            ManualPunch(
                person_id=duc or 0,
                time=at("13:31", date(2026, 2, 5)),
                approved_by="hanh",
                approved_at=NOW,
                reason="máy mất điện",
            )
        )
    text = log_in("hanh").get(DUC).text

    assert "chấm bù lúc 13:31" in text
    assert "hanh duyệt lúc 14:20 24/02/2026" in text
    assert "máy mất điện" in text


def test_reminders_are_for_the_person_and_those_who_decide(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        duc = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB002")).one()
        hanh = session.scalars(select(col(Account.id)).where(col(Account.user_name) == "hanh")).one()
        session.add(
            WrittenReminder(
                person_id=duc or 0,
                issuer="Văn phòng",
                number="15/VP",
                issued_on=date(2026, 1, 20),
                rule_cited="Nội quy, điều 4",
                author_id=hanh or 0,
                written_at=datetime(2026, 1, 20, tzinfo=UTC),
            )
        )

    for user, told in (("hanh", True), ("duc", True), ("nhansu", True), ("giamsat", False), ("admin", False)):
        text = log_in(user).get(DUC).text
        assert ("15/VP" in text) is told, user
        assert ("Lời nhắc bằng văn bản" in text) is told, user


def test_a_symbol_that_the_form_does_not_know_is_named_and_the_rest_still_told(
    filled: Engine, log_in: LogIn
) -> None:
    with transaction(filled) as session:
        duc = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB002")).one()
        mine = col(SessionRecord.person_id) == duc, col(SessionRecord.day) == day_of(date(2026, 2, 3))
        session.connection().execute(update(SessionRecord).where(*mine).values(symbol="XYZ"))
    text = log_in("nhansu").get(DUC).text

    assert "XYZ" in text.split('id="tong"')[1].split("</table>")[0]
    assert number(text, "late") == plain(records(filled, "2026-02", person="CB002"))["late"]


def test_the_page_asks_little(filled: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    client.get(DUC)  # the first look within the hour writes the trail
    client.get(DUC)  # the second makes the menu, which is kept until something is committed
    with counted(filled) as statements:
        assert client.get(DUC).status_code == 200

    assert len(statements) <= 45, "\n".join(statements)


def test_the_day_leads_to_its_month(log_in: LogIn) -> None:
    assert f'href="{DUC}"' in log_in("nhansu").get("/nguoi/CB002/ngay/2026-02-24").text
