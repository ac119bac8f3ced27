"""`monitor calendar draft|confirm`: a year's calendar for the office to correct, proposed days decided."""

import sys
from datetime import datetime
from pathlib import Path

import click

from monitor.cli.importing import show_errors, show_report
from monitor.cli.installation import DATE, Installation, with_installation
from monitor.cli.previewing import show_preview_of
from monitor.setup import import_read, read_bytes
from monitor.setup.calendar_confirm import confirmed_calendar
from monitor.setup.calendar_draft import draft_calendar
from monitor.store.session import StoreError, reading
from monitor.text import sentence

CALENDAR = "calendar"


@click.group("calendar")
def calendar_group() -> None:
    """Lịch nghỉ, làm bù / holidays and make-up days."""


@calendar_group.command("draft")
@click.argument("year", type=click.IntRange(1900, 9999))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@with_installation
def draft(installation: Installation, year: int, out: Path | None) -> None:
    """Dự thảo lịch một năm để sửa rồi nạp / a draft of a year as calendar.csv."""
    content = draft_calendar(year).encode()
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        with out.open("xb") as target:  # a file that somebody has corrected is not written over
            target.write(content)
    except OSError as error:
        raise StoreError("cannot_write", path=str(out), why=error.strerror) from error
    values = {"year": year, "file": str(out), "days": content.count(b"\n") - 1}
    click.echo(sentence("calendar_drafted", values, installation.words))


@calendar_group.command("confirm")
@click.option("--from", "first", type=DATE, required=True, metavar="YYYY-MM-DD")
@click.option("--to", "last", type=DATE, required=True, metavar="YYYY-MM-DD")
@click.option(
    "--document", required=True, metavar="TEXT", help="Số văn bản quyết định / the notice's number."
)
@click.option("--unit", metavar="CODE", help="Lịch riêng của đơn vị / the unit's own rows.")
@click.option("--preview", is_flag=True, help="Ai sẽ đổi kết quả, không ghi / who would change.")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def confirm(  # noqa: PLR0913 - one argument per option of the command
    installation: Installation,
    first: datetime,
    last: datetime,
    document: str,
    unit: str | None,
    *,
    preview: bool,
    as_json: bool,
) -> None:
    """Xác nhận những ngày dự kiến (P) / confirm proposed days."""
    with reading(installation.engine) as session:
        data = confirmed_calendar(session, first.date(), last.date(), document=document, scope=unit)
    file = read_bytes(CALENDAR, data, document)
    if preview:
        show_errors(show_preview_of(installation, file, as_json=as_json), installation.words)
        return
    report = import_read(
        installation.engine,
        file,
        now=installation.clock(),
        zone=installation.settings.site.timezone,
        actor=installation.actor,
    )
    show_report(report, installation, as_json=as_json)


COMMANDS = (calendar_group,)
