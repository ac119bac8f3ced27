"""Visits: what is frozen at T stays, taps come late, twice and in any order, reasons are flagged."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from monitor.access import Scope
from monitor.config import Settings
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import RollLine, roll_of, totals_of_roll
from monitor.inspections.snapshot import freeze
from monitor.inspections.totals import Totals
from monitor.inspections.visits import Said, Tap, add_reason, context_at, judge_reason, keep_taps
from monitor.inspections.wish import By
from monitor.store.queries.reach import EVERYBODY, Term
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import (
    Account,
    Campaign,
    CampaignDay,
    CampaignUnit,
    Excuse,
    ManualPunch,
    Person,
    RosterEntry,
    Visit,
    VisitMark,
    VisitPerson,
)
from tests.web.cast import DAY, NOW, ON, at, furnish

T = NOW.replace(hour=14, minute=5)


@pytest.fixture(scope="module")
def furnished_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small ward of the pages, in a file of its own."""
    from monitor.store.session import open_database

    path = tmp_path_factory.mktemp("visits") / "office.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        furnish(session)
    engine.dispose()
    return path


@pytest.fixture
def office(furnished_file: Path, tmp_path: Path) -> Iterator[Engine]:
    from monitor.store.session import open_database

    path = tmp_path / "office.db"
    path.write_bytes(furnished_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def by(session: Session, now: datetime = T) -> By:
    account = session.scalars(select(Account).where(col(Account.user_name) == "thanhtra")).one()
    every = frozenset(tree(session).units)
    scope = Scope(role="inspector", account_id=account.id or 0, terms=(Term(unit_ids=every),))
    return By(actor="thanhtra", now=now, settings=Settings(), account_id=account.id, scope=scope)


def campaign(session: Session) -> Campaign:
    return session.scalars(select(Campaign).where(col(Campaign.code) == "dot-1")).one()


def frozen(session: Session, unit: str = "kt", now: datetime = T) -> Visit:
    units = tree(session)
    found = units.by_code(unit)
    assert found
    return freeze(session, campaign(session), found.id, units, by(session, now), code=f"luot-{uuid4().hex}")


def roll(session: Session, visit: Visit) -> dict[str, RollLine]:
    return {line.person.code: line for line in roll_of(session, visit, EVERYBODY)}


def tap(code: str, value: str, clock: int, *, field: str = "presence", id: str = "", note: str = "") -> Tap:  # noqa: A002 - as it is called
    moment = int(T.timestamp() * 1000) + clock * 1000
    return Tap(id=id or uuid4().hex, code=code, field=field, value=value, tapped_ms=moment, note=note)


def keep(session: Session, visit: Visit, *taps: Tap, now: datetime = T + timedelta(minutes=30)) -> int:
    people = {code: line.frozen.person_id for code, line in roll(session, visit).items()}
    return keep_taps(session, visit, campaign(session), people, taps, by(session, now))


def test_the_snapshot_tells_who_is_expected_has_punched_and_is_away_with_which_paper(office: Engine) -> None:
    with transaction(office) as session:
        lines = roll(session, frozen(session))
    told = {
        code: (line.frozen.kind, line.frozen.symbol, line.frozen.document) for code, line in lines.items()
    }

    assert told == {
        "CB005": ("away", "P", "Đơn số 7"),
        "CB006": ("expected", "", ""),
        "CB007": ("expected", "", ""),
        "CB008": ("expected", "", ""),
    }
    assert {line.frozen.last_punch for line in lines.values()} == {None}  # nobody of them has a stored punch


def test_the_last_punch_before_t_is_kept_with_its_place(office: Engine) -> None:
    with transaction(office) as session:
        session.add(CampaignUnit(campaign_id=campaign(session).id or 0, unit_id=2))
        session.add(
            ManualPunch(
                person_id=session.scalars(select(Person).where(col(Person.code) == "CB003")).one().id or 0,
                time=at("13:31"),
                approved_by="x",
                reason="quên",
                approved_at=NOW,
            )
        )
        session.flush()
        late, early = (
            roll(session, frozen(session, "vp")),
            roll(session, frozen(session, "vp", T.replace(hour=9))),
        )

    assert (late["CB002"].frozen.last_punch, late["CB002"].terminal) == (at("13:25"), "Cổng sau")
    assert (early["CB002"].frozen.last_punch, early["CB002"].terminal) == (at("07:42:10"), "Cổng trước")
    assert (late["CB003"].frozen.last_punch, late["CB003"].terminal) == (at("13:31"), "")
    assert late["CB013"].frozen.kind == "off"  # has no session at all


def test_nothing_of_a_snapshot_is_ever_computed_again(office: Engine) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        before = {code: line.frozen.model_dump() for code, line in roll(session, visit).items()}
        session.connection().execute(text("UPDATE excuse SET status = 'rejected'"))
        session.connection().execute(text("DELETE FROM session_record"))
        session.expire_all()
        after = {code: line.frozen.model_dump() for code, line in roll(session, visit).items()}
    assert before == after


@pytest.mark.parametrize(
    "change",
    ["UPDATE visit_person SET kind = 'away'", "DELETE FROM visit_person", "UPDATE visit_mark SET value = ''"],
)
def test_the_database_itself_keeps_snapshots_and_taps_as_they_are(office: Engine, change: str) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        keep(session, visit, tap("CB006", "present", 1))
    with pytest.raises(DatabaseError, match="append-only"), transaction(office) as session:
        session.connection().execute(text(change))


@pytest.mark.parametrize(
    ("dated", "entered", "flag"),
    [
        (ON, "08:00", ""),
        (ON + timedelta(days=1), "08:00", "after_t"),
        (None, "14:00", ""),
        (None, "15:00", "after_t"),
    ],
)
def test_a_document_dated_after_t_is_flagged_at_once(
    office: Engine, dated: date | None, entered: str, flag: str
) -> None:
    with transaction(office) as session:
        excuse = session.scalars(select(Excuse)).one()
        excuse.document_date, excuse.entered_at = dated, at(entered)
        session.flush()
        line = roll(session, frozen(session))["CB005"]
    assert line.frozen.flag == flag
    assert line.excused == (not flag)


def test_a_duty_and_an_exemption_are_told_apart_and_both_are_expected(office: Engine) -> None:
    with transaction(office) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB008")).one()
        entry = RosterEntry(
            person_id=person.id or 0, kind="duty", starts=at("13:00"), ends=at("20:00"), document="LT 3"
        )
        session.add_all([entry, CampaignUnit(campaign_id=campaign(session).id or 0, unit_id=1)])
        session.flush()
        lines = roll(session, frozen(session, "ubnd"))
    assert (lines["CB008"].frozen.kind, lines["CB008"].frozen.document) == ("duty", "LT 3")
    assert lines["CB012"].frozen.kind == "exempt"
    assert lines["CB012"].expected


def test_only_open_campaigns_and_their_own_units_can_be_frozen(office: Engine) -> None:
    with transaction(office) as session:
        with pytest.raises(InspectionRefused, match="visit_unit"):
            frozen(session, "vp")
        over = campaign(session)
        over.state, over.closed_at = "closed", NOW
        with pytest.raises(InspectionRefused, match="campaign_not_open"):
            frozen(session)


def test_in_whatever_order_and_how_often_taps_arrive_the_roll_is_the_same(office: Engine) -> None:
    taps = [tap("CB006", "present", 1), tap("CB006", "not_seen", 2), tap("CB006", "off_post", 3)]
    found = set()
    for order in permutations(taps):
        with transaction(office, keep=False) as session:
            visit = frozen(session)
            stored = [keep(session, visit, one) for one in (*order, *order)]
            assert sum(stored) == 3
            found.add(roll(session, visit)["CB006"].presence)
            history = roll(session, visit)["CB006"].marks
            assert [mark.value for mark in history] == ["present", "not_seen", "off_post"]
    assert found == {"off_post"}


def test_a_delivery_that_holds_a_tap_twice_stores_it_once(office: Engine) -> None:
    with transaction(office) as session:
        visit, one = frozen(session), tap("CB006", "present", 1)
        assert keep(session, visit, one, one) == 1
        assert len(session.scalars(select(VisitMark)).all()) == 1


def test_a_phone_whose_clock_is_fast_has_not_the_last_word_for_ever(office: Engine) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        keep(session, visit, tap("CB006", "present", 86_400), now=T + timedelta(minutes=1))
        keep(session, visit, tap("CB006", "not_seen", 120), now=T + timedelta(minutes=2))
        assert roll(session, visit)["CB006"].presence == "not_seen"


def test_a_mark_is_taken_back_by_another_tap(office: Engine) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        keep(session, visit, tap("CB006", "present", 1), tap("CB006", "", 2))
        assert roll(session, visit)["CB006"].presence == ""


@pytest.mark.parametrize(
    "wrong",
    [
        tap("CB006", "asleep", 1),
        tap("CB006", "present", 1, field="mood"),
        tap("CB006", "present", 1, id="x"),
        tap("CB006", "present", -(10**10)),
        tap("CB001", "present", 1),
        tap("CB006", "", 1, field="note", note="x" * 301),
    ],
)
def test_a_tap_that_cannot_be_refuses_its_whole_delivery(office: Engine, wrong: Tap) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        with pytest.raises(InspectionRefused):
            keep(session, visit, tap("CB007", "present", 1), wrong)
        assert session.scalars(select(VisitMark)).all() == []


def test_the_totals_follow_the_marks_and_punched_but_not_there_is_a_line_of_its_own(office: Engine) -> None:
    with transaction(office) as session:
        punched = ManualPunch(person_id=6, time=at("13:20"), approved_by="x", approved_at=NOW, reason="quên")
        session.add(punched)
        session.flush()
        visit = frozen(session)
        keep(
            session,
            visit,
            tap("CB006", "locked_room", 1),
            tap("CB007", "present", 1),
            tap("CB008", "off_post", 1),
        )
        lines = roll(session, visit)
    totals = totals_of_roll(lines.values())
    assert totals == Totals(expected=4, present=1, absent=3, excused=1, unexcused=2)
    assert [code for code, line in lines.items() if line.false_punch] == ["CB006"]


@pytest.mark.parametrize(
    ("said", "flagged"),
    [
        (Said(words="Đi họp", document="GM 12", document_date=ON), False),
        (Said(words="Đi họp", document="GM 12", document_date=ON + timedelta(days=1)), True),
        (Said(words="Theo đoàn kiểm tra", document="QĐ 5", document_date=ON, names_person=False), True),
    ],
)
def test_a_flagged_reason_cannot_be_accepted_and_a_sound_one_excuses(
    office: Engine, said: Said, flagged: bool
) -> None:
    with transaction(office) as session:
        visit, owner = frozen(session), by(session)
        keep(session, visit, tap("CB006", "not_seen", 1))
        person = roll(session, visit)["CB006"].frozen.person_id
        reason = add_reason(session, visit, campaign(session), person, said, owner)
        assert roll(session, visit)["CB006"].waiting
        if flagged:
            with pytest.raises(InspectionRefused, match="visit_reason_flagged"):
                judge_reason(session, visit, campaign(session), reason, owner, accepted=True)
        else:
            judge_reason(session, visit, campaign(session), reason, owner, accepted=True)
        assert roll(session, visit)["CB006"].excused == (not flagged)


@pytest.mark.parametrize(
    ("clock", "context"), [("08:00", "hours"), ("12:15", "lunch"), ("19:00", "outside"), ("06:00", "outside")]
)
def test_alcohol_is_found_in_hours_at_lunch_or_outside(office: Engine, clock: str, context: str) -> None:
    with reading(office) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB006")).one()
        assert context_at(session, person.id or 0, DAY, at(clock)) == context


def test_a_second_visit_is_a_snapshot_of_its_own(office: Engine) -> None:
    with transaction(office) as session:
        first, second = frozen(session), frozen(session, now=T + timedelta(hours=1))
        session.add(CampaignDay(campaign_id=campaign(session).id or 0, on_date=date(2026, 2, 27), mark=""))
        keep(session, first, tap("CB006", "present", 1))
        assert roll(session, second)["CB006"].presence == ""
        rows = session.scalars(select(VisitPerson).where(col(VisitPerson.visit_id) == second.id)).all()
    assert len(rows) == 4
