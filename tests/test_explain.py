"""Vì sao?: each verdict told in order, with its regulation, punches, sums and deciding line."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from monitor.explain import At, Duration, Line, SessionWhy, explain, explain_overtime, words
from monitor.rules.codes import Reason, Status
from monitor.store.queries.person_day import evidence
from monitor.store.session import open_database, transaction
from monitor.store.tables import (
    Allowance,
    CoverageInterval,
    Excuse,
    ManualPunch,
    OvertimeRecord,
    RegulationVersion,
    SessionRecord,
)
from monitor.text.sentences import SENTENCES
from tests.web.cast import AFTERNOON, DAY, MORNING, NOW, Office, at

PERSON = "CB001"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """One person, one terminal, one regulation with a grace of five minutes."""
    engine = open_database(sqlite_url)
    with transaction(engine) as session:
        office = Office(session)
        office.unit("ubnd", "UBND phường Trà Bá")
        office.person(PERSON, "Nguyễn Thị Hạnh", "ubnd")
        office.terminal("TM1", "Cổng trước", "12:00")
        version = RegulationVersion(
            code="gio-hanh-chinh",
            title="Giờ hành chính",
            document="Quyết định số 12/QĐ-UBND",
            valid_from=date(2026, 1, 1),
            grace_late_minutes=5,
        )
        office.regulation = office.keep(version).id or 0
        yield office
    engine.dispose()


def regulation(office: Office) -> RegulationVersion:
    """The regulation, to be changed."""
    return office.session.scalars(select(RegulationVersion)).one()


def whys(office: Office, **more: Any) -> tuple[SessionWhy, ...]:
    """The explanations of the person's day."""
    return explain(office.session, office.people[PERSON].id or 0, DAY, **more)


def told(office: Office, **more: Any) -> list[str]:
    """The Vietnamese words of the first session's explanation."""
    return [words(line, "vi") for line in whys(office, **more)[0].lines]


def late(
    office: Office, clock: str, seconds: int, status: Status = Status.LATE, **more: Any
) -> SessionRecord:
    """A morning with an IN at a time, and an OUT in time."""
    came, left = office.punch("TM1", PERSON, clock), office.punch("TM1", PERSON, "11:35:00")
    return office.session_record(
        PERSON,
        MORNING,
        status,
        time_in=clock,
        time_out="11:35:00",
        punch_in=came,
        punch_out=left,
        late_seconds=seconds,
        **more,
    )


def test_lateness_is_told_from_the_regulation_to_the_deciding_line(office: Office) -> None:
    late(office, "07:42:10", 730)

    assert told(office) == [
        "Quy chế “Giờ hành chính”, Quyết định số 12/QĐ-UBND, áp dụng từ 01/01/2026.",
        "Phải có mặt từ 07:30 đến 11:30, chấm vào và ra từng buổi.",
        "Nhận lượt chấm từ 05:30 đến 21:00.",
        "07:42:10 tại Cổng trước (vân tay): tính là lượt vào.",
        "11:35:00 tại Cổng trước (vân tay): tính là lượt ra.",
        "Vào 07:42:10 − 07:30:00 = 12 phút 10 giây > ân hạn 5 phút.",
        "Ra 11:35:00, không sớm hơn 11:30:00.",
        "Kết luận: đi muộn 13 phút (làm tròn lên).",
    ]


def test_lines_are_codes_and_values(office: Office) -> None:
    late(office, "07:42:10", 730)

    why = whys(office)[0]

    assert why.deciding == Line(code="why_late", values={"late": 13, "early": 0})
    assert (
        Line(
            code="why_late_over",
            values={
                "time_in": At(seconds=at("07:42:10"), day=DAY, exact=True),
                "due": At(seconds=at("07:30"), day=DAY, exact=True),
                "late": Duration(seconds=730),
                "grace": Duration(seconds=300),
            },
        )
        in why.lines
    )
    assert (why.seq, why.status, why.rule_version) == (0, Status.LATE, "0123456789ab")


def test_an_english_reader_gets_english(office: Office) -> None:
    late(office, "07:42:10", 730)

    lines = [words(line, "en") for line in whys(office)[0].lines]

    assert "In 07:42:10 − 07:30:00 = 12 min 10 s > grace 5 min." in lines
    assert lines[-1] == "Conclusion: 13 minutes late (rounded up)."


def test_exactly_the_grace_is_not_late(office: Office) -> None:
    late(office, "07:35:00", 0, Status.ON_TIME)

    assert "Vào 07:35:00 − 07:30:00 = 5 phút ≤ ân hạn 5 phút, không tính muộn." in told(office)
    assert told(office)[-1] == "Kết luận: đúng giờ."


