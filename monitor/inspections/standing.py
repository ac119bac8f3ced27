"""Campaigns that the calendar opens by itself: around every break, without anybody setting them up."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from monitor.config.inspections import Inspections
from monitor.inspections.campaigns import close_campaign, tell
from monitor.inspections.wish import By
from monitor.rules.breaks import CheckWindow, WindowSettings, check_windows
from monitor.rules.check_days import marks_of
from monitor.rules.lunar import lunar_years
from monitor.store.queries.campaigns import campaign_days
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import CalendarDay, Campaign, CampaignDay, CampaignUnit
from monitor.text import sentence

LOOK_BACK = timedelta(days=400)
"""An office that begins today still finds the windows of its imported past: the last Tết among them."""


def window_settings(settings: Inspections) -> WindowSettings:
    """The office's own lengths."""
    return WindowSettings(
        break_days=settings.break_days, after_days=settings.after_days, before_days=settings.before_days
    )


def office_calendar(session: Session, units: Tree) -> list[CalendarDay]:
    """The calendar of the whole office: national rows, then those of the unit above all others."""
    tops = units.children.get(None, ())
    scopes: dict[int | None, int] = {None: 0}
    if len(tops) == 1:
        scopes[tops[0]] = 1
    rows = session.scalars(select(CalendarDay).order_by(col(CalendarDay.on_date))).all()
    return sorted((row for row in rows if row.unit_id in scopes), key=lambda row: scopes[row.unit_id])


def windows_around(rows: Sequence[CalendarDay], today: date, settings: Inspections) -> list[CheckWindow]:
    """The windows of the last year and of the days ahead in which one is opened."""
    last_on = today + timedelta(days=settings.open_ahead_days)
    return check_windows(rows, today - LOOK_BACK, last_on, window_settings(settings))


def tet_year_of(window: CheckWindow) -> int | None:
    """The year whose Tết lies in a break, None for another holiday's."""
    years = lunar_years()
    year = window.break_last_on.year
    inside = year in years and window.break_first_on <= years[year].tet_on <= window.break_last_on
    return year if inside else None


def code_of(window: CheckWindow) -> str:
    """A window's own code: of a Tết by its year, whatever becomes of the dates; else by its first day off."""
    year = tet_year_of(window)
    return f"sau-tet-{year}" if year else f"sau-nghi-{window.break_first_on:%Y-%m-%d}"


def title_of(window: CheckWindow) -> str:
    """The campaign's name, in the language of documents."""
    year = tet_year_of(window)
    if year:
        return sentence("campaign_title_tet", {"year": year})
    values = {"first": f"{window.break_first_on:%d/%m}", "last": f"{window.break_last_on:%d/%m/%Y}"}
    return sentence("campaign_title_break", values)


def keep_standing(session: Session, by: By) -> list[str]:
    """Open the campaigns of confirmed windows, follow a corrected calendar, close what is over.

    Doing it again changes nothing. Gives the codes of campaigns that were opened, changed or closed.
    """
    settings, units = by.settings.inspections, tree(session)
    windows = [
        w for w in windows_around(office_calendar(session, units), by.today, settings) if not w.provisional
    ]
    wanted = {code_of(window): window for window in windows}
    stored = session.scalars(select(Campaign).where(col(Campaign.standing))).all()
    known = {campaign.code: campaign for campaign in stored}
    changed = [_open(session, wanted[code], units, by) for code in sorted(wanted.keys() - known.keys())]
    for code, campaign in sorted(known.items()):
        if campaign.state == "open" and code in wanted and _follow(session, campaign, wanted[code], by):
            changed.append(code)
    changed += [campaign.code for campaign in known.values() if _gone(session, campaign, wanted, by)]
    session.flush()
    return changed + _close_old(session, by)


def _open(session: Session, window: CheckWindow, units: Tree, by: By) -> str:
    settings = by.settings.inspections
    campaign = Campaign(
        code=code_of(window),
        kind="post_break",
        standing=True,
        title=title_of(window),
        state="open",
        check_second=settings.check_second,
        tet_year=tet_year_of(window),
        made_at=by.now,
        opened_at=by.now,
    )
    session.add(campaign)
    session.flush()
    _set_days(session, campaign, window)
    roots = units.children.get(None, ())
    session.add_all(CampaignUnit(campaign_id=campaign.id or 0, unit_id=unit) for unit in _blocs(units, roots))
    tell(session, "campaign_open", campaign, by, {"days": _days(window), "standing": True})
    return campaign.code


def _blocs(units: Tree, roots: Sequence[int]) -> list[int]:
    """The roots, and the first unit of every other bloc below: no unit stands for another bloc's."""
    found = list(roots)
    for unit in units.units.values():
        above = unit.parent_id
        if above is not None and unit.id not in units.below_in_bloc(above):
            found.append(unit.id)
    return found


def _set_days(session: Session, campaign: Campaign, window: CheckWindow) -> None:
    marks = marks_of(window)
    session.add_all(
        CampaignDay(campaign_id=campaign.id or 0, on_date=on, mark=mark) for on, mark in marks.items()
    )


def _days(window: CheckWindow) -> list[str]:
    return [on.isoformat() for on in sorted(marks_of(window))]


def _follow(session: Session, campaign: Campaign, window: CheckWindow, by: By) -> bool:
    """The calendar was corrected: the days of an open campaign go with it."""
    before = campaign_days(session, campaign.id or 0)
    if before == marks_of(window):
        return False
    session.execute(delete(CampaignDay).where(col(CampaignDay.campaign_id) == campaign.id))
    _set_days(session, campaign, window)
    detail: dict[str, object] = {"before": [on.isoformat() for on in before], "after": _days(window)}
    tell(session, "campaign_days", campaign, by, detail)
    return True


def _gone(session: Session, campaign: Campaign, wanted: dict[str, CheckWindow], by: By) -> bool:
    """A break that the corrected calendar no longer has, and whose days have not begun: it closes."""
    days = campaign_days(session, campaign.id or 0)
    if campaign.state != "open" or campaign.code in wanted or min(days) <= by.today:
        return False
    close_campaign(session, campaign, by, reason="calendar")
    return True


def _close_old(session: Session, by: By) -> list[str]:
    """Standing campaigns close some time after their last day, when late documents are in."""
    longest = timedelta(days=by.settings.inspections.close_after_days)
    running = select(Campaign).where(col(Campaign.standing), col(Campaign.state) == "open")
    closed = []
    for campaign in session.scalars(running).all():
        if max(campaign_days(session, campaign.id or 0)) + longest < by.today:
            close_campaign(session, campaign, by, reason="over")
            closed.append(campaign.code)
    return closed
