"""`monitor check add|draw|start|close`: what the pages do with campaigns, sampled ones too."""

import secrets
from datetime import datetime

import click
from sqlalchemy import select
from sqlmodel import Session, col

from monitor.cli.installation import AS, DATE, TIME, Installation, with_installation
from monitor.inspections.campaigns import add, close_campaign, draw, open_campaign
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import CHOICES, By, Wish
from monitor.store.queries.campaigns import is_own
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import Campaign, CampaignDraw
from monitor.text import sentence

CODE_BYTES, SEED_BYTES = 4, 32


def by_of(installation: Installation) -> By:
    """Who does it: the account named with `--as` within its scope, else the operator."""
    acting = installation.acting
    return By(
        actor=installation.actor,
        now=installation.clock(),
        settings=installation.settings,
        account_id=None if acting is None else acting.scope.account_id,
        scope=None if acting is None else acting.scope,
    )


def own_campaign(session: Session, installation: Installation, code: str) -> Campaign:
    """A campaign to be changed: any for the operator, one of its own for an account.

    Raises InspectionRefused `campaign_unknown`.
    """
    found = session.scalars(select(Campaign).where(col(Campaign.code) == code)).first()
    acting = installation.acting
    if found is None or (acting is not None and not is_own(session, found, acting.scope.account_id)):
        raise InspectionRefused("campaign_unknown", campaign=code)
    return found


def second_of(clock: str) -> int:
    """A time of day in seconds. Raises InspectionRefused `campaign_bad_clock`."""
    try:
        found = datetime.strptime(clock, "%H:%M")  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise InspectionRefused("campaign_bad_clock", value=clock[:20]) from None
    return found.hour * 3600 + found.minute * 60


@click.command("add")
@click.option("--title", required=True, metavar="TEXT")
@click.option("--day", "days", type=DATE, multiple=True, required=True, metavar="YYYY-MM-DD")
@click.option("--leader", required=True, metavar="USER", help="Trưởng đoàn / head of the team.")
@click.option("--secretary", metavar="USER", help="Thư ký / secretary.")
@click.option("--member", "members", multiple=True, metavar="USER")
@click.option("--basis", default="", metavar="TEXT", help="Căn cứ / legal basis.")
@click.option("--body", default="", metavar="TEXT", help="Cơ quan kiểm tra / inspecting body.")
@click.option("--units", type=click.Choice(CHOICES), default="all", show_default=True)
@click.option(
    "--unit", "codes", multiple=True, metavar="CODE", help="Chọn, hoặc bốc trong / chosen or frame."
)
@click.option("--sample", "size", type=click.IntRange(min=1), help="Bốc thăm mấy đơn vị / how many to draw.")
@click.option("--beacon", default="", metavar="TEXT", help="Hẹn số công khai / the public word to come.")
@click.option("--public-first", is_flag=True, help="Bốc đơn vị tiếp dân trước / public-facing first.")
@click.option("--at", "clock", default="08:00", metavar="HH:MM", show_default=True)
@click.option("--last-session", is_flag=True, help="Buổi cuối ngày / the day's last session.")
@click.option("--sealed-until", type=TIME, metavar='"YYYY-MM-DD HH:MM"')
@AS
@with_installation
def add_command(  # noqa: PLR0913, PLR0917 - one argument per option
    installation: Installation,
    title: str,
    days: tuple[datetime, ...],
    leader: str,
    secretary: str | None,
    members: tuple[str, ...],
    basis: str,
    body: str,
    units: str,
    codes: tuple[str, ...],
    size: int | None,
    beacon: str,
    clock: str,
    sealed_until: datetime | None,
    *,
    public_first: bool,
    last_session: bool,
) -> None:
    """Lập bản nháp một đợt, có thể bốc thăm / a draft, its units drawn by lot with --sample."""
    team = {
        **dict.fromkeys(members, "member"),
        **({secretary: "secretary"} if secretary else {}),
        leader: "leader",
    }
    wish = Wish(
        title=title,
        days=dict.fromkeys((day.date() for day in days), ""),
        team=team,
        legal_basis=basis,
        body=body,
        part="last" if last_session else "first",
        check_second=second_of(clock),
        choice=units if size is None else "sample",
        units=codes,
        size=size or 0,
        beacon=beacon,
        public_first=public_first,
        sealed_until=None if sealed_until is None else installation.local(sealed_until),
    )
    with transaction(installation.engine) as session:
        code = f"dot-{secrets.token_hex(CODE_BYTES)}"
        seed = secrets.token_hex(SEED_BYTES)
        campaign = add(session, wish, tree(session), by_of(installation), code=code, seed=seed)
        lot = session.get(CampaignDraw, campaign.id)
        commitment = "" if lot is None else lot.commitment
    say(installation, "campaign_drafted", code=code)
    if commitment:
        say(installation, "campaign_committed", commitment=commitment)


def say(installation: Installation, sentence_code: str, **values: object) -> None:
    """Write a sentence in the command's language."""
    click.echo(sentence(sentence_code, values, installation.words))


@click.command("draw")
@click.argument("code")
@click.option(
    "--word", default="", metavar="TEXT", help="Số công khai đã hẹn / the public word, if one was named."
)
@AS
@with_installation
def draw_command(installation: Installation, code: str, word: str) -> None:
    """Bốc thăm đơn vị của bản nháp, một lần / draw the units of a draft, once."""
    with transaction(installation.engine) as session:
        campaign = own_campaign(session, installation, code)
        drawn = draw(session, campaign, word, tree(session), by_of(installation))
    say(installation, "campaign_units_drawn", units=", ".join(drawn))


@click.command("start")
@click.argument("code")
@AS
@with_installation
def start_command(installation: Installation, code: str) -> None:
    """Mở bản nháp: đoàn bắt đầu có quyền xem / open a draft: its team may look from now on."""
    with transaction(installation.engine) as session:
        open_campaign(session, own_campaign(session, installation, code), by_of(installation))
    say(installation, "campaign_is_open", code=code)


@click.command("close")
@click.argument("code")
@click.option("--reason", default="", metavar="TEXT")
@AS
@with_installation
def close_command(installation: Installation, code: str, reason: str) -> None:
    """Đóng đợt, hết quyền xem / close a campaign; the rights that it gave end."""
    with transaction(installation.engine) as session:
        close_campaign(session, own_campaign(session, installation, code), by_of(installation), reason[:300])
    say(installation, "campaign_is_closed", code=code)


CAMPAIGN_COMMANDS = (add_command, draw_command, start_command, close_command)
