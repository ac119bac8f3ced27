"""`monitor check …`: inspection campaigns and their reports."""

import json
import secrets
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlmodel import Session, col

from monitor.cli.campaigning import CAMPAIGN_COMMANDS, second_of
from monitor.cli.exporting import write_out
from monitor.cli.installation import AS, DATE, TIME, Installation, with_installation
from monitor.cli.upward import UPWARD_COMMANDS, campaign_of
from monitor.exports.timesheet.form import load_forms
from monitor.exports.trace import Handed, trace_export
from monitor.inspections.campaigns import add, open_campaign
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.files import Made, made_file
from monitor.inspections.report import Ask, Report, report_of
from monitor.inspections.spread import spread_presence
from monitor.inspections.standing import keep_standing
from monitor.inspections.wish import CHOICES, By, Wish
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import campaign_days
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Campaign
from monitor.text import sentence

FILES = (".xlsx", ".pdf", ".csv")


@click.group("check")
def check_group() -> None:
    """Đợt kiểm tra / inspection campaigns."""


@check_group.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_installation
def list_command(installation: Installation, *, as_json: bool) -> None:
    """Các đợt kiểm tra, kể cả bản nháp và đợt còn niêm / all campaigns, sealed ones too."""
    with reading(installation.engine) as session:
        found = [
            (campaign, campaign_days(session, campaign.id or 0))
            for campaign in session.scalars(select(Campaign).order_by(col(Campaign.code)))
        ]
    rows = [
        {
            "code": campaign.code,
            "title": campaign.title,
            "state": campaign.state,
            "standing": campaign.standing,
            "first": min(days),
            "last": max(days),
        }
        for campaign, days in found
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        state = sentence(f"campaign_state_{row['state']}", {}, installation.words)
        click.echo(sentence("campaign_line", row | {"state": state}, installation.words))
    if not rows:
        click.echo(sentence("campaigns_none", {}, installation.words))


@check_group.command("open")
@click.option(
    "--title", metavar="TEXT", help="Không có: mở các đợt theo lịch / without: those of the calendar."
)
@click.option("--day", "days", type=DATE, multiple=True, metavar="YYYY-MM-DD")
@click.option("--leader", metavar="USER", help="Trưởng đoàn / head of the team.")
@click.option("--member", "members", multiple=True, metavar="USER")
@click.option("--basis", default="", metavar="TEXT", help="Căn cứ / legal basis.")
@click.option("--body", default="", metavar="TEXT", help="Cơ quan kiểm tra / inspecting body.")
@click.option("--units", type=click.Choice([name for name in CHOICES if name != "sample"]), default="all")
@click.option("--unit", "codes", multiple=True, metavar="CODE", help="Với --units chosen.")
@click.option("--at", "clock", default="08:00", metavar="HH:MM", show_default=True)
@click.option("--last-session", is_flag=True, help="Buổi cuối ngày / the day's last session.")
@click.option("--sealed-until", type=TIME, metavar='"YYYY-MM-DD HH:MM"')
@with_installation
def open_command(  # noqa: PLR0913, PLR0917 - one argument per option
    installation: Installation,
    title: str | None,
    days: tuple[datetime, ...],
    leader: str | None,
    members: tuple[str, ...],
    basis: str,
    body: str,
    units: str,
    codes: tuple[str, ...],
    clock: str,
    sealed_until: datetime | None,
    *,
    last_session: bool,
) -> None:
    """Mở đợt kiểm tra / open a campaign; without --title the standing ones of the calendar."""
    by = By(actor=installation.actor, now=installation.clock(), settings=installation.settings)
    if title is None:
        with transaction(installation.engine) as session:
            opened = keep_standing(session, by)
        for code in opened:
            click.echo(sentence("campaign_is_open", {"code": code}, installation.words))
        return
    wish = Wish(
        title=title,
        days=dict.fromkeys((day.date() for day in days), ""),
        team={**({leader: "leader"} if leader else {}), **dict.fromkeys(members, "member")},
        legal_basis=basis,
        body=body,
        part="last" if last_session else "first",
        check_second=second_of(clock),
        choice=units,
        units=codes,
        sealed_until=None if sealed_until is None else installation.local(sealed_until),
    )
    with transaction(installation.engine) as session:
        campaign = add(session, wish, tree(session), by, code=new_code(), seed=secrets.token_hex(32))
        open_campaign(session, campaign, by)
        code = campaign.code
    click.echo(sentence("campaign_is_open", {"code": code}, installation.words))


def new_code() -> str:
    """A code that tells nothing."""
    return f"dot-{secrets.token_hex(4)}"


@check_group.command("report")
@click.argument("code")
@click.option("--day", type=DATE, metavar="YYYY-MM-DD", help="Mặc định: ngày đầu tiên / day 1 otherwise.")
@click.option("--names", is_flag=True, help="Kèm danh sách / with names.")
@click.option("--public", is_flag=True, help="Bản công khai, số nhỏ bị che / small counts hidden (.csv).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@AS
@with_installation
def report_command(
    installation: Installation, code: str, day: datetime | None, out: Path, *, names: bool, public: bool
) -> None:
    """Báo cáo của một đợt / a campaign's report: FILE ends in .xlsx, .pdf or .csv."""
    suffix = ".csv" if public else out.suffix.lower()
    if suffix not in FILES or suffix != out.suffix.lower():
        raise click.BadParameter(", ".join(FILES), param_hint="--out")
    zone = ZoneInfo(installation.settings.site.timezone)
    with reading(installation.engine) as session:
        with spread_presence(installation.engine, installation.settings.fanout) as ask:
            report = _report(session, installation, code, ask)
        chosen = _day(report, day.date() if day else None)
        made = made_file(
            session,
            report,
            installation.reach,
            Made(
                day=chosen,
                suffix=suffix,
                names=names,
                forms=load_forms(installation.settings.folder),
                folder=installation.settings.folder,
                now=installation.clock().astimezone(zone),
            ),
        )
    content = made.content
    handed = Handed(
        what=f"inspection{suffix}",
        content=content,
        rows=made.rows,
        people=made.people,
        first_day=chosen,
        last_day=chosen,
        file=out.name,
    )
    trace_export(installation.engine, handed, now=installation.clock(), actor=installation.actor)
    write_out(content, out)
    values = {"path": str(out), "units": made.rows}
    click.echo(sentence("campaign_file_written", values, installation.words))


def _report(session: Session, installation: Installation, code: str, ask: Ask) -> Report:
    campaign = campaign_of(session, installation, code)
    report = report_of(session, campaign, tree(session), installation.reach, ask)
    if report is None:
        raise InspectionRefused("campaign_no_figures", campaign=code)
    return report


def _day(report: Report, on: date | None) -> int:
    day = report.first_day if on is None else day_of(on)
    if day not in report.days:
        raise InspectionRefused("campaign_bad_day", day=str(on))
    return day


for command in (*CAMPAIGN_COMMANDS, *UPWARD_COMMANDS):
    check_group.add_command(command)

COMMANDS = (check_group,)
