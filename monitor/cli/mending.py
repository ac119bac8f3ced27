"""Commands that mend what was delivered: quarantined records, unknown ids, terminals that wait."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from sqlmodel import Session

from monitor.cli.installation import DATE, TIME, Installation, with_installation
from monitor.intake.quarantine import By, correct, dismiss, release
from monitor.rules.wallclock import seconds_of, text_of
from monitor.setup.mapping import Asked, approve_terminal, map_badge, reject_terminal, switch_terminal
from monitor.store.queries.quarantine import Kept, kept_records
from monitor.store.queries.terminal_cards import pending_terminals
from monitor.store.queries.unknown_ids import UnknownId, unknown_ids
from monitor.store.session import reading, transaction
from monitor.text import sentence

REASON = click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")
AS_JSON = click.option("--json", "as_json", is_flag=True)
TERMINAL = click.option("--terminal", metavar="CODE", help="Chỉ một máy / of one terminal.")
IDS = click.argument("ids", nargs=-1, type=int, required=True, metavar="ID...")
LOOK_BACK = timedelta(days=90)


@click.group("quarantine")
def quarantine_group() -> None:
    """Bản ghi bị cách ly / records that were set aside."""


@quarantine_group.command("list")
@TERMINAL
@click.option("--all", "with_decided", is_flag=True, help="Cả bản ghi đã xử lý / decided ones, too.")
@AS_JSON
@with_installation
def list_quarantine(
    installation: Installation, terminal: str | None, *, with_decided: bool, as_json: bool
) -> None:
    """Bản ghi đang chờ / records that wait."""
    with reading(installation.engine) as session:
        here = None if terminal is None else installation.terminal(session, terminal).id
        found = kept_records(session, terminal_id=here, with_decided=with_decided)
        rows = [_as_dict(kept) for kept in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo(_quarantine_line(row, installation.words))
    if not rows:
        click.echo(sentence("quarantine_empty", {}, installation.words))


def _as_dict(kept: Kept) -> dict[str, object]:
    record, decision = kept.record, kept.decision
    return {
        "id": record.id,
        "terminal": kept.terminal,
        "device_user_id": record.device_user_id,
        "time": record.device_time,
        "reason": record.reason,
        "source": record.source,
        "decision": None if decision is None else decision.decision,
        "decided_by": None if decision is None else decision.decided_by,
        "decided_reason": None if decision is None else decision.reason,
    }


def _quarantine_line(row: dict[str, object], language: str) -> str:
    why = sentence(str(row["reason"]), {}, language)
    line = sentence("quarantine_line", row | {"why": why, "time": row["time"] or "–"}, language)
    if row["decision"] is None:
        return line
    return f"{line} {sentence('quarantine_decided', row, language)}"


def _decide(installation: Installation, decide: Callable[[Session, By], int], reason: str) -> None:
    by = By(actor=installation.actor, reason=reason, now=installation.clock())
    with transaction(installation.engine) as session:
        count = decide(session, by)
    click.echo(sentence("quarantine_done", {"count": count}, installation.words))


@quarantine_group.command("release")
@IDS
@REASON
@with_installation
def release_command(installation: Installation, ids: Sequence[int], reason: str) -> None:
    """Nhận nguyên như máy ghi / take records in as they are."""
    _decide(installation, lambda session, by: release(session, ids, by), reason)


@quarantine_group.command("correct")
@IDS
@click.option(
    "--shift", "shift_seconds", type=int, metavar="SECONDS", help="Cộng thêm / add to the raw time."
)
@click.option(
    "--time", "moment", type=TIME, metavar='"YYYY-MM-DD HH:MM:SS"', help="Giờ thật / the true time."
)
@REASON
@with_installation
def correct_command(
    installation: Installation,
    ids: Sequence[int],
    shift_seconds: int | None,
    moment: datetime | None,
    reason: str,
) -> None:
    """Nhận với giờ thật / take records in under the true time; the raw one is kept."""
    if (shift_seconds is None) == (moment is None):
        raise click.UsageError("--shift | --time")
    time = None if moment is None else seconds_of(moment)
    shift = shift_seconds or 0
    _decide(
        installation,
        lambda session, by: correct(session, ids, by, shift_seconds=shift, time=time),
        reason,
    )


@quarantine_group.command("dismiss")
@IDS
@REASON
@with_installation
def dismiss_command(installation: Installation, ids: Sequence[int], reason: str) -> None:
    """Giữ lại, không tính / keep records as untrue."""
    _decide(installation, lambda session, by: dismiss(session, ids, by), reason)


@click.group("badge")
def badge_group() -> None:
    """Mã người dùng trên máy / device user ids and whose they are."""


@badge_group.command("unknown")
@TERMINAL
@click.option("--since", type=DATE, metavar="YYYY-MM-DD", help="Từ ngày / from this day on (90 ngày).")
@AS_JSON
@with_installation
def unknown_command(
    installation: Installation, terminal: str | None, since: datetime | None, *, as_json: bool
) -> None:
    """Mã chưa biết của ai / ids with punches that mean nobody."""
    start = since or (installation.clock() - LOOK_BACK).replace(tzinfo=None)
    with reading(installation.engine) as session:
        here = None if terminal is None else [installation.terminal(session, terminal).id or 0]
        found = unknown_ids(session, seconds_of(start), here)
    if as_json:
        rows = [asdict(one) | {"first": text_of(one.first), "last": text_of(one.last)} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        click.echo(_unknown_line(one, installation.words))
    if not found:
        click.echo(sentence("unknown_ids_none", {}, installation.words))


def _unknown_line(one: UnknownId, language: str) -> str:
    values = asdict(one) | {"first": text_of(one.first), "last": text_of(one.last)}
    line = sentence("unknown_id_line", values, language)
    maybe = ", ".join(dict.fromkeys(candidate.person for candidate in one.candidates))
    return f"{line} {sentence('unknown_id_maybe', {'people': maybe}, language)}" if maybe else line


@badge_group.command("map")
@click.argument("terminal")
@click.argument("device_user_id", metavar="PIN")
@click.argument("person", metavar="STAFF_CODE")
@click.option("--from", "first", type=DATE, metavar="YYYY-MM-DD")
@click.option("--to", "last", type=DATE, metavar="YYYY-MM-DD")
@with_installation
def map_command(
    installation: Installation,
    terminal: str,
    device_user_id: str,
    person: str,
    first: datetime | None,
    last: datetime | None,
) -> None:
    """Gán mã cho một người / say whose an id is; TERMINAL `*` means any."""
    with transaction(installation.engine) as session:
        map_badge(
            session,
            _asked(installation),
            terminal=terminal,
            device_user_id=device_user_id,
            person=person,
            valid_from=None if first is None else first.date(),
            valid_to=None if last is None else last.date(),
        )
    values = {"terminal": terminal, "device_user_id": device_user_id, "person": person}
    click.echo(sentence("badge_mapped", values, installation.words))


@click.group("terminal")
def terminal_group() -> None:
    """Máy chờ duyệt, máy tắt / terminals that wait, or are switched off."""


@terminal_group.command("waiting")
@click.option("--all", "with_rejected", is_flag=True, help="Cả máy đã từ chối / rejected ones, too.")
@with_installation
def waiting_command(installation: Installation, *, with_rejected: bool) -> None:
    """Máy lạ gọi tới / serial numbers that call and may not deliver."""
    with reading(installation.engine) as session:
        found = pending_terminals(session, with_rejected=with_rejected)
        lines = [{"serial": row.serial, "address": row.address, "count": row.attempts} for row in found]
    for values in lines:
        click.echo(sentence("terminal_waiting_line", values, installation.words))
    if not lines:
        click.echo(sentence("terminals_waiting_none", {}, installation.words))


@terminal_group.command("approve")
@click.argument("serial")
@click.option("--code", required=True)
@click.option("--name", required=True)
@click.option("--unit", default="", metavar="CODE")
@with_installation
def approve_command(installation: Installation, serial: str, code: str, name: str, unit: str) -> None:
    """Duyệt một máy lạ / let a serial number deliver, as a new terminal."""
    with transaction(installation.engine) as session:
        approve_terminal(session, _asked(installation), serial, code=code, name=name, unit=unit)
    click.echo(sentence("terminal_approved", {"serial": serial, "code": code}, installation.words))


@terminal_group.command("reject")
@click.argument("serial")
@REASON
@with_installation
def reject_command(installation: Installation, serial: str, reason: str) -> None:
    """Từ chối một máy lạ / ask no more about a serial number."""
    with transaction(installation.engine) as session:
        reject_terminal(session, _asked(installation), serial, reason=reason)
    click.echo(sentence("terminal_rejected", {"serial": serial}, installation.words))


@terminal_group.command("switch")
@click.argument("code")
@click.argument("state", type=click.Choice(["on", "off"]))
@REASON
@with_installation
def switch_command(installation: Installation, code: str, state: str, reason: str) -> None:
    """Tắt, bật một máy / stop or resume reading a terminal."""
    with transaction(installation.engine) as session:
        switch_terminal(session, _asked(installation), code, off=state == "off", reason=reason)
    click.echo(sentence(f"terminal_switched_{state}", {"terminal": code}, installation.words))


def _asked(installation: Installation) -> Asked:
    return Asked(actor=installation.actor, now=installation.clock(), zone=installation.settings.site.timezone)


COMMANDS = (quarantine_group, badge_group, terminal_group)
