"""One's own messages: the address they go to, which ones, in which language, and when not."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor import notices
from monitor.notices import NoticeRefused
from monitor.notices.words import about_text
from monitor.store.session import reading, transaction
from monitor.store.tables import NoticeChoice
from monitor.text import LANGUAGES
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.language import say
from monitor.web.policy import SIGNED_IN, STEPPED_UP, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("my_notices", __name__)

Answer = Response | str | tuple[str, int]

KINDS = ("asked", "morning", "evening", "monthly", "alarm")
SENT_SHOWN = 10


@pages.get("/tai-khoan/thong-bao")
@policy(SIGNED_IN)
def overview() -> str:
    """The address, the choices, and what was sent lately."""
    return _page()


def _page(refused: NoticeRefused | None = None) -> str:
    account, now = holder(), site().now()
    with reading(site().engine) as database:
        found = notices.settled(database, account, scope(), site().settings)
        sent = notices.listed(database, now, most=SENT_SHOWN, account_id=account.id or 0)
        database.expunge_all()
    return render_template(
        "my_notices.html",
        found=found,
        sent=sent,
        refusal=say(refused.code, **refused.values) if refused else "",
        kinds=[kind for kind in KINDS if kind in found.kinds],
        mail=site().settings.mail,
        about_text=about_text,
        clock=_clock,
        local=lambda moment: f"{moment.astimezone(now.tzinfo):%H:%M %d/%m/%Y}",
    )


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def _refused(refused: NoticeRefused) -> tuple[str, int]:
    return _page(refused), 400


@pages.post("/tai-khoan/thong-bao/dia-chi")
@policy(STEPPED_UP)
def ask() -> Answer:
    """Have a code sent to an address."""
    address = field("address")
    try:
        with transaction(site().engine) as database:
            notices.ask_address(database, holder(), address, site().settings, site().now())
    except NoticeRefused as refused:
        return _refused(refused)
    tell("notice_code_sent", address=address)
    return _back()


@pages.post("/tai-khoan/thong-bao/ma")
@policy(SIGNED_IN)
def confirm() -> Answer:
    """Take the address whose code came back."""
    with transaction(site().engine) as database:
        right = notices.confirm_address(database, holder(), field("code"), site().settings, site().now())
    if not right:
        return _refused(NoticeRefused("notice_code_wrong"))
    tell("notice_address_taken")
    return _back()


@pages.post("/tai-khoan/thong-bao/bo")
@policy(STEPPED_UP)
def forget() -> Answer:
    """No more messages."""
    with transaction(site().engine) as database:
        notices.forget_address(database, holder(), site().now())
    tell("notice_address_gone")
    return _back()


@pages.post("/tai-khoan/thong-bao/lua-chon")
@policy(SIGNED_IN)
def choose() -> Answer:
    """Keep which messages are wanted, and when not."""
    try:
        choice = _choice()
    except NoticeRefused as refused:
        return _refused(refused)
    with transaction(site().engine) as database:
        notices.save_choice(database, holder(), choice, site().now())
    tell("notice_choice_kept")
    return _back()


def _choice() -> NoticeChoice:
    """The form's choice. Raises NoticeRefused `notice_bad_hours`."""
    language = field("language")
    start, end = _minute(field("quiet_from")), _minute(field("quiet_to"))
    if (start is None) != (end is None) or (start is not None and start == end):
        raise NoticeRefused("notice_bad_hours")
    return NoticeChoice(
        account_id=holder().id or 0,
        language=language if language in LANGUAGES else site().settings.site.language,
        morning="morning" in request.form,
        evening="evening" in request.form,
        monthly="monthly" in request.form,
        alarms="alarm" in request.form,
        asked="asked" in request.form,
        days_off="days_off" in request.form,
        quiet_from=start,
        quiet_to=end,
    )


def _minute(text: str) -> int | None:
    """A time of day as a minute of it; None when it was left out. Raises NoticeRefused `notice_bad_hours`."""
    if not text:
        return None
    hours, _colon, minutes = text.partition(":")
    plain = all(part.isascii() and part.isdecimal() and len(part) == len("00") for part in (hours, minutes))
    found = int(hours) * 60 + int(minutes) if plain else -1
    if not 0 <= found < 24 * 60 or int(minutes) > 59:  # noqa: PLR2004 - a clock
        raise NoticeRefused("notice_bad_hours")
    return found


@pages.post("/tai-khoan/thong-bao/thu")
@policy(SIGNED_IN)
def trial() -> Answer:
    """A trial message to oneself."""
    try:
        with transaction(site().engine) as database:
            notices.ask_test(database, holder(), site().settings, site().now())
    except NoticeRefused as refused:
        return _refused(refused)
    tell("notice_test_queued")
    return _back()


def _back() -> Response:
    return redirect(url_for("my_notices.overview"))
