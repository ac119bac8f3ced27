"""Reports upward: totals reconcile unit by unit or nothing is printed; the public singles out nobody."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.config import Settings
from monitor.exports.timesheet.form import load_forms
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.standing import keep_standing
from monitor.inspections.totals import Totals, added
from monitor.inspections.upward.files import keep_words, made_file
from monitor.inspections.upward.gathering import Asked, Gathered, Words, gather
from monitor.inspections.upward.lines import UnitLine, reconciled_table, reconciled_unit
from monitor.inspections.upward.paper import upward_paper
from monitor.inspections.upward.tables import counted
from monitor.periods import Month
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.queries.findings import Reader
from monitor.store.queries.reach import EVERYBODY, Reach, Term
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import AuditEntry, Campaign, Unit
from tests.inspections.world import BY, Plain, below, settle
from tests.inspections.world import counted as plainly
from tests.pdf_text import pdf_text

LOCAL = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FEBRUARY = Month.of("2026-02")


@pytest.fixture(scope="module")
def province(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, list[Plain]]]:
    """The small province around Tết 2026."""
    path = tmp_path_factory.mktemp("upward") / "upward.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        plain = settle(session)
        keep_standing(session, BY)
    yield engine, plain
    engine.dispose()


def asked(session: Session, kind: str, unit: str = "T", reach: Reach = EVERYBODY) -> Asked:
    units = tree(session)
    found = units.by_code(unit)
    assert found is not None
    return Asked(
        kind=kind,
        unit=found,
        units=units,
        reach=reach,
        reader=Reader(reach=EVERYBODY, reports=None, everything=True),
        settings=Settings(),
        forms=load_forms(Path()),
        now=LOCAL,
        month=FEBRUARY,
    )


def of_campaign(session: Session, kind: str, unit: str = "T") -> Asked:
    campaign = session.scalars(select(Campaign).where(col(Campaign.code) == "sau-tet-2026")).one()
    return replace(asked(session, kind, unit), month=None, campaign=campaign)


def gathered(engine: Engine, kind: str, unit: str = "T") -> Gathered:
    with reading(engine) as session:
        return gather(session, asked(session, kind, unit))


def plain_totals(found: list[Plain]) -> Totals:
    """The slow way, without the clock time and the missing marks, which sums over days do not have."""
    return replace(plainly(found), present_at=0, unmarked=0)


@pytest.mark.parametrize("unit", ["T", "SYT"])
def test_every_line_of_the_month_is_what_the_slow_way_counts(
    province: tuple[Engine, list[Plain]], unit: str
) -> None:
    engine, plain = province
    table = gathered(engine, "month", unit).table
    february = [one for one in plain if FEBRUARY.first_day <= one.day <= FEBRUARY.last_day]

    assert table is not None
    for line in (*table.lines, table.whole):
        members = {unit} if line.unit is None else below(line.unit.code)
        assert line.totals == plain_totals([one for one in february if one.unit in members]), line.unit
    assert added(line.totals for line in table.lines) == table.whole.totals


def test_a_campaign_s_table_is_the_sum_of_its_report_over_the_days_after_the_break(
    province: tuple[Engine, list[Plain]],
) -> None:
    engine, plain = province
    with reading(engine) as session:
        found = gather(session, of_campaign(session, "self_check"))
    days = set(range(day_of(LOCAL.date()) - 8, day_of(LOCAL.date())))
    checked = [one for one in plain if one.part == 0 and one.day in days and one.day >= found.days[0]]

    assert found.table is not None
    assert found.counted_days == 5
    whole = [one for one in checked if one.day <= found.days[1]]
    assert found.table.whole.totals == plainly(whole)
    assert found.table.whole.leads == plainly([one for one in whole if one.leads])
    assert {line.unit.code for line in found.table.lines if line.unit} == {"SNV", "SYT", "XA"}


def test_a_cut_leaves_later_days_out(province: tuple[Engine, list[Plain]]) -> None:
    engine, _plain = province
    with reading(engine) as session:
        wanted = replace(of_campaign(session, "self_check"), cut_day=day_of(LOCAL.date()) - 7)
        found = gather(session, wanted)

    assert (found.counted_days, found.days[1]) == (2, day_of(LOCAL.date()) - 7)  # Monday and Tuesday


UNIT = UnitRow(id=1, code="YT", name="Phòng Y tế", parent_id=None, public_facing=False)
CAN_THO = Totals(expected=424, present=333, absent=91, excused=63, unexcused=28)


def test_can_tho_2018_is_refused_and_the_unit_is_named() -> None:
    with pytest.raises(InspectionRefused) as refused:
        reconciled_unit("Cần Thơ", Totals(expected=263, present=185, absent=51, excused=42, unexcused=9))

    assert refused.value.code == "totals_presence_unit"
    assert (refused.value.values["unit"], refused.value.values["difference"]) == ("Cần Thơ", 27)


def test_lines_that_are_not_the_whole_are_refused() -> None:
    line = UnitLine(unit=UNIT, totals=CAN_THO)
    more = replace(CAN_THO, expected=425, present=334)

    with pytest.raises(InspectionRefused, match="totals_sum_unit"):
        reconciled_table(UNIT, [line], UnitLine(unit=UNIT, totals=more))


def printed(totals: Totals, found: Gathered, kind: str) -> list[tuple[str, ...]]:
    """The rows of the table that a report with this one line prints."""
    line = UnitLine(unit=UNIT, totals=totals)
    table = reconciled_table(UNIT, [line], line)
    made = upward_paper(replace(found, table=table, asked=replace(found.asked, kind=kind)))
    return next(list(part.grid.rows) for part in made.parts if part.grid is not None)


@pytest.mark.parametrize(
    ("totals", "present", "unexcused"),
    [
        (CAN_THO, "78,54 %", "6,60 %"),  # the press printed 6,59 %
        (Totals(expected=236, present=185, absent=51, excused=42, unexcused=9), "78,39 %", "3,81 %"),
        (Totals(expected=11, present=8, absent=3, unexcused=3), "72,73 %", "27,27 %"),
        (Totals(expected=42, present=36, absent=6, excused=6), "85,71 %", "0,00 %"),
    ],
)
def test_published_figures_are_printed_with_the_right_rates(
    province: tuple[Engine, list[Plain]], totals: Totals, present: str, unexcused: str
) -> None:
    found = gathered(province[0], "month")

    upright, across = printed(totals, found, "month"), printed(totals, found, "table")

    assert (upright[1][4], upright[1][8]) == (across[1][6], across[1][10]) == (present, unexcused)
    assert upright[1][1:4] == ("Phòng Y tế", str(totals.expected), str(totals.present))


def test_counts_are_written_as_vietnamese_does() -> None:
    assert [counted(number) for number in (7, 1_000, 198_000)] == ["7", "1.000", "198.000"]


def test_people_with_nothing_against_them_are_those_whose_every_session_was_fine(
    province: tuple[Engine, list[Plain]],
) -> None:
    engine, plain = province
    with transaction(engine) as session:
        units = tree(session)
        (number,) = [unit.id for unit in units.units.values() if unit.code == "SNV-A"]
    fine = {Status.ON_TIME, Status.EXCUSED, Status.EXEMPT}
    with reading(engine) as session:
        day = next(one.day for one in plain if one.day >= FEBRUARY.first_day)
        wanted = replace(
            asked(session, "exemplary"), month=Month(text="2026-02", first_day=day, last_day=day)
        )
        found = gather(session, wanted).spotless
    by_person: dict[int, list[Plain]] = {}
    for one in plain:
        if one.day == day:
            by_person.setdefault(one.person, []).append(one)
    slow = {
        person
        for person, rows in by_person.items()
        if all(row.status in fine for row in rows) and any(row.status == Status.ON_TIME for row in rows)
    }

    assert found is not None
    # Whoever had a duty that day (a session of no office hours, absent in this world) is not listed.
    assert {one.person_id for one in found} <= slow
    assert len(slow) - len(found) <= 3
    assert found
    assert number


def test_names_are_printed_where_they_are_asked_for_alone(province: tuple[Engine, list[Plain]]) -> None:
    engine, plain = province
    with reading(engine) as session:
        day = next(one.day for one in plain if one.day >= FEBRUARY.first_day)
        wanted = replace(
            asked(session, "exemplary"), month=Month(text="2026-02", first_day=day, last_day=day)
        )
        without, named = gather(session, wanted), gather(session, replace(wanted, names=True))

    assert "Nguyễn Văn" not in str(upward_paper(without))
    assert "Nguyễn Văn" in str(upward_paper(named))
    assert made_file(without, ".docx", Path()).people == ()
    assert len(made_file(named, ".docx", Path()).people) == len(named.spotless or ())


def test_a_reader_is_told_of_the_units_in_reach_alone(province: tuple[Engine, list[Plain]]) -> None:
    engine, plain = province
    with reading(engine) as session:
        units = tree(session)
        mine = units.by_code("SYT")
        assert mine is not None
        reach = Reach(terms=(Term(unit_ids=units.subtree(mine.id)),))
        found = gather(session, asked(session, "month", "T", reach))
    february = [one for one in plain if FEBRUARY.first_day <= one.day <= FEBRUARY.last_day]

    assert found.table is not None
    assert found.table.whole.totals == plain_totals([one for one in february if one.unit in below("SYT")])


def test_no_cell_for_the_public_is_small(province: tuple[Engine, list[Plain]]) -> None:
    made = upward_paper(gathered(province[0], "public"))
    (grid,) = [part.grid for part in made.parts if part.grid is not None]
    cells = [cell for row in grid.rows[1:] for cell in row[1:]]

    assert all(cell == "–" or int(cell) >= 5 for cell in cells)
    assert "–" in cells
    assert any(cell != "–" for cell in cells)


def test_word_and_pdf_hold_the_same_figures_and_what_somebody_wrote(
    province: tuple[Engine, list[Plain]],
) -> None:
    engine, _plain = province
    words = Words(proposals="Đề nghị biểu dương\n{{1+1}} #strong[x]", addressee="UBND tỉnh", symbol="BC-SNV")
    with transaction(engine) as session:
        unit = session.scalars(select(Unit).where(col(Unit.code) == "T")).one()
        keep_words(session, "month", unit, "2026-02", words, BY)
    found = gathered(engine, "month")
    word, pdf = (made_file(found, suffix, Path()).content for suffix in (".docx", ".pdf"))
    document = Document(BytesIO(word))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for row in document.tables[1].rows for cell in row.cells]

    assert "Đề nghị biểu dương" in text
    assert "#strong[x]" in text
    assert found.table is not None
    assert counted(found.table.whole.totals.expected) in cells
    assert "BC-SNV" in "".join(cell.text for cell in document.tables[0].rows[0].cells)
    assert counted(found.table.whole.totals.expected) in pdf_text(pdf)
    with reading(engine) as session:
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "report_words")).one()
    assert json.loads(told.detail)["fields"] == ["addressee", "proposals", "symbol"]
    assert "biểu dương" not in told.detail


def test_the_same_report_is_the_same_file(province: tuple[Engine, list[Plain]]) -> None:
    found = gathered(province[0], "table")

    assert made_file(found, ".pdf", Path()).content == made_file(found, ".pdf", Path()).content


def test_words_that_are_too_long_are_refused(province: tuple[Engine, list[Plain]]) -> None:
    with transaction(province[0]) as session:
        unit = session.scalars(select(Unit).where(col(Unit.code) == "XA")).one()
        with pytest.raises(InspectionRefused, match="upward_words_long"):
            keep_words(session, "month", unit, "2026-02", Words(general="x" * 4_001), BY)


def test_a_month_without_a_day_that_is_over_is_refused(province: tuple[Engine, list[Plain]]) -> None:
    with reading(province[0]) as session, pytest.raises(InspectionRefused, match="upward_no_days"):
        gather(session, replace(asked(session, "month"), month=Month.of("2026-04")))


def test_both_databases_count_alike(engine: Engine) -> None:
    with transaction(engine) as session:
        plain = settle(session, seed=5)
    february = [one for one in plain if FEBRUARY.first_day <= one.day <= FEBRUARY.last_day]
    with reading(engine) as session:
        found = gather(session, replace(asked(session, "exemplary"), names=True))

    assert found.table is not None
    assert found.table.whole.totals == plain_totals(february)
