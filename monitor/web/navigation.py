"""The few links that are on every page: only those that the role may follow."""

from dataclasses import dataclass

from flask import Flask, request, url_for

from monitor.access import Action
from monitor.web.context import scope, signed_in, site
from monitor.web.language import _

TERMINAL_PAGES = frozenset({"terminals", "quarantine", "unknown_ids", "file_imports", "new_terminals"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the navigation; `here`: the page belongs to it."""

    address: str
    text: str
    icon: str
    here: bool


def install(app: Flask) -> None:
    """Give the templates the navigation and the time of printing."""
    app.jinja_env.globals.update(navigation=_links, printed_at=_printed_at)


def _links() -> list[Link]:
    account, page = signed_in(), request.blueprint
    if account is None:
        return []
    found = []
    if scope().may(Action.SEE_UNITS):
        address, here = url_for("home.index"), page == "board"
        found.append(Link(address=address, text=_("Hôm nay"), icon="today", here=here))
    if scope().may(Action.SEE_PEOPLE) and account.person_id is not None:
        address, here = url_for("home.own"), page == "person" and not scope().may(Action.SEE_UNITS)
        found.append(Link(address=address, text=_("Cá nhân"), icon="person", here=here))
    if scope().may(Action.SEE_TERMINALS):
        address, here = url_for("terminals.overview"), page in TERMINAL_PAGES
        found.append(Link(address=address, text=_("Máy chấm công"), icon="terminal", here=here))
    if scope().may(Action.SEE_TRAIL):
        address, here = url_for("trail.overview"), page == "trail"
        found.append(Link(address=address, text=_("Nhật ký"), icon="search", here=here))
    return found


def _printed_at() -> str:
    return site().now().strftime("%H:%M %d/%m/%Y")