def test_only_the_excess_is_told_where_only_it_counts(office: Office) -> None:
    regulation(office).grace_counts = "excess"
    late(office, "07:42:10", 430)

    assert "Chỉ tính phần vượt ân hạn: 7 phút 10 giây." in told(office)
    assert told(office)[-1] == "Kết luận: đi muộn 8 phút (làm tròn lên)."


def test_cut_seconds_are_told(office: Office) -> None:
    regulation(office).truncate_to_minute = True
    late(office, "07:42:10", 720)

    lines = told(office)
    assert "Giờ chấm được bỏ phần giây trước khi so." in lines
    assert "Vào 07:42:00 − 07:30:00 = 12 phút > ân hạn 5 phút." in lines


def test_an_allowance_is_told_with_what_it_took_away(office: Office) -> None:
    office.keep(
        Allowance(
            person_id=office.people[PERSON].id or 0,
            kind="nursing",
            minutes=60,
            place="either",
            valid_from=date(2026, 1, 1),
        )
    )
    late(office, "08:40:00", 600, reasons=int(Reason.ALLOWANCE_USED))

    lines = told(office)
    assert "Được giảm trừ 60 phút mỗi ngày (theo quyết định), dùng đầu hoặc cuối ngày." in lines
    own = told(office, show_sensitive=True)
    assert "Được giảm trừ 60 phút mỗi ngày (nuôi con dưới 12 tháng), dùng đầu hoặc cuối ngày." in own
    assert "Trừ 60 phút giảm trừ trong ngày, còn 10 phút." in lines


def test_lateness_beyond_the_limit_is_told_as_absence(office: Office) -> None:
    regulation(office).late_is_absent_after_minutes = 120
    late(office, "09:31:00", 7260, Status.ABSENT, reasons=int(Reason.LATE_IS_ABSENT))

    lines = told(office)
    assert "Muộn quá 120 phút thì tính là vắng." in lines
    assert lines[-1] == "Kết luận: vắng, vì đến muộn quá mức quy định."


def test_early_leaving_is_told_with_its_sum(office: Office) -> None:
    left = office.punch("TM1", PERSON, "11:02:00")
    office.session_record(
        PERSON, MORNING, Status.EARLY, time_out="11:02:00", punch_out=left, early_seconds=1680
    )

    lines = told(office)
    assert "11:30:00 − ra 11:02:00 = 28 phút > ân hạn 0 phút." in lines
    assert lines[-1] == "Kết luận: về sớm 28 phút (làm tròn lên)."


def test_every_punch_is_told_with_what_became_of_it(office: Office) -> None:
    """Repeats, extras, punches outside every window and such that came after the verdict."""
    night = office.punch("TM1", PERSON, "02:00:00")
    came, again = office.punch("TM1", PERSON, "07:21:03"), office.punch("TM1", PERSON, "07:21:20")
    extra, left = office.punch("TM1", PERSON, "09:00:00"), office.punch("TM1", PERSON, "11:31:00", verify=99)
    office.punch("TM1", PERSON, "11:50:00")
    assert again
    office.session_record(
        PERSON,
        MORNING,
        Status.ON_TIME,
        time_in="07:21:03",
        time_out="11:31:00",
        punch_in=came,
        punch_out=left,
        extras=str(extra),
        outside=str(night),
    )

    lines = told(office)
    assert "02:00:00 tại Cổng trước (vân tay): ngoài mọi khung giờ, không tính." in lines
    assert "07:21:03 tại Cổng trước (vân tay): tính là lượt vào." in lines
    assert "07:21:20 tại Cổng trước (vân tay): lặp lại trong vòng 30 giây, gộp làm một lượt." in lines
    assert "09:00:00 tại Cổng trước (vân tay): lượt thừa, không làm đổi kết quả." in lines
    assert "11:31:00 tại Cổng trước (cách khác, mã 99): tính là lượt ra." in lines
    assert not [line for line in lines if line.startswith("11:50:00")]


def test_a_punch_of_yesterday_s_duty_is_not_told_as_today_s(office: Office) -> None:
    """A night duty's OUT on the next morning belongs to the day before (rules 3)."""
    yesterday = date(2026, 2, 23)
    out = office.punch("TM1", PERSON, "06:05:00")
    office.session_record(
        PERSON,
        ("duty", "17:00", "30:00"),
        Status.ON_TIME,
        on=yesterday,
        kind=1,
        time_out=at("06:05:00"),
        punch_out=out,
    )
    late(office, "07:42:10", 730)

    assert not [line for line in told(office) if line.startswith("06:05:00")]


