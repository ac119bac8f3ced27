"""`monitor pull`: reading terminals now."""

import json

import click

from monitor.cli.installation import AS, Installation, with_installation
from monitor.intake import PullReport, pull
from monitor.store.queries.terminals import readable_terminals
from monitor.store.session import reading
from monitor.text import sentence


@click.command("pull")
@click.argument("codes", nargs=-1, metavar="[CODE ...]")
@click.option("--json", "as_json", is_flag=True)
@AS
@with_installation
def pull_command(installation: Installation, codes: tuple[str, ...], *, as_json: bool) -> None:
    """Đọc máy chấm công ngay / read terminals now."""
    reports = []
    for terminal_id in _wanted(installation, codes):
        report = pull(
            installation.engine, terminal_id, settings=installation.settings, clock=installation.clock
        )
        reports.append(report)
        if not as_json:
            _tell(report, installation)
    if as_json:
        click.echo(json.dumps({"terminals": [_as_dict(report) for report in reports]}))
    if any(report.error_code for report in reports):
        raise click.exceptions.Exit(1)


def _wanted(installation: Installation, codes: tuple[str, ...]) -> list[int]:
    """Ids of the terminals named, or of all that can be read. Raises StoreError `unknown_terminal`."""
    with reading(installation.engine) as session:
        if not codes:
            known = readable_terminals(session)
            return [terminal.id or 0 for terminal in known if installation.tends(terminal.unit_id)]
        return [installation.terminal(session, code).id or 0 for code in dict.fromkeys(codes)]


def _as_dict(report: PullReport) -> dict[str, object]:
    intake = report.intake
    counts = {"lines": intake.lines, "stored": intake.stored}
    counts |= {"duplicates": intake.duplicates, "quarantined": intake.quarantined}
    return {"terminal": report.terminal, "error": report.error_code, **counts}


def _tell(report: PullReport, installation: Installation) -> None:
    words = installation.words
    if report.error_code:
        why = sentence(report.error_code, report.error_values or {}, words)
        click.echo(sentence("pull_failed", {"terminal": report.terminal, "why": why}, words), err=True)
    else:
        click.echo(sentence("pulled", _as_dict(report), words))


COMMANDS = (pull_command,)
