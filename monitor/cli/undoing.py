"""`monitor import list` and `undo`: which punch files were imported, and letting one count no more."""

import json
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from monitor.cli.installation import Installation, with_installation
from monitor.intake.undo import undo_import
from monitor.store.queries.imports import ImportedFile, imported_files
from monitor.store.session import reading, transaction
from monitor.text import sentence


@click.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def list_command(installation: Installation, *, as_json: bool) -> None:
    """Các tệp lượt chấm đã nạp / punch files that were imported, newest first."""
    with reading(installation.engine) as session:
        found = imported_files(session)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(_line(one, installation))
    if not found:
        click.echo(sentence("imports_none", {}, installation.words))


def _line(one: ImportedFile, installation: Installation) -> str:
    zone = ZoneInfo(installation.settings.site.timezone)
    values = asdict(one) | {"at": f"{one.imported_at.astimezone(zone):%Y-%m-%d %H:%M}"}
    line = sentence("import_line", values, installation.words)
    if one.undone_at is None:
        return line
    about = {"by": one.undone_by, "reason": one.undone_reason}
    return f"{line} {sentence('import_line_undone', about, installation.words)}"


@click.command("undo")
@click.argument("import_id", metavar="ID", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def undo_command(installation: Installation, import_id: int, reason: str, *, as_json: bool) -> None:
    """Huỷ một lần nạp / let an imported file count no more; nothing is deleted."""
    now = installation.clock()
    with transaction(installation.engine) as session:
        report = undo_import(session, import_id, by=installation.actor, reason=reason, now=now)
    counts = {"id": report.import_id, "withheld": report.withheld, "withdrawn": len(report.withdrawn)}
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(sentence("import_undone", counts | {"file": report.file_name}, installation.words))


COMMANDS = (list_command, undo_command)
