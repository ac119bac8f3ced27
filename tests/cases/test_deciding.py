"""Decisions: what each makes of the recomputed day, how it is replaced and revoked, what is refused."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.cases import CaseRefused, Decision, Paperwork, Reminding, ask, whole_day
from monitor.config import Settings
from monitor.periods import close_period
from monitor.rules.codes import Reason, Status
from monitor.store.session import transaction
from tests.cases.cast import DAY, NOW, asking, case, decided, furnish, matter, refreshed, said
from tests.office import rows

ACCEPT = Decision(kind="accept")
LATER = NOW + timedelta(hours=1)
STARTS, ENDS = whole_day(DAY)
TRIP = Decision(
    kind="excuse",
    papers=Paperwork(
        type_code="business_trip",
        starts=STARTS,
        ends=ENDS,
        document="CV 15/UBND",
        document_date=date(2026, 2, 24),
    ),
)
REMIND = Decision(
    kind="remind",
    reminding=Reminding(
        issuer="UBND xã Thanh Bình",
        number="03/TB-UBND",
        issued_on=date(2026, 2, 27),
        rule_cited="Điều 5 nội quy",
    ),
)
FORGOT = 17 * 3600 + 2 * 60 + DAY * 86_400


def day_of_binh(engine: Engine, settings: Settings) -> tuple[Status, int]:
    refreshed(engine, settings)
    ((status, reasons),) = rows(
        engine, f"SELECT status, reasons FROM day_record WHERE person_id = 2 AND day = {DAY}"
    )
    return Status(int(str(status))), int(str(reasons))


def test_an_accepted_explanation_adds_a_reason_and_changes_nothing_else(
    office: Engine, settings: Settings
) -> None:
    before, reasons = day_of_binh(office, settings)
    said(office, "binh")
    decided(office, "hanh", "BINH", ACCEPT)

    assert (before, reasons & Reason.EXPLAINED) == (Status.LATE, 0)
    assert day_of_binh(office, settings) == (Status.LATE, reasons | Reason.EXPLAINED)
    assert case(office, "BINH").state == "accepted"


def test_a_business_trip_makes_the_day_excused_with_its_symbol(office: Engine, settings: Settings) -> None:
    decided(office, "hanh", "BINH", TRIP)

    status, reasons = day_of_binh(office, settings)
    assert status == Status.EXCUSED
    assert reasons & Reason.DOCUMENT_AFTER_THE_FACT  # it was entered two days later
    assert rows(office, "SELECT status, document FROM excuse") == [("approved", "CV 15/UBND")]


def test_a_forgotten_punch_counts_once_it_is_approved(office: Engine, settings: Settings) -> None:
    said(office, "an", kind="forgot", body="Quên chấm ra", asked_time=FORGOT, witness="Bình")
    refreshed(office, settings)
    of_an = f"SELECT status FROM day_record WHERE person_id = 1 AND day = {DAY}"
    assert rows(office, of_an) == [(Status.MISSING_OUT,)]

    decided(office, "hanh", "AN", Decision(kind="manual"))
    refreshed(office, settings)

    assert rows(office, of_an) == [(Status.ON_TIME,)]
    assert rows(office, "SELECT time, approved_by FROM manual_punch") == [(FORGOT, "hanh")]
    with pytest.raises(CaseRefused, match="manual_not_asked"):
        decided(office, "hanh", "BINH", Decision(kind="manual"))


def test_refused_without_reason_and_reminded_leave_the_day_as_it_is(
    office: Engine, settings: Settings
) -> None:
    before = day_of_binh(office, settings)
    said(office, "binh")
    decided(office, "hanh", "BINH", Decision(kind="refuse", reason="Không có căn cứ"))
    assert case(office, "BINH").state == "refused"
    decided(office, "hanh", "BINH", Decision(kind="no_reason", reason="Không giải trình thêm"))
    decided(office, "hanh", "BINH", REMIND)

    assert day_of_binh(office, settings) == before
    assert case(office, "BINH").state == "decided"
    assert rows(office, "SELECT number, rule_cited FROM written_reminder") == [
        ("03/TB-UBND", "Điều 5 nội quy")
    ]


def test_one_reminder_may_be_about_several_days(office: Engine) -> None:
    decided(office, "hanh", "BINH", REMIND)
    decided(office, "hanh", "BINH", REMIND, day=DAY - 1)

    assert rows(office, "SELECT count(*) FROM written_reminder") == [(1,)]
    assert rows(office, "SELECT on_date FROM reminder_day ORDER BY id") == [("2026-02-25",), ("2026-02-24",)]


@pytest.mark.parametrize("made", [ACCEPT, TRIP, Decision(kind="manual"), REMIND], ids=lambda made: made.kind)
def test_what_a_revoked_decision_brought_about_is_withdrawn_and_marked(
    office: Engine, settings: Settings, made: Decision
) -> None:
    before = day_of_binh(office, settings)
    said(office, "binh", kind="forgot", asked_time=DAY * 86_400 + 7 * 3600)
    decided(office, "hanh", "BINH", made)
    refreshed(office, settings)
    decided(office, "hanh", "BINH", Decision(kind="revoke", reason="Nhầm người"), LATER)

    assert day_of_binh(office, settings) == before
    assert case(office, "BINH").state == "explained"
    assert rows(office, "SELECT count(*) FROM decision_effect WHERE withdrawn_at IS NULL") == [(0,)]
    kept = {
        "accept": "SELECT count(*) FROM explained_day WHERE withdrawn_at IS NOT NULL",
        "excuse": "SELECT count(*) FROM excuse WHERE status = 'rejected'",
        "manual": "SELECT count(*) FROM manual_punch WHERE withdrawn_at IS NOT NULL",
        "remind": "SELECT count(*) FROM reminder_day WHERE withdrawn_at IS NOT NULL",
    }
    assert rows(office, kept[made.kind]) == [(1,)]


def test_a_later_decision_replaces_the_earlier_one_and_both_stay_written(
    office: Engine, settings: Settings
) -> None:
    said(office, "binh")
    first = decided(office, "hanh", "BINH", ACCEPT)
    second = decided(office, "chutich", "BINH", TRIP, LATER)
    third = decided(office, "hanh", "BINH", ACCEPT, LATER)

    status, reasons = day_of_binh(office, settings)
    assert status == Status.LATE
    assert reasons & Reason.EXPLAINED
    chain = rows(office, "SELECT id, kind, replaces_id FROM case_decision ORDER BY id")
    assert chain == [(first, "accept", None), (second, "excuse", first), (third, "accept", second)]


def test_a_manual_punch_that_was_withdrawn_may_be_approved_again(office: Engine) -> None:
    said(office, "an", kind="forgot", asked_time=FORGOT)
    decided(office, "hanh", "AN", Decision(kind="manual"))
    decided(office, "hanh", "AN", Decision(kind="revoke", reason="Xem lại"), LATER)
    decided(office, "hanh", "AN", Decision(kind="manual"), LATER)

    assert rows(office, "SELECT count(*) FROM manual_punch WHERE withdrawn_at IS NULL") == [(1,)]


REFUSALS: tuple[tuple[str, str, str, Decision, int], ...] = (
    ("case_not_yours", "hanh", "HANH", Decision(kind="no_reason", reason="x"), DAY),
    ("case_not_yours", "binh", "BINH", ACCEPT, DAY),
    ("case_not_yours", "an", "BINH", ACCEPT, DAY),
    ("case_not_yours", "quantri", "BINH", ACCEPT, DAY),
    ("case_day_ahead", "hanh", "BINH", ACCEPT, DAY + 3),
    ("case_reason_missing", "hanh", "BINH", Decision(kind="no_reason", reason="  "), DAY),
    ("case_not_explained", "hanh", "BINH", ACCEPT, DAY),
    ("case_nothing_decided", "hanh", "BINH", Decision(kind="revoke", reason="x"), DAY),
    ("case_kind", "hanh", "BINH", Decision(kind="dismiss"), DAY),
    ("case_kind", "hanh", "BINH", Decision(kind="excuse"), DAY),
    (
        "case_sensitive_type",
        "hanh",
        "BINH",
        Decision(kind="excuse", papers=Paperwork(type_code="sick", starts=STARTS, ends=ENDS, document="x")),
        DAY,
    ),
    (
        "reminder_incomplete",
        "hanh",
        "BINH",
        Decision(
            kind="remind",
            reminding=Reminding(issuer="UBND", number=" ", issued_on=date(2026, 2, 27), rule_cited="Điều 5"),
        ),
        DAY,
    ),
)


@pytest.mark.parametrize(("code", "user", "person", "made", "day"), REFUSALS)
def test_what_is_refused_leaves_nothing(
    office: Engine, code: str, user: str, person: str, made: Decision, day: int
) -> None:
    with pytest.raises(CaseRefused, match=code):
        decided(office, user, person, made, day=day)
    for table in ("day_case", "case_note", "case_decision", "decision_effect", "excuse", "written_reminder"):
        assert rows(office, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_hr_enters_what_a_head_may_not_see(office: Engine, settings: Settings) -> None:
    sick = Paperwork(type_code="sick", starts=STARTS, ends=ENDS, document="Giấy ra viện")
    decided(office, "nhansu", "BINH", Decision(kind="excuse", papers=sick))
    assert day_of_binh(office, settings)[0] == Status.EXCUSED


def test_whoever_decides_has_seen_the_whole_thread(office: Engine) -> None:
    said(office, "binh")
    with transaction(office) as session:
        seen = session.connection().execute(text("SELECT max(id) FROM case_note")).scalar_one()
    said(office, "binh", body="Bổ sung giấy")
    with pytest.raises(CaseRefused, match="case_changed"):
        decided(office, "hanh", "BINH", Decision(kind="accept", seen=seen))
    decided(office, "hanh", "BINH", Decision(kind="accept", seen=seen + 1))
    with pytest.raises(CaseRefused, match="case_changed"):  # a second click
        decided(office, "hanh", "BINH", Decision(kind="accept", seen=seen + 1))


@pytest.mark.parametrize(
    "made", [ACCEPT, TRIP, REMIND, Decision(kind="no_reason", reason="x")], ids=lambda m: m.kind
)
def test_a_closed_month_must_be_reopened_first(office: Engine, settings: Settings, made: Decision) -> None:
    said(office, "binh")
    march = NOW + timedelta(days=20)
    refreshed(office, settings, march)
    close_period(office, "XA-VP", "2026-02", actor="nhansu", now=march, settings=settings)

    with pytest.raises(CaseRefused) as refused:
        decided(office, "hanh", "BINH", made, march)
    assert refused.value.code == "case_closed"
    assert refused.value.values == {"month": "02/2026", "unit": "Văn phòng HĐND và UBND"}
    with pytest.raises(CaseRefused, match="case_closed"):
        said(office, "binh", march)
    assert rows(office, "SELECT state FROM day_case") == [("explained",)]


def test_every_step_is_told_with_before_and_after_and_without_the_person_s_words(office: Engine) -> None:
    with transaction(office) as session:
        ask(session, asking(session, "hanh"), matter(session, "BINH"), "Vì sao muộn?")
    said(office, "binh", kind="sick", body="Đau dạ dày")
    decided(office, "nhansu", "BINH", Decision(kind="refuse", reason="Thiếu giấy đau dạ dày"))
    decided(office, "nhansu", "BINH", TRIP, LATER)
    decided(office, "nhansu", "BINH", Decision(kind="revoke", reason="Nhầm"), LATER)

    told = rows(
        office, "SELECT action, subject, detail FROM audit_entry WHERE action LIKE 'case%' ORDER BY id"
    )
    assert [(action, subject) for action, subject, _ in told] == [
        (f"case_{step}", "person:BINH") for step in ("ask", "explain", "decide", "decide", "revoke")
    ]
    details = [json.loads(str(detail)) for _, _, detail in told]
    assert details[1] | {"day": "2026-02-25"} == {
        "day": "2026-02-25", "before": "open", "after": "explained", "kind": "sensitive", "paper": False,
    }  # fmt: skip
    assert details[3]["before"] == {"state": "refused", "decision": "refuse"}
    assert "dạ dày" not in str(told)


CHANGES = (
    "UPDATE case_note SET body = 'khác'",
    "UPDATE case_note SET body = '', witness = '', kind = 'wrong'",
    "DELETE FROM case_note",
    "UPDATE case_decision SET kind = 'no_reason'",
    "UPDATE case_decision SET reason = 'khác'",
    "DELETE FROM case_decision",
    "DELETE FROM decision_effect",
    "DELETE FROM day_case",
    "UPDATE written_reminder SET rule_cited = 'x', body = 'y'",
    "DELETE FROM written_reminder",
    "DELETE FROM reminder_day",
    "DELETE FROM explained_day",
)


def test_on_both_databases_a_day_goes_through_its_steps_and_the_thread_stays_written(
    engine: Engine, settings: Settings
) -> None:
    furnish(engine)
    said(engine, "binh")
    for made in (ACCEPT, TRIP, Decision(kind="revoke", reason="Nhầm"), ACCEPT, REMIND, ACCEPT):
        decided(engine, "hanh", "BINH", made)
    status, reasons = day_of_binh(engine, settings)
    assert (status, bool(reasons & Reason.EXPLAINED)) == (Status.LATE, True)
    for change in CHANGES:
        with pytest.raises(SQLAlchemyError, match="append-only"), transaction(engine) as session:
            session.connection().execute(text(change))
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE case_note SET body = '', witness = ''"))
