"""`monitor check upward|patterns|switch`: reports upward, and the patterns with how often they err."""

import json
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlmodel import Session, col

from monitor.access import Action
from monitor.cli.campaigning import by_of, say
from monitor.cli.exporting import write_out
from monitor.cli.installation import AS, DATE, Installation, with_installation
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.officers import received_units
from monitor.inspections.patterns.honest import alarms
from monitor.inspections.patterns.measured import SEED
from monitor.inspections.patterns.switches import may_switch, switch, switched_on
from monitor.inspections.patterns.words import alarm_words, definition_values, rate_words
from monitor.inspections.upward.files import SUFFIXES, made_file
from monitor.inspections.upward.gathering import KINDS, Asked, gather
from monitor.periods import Month
from monitor.rules.patterns import PATTERNS
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import known_campaign
from monitor.store.queries.findings import Reader
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import Campaign
from monitor.text import sentence

MOST_HONEST = 100_000


@click.command("upward")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--unit", "code", required=True, metavar="CODE")
@click.option("--month", metavar="YYYY-MM")
@click.option("--campaign", metavar="CODE", help="Đợt kiểm tra / of a campaign: self_check, table.")
@click.option("--until", type=DATE, metavar="YYYY-MM-DD", help="Số liệu đến hết ngày / data up to.")
@click.option("--names", is_flag=True, help="Kèm danh sách / with names.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@AS
@with_installation
def upward_command(  # noqa: PLR0913, PLR0917 - one argument per option
    installation: Installation,
    kind: str,
    code: str,
    month: str | None,
    campaign: str | None,
    until: datetime | None,
    out: Path,
    *,
    names: bool,
) -> None:
    """Báo cáo cấp trên (.docx, .pdf) / a report to the level above."""
    if (month is None) == (campaign is None):
        raise InspectionRefused("upward_period")
    if out.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(", ".join(SUFFIXES), param_hint="--out")
    with reading(installation.engine) as session:
        unit = installation.unit(session, code)
        asked = Asked(
            kind=kind,
            unit=unit,
            units=tree(session),
            reach=installation.reach,
            reader=_reader(session, installation),
            settings=installation.settings,
            forms=load_forms(installation.settings.folder),
            now=installation.local_now(),
            month=None if month is None else _month(installation, unit, month),
            campaign=None if campaign is None else campaign_of(session, installation, campaign),
            cut_day=None if until is None else day_of(until.date()),
            names=names,
        )
        found = gather(session, asked)
    made = made_file(found, out.suffix.lower(), installation.settings.folder)
    handed = Handed(
        what=f"upward.{kind}{out.suffix.lower()}",
        content=made.content,
        rows=made.rows,
        people=made.people,
        first_day=found.days[0],
        last_day=found.days[1],
        unit=unit.code,
        file=out.name,
    )
    trace_export(installation.engine, handed, now=installation.clock(), actor=installation.actor)
    write_out(made.content, out)
    say(installation, "upward_written", path=str(out))


def _month(installation: Installation, unit: UnitRow, text: str) -> Month:
    """A month whose every day the account sees. Raises StoreError `unknown_unit`, PeriodRefused."""
    month = Month.of(text)
    if not installation.sees_throughout(unit.id, month):
        raise StoreError("unknown_unit", unit=unit.code)
    return month


def _reader(session: Session, installation: Installation) -> Reader:
    """Whose findings and citizens' reports may be counted."""
    if installation.acting is None:
        return Reader(reach=EVERYBODY, reports=None, everything=True)
    scope = installation.acting.scope
    receives = scope.may(Action.RECEIVE_REPORTS)
    return Reader(
        reach=scope.reach,
        account_id=scope.account_id,
        now=installation.clock(),
        inspects=scope.may(Action.INSPECT),
        reports=received_units(session, scope.account_id) if receives else frozenset(),
    )


def campaign_of(session: Session, installation: Installation, code: str) -> Campaign:
    """A campaign that the account may know of. Raises InspectionRefused `campaign_unknown`."""
    if installation.acting is None:
        found = session.scalars(select(Campaign).where(col(Campaign.code) == code)).first()
    else:
        account_id = installation.acting.scope.account_id
        found = known_campaign(session, code, account_id, installation.clock())
    if found is None:
        raise InspectionRefused("campaign_unknown", campaign=code)
    return found


@click.command("patterns")
@click.option(
    "--honest", type=click.IntRange(40, MOST_HONEST), metavar="N", help="Mô phỏng N người trung thực."
)
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@with_installation
def patterns_command(installation: Installation, honest: int | None, seed: int, *, as_json: bool) -> None:
    """Mẫu hình cần xem lại, và tỷ lệ nêu nhầm / the patterns; --honest measures how often they err."""
    limits, words = installation.settings.patterns.limits, installation.words
    measured = None if honest is None else alarms(honest, seed, limits)
    with reading(installation.engine) as session:
        on = switched_on(session)
    if as_json:
        told = [{"pattern": one, "on": one in on, **_figures(measured, one)} for one in PATTERNS]
        click.echo(json.dumps(told))
        return
    for pattern in PATTERNS:
        rate = (
            rate_words(pattern, limits, words)
            if measured is None
            else alarm_words(pattern, measured[pattern], words)
        )
        values = {
            "pattern": pattern,
            "name": sentence(f"pattern_{pattern}", {}, words),
            "state": sentence("pattern_on" if pattern in on else "pattern_off", {}, words),
            "definition": sentence(f"pattern_{pattern}_definition", definition_values(limits), words),
            "rate": rate.rstrip("."),
        }
        say(installation, "pattern_line", **values)


def _figures(measured: object, pattern: str) -> dict[str, int]:
    if not isinstance(measured, dict):
        return {}
    return {"listed": measured[pattern].listed, "of": measured[pattern].of}


@click.command("switch")
@click.argument("pattern", type=click.Choice(PATTERNS))
@click.option("--on/--off", "on", required=True)
@click.option("--reason", required=True, metavar="TEXT")
@AS
@with_installation
def switch_command(installation: Installation, pattern: str, reason: str, *, on: bool) -> None:
    """Bật, tắt một mẫu hình, có lý do / switch a pattern on or off, with a reason."""
    by = by_of(installation)
    with transaction(installation.engine) as session:
        if by.scope is not None and not may_switch(session, by.scope.role, by.scope.account_id):
            raise InspectionRefused("pattern_not_yours")
        switch(session, pattern, by, on=on, reason=reason)
    name = sentence(f"pattern_{pattern}", {}, installation.words)
    say(installation, "pattern_switched_on" if on else "pattern_switched_off", name=name)


UPWARD_COMMANDS = (upward_command, patterns_command, switch_command)
