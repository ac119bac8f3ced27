"""A person's day: sessions, punches with what became of them, excuses, coverage, the month."""

from datetime import date

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Status
from monitor.store.session import transaction
from monitor.store.tables import Badge, CalendarDay, Excuse, ManualPunch, Person
from monitor.text.sentences import SENTENCES
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn

DUC = "/nguoi/CB002/ngay/2026-02-24"
HUONG = "/nguoi/CB005/ngay/2026-02-24"


def test_the_page_tells_the_sessions_and_why(log_in: LogIn) -> None:
    text = log_in("hanh").get(DUC).text

    assert "Đi muộn 13 phút" in text
    assert "Vào 07:42:10 − 07:30:00 = 12 phút 10 giây &gt; ân hạn 5 phút." in text
    assert "Quyết định số 12/QĐ-UBND" in text
    assert "Kết luận: đi muộn 13 phút (làm tròn lên)." in text
    assert "0123456789ab" in text


def test_punches_show_terminal_method_and_what_they_count_as(log_in: LogIn) -> None:
    text = log_in("hanh").get(DUC).text

    assert "khuôn mặt" in text
    assert "lượt thừa, không làm đổi kết quả" in text
    hanh = log_in("hanh").get("/nguoi/CB001/ngay/2026-02-24").text
    assert "07:21:20" in hanh
    assert "lặp lại trong vòng 30 giây" in hanh


def test_a_punch_of_a_terminal_s_own_badge_belongs_to_its_holder(log_in: LogIn, engine: Engine) -> None:
    """A terminal's own badge goes before one for any terminal (rules 7)."""
    with transaction(engine) as session:
        other = session.scalars(select(Person).where(col(Person.code) == "CB004")).one()
        session.add(Badge(person_id=other.id or 0, terminal_id=2, device_user_id="002"))

    assert "13:25:00" not in log_in("hanh").get(DUC).text.split('id="luot-cham"')[1]
    assert "13:25:00" in log_in("hanh").get("/nguoi/CB004/ngay/2026-02-24").text


def test_a_manual_punch_is_told_as_one(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        duc = session.scalars(select(Person).where(col(Person.code) == "CB002")).one()
        session.add(
            ManualPunch(
                person_id=duc.id or 0,
                time=at("16:00"),
                approved_by="hanh",
                approved_at=NOW,
                reason="quên chấm công",
            )
        )

    text = log_in("hanh").get(DUC).text

    assert "chấm bù được duyệt" in text
    assert "vừa nhận, chưa được tính" in text


def test_a_leave_is_told_with_its_document(log_in: LogIn) -> None:
    text = log_in("huong").get(HUONG).text

    assert "Nghỉ phép năm" in text
    assert "Đơn số 7" in text
    assert "Kết luận: có lý do cả ca, ký hiệu P." in text


def test_a_sick_leave_shows_heads_its_symbol_alone(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        excuse = session.scalars(select(Excuse)).one()
        excuse.type_code, excuse.document = "sick", "Giấy ra viện số 5"

    for inspector in ("huong", "thanhtra", "nhansu"):
        text = log_in(inspector).get(HUONG).text
        shown = inspector in {"huong", "nhansu"}  # the person herself, and HR
        assert ("Giấy ra viện" in text) is shown, inspector
        assert ("Ốm, điều dưỡng" in text) is shown, inspector
        assert "Ô" in text


def test_the_terminals_that_matter_tell_how_far_they_are_known(log_in: LogIn) -> None:
    text = log_in("hanh").get(DUC).text

    assert "Máy liên quan" in text
    assert "dữ liệu đến 14:15" in text
    assert "dữ liệu đến 13:46" in text


def test_the_month_links_every_day_and_tells_recorded_ones(log_in: LogIn) -> None:
    text = log_in("hanh").get(DUC).text

    assert "Tháng 02/2026" in text
    assert '/nguoi/CB002/ngay/2026-02-01"' in text
    assert '/nguoi/CB002/ngay/2026-02-28"' in text
    assert text.count('class="month-day g-') == 2
    assert 'aria-current="date"' in text


def test_a_day_without_sessions_is_said_to_be_one(log_in: LogIn) -> None:
    text = log_in("hanh").get("/nguoi/CB013/ngay/2026-02-24").text

    assert "Không có ca nào ngày này." in text
    assert "Không có lượt chấm nào." in text


def test_a_holiday_is_named_on_the_person_s_day_too(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(CalendarDay(on_date=date(2026, 2, 19), kind="off", name="Tết Nguyên đán"))

    assert "Tết Nguyên đán" in log_in("duc").get("/nguoi/CB002/ngay/2026-02-19").text


def test_before_the_first_posting_only_the_whole_reach_finds_a_person(log_in: LogIn) -> None:
    before = f"/nguoi/CB002/ngay/{date(2019, 5, 6)}"

    assert log_in("hanh").get(before).status_code == 404
    assert "Không thuộc đơn vị nào ngày này" in log_in("admin").get(before).text
    assert log_in("duc").get(before).status_code == 200


def test_the_status_of_every_session_is_translated() -> None:
    assert [status.name for status in Status if f"status_{status.name.lower()}" not in SENTENCES] == []
