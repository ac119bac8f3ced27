"""`monitor check overdue` and `monitor hotline …`: what is late after an inspection, who receives reports."""

import json
from zoneinfo import ZoneInfo

import click

from monitor.cli.checks import check_group
from monitor.cli.installation import Installation, with_installation
from monitor.inspections.officers import dismiss_officer, name_officer, officers
from monitor.inspections.overdue import all_items
from monitor.inspections.wish import By
from monitor.store.session import reading, transaction
from monitor.text import sentence


@check_group.command("overdue")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def overdue_command(installation: Installation, *, as_json: bool) -> None:
    """Các việc sau kiểm tra đã quá hạn, không nêu tên / late steps after inspections, nobody is named."""
    now = installation.clock().astimezone(ZoneInfo(installation.settings.site.timezone))
    with reading(installation.engine) as session:
        items = all_items(session, installation.settings, now)
    rows = [
        {
            "code": item.row.finding.code,
            "unit": item.row.unit.code,
            "step": item.progress.next,
            "due": str(item.progress.due_on),
            "days": -item.progress.days_left,
            "told": item.escalated,
        }
        for item in items
        if item.is_open and item.progress.late
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        step = sentence(f"finding_next_{row['step']}", {}, installation.words)
        click.echo(sentence("finding_line", row | {"step": step}, installation.words))
    if not rows:
        click.echo(sentence("findings_none_late", {}, installation.words))


@click.group("hotline")
def hotline_group() -> None:
    """Người tiếp nhận phản ánh của công dân / who receives reports from citizens."""


@hotline_group.command("list")
@with_installation
def list_command(installation: Installation) -> None:
    """Ai đang tiếp nhận / who receives reports now."""
    every = sentence("officer_all_units", {}, installation.words)
    with reading(installation.engine) as session:
        found = [(one.document, account.user_name, unit) for one, account, unit in officers(session)]
    for document, user, unit in found:
        values = {"user": user, "unit": unit.code if unit else every, "document": document}
        click.echo(sentence("officer_line", values, installation.words))
    if not found:
        click.echo(sentence("officers_none", {}, installation.words))


@hotline_group.command("name")
@click.argument("user")
@click.option("--unit", default="", metavar="CODE", help="Mặc định mọi đơn vị / every unit otherwise.")
@click.option("--document", required=True, metavar="TEXT", help="Văn bản giao nhiệm vụ / by which document.")
@with_installation
def name_command(installation: Installation, user: str, unit: str, document: str) -> None:
    """Giao một tài khoản thanh tra tiếp nhận / let an inspector's account receive reports."""
    with transaction(installation.engine) as session:
        name_officer(session, user, unit, document, _by(installation))
    every = sentence("officer_all_units", {}, installation.words)
    click.echo(sentence("officer_is_named", {"user": user, "unit": unit or every}, installation.words))


@hotline_group.command("dismiss")
@click.argument("user")
@with_installation
def dismiss_command(installation: Installation, user: str) -> None:
    """Thôi giao tiếp nhận / end it."""
    with transaction(installation.engine) as session:
        dismiss_officer(session, user, _by(installation))
    click.echo(sentence("officer_is_dismissed", {"user": user}, installation.words))


def _by(installation: Installation) -> By:
    return By(actor=installation.actor, now=installation.clock(), settings=installation.settings)


COMMANDS = (hotline_group,)
