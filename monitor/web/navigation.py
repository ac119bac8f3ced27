"""The links that are on every page: a table of entries, each shown to those who may follow it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, current_app, render_template, request, url_for
from markupsafe import Markup

from monitor.access import Action
from monitor.store.session import reading
from monitor.web.casepage import has_duties, waiting_count
from monitor.web.context import scope, signed_in, site
from monitor.web.kept import kept_part
from monitor.web.language import language, say
from monitor.web.patternson import any_on
from monitor.web.policy import policy_of
from monitor.webhooks import given_up_count

FEW = 4
"""So many links need no "Thêm": a phone's bottom bar has room for them."""


class Place(StrEnum):
    """Where a link stands: on a phone's bar too, on a wide screen's top only, or always under "Thêm"."""

    BAR = "bar"
    WIDE = "wide"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page of the navigation. Who sees it is what the route's own policy says; `action` narrows it.

    An entry whose endpoint the application does not have is left out. `words` and `short` (for a phone's
    bar) are codes of sentences, `icon` a symbol of sprite.html, `parts` the blueprints that count as being
    there, `count` gives the number of the badge (0: none), asked once in a minute or when anything changes.
    `key` follows `g` on the keyboard.
    """

    endpoint: str
    words: str
    icon: str
    place: Place
    parts: frozenset[str] = frozenset()
    short: str = ""
    action: Action | None = None
    of_person: bool = False
    count: Callable[[], int] | None = None
    when: Callable[[], bool] | None = None
    key: str = ""


TERMINAL_PAGES = frozenset({"terminals", "quarantine", "unknown_ids", "file_imports", "new_terminals"})
REGISTER_PAGES = frozenset({"register_files", "roster", "meetings", "delegations", "commendations"})


def given_up_webhooks() -> int:
    """Messages to other programs that wait for an administrator."""
    with reading(site().engine) as database:
        return given_up_count(database)


ENTRIES = (
    Entry(
        endpoint="home.index",
        words="nav_today",
        icon="today",
        place=Place.BAR,
        parts=frozenset({"board"}),
        action=Action.SEE_UNITS,
        key="t",
    ),
    Entry(endpoint="home.own", words="nav_own", icon="person", place=Place.BAR, of_person=True),
    Entry(
        endpoint="duties.overview",
        words="nav_duties",
        short="nav_duties_short",
        icon="decide",
        place=Place.BAR,
        parts=frozenset({"decisions", "explaining", "reminders"}),
        when=has_duties,
        count=waiting_count,
    ),
    Entry(endpoint="rollup.overview", words="nav_units", icon="people", place=Place.WIDE),
    Entry(
        endpoint="months.overview",
        words="nav_grid",
        icon="grid",
        place=Place.WIDE,
        parts=frozenset({"month_steps", "month_files"}),
        key="g",
    ),
    Entry(
        endpoint="inspections.overview",
        words="nav_inspections",
        icon="inspect",
        place=Place.MORE,
        parts=frozenset({"post_break", "visits", "findings", "citizen_reports"}),
    ),
    Entry(endpoint="upward.overview", words="nav_upward", icon="grid", place=Place.MORE),
    Entry(endpoint="patterns.overview", words="nav_patterns", icon="search", place=Place.MORE, when=any_on),
    Entry(endpoint="pattern_rules.catalogue", words="nav_pattern_rules", icon="settings", place=Place.MORE),
    Entry(endpoint="overtime.overview", words="nav_overtime", icon="late", place=Place.MORE),
    Entry(
        endpoint="yearly.overview",
        words="nav_yearly",
        icon="people",
        place=Place.MORE,
        parts=frozenset({"yearly_files"}),
    ),
    Entry(
        endpoint="registers.overview",
        words="nav_registers",
        icon="excused",
        place=Place.MORE,
        parts=REGISTER_PAGES,
    ),
    Entry(
        endpoint="terminals.overview",
        words="nav_terminals",
        icon="terminal",
        place=Place.MORE,
        parts=TERMINAL_PAGES,
    ),
    Entry(endpoint="trail.overview", words="nav_trail", icon="search", place=Place.MORE),
    Entry(endpoint="outbox.overview", words="nav_outbox", icon="mail", place=Place.MORE),
    Entry(
        endpoint="setting_up.overview",
        words="nav_set_up",
        icon="settings",
        place=Place.MORE,
        parts=frozenset({"regulations", "leave_types", "unit_tree", "same_codes"}),
    ),
    Entry(
        endpoint="tokens.overview",
        words="nav_programs",
        icon="settings",
        place=Place.MORE,
        parts=frozenset({"webhooks"}),
        count=given_up_webhooks,
    ),
    Entry(endpoint="accounts.overview", words="nav_accounts", icon="settings", place=Place.MORE),
)
"""In the order of reading; a new page is one more entry here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as it is shown; `here`: the page that is open belongs to it."""

    address: str
    text: str
    short: str
    icon: str
    place: Place
    here: bool
    count: int
    key: str


def install(app: Flask) -> None:
    """Give the templates the navigation and the time of printing."""
    app.jinja_env.globals.update(menu=_menu, printed_at=_printed_at)


def _menu() -> Markup:
    """The navigation as it is sent, '' for nobody; kept, for it is a third of the frame's work."""
    if signed_in() is None:
        return Markup("")
    key = ("menu", scope(), language(), request.blueprint, request.script_root)
    return kept_part(key, lambda: Markup(render_template("menu.html", menu_links=links())))  # noqa: S704 - ours


def links() -> list[Link]:
    """The links of whoever asks; where there are few, all of them stand in the bar."""
    if signed_in() is None:
        return []
    shown = [entry for entry in ENTRIES if _may_follow(entry)]
    few = len(shown) <= FEW
    return [_link(entry, Place.BAR if few else entry.place) for entry in shown]


def _may_follow(entry: Entry) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    if entry.of_person and scope().person_id is None:
        return False
    if entry.when is not None and not entry.when():
        return False
    own = policy_of(current_app, entry.endpoint)
    wanted = {entry.action, own.action if own else None} - {None}
    return own is not None and all(scope().may(action) for action in wanted if action is not None)


def _link(entry: Entry, place: Place) -> Link:
    return Link(
        address=url_for(entry.endpoint),
        text=say(entry.words),
        short=say(entry.short or entry.words),
        icon=entry.icon,
        place=place,
        here=_is_here(entry),
        count=entry.count() if entry.count else 0,
        key=entry.key,
    )


def _is_here(entry: Entry) -> bool:
    part = request.blueprint or ""
    if entry.of_person:  # those who look after people see others' days there, too
        return part == "person" and not scope().may(Action.SEE_UNITS)
    own_part = entry.endpoint.partition(".")[0]
    return part in entry.parts or (part == own_part and part != "home")


def _printed_at() -> str:
    return site().now().strftime("%H:%M %d/%m/%Y")
