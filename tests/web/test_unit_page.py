"""A unit's month: figures of the records in scope, rates only where they are honest, nobody pilloried."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.config.figures import FigureSettings
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.session import transaction
from monitor.store.tables import AccessGrant, Account, DayRecord, Posting, SessionRecord, Unit, UnitOrigin
from monitor.web.app import create_app
from tests.web.cast import NOW, Office
from tests.web.conftest import LogIn, copy_of, settings_for
from tests.web.months import fill, office_again, plain, records
from tests.web.test_speed import counted

WARD = "/don-vi/ubnd/thang/2026-02"
HALL = "/don-vi/vp/thang/2026-02"
STAFF = tuple(f"CB{number:03}" for number in range(1, 12))


@pytest.fixture(scope="module")
def months(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office with three months of records of its three units."""
    path = tmp_path_factory.mktemp("months") / "office.db"
    with copy_of(furnished, path) as engine:
        fill(engine, STAFF)
    return path


@pytest.fixture
def engine(months: Path, tmp_path: Path) -> Iterator[Engine]:
    """The office with three months of records of its three units."""
    with copy_of(months, tmp_path / "office.db") as engine:
        yield engine


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """The same, named for what a test needs of it."""
    return engine


def tile(text: str, kind: str) -> str:
    """What stands large in the tile that leads to the sessions of a kind."""
    found = re.search(rf'href="[^"]*\?loai={kind}#cac-buoi"><span class="tile-number">(.*?)</span>', text)
    assert found, kind
    return re.sub("<.*?>", "", found[1])


def rows(text: str, part: str = "don-vi-con") -> dict[str, list[str]]:
    """The lines of a table of units: their name, and the words of each cell."""
    table = text.split(f'id="{part}"')[1].split("</table>", maxsplit=1)[0]
    found = {}
    for row in table.split("<tr")[2:]:
        cells = [
            re.sub(r"\s+", " ", re.sub("<.*?>", " ", cell)).strip() for cell in re.split("<t[hd] ?", row)[1:]
        ]
        cells = [re.sub("^[^>]*>", "", cell).strip() for cell in cells]
        found[cells[0]] = cells[1:]
    return found


def decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def test_the_numbers_are_those_of_the_records(filled: Engine, log_in: LogIn) -> None:
    text = log_in("nhansu").get(WARD).text
    expected = plain(records(filled, "2026-02"))

    for kind in ("late", "early", "missing", "absent", "no_data"):
        assert tile(text, kind) == str(expected[kind]), kind
    assert f"{expected['on_time']}/{expected['decided']} buổi" in text
    assert tile(text, "on_time") == f"{decimal(100 * expected['on_time'] / expected['decided'])} %"


