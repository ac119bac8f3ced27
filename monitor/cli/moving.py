"""Commands for PostgreSQL: moving an installation there, and the roles that it should have."""

import json
from dataclasses import asdict

import click
from filelock import FileLock, Timeout

from monitor.backup import Asked, BackupRefused, Moved, move
from monitor.cli.installation import Installation, with_installation
from monitor.cli.progress import progress_bar
from monitor.cli.supervision import lock_file
from monitor.store.roles import Roles, role_statements
from monitor.text import sentence

USUAL = Roles()


@click.command("move")
@click.option(
    "--to",
    metavar="URL",
    required=True,
    envvar="MONITOR_MOVE_TO",
    help="CSDL PostgreSQL trống / an empty one: postgresql+psycopg://USER@SERVER/DATABASE.",
)
@click.option("--check", "only_check", is_flag=True, help="Diễn tập, không giữ / rehearse, keep nothing.")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def move_command(installation: Installation, to: str, *, only_check: bool, as_json: bool) -> None:
    """Chuyển từ SQLite sang PostgreSQL, tất cả hoặc không gì / from SQLite to PostgreSQL, all or nothing."""
    done = _moved(installation, to, keep=not only_check)
    if as_json:
        click.echo(json.dumps({**asdict(done), "rows": done.rows, "kept": not only_check}))
        return
    values = {
        "rows": done.rows,
        "tables": len(done.tables),
        "seconds": round(done.seconds, 1),
        "head": done.head,
    }
    click.echo(sentence("move_rehearsed" if only_check else "moved", values, installation.words))
    if not only_check:
        click.echo(sentence("move_next", {}, installation.words))


def _moved(installation: Installation, to: str, *, keep: bool) -> Moved:
    asked = Asked(to=to, actor=installation.actor, now=installation.clock(), keep=keep)
    try:
        with FileLock(lock_file(installation.settings), timeout=0), progress_bar("PostgreSQL") as report:
            return move(installation.settings, asked, report)
    except Timeout:
        raise BackupRefused("database_in_use", processes="monitor work") from None


@click.group("database")
def database_group() -> None:
    """Cơ sở dữ liệu PostgreSQL / the PostgreSQL database."""


@database_group.command("roles")
@click.option("--owner", default=USUAL.owner, show_default=True)
@click.option("--program", default=USUAL.program, show_default=True)
@click.option("--reader", default=USUAL.reader, show_default=True)
@click.option("--database", default=USUAL.database, show_default=True)
@click.option("--schema", default=USUAL.schema, show_default=True)
def roles_command(**names: str) -> None:
    """In SQL chia quyền: chủ, chương trình, chỉ đọc / print SQL for roles: owner, program, reader."""
    click.echo("BEGIN;")
    for statement in role_statements(Roles(**names)):
        click.echo(f"{statement};")
    click.echo("COMMIT;")


COMMANDS = (move_command, database_group)