def test_a_session_over_midnight_tells_the_date_of_the_other_day(office: Office) -> None:
    office.session_record(PERSON, ("duty", "17:00", "30:00"), Status.ABSENT, kind=1)

    assert "Phải có mặt từ 17:00 đến 06:00 (25/02), chấm vào và ra từng buổi." in told(office)


def test_absence_is_told_with_the_absence_of_punches(office: Office) -> None:
    office.session_record(PERSON, MORNING, Status.ABSENT)

    assert told(office)[-2:] == [
        "Không có lượt chấm nào trong khung giờ này.",
        "Kết luận: vắng. Không có lượt chấm nào được tính và dữ liệu các máy đã đủ.",
    ]


def test_missing_data_name_the_terminal_and_how_far_it_is_known(office: Office) -> None:
    terminal = str(office.terminals["TM1"].id)
    reasons = int(Reason.NO_DATA)
    office.session_record(PERSON, AFTERNOON, Status.PENDING, reasons=reasons, uncovered=terminal)

    assert told(office)[-2:] == [
        "Máy Cổng trước: dữ liệu mới đến 12:00.",
        "Chưa kết luận: dữ liệu máy Cổng trước chưa đủ. Không ai bị tính vắng vì máy hỏng.",
    ]

    office.session.connection().execute(delete(CoverageInterval))
    assert "Máy Cổng trước: chưa đọc được dữ liệu nào." in told(office)


@pytest.mark.parametrize(
    ("reason", "values", "words_told"),
    [
        (Reason.NOT_DUE, {}, "Chưa kết luận: chưa đến giờ vào 07:30."),
        (Reason.NOT_IN_YET, {}, "Chưa kết luận: chưa thấy lượt vào, đã quá 07:30 và ân hạn."),
        (Reason.AT_WORK, {"time_in": "07:20:00"}, "Chưa kết luận: đã vào, chờ lượt ra."),
        (
            Reason.LEFT,
            {"time_out": "10:00:00"},
            "Chưa kết luận: đã ra lúc 10:00:00, còn có thể quay lại trước 21:00.",
        ),
        (Reason.NO_DATA | Reason.NO_BADGE, {}, "Chưa kết luận: chưa có mã chấm công ở máy nào."),
    ],
)
def test_an_undecided_session_says_what_is_waited_for(
    office: Office, reason: int, values: dict[str, Any], words_told: str
) -> None:
    office.session_record(PERSON, MORNING, Status.PENDING, reasons=int(reason), **values)

    assert told(office)[-1] == words_told


def sick(
    office: Office, *, status: str = "approved", starts: int = at("07:30"), ends: int = at("11:30")
) -> None:
    """A sick leave, of the morning unless said otherwise."""
    office.keep(
        Excuse(
            person_id=office.people[PERSON].id or 0,
            type_code="sick",
            starts=starts,
            ends=ends,
            status=status,
            document="Giấy ra viện số 5",
        )
    )


def test_an_excuse_is_told_with_its_document(office: Office) -> None:
    sick(office)
    office.session_record(PERSON, MORNING, Status.EXCUSED, symbol="Ô")

    lines = told(office, show_sensitive=True)
    assert "Ốm, điều dưỡng (Ô) từ 07:30 đến 11:30, theo Giấy ra viện số 5, đã duyệt." in lines
    assert lines[-1] == "Kết luận: có lý do cả ca, ký hiệu Ô."


def test_a_sensitive_excuse_is_told_by_its_symbol_unless_asked_for(office: Office) -> None:
    sick(office)
    office.session_record(PERSON, MORNING, Status.EXCUSED, symbol="Ô")

    text = " ".join(told(office))
    assert "Có lý do (ký hiệu Ô) từ 07:30 đến 11:30, đã duyệt." in text
    assert "Ốm" not in text
    assert "Giấy ra viện" not in text


def test_an_excuse_that_waits_for_approval_is_told_as_such(office: Office) -> None:
    sick(office, status="pending")
    office.session_record(PERSON, MORNING, Status.ABSENT)

    assert "Có lý do (ký hiệu Ô) từ 07:30 đến 11:30, chờ duyệt." in told(office)


