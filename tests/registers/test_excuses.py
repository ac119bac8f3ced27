"""Entering and withdrawing excuses: what is refused, what is recomputed, what history keeps."""

import json

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.audit import examine_chain
from monitor.config import Settings
from monitor.periods import close_period
from monitor.records import refresh
from monitor.registers import excuses
from monitor.registers.errors import EntriesRefused, RegisterRefused
from monitor.registers.excuses import enter_excuse, withdraw_excuse
from monitor.registers.many import enter_all
from monitor.registers.meant import Meant, interval_of
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.setup import import_read, read_bytes
from monitor.store.queries import stale
from monitor.store.session import reading, transaction
from monitor.store.tables import AuditEntry, Excuse, ExcuseEntry, Posting
from tests.office import START, at, rows
from tests.registers.conftest import CLERK, NOW, ZONE, Enter, an_excuse, furnish, wall

TUESDAY = "2026-02-24"
HEADER = "person,type,from,to,status,document\n"


def verdicts(
    engine: Engine, settings: Settings, person: int = 3, day: str = TUESDAY
) -> list[tuple[str, str]]:
    """Status and symbol of each session, once everything is recomputed."""
    refresh(engine, now=NOW, settings=settings)
    number = day_of(at(f"{day} 12:00").date())
    mine = f"person_id = {person} AND day = {number}"
    wanted = f"SELECT status, symbol FROM session_record WHERE {mine} ORDER BY seq"
    return [(Status(status).name.lower(), str(symbol)) for status, symbol in rows(engine, wanted)]  # type: ignore[arg-type]  # an integer column


def refused(enter: Enter, starts: str, ends: str, **more: object) -> RegisterRefused:
    with pytest.raises(RegisterRefused) as caught:
        enter(starts, ends, **more)
    return caught.value


