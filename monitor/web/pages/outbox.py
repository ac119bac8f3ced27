"""What was queued, sent and failed, without a word of it; sending again what failed or may be lost."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor import notices
from monitor.access import Action
from monitor.notices import NoticeRefused
from monitor.notices.listing import bounced, counts
from monitor.notices.words import about_text
from monitor.store.session import reading, transaction
from monitor.store.tables.notices import STATES
from monitor.web.context import site
from monitor.web.language import say
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("outbox", __name__)


@pages.get("/quan-tri/thong-bao")
@policy(Action.MANAGE_ACCOUNTS)
def overview() -> str:
    """The newest messages, of one state or all; addresses that are no good."""
    return _page()


def _page(refused: NoticeRefused | None = None) -> str:
    now, asked = site().now(), request.args.get("trang-thai", "")
    state = asked if asked in STATES else ""
    with reading(site().engine) as database:
        rows = notices.listed(database, now, [state] if state else [])
        counted = counts(database)
        refused_addresses = bounced(database)
    return render_template(
        "outbox.html",
        rows=rows,
        states=[one for one in STATES if one in counted],
        counted=counted,
        bounced=refused_addresses,
        state=state,
        refusal=say(refused.code, **refused.values) if refused else "",
        mail=site().settings.mail,
        about_text=about_text,
        local=lambda moment: f"{moment.astimezone(now.tzinfo):%H:%M %d/%m/%Y}",
    )


@pages.post("/quan-tri/thong-bao/<int:number>/gui-lai")
@policy(Policy(action=Action.MANAGE_ACCOUNTS, step_up=True))
def again(number: int) -> Response | tuple[str, int]:
    """Send a message again."""
    try:
        with transaction(site().engine) as database:
            notices.resend(database, number, site().now(), holder().user_name)
    except NoticeRefused as refused:
        if refused.code == "notice_none":
            abort(404)
        return _page(refused), 400
    tell("notice_queued_again", number=number)
    return redirect(url_for("outbox.overview"))