@pytest.mark.parametrize(
    ("code", "name"), [("vp", "Văn phòng"), ("kt", "Phòng Kinh tế"), ("pvhcc", "Trung tâm")]
)
def test_a_sub_unit_s_line_has_its_own_numbers(filled: Engine, log_in: LogIn, code: str, name: str) -> None:
    line = next(cells for words, cells in rows(log_in("nhansu").get(WARD).text).items() if name in words)
    expected = plain(records(filled, "2026-02", units=[code]))

    assert line[1].endswith(f"{expected['on_time']}/{expected['decided']}") or (
        f"{expected['on_time']}/{expected['decided']} ·" in line[1]
    )
    shown = (expected["late"], -(-expected["late_seconds"] // 60), expected["absent"], expected["missing"])
    assert [int(cell) for cell in line[2:6]] == list(shown)
    assert int(line[6]) == expected["no_data"]


def test_the_lines_add_up_to_the_whole(filled: Engine, log_in: LogIn) -> None:
    found = rows(log_in("nhansu").get(WARD).text)
    whole = found.pop("Cộng")

    for column in (0, 2, 4, 5, 6):
        assert sum(int(cells[column].split()[0]) for cells in found.values()) == int(whole[column].split()[0])
    assert "Trực thuộc, không qua đơn vị con" in found


def test_few_people_have_counts_and_no_rate(filled: Engine, log_in: LogIn) -> None:
    """The hall has five people, the others three and four: below five nothing is called a rate."""
    found = rows(log_in("nhansu").get(WARD).text)
    rates = {words: cells[1] for words, cells in found.items()}

    assert "%" in rates["Cộng"]
    small = rates["Trung tâm Phục vụ hành chính công"]
    assert small.startswith("Không đủ dữ liệu ")
    assert re.search(r"\d+/\d+$", small)


def test_too_little_data_gives_no_rate(filled: Engine, log_in: LogIn) -> None:
    with transaction(filled) as session:
        early = col(SessionRecord.day).between(day_of(date(2026, 2, 2)), day_of(date(2026, 2, 4)))
        blind = {"status": int(Status.PENDING), "reasons": 1 << 18, "late_seconds": 0, "early_seconds": 0}
        session.connection().execute(update(SessionRecord).where(early).values(**blind))
    text = log_in("nhansu").get(WARD).text

    assert tile(text, "on_time") == "Không đủ dữ liệu"
    assert "Chưa so được với các tuần liền trước" in text


def test_both_limits_are_settings(filled: Engine, log_in: LogIn, tmp_path: object) -> None:
    del log_in
    settings = settings_for(tmp_path)  # type: ignore[arg-type]  # the fixture's path
    loose = FigureSettings(least_people=1, least_coverage_percent=0)
    app = create_app(filled, settings.model_copy(update={"figures": loose}), lambda: NOW)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "nhansu"})

    found = rows(client.get(WARD).text)
    assert all("%" in cells[1] for cells in found.values() if not cells[1].endswith("0/0"))


@pytest.mark.parametrize(
    ("sort", "column"), [("quan-so", 0), ("muon", 2), ("phut", 3), ("vang", 4), ("thieu", 5), ("chua", 6)]
)
def test_the_address_sorts_the_lines(filled: Engine, log_in: LogIn, sort: str, column: int) -> None:
    client = log_in("nhansu")
    orders = []
    for more in ("", "&chieu=giam"):
        found = rows(client.get(f"{WARD}?xep={sort}{more}").text)
        found.pop("Cộng")
        orders.append([int(cells[column].split()[0]) for cells in found.values()])

    assert orders[0] == sorted(orders[0])
    assert orders[1] == sorted(orders[0], reverse=True)
    assert 'aria-sort="descending"' in client.get(f"{WARD}?xep={sort}&chieu=giam").text


@pytest.mark.parametrize("kind", ["late", "early", "missing", "absent", "no_data", "excused"])
def test_a_number_leads_to_exactly_its_sessions(filled: Engine, log_in: LogIn, kind: str) -> None:
    client = log_in("nhansu")
    for code, units in (("ubnd", ()), ("kt", ("kt",))):
        text = client.get(f"/don-vi/{code}/thang/2026-02?loai={kind}").text
        found = len(re.findall(r'<tr id="b-', text))
        assert str(found) == tile(text, kind)
        if kind != "excused":
            assert found == plain(records(filled, "2026-02", units=units))[kind]


def test_a_day_s_number_leads_to_the_sessions_of_the_day(filled: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    text = client.get(f"{WARD}?loai=late&ngay=2026-02-10").text
    of_day = [row for row in records(filled, "2026-02") if row.day == day_of(date(2026, 2, 10))]

    assert len(re.findall(r'<tr id="b-', text)) == plain(of_day)["late"]
    assert 'href="/don-vi/ubnd/ngay/2026-02-10"' in text


def test_whoever_comes_or_goes_counts_for_the_days_in_the_unit(filled: Engine, log_in: LogIn) -> None:
    moved = date(2026, 2, 12)
    with transaction(filled) as session:
        office = office_again(session)
        binh, vp = office.people["CB006"].id or 0, office.units["vp"].id or 0
        session.add(Posting(person_id=binh, unit_id=vp, valid_from=moved))
        later = col(SessionRecord.person_id) == binh, col(SessionRecord.day) >= day_of(moved)
        session.connection().execute(update(SessionRecord).where(*later).values(unit_id=vp))
    found = rows(log_in("nhansu").get(WARD).text)

    for name, code, change in (
        ("Văn phòng HĐND và UBND", "vp", "+1 −0"),
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "kt", "+0 −1"),
    ):
        assert change in found[name][0]
        assert int(found[name][2]) == plain(records(filled, "2026-02", units=[code]))["late"]