def test_a_whole_day_excuses_both_sessions_after_the_next_refresh(engine: Engine, settings: Settings) -> None:
    """On both databases: the queue of stale days is bound to storage."""
    furnish(engine, settings)
    assert [status for status, _ in verdicts(engine, settings)] == ["absent", "absent"]
    with transaction(engine) as session:
        whole = an_excuse(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59")
        enter_excuse(session, whole, entered_at=CLERK.wall_clock, actor="lan", at=NOW)
    assert verdicts(engine, settings) == [("excused", "P"), ("excused", "P")]


def test_half_a_day_is_the_session_of_the_person_s_own_regulation(
    office: Engine, settings: Settings, enter: Enter
) -> None:
    day = day_of(START) + 1
    with reading(office) as session:
        halves = [
            interval_of(session, 3, Meant(shape=shape, first_day=day, last_day=day), ZONE)
            for shape in ("first", "last")
        ]
    assert halves == [
        (wall(f"{TUESDAY} 07:30"), wall(f"{TUESDAY} 11:30")),
        (wall(f"{TUESDAY} 13:30"), wall(f"{TUESDAY} 17:00")),
    ]
    enter(f"{TUESDAY} 13:30", f"{TUESDAY} 17:00")
    assert verdicts(office, settings)[0][0] == "absent"
    assert verdicts(office, settings)[1] == ("excused", "P")


def test_a_sunday_has_no_halves(office: Engine) -> None:
    sunday = day_of(START) + 6
    meant = Meant(shape="first", first_day=sunday, last_day=sunday)
    with reading(office) as session, pytest.raises(RegisterRefused) as caught:
        interval_of(session, 3, meant, ZONE)
    assert caught.value.code == "register_no_half"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "holiday"}, "unknown_excuse_type"),
        ({"kind": "business_trip"}, "excuse_document_needed"),
        ({"kind": "business_trip", "document": "   "}, "excuse_document_needed"),
        ({"document": "x" * 201}, "register_text_long"),
        ({"document": "a\u202eb"}, "bad_characters"),
        ({"person": 99}, "register_no_person"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_leaves_nothing(
    office: Engine, enter: Enter, more: dict[str, object], code: str
) -> None:
    assert refused(enter, f"{TUESDAY} 07:30", f"{TUESDAY} 11:30", **more).code == code
    assert rows(office, "SELECT count(*) FROM excuse") == [(0,)]


def test_an_end_before_the_start_is_refused(enter: Enter) -> None:
    assert refused(enter, f"{TUESDAY} 11:30", f"{TUESDAY} 07:30").code == "ends_before_start"


def test_an_overlap_names_the_other_excuse_and_those_that_touch_do_not_overlap(enter: Enter) -> None:
    first = enter(f"{TUESDAY} 07:30", f"{TUESDAY} 11:30")
    enter(f"{TUESDAY} 11:30", f"{TUESDAY} 12:00", kind="unpaid")
    found = refused(enter, f"{TUESDAY} 11:29", f"{TUESDAY} 17:00", kind="compensatory")
    assert (found.code, found.values["other"]) == ("excuse_overlap", first)
    assert found.values["start"] == f"{TUESDAY} 07:30:00"
    enter(f"{TUESDAY} 07:30", f"{TUESDAY} 17:00", person=2)


def test_a_closed_month_is_named_and_refuses_both_entering_and_withdrawing(
    office: Engine, settings: Settings, enter: Enter
) -> None:
    number = enter(f"{TUESDAY} 07:30", f"{TUESDAY} 11:30")
    close_period(office, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    for change in (
        lambda: enter("2026-02-28 00:00", "2026-03-03 23:59:59"),
        lambda: withdraw(office, number),
    ):
        with pytest.raises(RegisterRefused) as caught:
            change()
        assert caught.value.code == "register_month_closed"
        assert caught.value.values == {"month": "02/2026", "unit": "Văn phòng HĐND và UBND"}
    enter("2026-03-02 00:00", "2026-03-03 23:59:59")


def withdraw(engine: Engine, number: int, reason: str = "Nhập nhầm người") -> None:
    with transaction(engine) as session:
        withdraw_excuse(session, number, reason=reason, actor="huong", at=NOW)


def test_what_was_withdrawn_counts_no_more_and_is_kept_with_who_when_and_why(
    office: Engine, settings: Settings, enter: Enter
) -> None:
    number = enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59", document="Đơn số 7")
    assert verdicts(office, settings)[0] == ("excused", "P")
    withdraw(office, number)
    assert verdicts(office, settings)[0][0] == "absent"
    with reading(office) as session:
        kept, entry = session.get_one(Excuse, number), session.get_one(ExcuseEntry, number)
    assert (kept.status, kept.document) == ("rejected", "Đơn số 7")
    assert (entry.entered_by, entry.withdrawn_by, entry.withdrawn_reason) == (
        "lan",
        "huong",
        "Nhập nhầm người",
    )
    assert entry.withdrawn_at == NOW


def test_it_cannot_be_withdrawn_twice_nor_without_a_reason(office: Engine, enter: Enter) -> None:
    number = enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59")
    for reason, code in (("  ", "register_reason_needed"), ("x" * 501, "register_text_long")):
        with pytest.raises(RegisterRefused) as caught:
            withdraw(office, number, reason)
        assert caught.value.code == code
    withdraw(office, number)
    with pytest.raises(RegisterRefused) as caught:
        withdraw(office, number)
    assert caught.value.code == "excuse_withdrawn"


def test_the_same_excuse_can_be_entered_again_after_it_was_withdrawn(office: Engine, enter: Enter) -> None:
    first = enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59")
    withdraw(office, first)
    assert enter(f"{TUESDAY} 00:00", f"{TUESDAY} 12:00") != first


def test_a_file_neither_finds_nor_revives_what_was_withdrawn(office: Engine, enter: Enter) -> None:
    number = enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59")
    withdraw(office, number)
    line = f"DUC,leave,{TUESDAY} 00:00:00,{TUESDAY} 12:00:00,approved,Đơn số 8\n"
    for added in (1, 0):
        file = read_bytes("excuses", (HEADER + line).encode(), "excuses.csv")
        report = import_read(office, file, now=NOW, zone=ZONE, actor="lan")
        assert (report.applied, report.added, report.changed) == (True, added, 0)
    wanted = f"SELECT id = {number}, status FROM excuse ORDER BY id"
    assert rows(office, wanted) == [(1, "rejected"), (0, "approved")]


def test_the_trail_tells_before_and_after_but_never_why_somebody_is_away(
    office: Engine, enter: Enter
) -> None:
    number = enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59", kind="sick", document="Giấy ra viện 99")
    withdraw(office, number)
    with reading(office) as session:
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.subject) == "person:DUC")).all()
        assert examine_chain(session).broken is None
    assert [one.action for one in told] == ["excuse_enter", "excuse_withdraw"]
    entered, gone = (json.loads(one.detail) for one in told)
    assert (entered["before"], entered["after"]["status"]) == (None, "approved")
    assert (gone["before"]["status"], gone["after"]["status"]) == ("approved", "rejected")
    assert gone["reason"] == "Nhập nhầm người"
    assert not [one for one in told if "sick" in one.detail or "99" in one.detail]


