"""`monitor export …`: sessions, days, punches; official sheets come with their own issue."""

import sys
from datetime import datetime
from pathlib import Path

import click
import pandas as pd
from sqlmodel import Session

from monitor.cli.installation import DATE, Installation, units_below, with_installation
from monitor.exports.formats import FORMATS
from monitor.exports.punches import punches_table
from monitor.exports.records import days_table, sessions_table
from monitor.rules.wallclock import DAY_SECONDS, day_of, text_of
from monitor.store.queries import exports as stored
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.session import StoreError, reading
from monitor.text import sentence


@click.group("export")
def export_group() -> None:
    """Xuất dữ liệu / export data."""


def _export_command(name: str, about: str) -> click.Command:
    @click.command(name, help=about)
    @click.option("--from", "first", type=DATE, required=True, metavar="YYYY-MM-DD")
    @click.option("--to", "last", type=DATE, required=True, metavar="YYYY-MM-DD")
    @click.option("--unit", metavar="CODE")
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
    @click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
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
        with reading(installation.engine) as session:
            table = _table(name, installation, session, span, unit)
            behind = name != "punches" and stored.stale_in(session, *span)
        _write(FORMATS[form](table), out)
        if behind:
            click.echo(sentence("export_stale", {}, installation.words), err=True)

    return run


def _table(
    name: str, installation: Installation, session: Session, span: tuple[int, int], unit: str | None
) -> pd.DataFrame:
    unit_ids = units_below(session, unit)
    if name != "punches":
        records = stored.session_frame(session, *span, unit_ids)
        return sessions_table(records) if name == "sessions" else days_table(records)
    start, end = span[0] * DAY_SECONDS, (span[1] + 1) * DAY_SECONDS - 1
    unconfirmed = unconfirmed_pushes(session, start, end)
    return punches_table(
        stored.punch_frame(session, start, end, unit_ids),
        stored.quarantine_frame(session, text_of(start), text_of(end), unit_ids),
        stored.badge_frame(session),
        installation.settings.site.timezone,
        [punch_id for ids in unconfirmed.values() for punch_id in ids],
    )


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise StoreError("cannot_write", path=str(out), why=error.strerror) from error


@click.command("timesheet", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def timesheet(arguments: tuple[str, ...]) -> None:  # noqa: ARG001 - taken so that any use is answered
    """Bảng chấm công / official timesheet (chưa có / not ready)."""
    raise StoreError("command_not_ready", command="export timesheet")


for export_name, help_text in (
    ("sessions", "Kết quả từng buổi / verdicts by session."),
    ("days", "Kết quả từng ngày / verdicts by day."),
    ("punches", "Lượt chấm gốc / raw punches."),
):
    export_group.add_command(_export_command(export_name, help_text))
export_group.add_command(timesheet)

COMMANDS = (export_group,)
