"""`monitor export timesheet`: the official sheets of a month; and checking the code under one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.cli.exporting import write_out
from monitor.cli.installation import AS, Installation, with_installation
from monitor.cli.progress import progress_bar
from monitor.exports.formats import FORMATS_FOR_PEOPLE
from monitor.exports.timesheet.collect import month_sheets, spread_sheets, units_with_people
from monitor.exports.timesheet.document import (
    SUFFIXES,
    Seen,
    content_of_file,
    handed_over,
    supplement_handed,
)
from monitor.exports.timesheet.form import NAMES, load_forms
from monitor.exports.timesheet.sheet import Sheet, State, vietnamese
from monitor.exports.timesheet.supplement import supplement_table, supplements
from monitor.exports.timesheet.wanted import Wanted
from monitor.exports.trace import trace_export
from monitor.periods import Month
from monitor.periods.codes import CheckedCode, check_code, code_of
from monitor.store.queries.tree import tree
from monitor.store.session import StoreError, reading
from monitor.text import sentence


@click.command("timesheet")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--unit", required=True, metavar="CODE", help="Mã đơn vị / the unit's code.")
@click.option("--form", type=click.Choice(NAMES), default=NAMES[0], show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--with-subunits", is_flag=True, help="Cả cơ quan, mỗi đơn vị một bảng / the whole subtree.")
@click.option("--notes", is_flag=True, help="Kèm danh sách muộn, sớm, vắng / with a list of remarks.")
@click.option("--final", is_flag=True, help="Chỉ khi đã chốt công / refuse unless closed.")
@click.option("--supplement", is_flag=True, help="Chỉ các điều chỉnh chờ / what waits in a closed month.")
@AS
@with_installation
def timesheet(  # noqa: PLR0913 - one argument for each option
    installation: Installation,
    month: str,
    unit: str,
    form: str,
    out: Path,
    *,
    with_subunits: bool,
    notes: bool,
    final: bool,
    supplement: bool,
) -> None:
    """Bảng chấm công / official timesheet; the suffix says which file: .xlsx, .pdf, .csv, .json."""
    if out.suffix.lower() not in SUFFIXES:
        raise StoreError("sheet_suffix", path=str(out))
    wanted = Wanted(
        form_name=form,
        forms=load_forms(installation.settings.folder),
        month=Month.of(month),
        now=installation.clock(),
        zone=installation.settings.site.timezone,
        with_remarks=notes,
        check_url=installation.settings.periods.check_url,
    )
    found, whole = units_with_people(installation.engine, unit, wanted, with_subunits=with_subunits)
    units = [one for one in found if installation.sees_throughout(one, wanted.month)]
    if not units:
        raise StoreError("unknown_unit", unit=unit)
    if supplement:
        _supplement(installation, units, wanted, unit, out)
        return
    seen = Seen()
    with progress_bar(sentence("sheet_making", {}, installation.words)) as progress:
        sheets = spread_sheets(installation.engine, units, wanted, installation.settings.fanout)
        watched = seen.watch(_closed_only(sheets) if final else sheets, len(units), progress)
        folder, suffix = installation.settings.folder, out.suffix.lower()
        content = content_of_file(watched, wanted, suffix, folder=folder, whole=whole)
    handed = handed_over(content, wanted, seen, unit, out.name)
    trace_export(installation.engine, handed, now=wanted.now, actor=installation.actor)
    write_out(content, out)
    values = {"path": str(out), "units": seen.units, "people": len(seen.people)}
    click.echo(sentence("sheet_written", values, installation.words))
    if seen.drafts:
        click.echo(sentence("sheet_draft_written", {"count": seen.pending}, installation.words), err=True)


def _supplement(installation: Installation, units: list[int], wanted: Wanted, unit: str, out: Path) -> None:
    """The list of pending adjustments: a table, so there is no PDF of it."""
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMATS_FOR_PEOPLE:
        raise StoreError("supplement_suffix", path=str(out))
    with reading(installation.engine) as session:
        known = tree(session).units
        found = [one for unit_id in units for one in supplements(session, known[unit_id], wanted.month)]
    content = FORMATS_FOR_PEOPLE[form](supplement_table(found))
    handed = supplement_handed(content, wanted, found, unit, out.name)
    trace_export(installation.engine, handed, now=wanted.now, actor=installation.actor)
    write_out(content, out)
    values = {"path": str(out), "count": len(found)}
    click.echo(sentence("supplement_written", values, installation.words))


def _closed_only(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    for sheet in sheets:
        if sheet.state is not State.CLOSED:
            raise StoreError("sheet_not_final", unit=sheet.unit, month=sheet.month)
        yield sheet


def check_sheet(installation: Installation, code: str, unit: str | None, month: str | None) -> None:
    """`monitor verify --code`: say whether a sheet's code still stands for what is stored.

    Prints the sums of C01-HD made again from the sealed rows, to be compared with the paper. Raises
    StoreError `sheet_code_broken`, `sheet_code_replaced`; PeriodRefused as `check_code` does.
    """
    with reading(installation.engine) as session:
        checked = check_code(session, code, unit=unit, month=month)
    values = _checked_values(checked, installation)
    if checked.broken:
        raise StoreError("sheet_code_broken", **values)
    if not (checked.is_newest and checked.is_closed):
        raise StoreError("sheet_code_replaced", **values)
    click.echo(sentence("sheet_code_holds", values, installation.words))
    for form in NAMES:
        _echo_sums(installation, checked, form)


def _checked_values(checked: CheckedCode, installation: Installation) -> dict[str, object]:
    closed_at = checked.closed_at.astimezone(ZoneInfo(installation.settings.site.timezone))
    return {
        "given": code_of(checked.seal),
        "unit": checked.unit,
        "month": checked.month,
        "closed_at": f"{closed_at:%H:%M %d/%m/%Y}",
        "closed_by": checked.closed_by,
        "people": checked.people,
        "sessions": checked.sessions,
        "what": checked.broken,
    }


def _echo_sums(installation: Installation, checked: CheckedCode, form: str) -> None:
    wanted = Wanted(
        form_name=form,
        forms=load_forms(installation.settings.folder),
        month=Month.of(checked.month),
        now=installation.clock(),
        zone=installation.settings.site.timezone,
    )
    try:
        units, _ = units_with_people(installation.engine, checked.unit, wanted, with_subunits=False)
    except StoreError:  # nobody worked overtime: there is no such sheet
        return
    for sheet in month_sheets(installation.engine, units[:1], wanted):
        for column, total in zip(sheet.form.columns, sheet.totals, strict=True):
            values = {"number": column.number, "title": column.title, "total": vietnamese(total) or "0"}
            click.echo(f"{sheet.form.number}. {sentence('sheet_code_total', values, installation.words)}")


COMMANDS = (timesheet,)