def test_several_are_entered_together_or_not_at_all_and_every_refusal_is_told(
    office: Engine, enter: Enter
) -> None:
    enter(f"{TUESDAY} 00:00", f"{TUESDAY} 12:00", person=2)
    wanted = [an_excuse(f"{TUESDAY} 07:30", f"{TUESDAY} 11:30", person=person) for person in (1, 2, 3, 99)]
    with pytest.raises(EntriesRefused) as caught, transaction(office) as session:
        enter_all(wanted, lambda one: enter_excuse(session, one, entered_at=0, actor="lan", at=NOW))
    assert [one.code for one in caught.value.refusals] == ["excuse_overlap", "register_no_person"]
    assert rows(office, "SELECT count(*) FROM excuse") == [(1,)]


def test_the_days_beside_are_recomputed_as_after_an_import(office: Engine, enter: Enter) -> None:
    enter(f"{TUESDAY} 22:00", "2026-02-25 06:00")
    day = day_of(START)
    assert rows(office, "SELECT person_id, first_day, last_day FROM stale_span") == [(3, day, day + 3)]


def test_a_month_that_was_closed_for_the_former_unit_does_not_bind_the_new_one(
    office: Engine, settings: Settings, enter: Enter
) -> None:
    with transaction(office) as session:
        old = session.scalars(select(Posting).where(col(Posting.person_id) == 3)).one()
        old.valid_to = at("2026-02-24 12:00").date()
        session.add(Posting(person_id=3, unit_id=1, valid_from=at("2026-02-25 12:00").date()))
    close_period(office, "XA-VP", "2026-02", now=NOW, actor="cli:lan", settings=settings)
    enter("2026-02-26 00:00", "2026-02-26 23:59:59")
    assert refused(enter, f"{TUESDAY} 00:00", "2026-02-25 12:00").code == "register_month_closed"


def test_the_checks_notice_a_forgotten_overlap(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: nobody looks for other excuses."""
    monkeypatch.setattr(excuses, "overlapping", lambda *_: None)
    enter(f"{TUESDAY} 07:30", f"{TUESDAY} 11:30")
    with pytest.raises(pytest.fail.Exception):
        refused(enter, f"{TUESDAY} 11:29", f"{TUESDAY} 17:00", kind="compensatory")


def test_the_checks_notice_that_nothing_was_marked_stale(
    office: Engine, settings: Settings, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: the excuse is stored and its days are left as they were."""
    monkeypatch.setattr(stale, "mark", lambda *_: None)
    enter(f"{TUESDAY} 00:00", f"{TUESDAY} 23:59:59")
    assert verdicts(office, settings)[0] != ("excused", "P")
