"""C01-HD and 01a-LĐTL: who stands on the sheet, with which symbols and totals."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.config import ConfigError, Settings
from monitor.exports.timesheet.sheet import Sheet, State
from monitor.store.session import StoreError, transaction
from monitor.store.tables import Posting
from tests.conftest import ON_SQLITE
from tests.exports.timesheet.conftest import HOSTILE, MakeSheets, judge
from tests.office import at

#        1 2 3 4   5 6 7 8 9  10 11 12 13   14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
WHOLE = ". + + +   + . + . +  +  +  +  +    .  .  L  L  L  L  L  .  .  +  +  +  +  +  ."
MONTH: dict[str, tuple[str, tuple[float, ...]]] = {
    "Nguyễn Thị Hạnh": (WHOLE, (15, 0, 0)),
    "Lê Văn An": (
        ". + + +/P P . + . KP +  +  +  +    .  .  L  L  L  L  L  .  .  +  +  +  +  +  .",
        (14, 0, 0),
    ),
    "Trần Thị Bình": (
        ". + + +   + . + . +  Ô  Ô  +  No/+ .  .  L  L/TR L L L  .  .  +  +  +  +  +  .",
        (12.5, 0.5, 2),
    ),
    HOSTILE: (". + + + + . + . + + + . . . . . . . . . . . . . . . . .", (8, 0, 0)),
    "Vũ Khánh": (". . . . . . . . . . . . . . . . . . . . . . . + + + + .", (4, 0, 0)),
}


def row(cells: tuple[str, ...]) -> list[str]:
    return [cell.replace("\n", "/") or "." for cell in cells]


def names(sheet: Sheet) -> list[str]:
    return [line.name for line in sheet.lines]


def test_every_cell_and_total_of_the_month(sheets: MakeSheets) -> None:
    (sheet,) = sheets()
    assert names(sheet) == ["Nguyễn Thị Hạnh", "Lê Văn An", "Trần Thị Bình", HOSTILE, "Vũ Khánh"]
    for line in sheet.lines:
        cells, totals = MONTH[line.name]
        assert (row(line.cells), line.totals) == (cells.split(), totals), line.name
    assert list(sheet.totals) == [53.5, 0.5, 2]
    assert (sheet.state, sheet.missing_count, sheet.closing) == (State.OPEN, 0, None)


@ON_SQLITE
def test_weekends_holidays_and_swapped_days_are_told_apart(sheets: MakeSheets) -> None:
    (sheet,) = sheets()
    kinds = {head.on.day: str(head.kind) for head in sheet.days}
    assert [day for day, kind in kinds.items() if kind == "holiday"] == [16, 17, 18, 19, 20]
    assert [day for day, kind in kinds.items() if kind == "weekend"] == [1, 8, 14, 15, 21, 22, 28]
    assert (kinds[6], kinds[7]) == ("swapped", "makeup")
    assert [sheet.days[day].letters for day in (0, 1, 6)] == ["CN", "T2", "T7"]


def test_a_mover_has_the_right_days_in_each_unit(sheets: MakeSheets) -> None:
    kt, vp = sheets("XA", with_subunits=True)
    (there,) = kt.lines
    (here,) = (line for line in vp.lines if line.code == "DUC")
    assert (there.name, there.position, there.totals) == (HOSTILE, "Chuyên viên", (7, 0, 0))
    assert "".join(row(there.cells)) == "...........++..LLLLL..+++++."
    assert there.away == frozenset(range(11))
    assert here.away == frozenset(range(11, 28))
    assert [bool(a) and bool(b) for a, b in zip(there.cells, here.cells, strict=True)].count(True) == 0


@ON_SQLITE
def test_a_joiner_has_only_own_days(sheets: MakeSheets) -> None:
    (sheet,) = sheets()
    (khanh,) = (line for line in sheet.lines if line.code == "KHANH")
    assert khanh.away == frozenset(range(23))


@ON_SQLITE
def test_01a_places_paid_leave_beside_work(sheets: MakeSheets) -> None:
    (sheet,) = sheets(form="01a-ldtl")
    totals = {line.name: line.totals for line in sheet.lines}
    assert list(totals["Lê Văn An"]) == [0, 12.5, 1.5, 0, 0]
    assert list(totals["Trần Thị Bình"]) == [0, 12.5, 0, 0, 2]
    assert row(sheet.lines[2].cells)[12] == "KL/+"


@ON_SQLITE
def test_remarks_tell_of_lateness_missing_marks_and_absence(sheets: MakeSheets) -> None:
    (sheet,) = sheets(with_remarks=True)
    told = {(remark.person, remark.on.day, remark.session): remark.what for remark in sheet.remarks}
    assert told == {
        ("AN", 3, "Sáng"): "đi muộn 20 phút",
        ("AN", 9, "Sáng"): "Vắng",
        ("AN", 9, "Chiều"): "Vắng",
        ("BINH", 12, "Chiều"): "Thiếu lượt ra",
    }


@ON_SQLITE
def test_a_month_without_data_is_a_draft_that_says_what_is_missing(
    sheets: MakeSheets, february: Engine, settings: Settings
) -> None:
    with transaction(february) as session:
        session.connection().execute(text("DELETE FROM coverage_interval"))
    judge(february, settings)
    (sheet,) = sheets()
    told = {(remark.person, remark.on.day): remark.what for remark in sheet.missing}
    assert sheet.state is State.DRAFT
    assert told["AN", 9] == "Chưa có dữ liệu"
    assert row(sheet.lines[1].cells)[8] == "?"
    assert sheet.missing_count == len(sheet.missing) > 3


def test_a_change_that_waits_makes_a_draft(sheets: MakeSheets, february: Engine) -> None:
    with transaction(february) as session:
        session.connection().execute(
            text("INSERT INTO stale_span (person_id, first_day, last_day) VALUES (1, 20490, 20490)")
        )
    (sheet,) = sheets()
    assert (sheet.state, sheet.behind, sheet.missing_count) == (State.DRAFT, True, 0)


def test_a_closed_month_stands_whoever_is_posted_afterwards(
    sheets: MakeSheets, february: Engine, settings: Settings, close: Callable[[], str]
) -> None:
    before = sheets()[0]
    seal = close()
    with transaction(february) as session:
        session.connection().execute(text("DELETE FROM excuse"))
        session.add(Posting(person_id=5, unit_id=3, valid_from=at("2026-02-02 12:00").date()))
    judge(february, settings, at("2026-03-05 08:00"))
    after = sheets()[0]
    assert [line.cells for line in after.lines] == [line.cells for line in before.lines]
    assert [line.totals for line in after.lines] == [line.totals for line in before.lines]
    assert after.closing is not None
    assert (after.state, after.closing.seal) == (State.CLOSED, seal)
    assert after.closing.code.replace("-", "").lower() == seal[:16]


def test_a_unit_without_people_stands_for_its_subtree(sheets: MakeSheets) -> None:
    assert [sheet.unit for sheet in sheets("XA")] == ["XA-KT", "XA-VP"]


@ON_SQLITE
@pytest.mark.parametrize(("unit", "code"), [("XX", "unknown_unit"), ("XB", "sheet_nobody")])
def test_nobody_is_no_sheet(sheets: MakeSheets, february: Engine, unit: str, code: str) -> None:
    with transaction(february) as session:
        session.connection().execute(
            text("INSERT INTO unit (id, code, name, public_facing, bloc) VALUES (9, 'XB', 'Trống', :no, '')"),
            {"no": False},
        )
    with pytest.raises(StoreError) as refused:
        sheets(unit)
    assert refused.value.code == code


@ON_SQLITE
def test_a_symbol_without_a_column_is_refused(sheets: MakeSheets, february: Engine) -> None:
    with transaction(february) as session:
        session.connection().execute(text("UPDATE session_record SET symbol = 'ĐH' WHERE symbol = 'P'"))
    with pytest.raises(StoreError) as refused:
        sheets()
    assert (refused.value.code, refused.value.values["symbol"]) == ("sheet_symbol_unplaced", "ĐH")


@ON_SQLITE
def test_the_office_counts_holidays_and_writes_its_own_symbols(sheets: MakeSheets, tmp_path: Path) -> None:
    (tmp_path / "timesheets.toml").write_text(
        '[office]\nagency = "UBND"\n[c01-hd.shown]\nP = "F"\n'
        '[[c01-hd.columns]]\nnumber = 32\ntitle = "Công"\n'
        'symbols = ["+", "P", "CT", "H", "R", "LĐ", "L", "No", "Ô", "Cô", "Ts", "T"]\n',
        encoding="utf-8",
    )
    (sheet,) = sheets()
    assert sheet.agency == "UBND"
    assert [line.totals for line in sheet.lines] == [(20,), (19,), (20,), (8,), (4,)]
    assert row(sheet.lines[1].cells)[3:5] == ["+/F", "F"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('[c01-hd]\nholliday = "L"\n', "config_unknown_key"),
        ('[c01-hd.shown]\nTR = "T"\n', "config_bad_value"),
        ('[c01-hd]\nheading = ["{password}"]\n', "config_bad_value"),
        ("[c01-hd\n", "config_not_toml"),
    ],
)
def test_a_mistake_in_the_offices_file_is_named(
    sheets: MakeSheets, tmp_path: Path, content: str, code: str
) -> None:
    (tmp_path / "timesheets.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        sheets()
    assert refused.value.code == code


def test_overtime_stands_by_class_of_day_with_its_night_part(sheets: MakeSheets) -> None:
    (sheet,) = sheets("XA", form="01b-ldtl")
    (line,) = sheet.lines
    assert (sheet.unit, line.code) == ("XA-VP", "HANH")
    assert {place + 1: cell for place, cell in enumerate(line.cells) if cell} == {
        3: "NT 5,5\nĐ 0,5",
        28: "NN 1,5",
    }
    assert line.totals == (5.5, 1.5, 0, 0.5)


@ON_SQLITE
def test_a_month_without_overtime_has_no_01b(sheets: MakeSheets) -> None:
    with pytest.raises(StoreError) as refused:
        sheets("XA-KT", form="01b-ldtl")
    assert refused.value.code == "sheet_no_overtime"
