"""`monitor account …`: add (many at once), reset, unlock, disable, list, log-ins; and the way back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from sqlmodel import Session

from monitor.accounts import AccountRefused, administration, needs_factor, sessions
from monitor.accounts.administration import By, Listed, NewAccount, Slip
from monitor.accounts.credentials import known_account
from monitor.cli.installation import EXISTING, Installation, with_installation
from monitor.cli.slips import shown_time, slips_text, write_slips
from monitor.setup.cells import text
from monitor.setup.form import Column, read_lines
from monitor.setup.report import ImportRefused
from monitor.setup.tables_in import SIZE_LIMIT, read_table
from monitor.store.session import StoreError, reading, transaction
from monitor.text import sentence

COLUMNS = (
    Column("user_name", text, required=True),
    Column("display_name", text, required=True),
    Column("role", text, required=True),
    Column("unit", text, default=""),
    Column("person", text, default=""),
)
MEGABYTE = 1024 * 1024


@click.group("account")
def account_group() -> None:
    """Tài khoản / accounts."""


AS_JSON = click.option("--json", "as_json", is_flag=True)
SLIPS = click.option(
    "--slips",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ghi phiếu ra tệp .html hoặc .txt / slips to a file.",
)
USER = click.argument("user")


def _by(installation: Installation) -> By:
    return By(actor=installation.actor, settings=installation.settings, now=installation.clock())


def _say(installation: Installation, code: str, **values: object) -> None:
    click.echo(sentence(code, values, installation.words))


@account_group.command("add")
@click.argument("user", required=False)
@click.option("--name", default="", help="Họ tên, chức vụ / the name to show.")
@click.option("--role", default="staff", show_default=True)
@click.option("--unit", default="", metavar="CODE")
@click.option("--person", default="", metavar="CODE", help="Mã cán bộ / the person's code.")
@click.option("--file", "file", type=EXISTING, help="Nhiều tài khoản / many: CSV, Excel.")
@SLIPS
@AS_JSON
@with_installation
def add(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    installation: Installation,
    user: str | None,
    name: str,
    role: str,
    unit: str,
    person: str,
    file: Path | None,
    slips: Path | None,
    *,
    as_json: bool,
) -> None:
    """Thêm tài khoản, in phiếu dùng một lần / add accounts and print their one-time slips."""
    if (user is None) == (file is None):
        raise AccountRefused("account_add_what")
    one = NewAccount(user_name=user or "", display_name=name, role=role, unit=unit, person=person)
    new = [one] if file is None else _read(file, installation)
    with transaction(installation.engine) as session:
        made = administration.add_many(session, new, _by(installation))
        _hand_out(made, slips, installation, as_json=as_json)


def _read(file: Path, installation: Installation) -> list[NewAccount]:
    """The accounts of a file; what is wrong with it is told by place, and then nothing is added."""
    try:
        if file.stat().st_size > SIZE_LIMIT:
            raise ImportRefused("file_too_large", file=file.name, limit_megabytes=SIZE_LIMIT // MEGABYTE)
        data = file.read_bytes()
    except OSError:
        raise StoreError("file_unreadable", file=str(file)) from None
    try:
        lines = read_lines(read_table(data, "accounts"), file.name, COLUMNS, NewAccount, partial=False)
    except ImportRefused as refused:
        raise ImportRefused(refused.code, **{"file": file.name, **refused.values}) from None
    for error in lines.errors:
        click.echo(error.text(installation.words), err=True)
    if lines.errors:
        raise click.exceptions.Exit(1)
    return [line.item for line in lines.read]


def _hand_out(made: Sequence[Slip], slips: Path | None, installation: Installation, *, as_json: bool) -> None:
    """Give the slips out, this once; when they cannot be written nothing is kept of what was asked for."""
    if slips is not None:
        write_slips(slips, made, installation)
        _say(installation, "accounts_slips_written", path=slips)
    elif as_json:
        click.echo(json.dumps([asdict(slip) for slip in made], ensure_ascii=False, default=str))
    else:
        click.echo(slips_text(made, installation))


@account_group.command("reset")
@USER
@click.option("--second-factor", is_flag=True, help="Bỏ xác thực hai lớp đã mất / a lost second factor.")
@SLIPS
@AS_JSON
@with_installation
def reset(
    installation: Installation, user: str, slips: Path | None, *, second_factor: bool, as_json: bool
) -> None:
    """Cấp phiếu mật khẩu mới, hoặc bỏ xác thực hai lớp / a slip for a new password, or no second factor."""
    with transaction(installation.engine) as session:
        if second_factor:
            administration.reset_factor(session, user, _by(installation))
            values = {"user": user, "actor": installation.actor}
            click.echo(sentence("account_factor_reset", values, installation.words), err=True)
        else:
            made = administration.reset_password(session, user, _by(installation))
            _hand_out([made], slips, installation, as_json=as_json)


def _simple(name: str, about: str, change: Callable[[Session, str, By], object], said: str) -> click.Command:
    """A command that changes one account and says so."""

    @account_group.command(name, help=about)
    @USER
    @with_installation
    def run(installation: Installation, user: str) -> None:
        with transaction(installation.engine) as session:
            change(session, user, _by(installation))
        _say(installation, said, user=user)

    return run


_simple("unlock", "Mở tạm khoá / open after wrong tries.", administration.unlock, "account_unlocked")
_simple("disable", "Khoá tài khoản / disable.", administration.disable, "account_was_disabled")
_simple("enable", "Mở lại tài khoản / enable again.", administration.enable, "account_was_enabled")


@account_group.command("list")
@AS_JSON
@with_installation
def list_command(installation: Installation, *, as_json: bool) -> None:
    """Mọi tài khoản / all accounts."""
    with reading(installation.engine) as session:
        found = administration.listed(session, installation.settings, installation.clock())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        _say(installation, "account_line", **asdict(one) | {"state": _state(one, installation)})


def _state(one: Listed, installation: Installation) -> str:
    """What an administrator should know of an account, in words."""
    states: list[tuple[str, object]] = [
        ("account_state_disabled", one.disabled),
        ("account_state_locked", one.locked_until),
        ("account_state_slip", one.slip_until),
        ("account_state_no_password", not one.has_password),
        ("account_state_no_factor", needs_factor(one.role) and not one.has_factor),
    ]
    until = one.locked_until or one.slip_until
    values = {"time": "" if until is None else shown_time(until, installation)}
    told = [sentence(code, values, installation.words) for code, holds in states if holds]
    return ", ".join(told) or sentence("account_state_ready", {}, installation.words)


@account_group.command("sessions")
@USER
@click.option("--end", is_flag=True, help="Đăng xuất mọi nơi / end them all.")
@AS_JSON
@with_installation
def sessions_command(installation: Installation, user: str, *, end: bool, as_json: bool) -> None:
    """Các phiên đang mở / where an account is logged in."""
    with transaction(installation.engine) as session:
        account = known_account(session, user)
        if end:
            ended = administration.end_sessions(session, user, _by(installation))
            _say(installation, "account_sessions_ended", user=account.user_name, count=ended)
            return
        running = sessions.sessions_of(session, account.id or 0, installation.settings, installation.clock())
        told = [row.model_dump(exclude={"key_sha256", "account_id"}) for row in running]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for row in told:
        times = {"began": shown_time(row["began_at"], installation)}
        times["seen"] = shown_time(row["seen_at"], installation)
        _say(installation, "account_session_line", **row | times | {"user": account.user_name})
    if not told:
        _say(installation, "account_sessions_none")


COMMANDS = (account_group,)
