"""`monitor export …`: sessions, days, overtime, punches, counts for the public."""

import sys
from datetime import date, datetime
from pathlib import Path

import click
import pandas as pd
from sqlmodel import Session

from monitor.cli.installation import AS, DATE, Installation, with_installation
from monitor.cli.lazy import LazyGroup
from monitor.exports.aggregates import aggregates_table
from monitor.exports.formats import FORMATS, FORMATS_FOR_PEOPLE
from monitor.exports.punches import punches_table
from monitor.exports.spread import Asked, records_table
from monitor.exports.trace import Handed, trace_export
from monitor.periods import Month
from monitor.rules.wallclock import DAY_SECONDS, day_of, text_of
from monitor.store.queries import exports as stored
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.queries.people_seen import people_seen
from monitor.store.session import StoreError, reading
from monitor.text import sentence


@click.group("export", cls=LazyGroup, elsewhere={"timesheet": "timesheets", "yearly": "yearly"})
def export_group() -> None:
    """Xuất dữ liệu / export data."""


def _export_command(name: str, about: str) -> click.Command:
    @click.command(name, help=about)
    @click.option("--from", "first", type=DATE, required=True, metavar="YYYY-MM-DD")
    @click.option("--to", "last", type=DATE, required=True, metavar="YYYY-MM-DD")
    @click.option("--unit", metavar="CODE")
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
    @click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
    @AS
    @with_installation
    def run(
        installation: Installation,
        first: datetime,
        last: datetime,
        unit: str | None,
        form: str,
        out: Path | None,
    ) -> None:
        span = day_of(first.date()), day_of(last.date())
        behind = name != "punches" and _behind(installation, span)
        table = _table(name, installation, span, unit)
        behind = behind or (name != "punches" and _behind(installation, span))
        content = FORMATS[form](table)
        handed = Handed(
            what=f"{name}.{form}",
            content=content,
            rows=len(table),
            people=table["person"],
            first_day=span[0],
            last_day=span[1],
            unit=unit or "",
            file="" if out is None else out.name,
        )
        trace_export(installation.engine, handed, now=installation.clock(), actor=installation.actor)
        write_out(content, out)
        if behind:
            click.echo(sentence("export_stale", {}, installation.words), err=True)

    return run


def _behind(installation: Installation, span: tuple[int, int]) -> bool:
    """Whether days wait to be recomputed; asked before and after, for a table is read in many portions."""
    with reading(installation.engine) as session:
        return stored.stale_in(session, *span)


def _table(name: str, installation: Installation, span: tuple[int, int], unit: str | None) -> pd.DataFrame:
    with reading(installation.engine) as session:
        if name == "punches":
            return _punches(installation, session, span, unit)
        unit_ids = installation.units_below(session, unit)
    first, last = span
    asked = Asked(table=name, first_day=first, last_day=last, unit_ids=unit_ids, reach=installation.reach)
    return records_table(installation.engine, asked, installation.settings.fanout)


def _punches(
    installation: Installation, session: Session, span: tuple[int, int], unit: str | None
) -> pd.DataFrame:
    """Punches of units' terminals; an account gets those of terminals it tends, and names in its reach."""
    unit_ids = installation.terminal_units(session, unit)
    start, end = span[0] * DAY_SECONDS, (span[1] + 1) * DAY_SECONDS - 1
    unconfirmed = unconfirmed_pushes(session, start, end)
    table = punches_table(
        stored.punch_frame(session, start, end, unit_ids),
        stored.quarantine_frame(session, text_of(start), text_of(end), unit_ids),
        stored.badge_frame(session),
        installation.settings.site.timezone,
        stored.repair_flags(session) | {"unconfirmed": [one for ids in unconfirmed.values() for one in ids]},
    )
    if installation.acting is None:
        return table
    seen = people_seen(session, installation.reach, span)
    named = [
        person if person and (person, day_of(date.fromisoformat(time[:10]))) in seen else ""
        for person, time in zip(table["person"], table["time"], strict=True)
    ]
    return table.assign(person=named)


def write_out(content: bytes, out: Path | None) -> None:
    """Write to a file, or to standard output. Raises StoreError `cannot_write`."""
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise StoreError("cannot_write", path=str(out), why=error.strerror) from error


@click.command("aggregates")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--unit", metavar="CODE")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
@AS
@with_installation
def aggregates(installation: Installation, month: str, unit: str | None, form: str, out: Path | None) -> None:
    """Số liệu công khai, không nêu ai / counts for the public, small groups hidden."""
    wanted = Month.of(month)
    with reading(installation.engine) as session:
        unit_ids = installation.units_below(session, unit)
        table = aggregates_table(session, wanted.text, wanted.first_day, wanted.last_day, unit_ids)
    content = FORMATS_FOR_PEOPLE[form](table)
    handed = Handed(
        what=f"aggregates.{form}",
        content=content,
        rows=len(table),
        people=(),
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        unit=unit or "",
        file="" if out is None else out.name,
    )
    trace_export(installation.engine, handed, now=installation.clock(), actor=installation.actor)
    write_out(content, out)


for export_name, help_text in (
    ("sessions", "Kết quả từng buổi / verdicts by session."),
    ("days", "Kết quả từng ngày / verdicts by day."),
    ("overtime", "Giờ làm thêm / overtime worked."),
    ("punches", "Lượt chấm gốc / raw punches."),
):
    export_group.add_command(_export_command(export_name, help_text))
export_group.add_command(aggregates)

COMMANDS = (export_group,)
