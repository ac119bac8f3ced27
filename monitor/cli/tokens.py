"""`monitor token …`: tokens of other programs: add, list, revoke."""

import json
from dataclasses import asdict

import click

from monitor.accounts.administration import By
from monitor.accounts.programs import (
    ListedToken,
    NewToken,
    add_token,
    listed_tokens,
    revoke_token,
)
from monitor.cli.installation import Installation, with_installation
from monitor.cli.slips import shown_time
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables.api import TOKEN_ROLES
from monitor.text import sentence


@click.group("token")
def token_group() -> None:
    """Mã truy cập của phần mềm khác / tokens of other programs (docs/api.md)."""


AS_JSON = click.option("--json", "as_json", is_flag=True)


def _by(installation: Installation) -> By:
    return By(actor=installation.actor, settings=installation.settings, now=installation.clock())


@token_group.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(TOKEN_ROLES), required=True)
@click.option("--unit", default="", metavar="CODE", help="Đơn vị, gồm cấp dưới / its subtree.")
@click.option("--owner", required=True, metavar="USER", help="Người chịu trách nhiệm / who answers for it.")
@click.option("--days", type=int, default=365, show_default=True, help="Có hiệu lực / how long it is good.")
@AS_JSON
@with_installation
def add(  # noqa: PLR0913 - one argument per option of the command
    installation: Installation, name: str, role: str, unit: str, owner: str, days: int, *, as_json: bool
) -> None:
    """Cấp mã truy cập cho phần mềm NAME, hiện một lần / make a token for a program, shown once."""
    new = NewToken(name=name, role=role, unit=unit, owner=owner, days=days)
    with transaction(installation.engine) as session:
        made = add_token(session, new, _by(installation), tree(session))
    if as_json:
        click.echo(json.dumps(asdict(made), ensure_ascii=False, default=str))
        return
    values = {"number": made.number, "name": made.name, "until": shown_time(made.expires_at, installation)}
    click.echo(sentence("token_made", values, installation.words), err=True)
    click.echo(made.token)


@token_group.command("list")
@AS_JSON
@with_installation
def list_command(installation: Installation, *, as_json: bool) -> None:
    """Mọi mã truy cập, không hiện mã / all tokens, without themselves."""
    with reading(installation.engine) as session:
        found = listed_tokens(session, installation.clock(), tree(session))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(sentence("token_line", _line(one, installation), installation.words))
    if not found:
        click.echo(sentence("tokens_none", {}, installation.words))


def _line(one: ListedToken, installation: Installation) -> dict[str, object]:
    used = one.last_used_at
    never = sentence("token_never_used", {}, installation.words)
    return asdict(one) | {
        "unit": one.unit or "*",
        "state": sentence(f"token_state_{one.state}", {}, installation.words),
        "until": shown_time(one.expires_at, installation),
        "used": never if used is None else shown_time(used, installation),
    }


@token_group.command("revoke")
@click.argument("number", type=int)
@with_installation
def revoke(installation: Installation, number: int) -> None:
    """Thu hồi mã truy cập số NUMBER ngay / end a token at once."""
    with transaction(installation.engine) as session:
        name = revoke_token(session, number, _by(installation))
    click.echo(sentence("token_revoked_now", {"number": number, "name": name}, installation.words))


COMMANDS = (token_group,)