def test_heads_and_deputies_are_separate_figures(filled: Engine, log_in: LogIn) -> None:
    found = rows(log_in("nhansu").get(WARD).text, "lanh-dao")
    heads = [
        row
        for code in ("CB001", "CB005", "CB009", "CB012")
        for row in records(filled, "2026-02", person=code)
    ]

    assert found["Trưởng các đơn vị"][0] == "4"
    assert int(found["Trưởng các đơn vị"][2]) == plain(heads)["late"]
    assert found["Phó các đơn vị"][0] == "1"


def test_people_without_a_finding_are_named(filled: Engine, log_in: LogIn) -> None:
    with transaction(filled) as session:
        yen = office_again(session).people["CB011"].id
        good = {"status": int(Status.ON_TIME), "late_seconds": 0, "early_seconds": 0, "reasons": 0}
        mine = col(SessionRecord.person_id) == yen, col(SessionRecord.day) < day_of(date(2026, 2, 24))
        session.connection().execute(update(SessionRecord).where(*mine).values(**good))
    text = log_in("nhansu").get(WARD).text.split('id="tron-thang"')[1]

    assert "Ngô Xuân Yến" in text
    assert "/nguoi/CB011/thang/2026-02" in text
    assert "Trần Văn Đức" not in text


def test_the_month_is_compared_with_the_same_weekdays_before(filled: Engine, log_in: LogIn) -> None:
    text = log_in("nhansu").get(WARD).text
    every = records(filled, "20")
    days = range(day_of(date(2026, 1, 4)), day_of(date(2026, 1, 28)))
    expected = plain(row for row in every if row.day in days)

    assert "04/01/2026 – 27/01/2026" in text
    assert f"({expected['on_time']}/{expected['decided']})." in text


def test_a_head_sees_the_own_unit_and_no_other(filled: Engine, log_in: LogIn) -> None:
    head = log_in("hanh")
    text = head.get(HALL).text

    assert tile(text, "late") == str(plain(records(filled, "2026-02", units=["vp"]))["late"])
    assert "Phòng Kinh tế" not in text
    assert "So với đơn vị cùng cấp" not in text
    assert "UBND phường Trà Bá" not in text
    assert "Phòng Kinh tế" not in head.get(f"{HALL}?so=cung-cap").text
    for other in ("kt", "ubnd", "khong-co"):
        assert head.get(f"/don-vi/{other}/thang/2026-02").status_code == 404


def test_who_may_see_sister_units_may_compare_with_them(filled: Engine, log_in: LogIn) -> None:
    client = log_in("nhansu")
    plainly, compared = client.get(HALL).text, client.get(f"{HALL}?so=cung-cap").text

    assert "Phòng Kinh tế" not in plainly.split('id="cung-cap"')[1]
    found = rows(compared, "cung-cap")
    assert set(found) == {
        "Văn phòng HĐND và UBND",
        "Phòng Kinh tế, Hạ tầng và Đô thị",
        "Trung tâm Phục vụ hành chính công",
    }


def test_an_inspector_s_figures_are_of_the_granted_days(filled: Engine, log_in: LogIn) -> None:
    inspector = log_in("thanhtra")
    text = inspector.get("/don-vi/kt/thang/2026-02").text
    granted = [
        row for row in records(filled, "2026-02", units=["kt"]) if row.day >= day_of(date(2026, 2, 23))
    ]

    assert tile(text, "late") == str(plain(granted)["late"])
    assert f"{plain(granted)['on_time']}/{plain(granted)['decided']} buổi" in text
    assert "/ngay/2026-02-20" not in text
    assert inspector.get("/don-vi/kt/thang/2026-01").status_code == 404


