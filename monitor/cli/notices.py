"""`monitor notices …`: what was sent and what failed, whether the mail server answers, sending again."""

import json
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlmodel import col

from monitor import notices
from monitor.cli.installation import Installation, with_installation
from monitor.notices import Listed, NoticeRefused
from monitor.store.session import reading, transaction
from monitor.store.tables import Account
from monitor.store.tables.notices import STATES
from monitor.text import sentence


@click.group("notices")
def notices_group() -> None:
    """Thư nhắc / messages to people: what was sent, trying out, sending again."""


@notices_group.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Trạng thái / only these.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@with_installation
def list_command(installation: Installation, states: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Thư gần đây, không có nội dung / the newest messages, without what they say."""
    with reading(installation.engine) as session:
        found = notices.listed(session, installation.clock(), states, limit)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(_line(one, installation))
    if not found:
        click.echo(sentence("notices_empty", {}, installation.words))


def _line(one: Listed, installation: Installation) -> str:
    words = installation.words
    values = {
        "id": one.id,
        "queued_at": _local(one.queued_at, installation),
        "user": one.user_name or "–",
        "kind": one.kind,
        "about": one.about,
        "state": sentence(f"notice_state_{one.state}", {}, words),
        "why": f"{sentence(one.error, {}, words) if one.error else ''} {one.reply}".strip(),
    }
    return sentence("notices_line", values, words).rstrip()


def _local(moment: datetime, installation: Installation) -> str:
    return f"{moment.astimezone(ZoneInfo(installation.settings.site.timezone)):%Y-%m-%d %H:%M}"


@notices_group.command("test")
@click.option("--to", "user", metavar="USER", help="Gửi thư thử cho / a trial message to an account.")
@with_installation
def test_command(installation: Installation, user: str | None) -> None:
    """Thử máy chủ thư, không gửi gì / whether the mail server takes us; sends nothing without --to."""
    mail, words = installation.settings.mail, installation.words
    if not mail.host:
        raise NoticeRefused("notice_no_server")
    ended = notices.try_server(installation.settings)
    if ended.error:
        values = {"host": mail.host, "why": sentence(ended.error, {}, words), "reply": ended.reply}
        click.echo(sentence("notices_server_ill", values, words).rstrip(), err=True)
        raise click.exceptions.Exit(1)
    click.echo(sentence("notices_server_well", {"host": mail.host}, words))
    if user is not None:
        _queue_trial(installation, user)
        click.echo(sentence("notice_test_queued", {}, words))


def _queue_trial(installation: Installation, user: str) -> None:
    with transaction(installation.engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == user)).first()
        if account is None:
            raise NoticeRefused("account_unknown", user=user)
        now, settings = installation.clock(), installation.settings
        notices.ask_test(session, account, settings, now, actor=installation.actor)


@notices_group.command("retry")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ID...")
@with_installation
def retry_command(installation: Installation, numbers: tuple[int, ...]) -> None:
    """Gửi lại thư bị từ chối hoặc không rõ / send again what was refused or may be lost; all or none."""
    with transaction(installation.engine) as session:
        for number in numbers:
            notices.resend(session, number, installation.clock(), installation.actor)
    for number in numbers:
        click.echo(sentence("notice_queued_again", {"number": number}, installation.words))


COMMANDS = (notices_group,)
