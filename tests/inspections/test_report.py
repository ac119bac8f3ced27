"""The report against the slow way, and against a small example worked by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.inspections.arrivals import arrivals_of
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.figures import rolled_up
from monitor.inspections.report import Report, report_of
from monitor.inspections.standing import keep_standing
from monitor.inspections.totals import Totals
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.queries.inspection_people import found_people
from monitor.store.queries.reach import EVERYBODY, Reach, Term
from monitor.store.queries.tree import tree
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Campaign, Posting, SessionRecord, Unit
from tests.inspections.world import BY, EIGHT, UNITS, Plain, below, counted, settle

DAY_1 = day_of(date(2026, 2, 23))


@pytest.fixture(scope="module")
def small(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, list[Plain]]]:
    """The small province with its standing campaigns."""
    path = tmp_path_factory.mktemp("small") / "small.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        plain = settle(session)
        keep_standing(session, BY)
    yield engine, plain
    engine.dispose()


def campaign_of(session: Session, code: str = "sau-tet-2026") -> Campaign:
    return session.scalars(select(Campaign).where(col(Campaign.code) == code)).one()


def report(session: Session, reach: Reach = EVERYBODY, campaign: Campaign | None = None) -> Report:
    made = report_of(session, campaign or campaign_of(session), tree(session), reach)
    assert made is not None
    return made


def place(made: Report, unit: str) -> int:
    found = made.units.by_code(unit)
    assert found is not None
    return made.places.ids.index(found.id)


def twin_days(day: int) -> list[int]:
    """The same weekday in the four weeks before Tết, counted on fingers: 2026 had no holiday in them."""
    weekday = (day + 3) % 7
    last = day_of(date(2026, 2, 12))
    return [one for one in range(day_of(date(2026, 1, 16)), last + 1) if (one + 3) % 7 == weekday]


@pytest.mark.parametrize("part", ["first", "last"])
def test_every_unit_and_day_is_what_the_slow_way_counts(small: tuple[Engine, list[Plain]], part: str) -> None:
    engine, plain = small
    wanted = [one for one in plain if one.part == (part == "last")]
    with reading(engine) as session:
        campaign = campaign_of(session)
        campaign.part, campaign.check_second = part, EIGHT if part == "first" else 58_000
        made = report(session, campaign=campaign)
    for unit in UNITS:
        for day in made.days:
            line = made.line(place(made, unit), day)
            own = [one for one in wanted if one.unit in below(unit)]
            assert line.totals == counted([one for one in own if one.day == day], campaign.check_second)
            led = [one for one in own if one.day == day and one.leads]
            assert line.leads == counted(led, campaign.check_second)
            before = [one for one in own if one.day in twin_days(day)]
            assert line.baseline == counted(before, campaign.check_second), (unit, day)


def test_last_year_is_the_same_lunar_day(small: tuple[Engine, list[Plain]]) -> None:
    """Mùng 1: 17/02/2026 and 29/01/2025, so 384 days lie between."""
    engine, plain = small
    with reading(engine) as session:
        made = report(session)

    for day in made.days:
        then = [one for one in plain if one.part == 0 and one.day == day - 384]
        assert made.whole_last_year(day) == (counted(then) if then else None)
    assert [day for day in made.days if made.whole_last_year(day) is None]  # 13/02: a Saturday in 2025


def test_the_sum_of_all_is_the_top_unit(small: tuple[Engine, list[Plain]]) -> None:
    engine, _plain = small
    with reading(engine) as session:
        made = report(session)

    assert made.whole(DAY_1) == made.line(place(made, "T"), DAY_1).totals
    assert made.marks[DAY_1] == "day_1"


def test_both_databases_count_alike(engine: Engine) -> None:
    with transaction(engine) as session:
        plain = [one for one in settle(session, seed=7) if one.part == 0]
        keep_standing(session, BY)
    with reading(engine) as session:
        made = report(session)
        arrived = arrivals_of(session, made, EVERYBODY, DAY_1)
        people = found_people(session, EVERYBODY, replace(made.asked, days=(DAY_1,)))

    today = [one for one in plain if one.day == DAY_1]
    assert made.whole(DAY_1) == counted(today)
    came = [one for one in today if one.time_in is not None and one.status != Status.EXEMPT]
    assert arrived.day[-1][1] == len(came)
    remarkable = {
        one.person
        for one in today
        if one.status in {Status.ABSENT, Status.EXCUSED}
        or (one.late + one.early and one.status != Status.PENDING)
    }
    assert {one.person_id for one in people} == remarkable


def test_a_reader_sees_the_units_and_days_in_reach_and_nothing_else(
    small: tuple[Engine, list[Plain]],
) -> None:
    engine, plain = small
    with reading(engine) as session:
        units = tree(session)
        snv = units.by_code("SNV")
        assert snv is not None
        term = Term(unit_ids=units.subtree(snv.id), first_day=DAY_1, last_day=DAY_1)
        made = report(session, Reach(terms=(term,)))

    assert {made.units.units[one].code for one in made.places.ids} == {"SNV", "SNV-A"}
    today = [one for one in plain if one.part == 0 and one.day == DAY_1 and one.unit in below("SNV")]
    assert made.whole(DAY_1) == counted(today)
    assert made.whole(DAY_1 + 1) == Totals()


def test_out_of_reach_there_is_no_report(small: tuple[Engine, list[Plain]]) -> None:
    engine, _plain = small
    with reading(engine) as session:
        campaign = campaign_of(session)

        assert report_of(session, campaign, tree(session), Reach(terms=())) is None


def test_whoever_moves_during_the_campaign_stays_on_the_list_of_day_1(engine: Engine) -> None:
    with transaction(engine) as session:
        settle(session, seed=3)
        keep_standing(session, BY)
        units = {unit.code: unit.id or 0 for unit in session.scalars(select(Unit))}
        mover = session.scalars(select(Posting).where(col(Posting.unit_id) == units["XA"])).first()
        assert mover is not None
        mover.valid_to = date(2026, 2, 23)
        moved = Posting(
            person_id=mover.person_id, unit_id=units["SNV"], role="staff", valid_from=date(2026, 2, 24)
        )
        session.add(moved)
        session.flush()
        before = report(session)
        later = session.scalars(
            select(SessionRecord).where(
                col(SessionRecord.person_id) == mover.person_id, col(SessionRecord.day) > DAY_1
            )
        )
        for record in later:
            record.unit_id = units["SNV"]
        session.flush()
        after = report(session)

        assert (before.counts == after.counts).all()


def test_counts_that_do_not_add_up_are_refused(small: tuple[Engine, list[Plain]]) -> None:
    """A status that belongs to no group would be such a case."""
    engine, _plain = small
    with reading(engine) as session:
        made = report(session)
    made.counts[0, 0, 0, 1] += 1

    with pytest.raises(InspectionRefused, match="totals_presence"):
        rolled_up(made.counts, made.places)


def test_the_example_worked_by_hand(engine: Engine) -> None:
    """docs/inspections.md: eleven people of a commune, as in Tản Lĩnh 2017, on day 1 of Tết 2026.

    Eight came: six by 07:30, one at 07:50 (late), one at 08:10 (late). Two are away with leave, one without.
    """
    outcomes = [
        *[(Status.ON_TIME, "07:25")] * 6,
        *[(Status.LATE, "07:50"), (Status.LATE, "08:10")],
        *[(Status.EXCUSED, "")] * 2,
        (Status.ABSENT, ""),
    ]
    with transaction(engine) as session:
        settle(session)
        session.connection().execute(SessionRecord.__table__.delete())  # type: ignore[attr-defined]  # SQLModel's
        unit = session.scalars(select(Unit).where(col(Unit.code) == "SNV-A")).one()
        people = [
            row.person_id
            for row in session.scalars(
                select(Posting).where(col(Posting.unit_id) == unit.id).order_by(col(Posting.person_id))
            )
        ]
        for person, (status, clock) in zip(people, outcomes, strict=False):
            session.add(_session(person, unit.id or 0, status, clock))
        keep_standing(session, BY)
        session.flush()
        made = report(session)

    assert made.whole(DAY_1) == Totals(
        expected=11, present=8, absent=3, excused=2, unexcused=1, present_at=7, late=2
    )


def _session(person: int, unit: int, status: Status, clock: str) -> SessionRecord:
    midnight = DAY_1 * 86_400
    hours, _, minutes = clock.partition(":")
    came = midnight + int(hours) * 3600 + int(minutes) * 60 if clock else None
    return SessionRecord(
        person_id=person,
        day=DAY_1,
        seq=0,
        unit_id=unit,
        kind=0,
        name="Sáng",
        starts=midnight + 27_000,
        ends=midnight + 41_400,
        due_from=midnight + 27_000,
        due_to=midnight + 41_400,
        time_in=came,
        status=int(status),
        late_seconds=1_200 if status == Status.LATE else 0,
        early_seconds=0,
        worked_seconds=0,
        symbol="P" if status == Status.EXCUSED else "",
        cong=0.5,
        reasons=0,
        rule_version="",
        extras="",
        outside="",
        uncovered="",
    )


def test_a_year_without_figures_says_so(small: tuple[Engine, list[Plain]]) -> None:
    engine, _plain = small
    with reading(engine) as session:
        made = report(session)
        bare = replace(made, last_year=made.last_year * 0)

    assert made.has_last_year
    assert not bare.has_last_year
    assert all(bare.whole_last_year(day) is None for day in bare.days)
    assert timedelta(days=made.days[1] - made.days[0]) == timedelta(days=10)
