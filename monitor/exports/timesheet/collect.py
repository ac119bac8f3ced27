"""From stored records to sheets: one unit at a time, each read in one short transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import fanout
from monitor.config import Fanout
from monitor.exports.timesheet.attendance import attendance_lines
from monitor.exports.timesheet.form import OVERTIME
from monitor.exports.timesheet.heads import day_heads, days_of
from monitor.exports.timesheet.overtime import overtime_lines
from monitor.exports.timesheet.remarks import missing_verdicts, remarks_of
from monitor.exports.timesheet.sheet import Closing, DayHead, Sheet, State, column_sums
from monitor.exports.timesheet.wanted import Common, Lines, Wanted
from monitor.fanout.database import alone, opened_at, url_for
from monitor.periods import Month, PeriodRefused
from monitor.periods.codes import code_of
from monitor.periods.found import period_of
from monitor.store.queries import timesheets as stored
from monitor.store.queries.arrays import Positions
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import StoreError, reading
from monitor.store.wall import Said, as_said, said_in


def units_with_people(
    engine: Engine, unit_code: str, wanted: Wanted, *, with_subunits: bool
) -> tuple[list[int], bool]:
    """The units to make sheets for, parents first, and whether it is a whole subtree.

    Only units that the form has somebody for. A unit without people of its own stands for its
    subtree: an empty sheet serves nobody.
    Raises StoreError `unknown_unit`, `sheet_nobody`, `sheet_no_overtime`.
    """
    is_overtime = wanted.form_name == OVERTIME
    with reading(engine) as session:
        units = tree(session)
        top = units.by_code(unit_code)
        if top is None:
            raise StoreError("unknown_unit", unit=unit_code)
        below = [unit for unit, _ in units.walk(top.id)]
        ask = stored.units_with_overtime if is_overtime else stored.peopled_units
        peopled = ask(session, below, days_of(wanted.month))
    whole = with_subunits or top.id not in peopled
    found = [unit for unit in below if unit in peopled and (whole or unit == top.id)]
    if not found:
        code = "sheet_no_overtime" if is_overtime else "sheet_nobody"
        raise StoreError(code, unit=unit_code, month=wanted.month.text)
    return found, whole


def month_sheets(engine: Engine, unit_ids: Iterable[int], wanted: Wanted) -> Iterator[Sheet]:
    """The sheet of each unit, in order; a closed month's from its sealed rows.

    Raises StoreError `sheet_symbol_unplaced` for a symbol that the form has no place for,
    PeriodRefused `period_unsealed`.
    """
    with reading(engine) as session:
        common = common_of(session, wanted)
    for unit_id in unit_ids:
        with reading(engine) as session:
            sheet = _sheet(session, common.tree.units[unit_id], common)
        yield sheet


UNITS_AT_ONCE = 8
"""Units of one task: what all of them need is read once for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a worker is told: which database to read, and the sheets of which units. No record of anybody."""

    url: str
    unit_ids: tuple[int, ...]
    wanted: Wanted
    said: Said | None = None


def spread_sheets(
    engine: Engine, unit_ids: Sequence[int], wanted: Wanted, where: Fanout = fanout.HERE
) -> Iterator[Sheet]:
    """As `month_sheets`, the same sheets in the same order, made by whoever works; a few are made here."""
    if alone(where) or len(unit_ids) <= UNITS_AT_ONCE:
        yield from month_sheets(engine, unit_ids, wanted)
        return
    with reading(engine) as session:
        said = said_in(session)
    url = url_for(engine, where)
    starts = range(0, len(unit_ids), UNITS_AT_ONCE)
    some = (tuple(unit_ids[start : start + UNITS_AT_ONCE]) for start in starts)
    keys = [Key(url=url, unit_ids=portion, wanted=wanted, said=said) for portion in some]
    for made in fanout.map(sheets_of, keys, where):
        yield from made


def sheets_of(key: Key) -> list[Sheet]:
    """A worker's task: it only reads, so it may run twice. Raises as `month_sheets`."""
    return list(month_sheets(as_said(opened_at(key.url), key.said), key.unit_ids, key.wanted))


def common_of(session: Session, wanted: Wanted) -> Common:
    """What the sheets of all units share."""
    units = tree(session)
    return Common(
        wanted=wanted,
        tree=units,
        units=Positions.of((unit.id, unit.code) for unit in units.units.values()),
        calendar=stored.month_calendar(session, days_of(wanted.month)),
        regulations=stored.regulation_sessions(session),
    )


def _sheet(session: Session, unit: UnitRow, common: Common) -> Sheet:
    closing = closing_of(session, unit, common.wanted.month)
    heads = day_heads(common.calendar, common.tree, unit.id, common.wanted.month)
    make = overtime_lines if common.wanted.form_name == OVERTIME else attendance_lines
    lines = make(session, unit, common, heads, sealed=closing is not None)
    return sheet_of(session, unit, common, heads, closing, lines)


def sheet_of(
    session: Session,
    unit: UnitRow,
    common: Common,
    heads: tuple[DayHead, ...],
    closing: Closing | None,
    lines: Lines,
) -> Sheet:
    """Everything around a unit's lines."""
    wanted, month = common.wanted, common.wanted.month
    missing_count, missing = missing_verdicts(session, unit.id, month) if lines.is_pending else (0, ())
    behind = closing is None and stored.stale_among(session, lines.person_ids, days_of(month))
    return Sheet(
        form_name=wanted.form_name,
        form=wanted.form,
        office=wanted.forms.office,
        month=month.text,
        unit=unit.code,
        unit_name=unit.name,
        agency=wanted.forms.office.agency or _root_name(common.tree, unit.id),
        days=heads,
        lines=lines.lines,
        totals=column_sums(lines.lines, len(wanted.form.columns)),
        state=_state(closing, is_whole=wanted.is_over and not missing_count and not behind),
        behind=behind,
        closing=closing,
        missing_count=missing_count,
        missing=missing,
        remarks=remarks_of(session, unit.id, month) if wanted.with_remarks else (),
        check_url=wanted.check_url,
    )


def _state(closing: Closing | None, *, is_whole: bool) -> State:
    if closing is not None:
        return State.CLOSED
    return State.OPEN if is_whole else State.DRAFT


def _root_name(units: Tree, unit_id: int) -> str:
    *_, root = units.path(unit_id)
    return units.units[root].name


def closing_of(session: Session, unit: UnitRow, month: Month) -> Closing | None:
    """The seal of a closed month, None while it is open.

    Raises PeriodRefused `period_unsealed` for one that is marked as closed without a seal.
    """
    found = period_of(session, unit.id, month)
    if found is None or not found.is_closed:
        return None
    if found.seal is None:
        raise PeriodRefused("period_unsealed", unit=unit.code, month=month.text)
    seal = found.seal
    return Closing(
        code=code_of(seal.seal), seal=seal.seal, closed_at=seal.closed_at, closed_by=seal.closed_by
    )
