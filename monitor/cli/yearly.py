"""`monitor export yearly`: the evidence of a unit's year, for the agency's evaluation software."""

from datetime import datetime
from pathlib import Path

import click

from monitor.access import Action
from monitor.cli.exporting import write_out
from monitor.cli.installation import AS, DATE, Installation, with_installation
from monitor.exports.trace import trace_export
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import NOBODY
from monitor.store.queries.tree import tree
from monitor.store.session import StoreError, reading
from monitor.yearly.files import SUFFIXES, content_of, handed
from monitor.yearly.period import Period, calendar_year, twelve_months_to
from monitor.yearly.sight import Reader
from monitor.yearly.unit import UnitYear, unit_year


@click.command("yearly")
@click.option("--unit", required=True, metavar="CODE")
@click.option("--year", type=int, metavar="YYYY", help="Năm dương lịch / a calendar year.")
@click.option("--to", "last", type=DATE, metavar="YYYY-MM-DD", help="12 tháng đến ngày này / 12 months.")
@click.option("--format", "form", type=click.Choice(SUFFIXES), default="json", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
@AS
@with_installation
def yearly(
    installation: Installation,
    unit: str,
    year: int | None,
    last: datetime | None,
    form: str,
    out: Path | None,
) -> None:
    """Minh chứng năm của một đơn vị và cấp dưới / a unit's year of evidence with its subtree."""
    found, content = _made(installation, unit, _period(installation, year, last), form)
    told = handed(found, content, form, "" if out is None else out.name)
    trace_export(installation.engine, told, now=installation.clock(), actor=installation.actor)
    write_out(content, out)


def _period(installation: Installation, year: int | None, last: datetime | None) -> Period:
    """The twelve months to a day, or a calendar year: this one where none is named."""
    asked = installation.local_now().year if year is None else year
    try:
        return calendar_year(asked) if last is None else twelve_months_to(last.date())
    except ValueError as error:
        raise StoreError("yearly_bad_year", year=asked if last is None else last.year) from error


def _made(installation: Installation, unit: str, period: Period, form: str) -> tuple[UnitYear, bytes]:
    with reading(installation.engine) as session:
        units, row = tree(session), installation.unit(session, unit)
        below = installation.units_below(session, unit) or frozenset()
        found = unit_year(session, units, _reader(installation), period, below, row)
        return found, content_of(found, units, form)


def _reader(installation: Installation) -> Reader:
    """The operator reads everything that is in public; an account what it may."""
    acting = installation.acting
    return Reader(
        reach=installation.reach,
        papers=acting is None or acting.scope.may(Action.DECIDE),
        now=installation.clock(),
        today=day_of(installation.local_now().date()),
        account_id=NOBODY if acting is None else acting.scope.account_id,
    )


COMMANDS = (yearly,)
