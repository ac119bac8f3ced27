"""Hôm nay: what is offered to whoever decides, and what a large board leaves out until it is asked for."""

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Status
from monitor.store.session import transaction
from monitor.store.tables import DayRecord, Person, Unit
from monitor.web.boarddata import WHOLE
from tests.web.cast import AT_WORK, GOOD_MORNING, Office
from tests.web.conftest import LogIn
from tests.web.test_board import BOARD, names, page, tiles


def test_only_who_may_decide_is_offered_to_and_never_about_oneself(log_in: LogIn) -> None:
    head = page(log_in("hanh"), "/don-vi/vp/ngay/2026-02-24")

    assert 'href="/quyet-dinh?chon=CB002%402026-02-24"' in head
    assert 'name="chon" value="CB002@2026-02-24" form="quyet-dinh"' in head
    assert "chon=CB001" not in head  # on time: there is nothing to decide
    assert "quyet-dinh" not in page(log_in("giamsat"), BOARD)


def test_one_s_own_row_is_for_the_superior(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        own = session.scalars(select(Person).where(col(Person.code) == "CB001")).one()
        for day in session.scalars(select(DayRecord).where(col(DayRecord.person_id) == own.id)):
            day.status, day.late_seconds = int(Status.LATE), 900

    text = page(log_in("hanh"), "/don-vi/vp/ngay/2026-02-24?nhom=late")

    assert names(text) == ["Trần Văn Đức", "Nguyễn Thị Hạnh"]
    assert text.count("Do cấp trên quyết định") == 1
    assert "chon=CB001" not in text
    assert 'value="CB001@' not in text


def test_a_large_board_leaves_the_rows_of_folded_groups_out_until_they_are_asked_for(
    log_in: LogIn, engine: Engine
) -> None:
    with transaction(engine) as session:
        office = Office(session, units={unit.code: unit for unit in session.scalars(select(Unit))})
        for number in range(WHOLE):
            office.person(f"X{number:03}", f"Đỗ Văn Số {number:03}", "kt")
            office.day(f"X{number:03}", GOOD_MORNING, AT_WORK)
    client = log_in("nhansu")

    text = page(client, BOARD)

    assert tiles(text)["Đúng giờ"] == WHOLE + 3
    assert "Đỗ Văn Số" not in text
    assert 'id="nhom-on_time" data-later="on_time"' in text
    assert f"Hiện {WHOLE + 3} người" in text
    assert len([name for name in names(page(client, BOARD + "?mo=on_time")) if "Đỗ Văn" in name]) == WHOLE
    assert names(page(client, BOARD + "?tim=do van so 007")) == ["Đỗ Văn Số 007"]
