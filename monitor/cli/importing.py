"""`monitor import …`: every file of rules 9, and punch files."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.cli.installation import AS, EXISTING, Installation, with_installation
from monitor.cli.lazy import LazyGroup
from monitor.cli.previewing import show_preview
from monitor.cli.rights import RIGHTS
from monitor.intake import FileReport, import_punches
from monitor.setup import KINDS, ImportReport, import_file
from monitor.store.session import reading
from monitor.text import sentence

SHOWN_ERRORS = 50
SHOWN_IDS = 8


@click.group("import", cls=LazyGroup, elsewhere={"list": "undoing", "undo": "undoing"})
def import_group() -> None:
    """Nạp tệp / import files: CSV, Excel, TOML; attlog.dat."""


def _import_command(kind: str) -> click.Command:
    @click.command(kind)
    @click.argument("file", type=EXISTING)
    @click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra, không ghi / check only.")
    @click.option("--partial", is_flag=True, help="Ghi các dòng đúng / apply the good rows.")
    @click.option("--preview", is_flag=True, help="Ai sẽ đổi kết quả, không ghi / who would change.")
    @click.option("--json", "as_json", is_flag=True)
    @with_installation
    def run(
        installation: Installation,
        file: Path,
        *,
        dry_run: bool,
        partial: bool,
        preview: bool,
        as_json: bool,
    ) -> None:
        if preview:
            found = show_preview(installation, kind, file, partial=partial, as_json=as_json)
            show_errors(found, installation.words)
            return
        report = import_file(
            installation.engine,
            kind,
            file,
            now=installation.clock(),
            zone=installation.settings.site.timezone,
            actor=installation.actor,
            dry_run=dry_run,
            partial=partial,
            reach=installation.reach,
        )
        show_report(report, installation, as_json=as_json)

    run.help = f"Nạp / import {kind}."
    return AS(run) if f"import {kind}" in RIGHTS else run


def show_report(report: ImportReport, installation: Installation, *, as_json: bool) -> None:
    """Errors with their places on stderr, the counts on stdout; exit code 1 when rows were refused."""
    language = installation.words
    counts = {"rows": report.rows, "added": report.added, "changed": report.changed}
    counts |= {"unchanged": report.unchanged, "refused": report.refused}
    if as_json:
        click.echo(json.dumps({"kind": report.kind, "applied": report.applied, **counts}))
    else:
        code = "import_applied" if report.applied else "import_not_applied"
        click.echo(sentence(code, {"file": report.file, **counts}, language))
    show_errors(report, language)


def show_errors(report: ImportReport, language: str) -> None:
    """What is wrong with which place of the file; then the command has failed."""
    for error in report.errors[:SHOWN_ERRORS]:
        click.echo(error.text(language), err=True)
    if len(report.errors) > SHOWN_ERRORS:
        more = len(report.errors) - SHOWN_ERRORS
        click.echo(sentence("more_errors", {"count": more}, language), err=True)
    if report.errors:
        raise click.exceptions.Exit(1)


@click.command("punches")
@click.argument("file", type=EXISTING)
@click.option("--terminal", required=True, metavar="CODE", help="Mã máy / the terminal's code.")
@click.option("--layout", default="auto", show_default=True)
@click.option("--covers", default="", metavar="log|FROM/TO", help="Tệp này đủ cho khoảng nào.")
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@AS
@with_installation
def punches(  # noqa: PLR0913 - one argument per option of the contract
    installation: Installation,
    file: Path,
    terminal: str,
    layout: str,
    covers: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Nạp lượt chấm từ tệp / import punches from a file."""
    with reading(installation.engine) as session:
        installation.terminal(session, terminal)
    report = import_punches(
        installation.engine,
        file,
        terminal,
        now=installation.clock(),
        actor=installation.actor,
        layout=layout,
        covers=covers,
        dry_run=dry_run,
    )
    _show_punches(report, installation, as_json=as_json)


def _show_punches(report: FileReport, installation: Installation, *, as_json: bool) -> None:
    counts = {
        "lines": report.intake.lines,
        "stored": report.intake.stored,
        "duplicates": report.intake.duplicates,
        "quarantined": report.intake.quarantined,
    }
    if as_json:
        click.echo(json.dumps(counts))
        return
    language = installation.words
    for line, reason in report.bad[:SHOWN_ERRORS]:
        where = {"file": report.file, "line": line, "reason": sentence(reason, {}, language)}
        click.echo(sentence("punch_line_set_aside", where, language), err=True)
    for code, values in _notes(report, language):
        click.echo(sentence(code, {"file": report.file, **values}, language), err=True)
    if report.processed_pairs:
        click.echo(sentence("processed_pairs", {"file": report.file}, language), err=True)
    code = "punches_imported" if report.applied else "punches_checked"
    click.echo(sentence(code, {"file": report.file, "layout": report.layout, **counts}, language))


def _notes(report: FileReport, language: str) -> Iterator[tuple[str, dict[str, object]]]:
    """What a clerk should know of a file before or after it is taken in."""
    if report.date_order:
        yield f"punches_order_{report.date_order}", {}
    for reason, count in sorted(report.intake.doubted.items()):
        yield "punches_doubted", {"count": count, "reason": sentence(reason, {}, language)}
    if report.unknown_ids:
        first = ", ".join(list(report.unknown_ids)[:SHOWN_IDS])
        more = "…" if len(report.unknown_ids) > SHOWN_IDS else ""
        counts = {"count": sum(report.unknown_ids.values()), "ids": len(report.unknown_ids)}
        yield "punches_unknown_ids", {**counts, "first": first + more}


for kind_name in KINDS:
    import_group.add_command(_import_command(kind_name))
import_group.add_command(punches)

COMMANDS = (import_group,)
