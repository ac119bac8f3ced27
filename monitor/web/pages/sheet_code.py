"""Kiểm tra mã: whether the code on a sheet stands for what was closed, for whoever holds the paper."""

from flask import Blueprint, render_template, request

from monitor.accounts.attempts import address_key, admit, succeed
from monitor.exports.timesheet.collect import month_sheets
from monitor.exports.timesheet.form import NAMES, load_forms
from monitor.exports.timesheet.sheet import Sheet
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month, PeriodRefused
from monitor.periods.codes import CheckedCode, check_code, code_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.wall import beyond_wall
from monitor.web.context import scope, signed_in, site
from monitor.web.language import say
from monitor.web.monthscope import sees_days
from monitor.web.policy import PUBLIC, policy
from monitor.web.sign_in import door, visit

pages = Blueprint("sheet_code", __name__)

LONGEST = 60
TOO_MANY = 429


@pages.get("/kiem-tra-ma")
@policy(PUBLIC)
def check() -> str | tuple[str, int]:
    """The address behind the QR: code, unit and month as the paper says them.

    Wrong codes are counted by address, as wrong log-ins are: nobody tries them all.
    """
    asked = {name: request.args.get(name, "")[:LONGEST].strip() for name in ("ma", "don-vi", "thang")}
    if not asked["ma"]:
        return _page(asked)
    if not _admitted():
        return _page(asked, refusal=say("sheet_code_wait")), TOO_MANY
    try:
        with reading(site().engine) as database:
            found = check_code(
                database, asked["ma"], unit=asked["don-vi"] or None, month=asked["thang"] or None
            )
            units = tree(database)
    except PeriodRefused as refused:
        return _page(asked, refusal=say(refused.code, **refused.values)), 404
    _was_right()
    unit = units.by_code(found.unit)
    month = Month.of(found.month)
    known = (
        unit is not None
        and signed_in() is not None
        and sees_days(scope(), unit.id, month.first_day, month.last_day)
    )
    holds = found.broken is None and found.is_newest and found.is_closed
    sheet = _sheet(unit.id, month) if unit is not None and holds else None
    name = "" if unit is None else unit.name
    return _page(asked, found=found, unit_name=name, known=known, holds=holds, sheet=sheet)


def _page(asked: dict[str, str], **values: object) -> str:
    named = {"found": None, "refusal": "", "unit_name": "", "known": False, "holds": False, "sheet": None}
    return render_template("sheet_code.html", asked=asked, code_of=code_of, local=_local, **(named | values))


def _local(found: CheckedCode) -> str:
    return f"{found.closed_at.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}"


def _key() -> str:
    """A counter of its own: who mistypes codes can still log in."""
    return f"address:sheet:{address_key(visit().address)}"


def _admitted() -> bool:
    with transaction(site().engine) as database:
        return admit(database, [_key()], door().profile, site().now())


def _was_right() -> None:
    with transaction(site().engine) as database:
        succeed(database, [_key()])


def _sheet(unit_id: int, month: Month) -> Sheet | None:
    """The sums of C01-HD made again from the sealed rows, to be compared with the paper."""
    settings = site().settings
    wanted = Wanted(
        form_name=NAMES[0],
        forms=load_forms(settings.folder),
        month=month,
        now=site().now(),
        zone=settings.site.timezone,
    )
    return next(month_sheets(beyond_wall(site().engine), [unit_id], wanted), None)