def test_an_excuse_inside_a_session_is_told_with_its_minutes(office: Office) -> None:
    sick(office, starts=at("09:00"), ends=at("09:45"))
    office.session_record(PERSON, MORNING, Status.ON_TIME, reasons=int(Reason.EXCUSED_MIDDLE))

    assert "Lý do này ở giữa ca, 45 phút: không đổi giờ phải vào và giờ được ra." in told(office)


def test_overtime_is_told_with_its_class_its_presence_and_its_night(office: Office) -> None:
    person = office.people[PERSON]
    whose: dict[str, Any] = {"person_id": person.id, "day": DAY, "entry_id": 1, "kind": 2}
    whose["unit_id"] = office.units["ubnd"].id
    evening = {"starts": at("19:00"), "ends": at("23:00"), "seconds": 12_660, "night_seconds": 1_860}
    seen = {"present_from": at("19:00"), "present_to": at("22:31")}
    office.keep(OvertimeRecord(**whose, seq=0, **evening, **seen))
    morning = {"starts": at("05:00"), "ends": at("06:00"), "seconds": 0, "night_seconds": 0}
    office.keep(OvertimeRecord(**whose, seq=1, **morning))

    found = evidence(office.session, person.id or 0, DAY, "Asia/Ho_Chi_Minh")
    assert [words(line, "vi") for line in explain_overtime(found)] == [
        "Làm thêm được duyệt từ 19:00 đến 23:00 (ngày lễ, tết): có mặt từ 19:00 đến 22:31, "
        "tính 211 phút, trong đó ban đêm 31 phút.",
        "Làm thêm được duyệt từ 05:00 đến 06:00 (ngày lễ, tết): không tính, vì không thấy có mặt.",
    ]
    assert "holiday" in words(explain_overtime(found)[0], "en")


def test_a_moved_start_is_told(office: Office) -> None:
    office.session_record(PERSON, MORNING, Status.ABSENT, due_from="09:00", reasons=int(Reason.EXCUSED_START))

    assert "Sau khi trừ lý do và giảm trừ, phải có mặt từ 09:00 đến 11:30." in told(office)


def test_a_session_without_regulation_says_so(office: Office) -> None:
    office.session_record(PERSON, ("duty", "17:00", "21:00"), Status.ABSENT, kind=1, regulation_id=None)

    assert told(office)[0] == "Chưa có quy chế nào áp dụng; ca trực theo các mức mặc định."


def test_remarks_of_the_verdict_are_told(office: Office) -> None:
    reasons = Reason.OVERLAP_CUT | Reason.DOCUMENT_AFTER_THE_FACT | Reason.EXPLAINED
    office.session_record(PERSON, MORNING, Status.ABSENT, reasons=int(reasons))

    lines = told(office)
    assert SENTENCES["why_overlap_cut"] in lines
    assert SENTENCES["why_document_after_the_fact"] in lines
    assert SENTENCES["why_explained"] in lines


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_deciding_line_with_words_in_both_languages(
    office: Office, status: Status
) -> None:
    reasons = int(Reason.AT_WORK) if status == Status.PENDING else 0
    office.session_record(PERSON, MORNING, status, reasons=reasons, late_seconds=61, early_seconds=1)

    deciding = whys(office)[0].deciding

    assert deciding.code in SENTENCES
    assert words(deciding, "vi") != words(deciding, "en")


def test_a_terminal_of_another_zone_is_told_in_ours(office: Office) -> None:
    office.terminals["TM1"].timezone = "Asia/Tokyo"
    came = office.punch("TM1", PERSON, "09:21:00")
    office.session_record(PERSON, MORNING, Status.ON_TIME, time_in="07:21:00", punch_in=came)

    assert "07:21:00 tại Cổng trước (vân tay): tính là lượt vào." in told(office)


def test_a_day_without_sessions_has_nothing_to_explain(office: Office) -> None:
    assert whys(office) == ()


def test_a_manual_punch_is_told_as_one(office: Office) -> None:
    manual = office.keep(
        ManualPunch(
            person_id=office.people[PERSON].id or 0,
            time=at("07:29"),
            approved_by="hanh",
            approved_at=NOW,
            reason="quên",
        )
    )
    office.session_record(
        PERSON,
        MORNING,
        Status.ON_TIME,
        time_in="07:29",
        punch_in=-(manual.id or 0),
        reasons=int(Reason.MANUAL),
    )

    assert "07:29:00, lượt chấm bù được duyệt: tính là lượt vào." in told(office)


def test_no_name_of_a_person_is_in_an_explanation(office: Office) -> None:
    late(office, "07:42:10", 730)

    assert "Hạnh" not in " ".join(told(office))