def test_a_grant_over_two_units_shows_no_third(filled: Engine, log_in: LogIn) -> None:
    """The ward itself is not granted, so its page does not exist; the units below each have theirs."""
    with transaction(filled) as session:
        inspector = session.scalars(select(col(Account.id)).where(col(Account.user_name) == "thanhtra")).one()
        unit = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one()
        session.add(
            AccessGrant(
                account_id=inspector or 0,
                unit_id=unit or 0,
                role="inspector",
                valid_from=date(2026, 2, 20),
                valid_to=date(2026, 3, 31),
                reason="Kế hoạch số 4",
                granted_by="admin",
                granted_at=NOW,
            )
        )
    found = rows(log_in("thanhtra").get(f"{HALL}?so=cung-cap").text, "cung-cap")

    assert set(found) == {"Văn phòng HĐND và UBND", "Phòng Kinh tế, Hạ tầng và Đô thị"}
    assert log_in("thanhtra").get(WARD).status_code == 404


def test_a_month_without_records_says_so(log_in: LogIn) -> None:
    assert (
        "Tháng này chưa có buổi nào được tính cho đơn vị."
        in log_in("nhansu").get("/don-vi/vp/thang/2025-06").text
    )
    assert "Tháng này chưa đến." in log_in("nhansu").get("/don-vi/vp/thang/2026-06").text


def test_the_number_of_queries_does_not_depend_on_people_or_units(
    app: Flask, engine: Engine, log_in: LogIn
) -> None:
    del app
    client = log_in("nhansu")
    counts = []
    for first, last in ((0, 3), (3, 12)):
        with transaction(engine) as session:
            office: Office = office_again(session)
            for number in range(first, last):
                office.unit(f"to{number}", f"Tổ {number}", "ubnd")
                for one in range(4):
                    office.person(f"X{number:03}{one}", f"Nguyễn Văn Số {number * 10 + one}", f"to{number}")
        fill(
            engine,
            [f"X{number:03}{one}" for number in range(first, last) for one in range(4)],
            first=date(2026, 2, 16),
        )
        client.get(WARD)  # the first look within the hour writes the trail
        with counted(engine) as statements:
            assert client.get(WARD).text.count('<svg class="spark"') >= last
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_the_way_in_leads_to_the_unit_in_charge(log_in: LogIn) -> None:
    assert log_in("hanh").get("/theo-thang").location == HALL
    assert log_in("nhansu").get("/theo-thang?ma=kt&thang=2026-01").location == "/don-vi/kt/thang/2026-01"
    assert log_in("hanh").get("/theo-thang?ma=kt").status_code == 404
    assert log_in("nhansu").get("/theo-thang?thang=2026-99").status_code == 404


def test_a_month_has_the_structure_of_its_own_time(filled: Engine, log_in: LogIn) -> None:
    new_from = date(2026, 2, 1)
    with transaction(filled) as session:
        old = session.scalars(select(Unit).where(col(Unit.code) == "kt")).one()
        old.valid_to = new_from - timedelta(days=1)
        new = Unit(
            id=77, code="kt-moi", name="Phòng Kinh tế mới", parent_id=old.parent_id, valid_from=new_from
        )
        session.add(new)
        session.flush()
        session.add(UnitOrigin(unit_id=77, predecessor_id=old.id or 0, kind="rename", since=new_from))
        for posting in session.scalars(select(Posting).where(col(Posting.unit_id) == old.id)).all():
            kept = posting.model_dump(exclude={"id", "unit_id", "valid_from"})
            posting.valid_to = old.valid_to
            session.add(Posting(**kept, unit_id=77, valid_from=new_from))
        for table in (SessionRecord, DayRecord):
            moved = col(table.unit_id) == old.id, col(table.day) >= day_of(new_from)
            session.connection().execute(update(table).where(*moved).values(unit_id=77))
        before = old.name
    client = log_in("nhansu")

    january, february = (set(rows(client.get(f"/don-vi/ubnd/thang/2026-0{month}").text)) for month in (1, 2))

    assert (before in january, "Phòng Kinh tế mới" in january) == (True, False)
    assert (before in february, "Phòng Kinh tế mới" in february) == (False, True)
