"""`monitor period …`: closing months, what waits to be adjusted, reopening by two people."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor.accounts import AccountRefused
from monitor.cli.installation import AS, Installation, with_installation
from monitor.periods import (
    Adjustment,
    Demand,
    PeriodState,
    approve_reopening,
    close_period,
    list_adjustments,
    list_periods,
    request_reopening,
)
from monitor.rules.codes import Status, reason_codes
from monitor.rules.wallclock import date_of, text_of
from monitor.store.queries.differences import OVERTIME_SEQ
from monitor.store.session import reading
from monitor.text import sentence

NOTHING = "–"
TIMES = frozenset({"starts", "ends", "due_from", "due_to", "window_from", "window_to", "time_in", "time_out"})


@click.group("period")
def period_group() -> None:
    """Chốt công / close months, adjust and reopen them."""


UNIT = click.option("--unit", required=True, metavar="CODE", help="Mã đơn vị / the unit's code.")
MONTH = click.option("--month", required=True, metavar="YYYY-MM")
AS_JSON = click.option("--json", "as_json", is_flag=True)


@period_group.command("list")
@click.option("--unit", metavar="CODE", help="Đơn vị và cấp dưới / a unit and its subtree.")
@AS_JSON
@AS
@with_installation
def list_command(installation: Installation, unit: str | None, *, as_json: bool) -> None:
    """Các tháng đã chốt / periods that were closed."""
    with reading(installation.engine) as session:
        found = list_periods(session, installation.units_below(session, unit))
    if as_json:
        _echo_json([asdict(period) for period in found])
        return
    for period in found:
        click.echo(_period_line(period, installation))
    if not found:
        click.echo(sentence("periods_none", {}, installation.words))


def _period_line(period: PeriodState, installation: Installation) -> str:
    code = f"period_line_{period.state}"
    values = asdict(period) | {"closed_at": _local(period.closed_at, installation)}
    line = sentence(code, values, installation.words)
    if not period.adjustments:
        return line
    return f"{line} {sentence('period_line_adjustments', values, installation.words)}"


def _local(moment: datetime | None, installation: Installation) -> str:
    if moment is None:
        return NOTHING
    return f"{moment.astimezone(ZoneInfo(installation.settings.site.timezone)):%Y-%m-%d %H:%M}"


@period_group.command("close")
@UNIT
@MONTH
@click.option("--with-subunits", is_flag=True, help="Cả các đơn vị cấp dưới / the whole subtree.")
@click.option(
    "--without-steps", metavar="TEXT", default="", help="Chưa đủ chữ ký, vì sao / unsigned, and why."
)
@AS
@with_installation
def close_command(
    installation: Installation, unit: str, month: str, without_steps: str, *, with_subunits: bool
) -> None:
    """Chốt công một tháng / close a month: its records never change again."""
    _require_unit(installation, unit)
    if without_steps and (installation.acting is None or installation.acting.scope.role != "admin"):
        raise AccountRefused("unsigned_needs_admin")
    required = installation.settings.periods.require_steps
    closed = close_period(
        installation.engine,
        unit,
        month,
        now=installation.clock(),
        actor=installation.actor,
        settings=installation.settings,
        with_subunits=with_subunits,
        demand=Demand(steps=required, override=without_steps.strip()),
    )
    for period in closed:
        click.echo(sentence("period_closed", asdict(period), installation.words))
        if period.undecided:
            click.echo(sentence("period_closed_undecided", asdict(period), installation.words), err=True)


@period_group.command("adjustments")
@UNIT
@MONTH
@click.option("--all", "with_history", is_flag=True, help="Cả cái đã rút, đã áp dụng / ended ones too.")
@AS_JSON
@AS
@with_installation
def adjustments_command(
    installation: Installation, unit: str, month: str, *, with_history: bool, as_json: bool
) -> None:
    """Điều chỉnh chờ / what would change in a closed month."""
    with reading(installation.engine) as session:
        installation.unit(session, unit)
        found = list_adjustments(session, unit, month, with_history=with_history)
    if as_json:
        _echo_json([asdict(adjustment) | {"date": str(date_of(adjustment.day))} for adjustment in found])
        return
    for adjustment in found:
        click.echo(_adjustment_line(adjustment, installation))
    if not found:
        click.echo(sentence("adjustments_none", {"unit": unit, "month": month}, installation.words))


def _adjustment_line(adjustment: Adjustment, installation: Installation) -> str:
    language = installation.words
    values = {
        "person": adjustment.person,
        "name": adjustment.name,
        "date": date_of(adjustment.day).isoformat(),
        "what": _what(adjustment.seq, language),
        "changes": "; ".join(_changes(adjustment)),
    }
    return sentence(_kind(adjustment), values, language)


def _what(seq: int | None, language: str) -> str:
    """Which record of the day is meant."""
    if seq is None:
        return sentence("adjustment_day", {}, language)
    if seq <= OVERTIME_SEQ:
        return sentence("adjustment_overtime", {"number": OVERTIME_SEQ - seq + 1}, language)
    return sentence("adjustment_session", {"number": seq + 1}, language)


def _kind(adjustment: Adjustment) -> str:
    if adjustment.before is None:
        return "adjustment_appears"
    return "adjustment_vanishes" if adjustment.after is None else "adjustment_changes"


def _changes(adjustment: Adjustment) -> list[str]:
    """Column by column what was and would be; of a row that comes or goes what is known of it."""
    before, after = adjustment.before, adjustment.after
    names = list(before or after or {})
    if before is None or after is None:
        row = before or after or {}
        return [f"{name}: {_shown(name, row[name])}" for name in names if row[name] not in (None, "")]
    return [f"{name}: {_shown(name, before[name])} → {_shown(name, after[name])}" for name in names]


def _shown(name: str, value: Any) -> str:
    """A cell as exports write it."""
    if value is None or value == "":
        return NOTHING
    if name in TIMES:
        return text_of(value)
    named: dict[str, Callable[[int], str]] = {
        "status": lambda status: Status(status).name.lower(),
        "reasons": lambda reasons: ";".join(reason_codes(reasons)) or NOTHING,
    }
    return named.get(name, str)(value)


@period_group.command("request-reopen")
@UNIT
@MONTH
@click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")
@AS
@with_installation
def request_command(installation: Installation, unit: str, month: str, reason: str) -> None:
    """Đề nghị mở lại / ask for a closed month to be reopened; somebody else must approve."""
    request_reopening(
        installation.engine,
        unit,
        month,
        reason=reason,
        requested_by=_somebody(installation, unit),
        now=installation.clock(),
    )
    click.echo(sentence("reopening_asked", {"unit": unit, "month": month}, installation.words))


@period_group.command("approve-reopen")
@UNIT
@MONTH
@AS
@with_installation
def approve_command(installation: Installation, unit: str, month: str) -> None:
    """Duyệt mở lại / approve what somebody else asked for; its records are recomputed."""
    applied = approve_reopening(
        installation.engine,
        unit,
        month,
        approved_by=_somebody(installation, unit),
        now=installation.clock(),
        settings=installation.settings,
    )
    values = {"unit": unit, "month": month, "applied": applied}
    click.echo(sentence("period_reopened", values, installation.words))


def _somebody(installation: Installation, unit: str) -> str:
    """One of the two persons that a reopening takes: an operating-system user is nobody's proof."""
    if installation.acting is None:
        raise AccountRefused("reopening_needs_account")
    _require_unit(installation, unit)
    return installation.actor


def _require_unit(installation: Installation, unit: str) -> None:
    with reading(installation.engine) as session:
        installation.unit(session, unit)


def _echo_json(rows: list[dict[str, Any]]) -> None:
    click.echo(json.dumps(rows, ensure_ascii=False, default=str))


COMMANDS = (period_group,)
