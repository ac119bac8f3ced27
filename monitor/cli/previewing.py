"""`monitor import KIND FILE --preview`: what the file would change, as a table or as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli.installation import Installation
from monitor.preview import PreviewReport, PreviewRow, Verdict, preview_read
from monitor.setup import ImportReport, ReadFile, read_file
from monitor.text import sentence

NO_VERDICT = "–"


def show_preview(
    installation: Installation, kind: str, file: Path, *, partial: bool, as_json: bool
) -> ImportReport:
    """Print what importing a file would do; gives what the import itself had to say."""
    read = read_file(kind, file, partial=partial, reach=installation.reach)
    return show_preview_of(installation, read, as_json=as_json)


def show_preview_of(installation: Installation, file: ReadFile, *, as_json: bool) -> ImportReport:
    """Print what an import would do; gives what the import itself had to say.

    JSON is one object, written row by row, so that a file that touches everybody needs no memory.
    """
    writer = _JsonRows() if as_json else None
    report = preview_read(
        installation.engine,
        file,
        now=installation.clock(),
        settings=installation.settings,
        each=writer.write if writer else lambda _row: None,
    )
    if writer:
        writer.end(report)
    else:
        _table(report, installation.words)
    return report.imported


class _JsonRows:
    """Writes `{"rows": [...], ...}` one row a line."""

    def __init__(self) -> None:
        self._before = '{"rows": [\n'

    def write(self, row: PreviewRow) -> None:
        """One more row."""
        click.echo(self._before + json.dumps(asdict(row), ensure_ascii=False), nl=False)
        self._before = ",\n"

    def end(self, report: PreviewReport) -> None:
        """The counts, after the last row."""
        opening = self._before if self._before.startswith("{") else ""
        counts = {
            "kind": report.imported.kind,
            "would_apply": report.imported.applied,
            "person_days": report.person_days,
            "changed": report.changed,
            "restated": report.restated,
            "by_unit": {unit: _counts(found) for unit, found in report.by_unit.items()},
        }
        click.echo(f"{opening}\n], {json.dumps(counts, ensure_ascii=False)[1:]}")


def _counts(found: Mapping[tuple[str, str], int]) -> list[dict[str, object]]:
    return [{"before": before, "after": after, "count": n} for (before, after), n in found.items()]


def _table(report: PreviewReport, language: str) -> None:
    for unit, found in report.by_unit.items():
        for (before, after), count in found.items():
            values = {"unit": unit, "before": before, "after": after, "count": count}
            click.echo(sentence("preview_count", values, language))
    for row in report.rows:
        click.echo(sentence("preview_row", _values(row, language), language))
    if report.changed > len(report.rows):
        more = {"count": report.changed - len(report.rows)}
        click.echo(sentence("preview_more", more, language))
    totals = {"changed": report.changed, "restated": report.restated, "person_days": report.person_days}
    click.echo(sentence("preview_total", totals, language))


def _values(row: PreviewRow, language: str) -> dict[str, object]:
    note = sentence("preview_closed", {}, language) if row.in_closed_period else ""
    return {
        "unit": row.unit,
        "person": row.person,
        "name": row.name,
        "date": row.date,
        "session": row.session,
        "before": _verdict(row.before),
        "after": _verdict(row.after),
        "note": note and f" {note}",
    }


def _verdict(verdict: Verdict | None) -> str:
    """Status and minutes late, early and worked, as in exports."""
    if verdict is None:
        return NO_VERDICT
    minutes = f"{verdict.late_minutes}/{verdict.early_minutes}/{verdict.worked_minutes}"
    return f"{verdict.status} {minutes} {verdict.symbol}".rstrip()
