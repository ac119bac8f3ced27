"""What the pages of the terminals show, and which terminals the account that asks may see or tend."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort
from sqlmodel import Session

from monitor.access import Action
from monitor.alarms import OpenAlarm, open_alarms
from monitor.setup.mapping import Asked
from monitor.setup.terminals import CALLED
from monitor.store.queries.pulls import open_requests
from monitor.store.queries.terminal_cards import GOOD, LATE, LOST, OFF, Card, terminal_cards
from monitor.store.queries.terminals import terminal_by_code
from monitor.store.queries.watch import watched
from monitor.store.tables import Pull, PullRequest, Terminal
from monitor.text import sentence
from monitor.text.sentences import SENTENCES
from monitor.web.context import scope, site
from monitor.web.language import _, language
from monitor.web.sign_in import holder
from monitor.web.strip import Strip, strip_of

UNCLAIMED = timedelta(minutes=2)
"""A request that nobody has taken for so long will not be: the jobs do not run."""
OFFSET_WARNING, OFFSET_SERIOUS = 60, 300
NEARLY_FULL, ALMOST_FULL = 0.80, 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card as a page shows it. `tended`: the account may mend what this terminal delivers."""

    card: Card
    strip: Strip
    alarms: tuple[OpenAlarm, ...]
    request: PullRequest | None
    tended: bool

    @property
    def readable(self) -> bool:
        """Whether it can be asked for its log."""
        return self.card.terminal.kind in CALLED


def shown_as(
    card: Card, alarms: Iterable[OpenAlarm], requests: dict[int, PullRequest], now: datetime
) -> Shown:
    """A card with what the page shows beside it."""
    return Shown(
        card=card,
        strip=strip_of(card, now),
        alarms=tuple(alarm for alarm in alarms if alarm.terminal_id == card.terminal.id),
        request=requests.get(card.terminal.id),
        tended=scope().may(Action.MEND_INTAKE) and scope().tends_terminal(card.terminal.unit_id),
    )


def one_shown(database: Session, terminal: Terminal) -> Shown:
    """One terminal as its own page shows it."""
    now = site().now()
    (here,) = (one for one in watched(database, now) if one.id == terminal.id)
    (card,) = terminal_cards(database, [here], now=now, period=period())
    return shown_as(card, open_alarms(database), open_requests(database), now)


def period() -> timedelta:
    """How often terminals are read."""
    return timedelta(minutes=site().settings.terminals.pull_every_minutes)


def seen_terminal(database: Session, code: str) -> Terminal:
    """The terminal of an address; one out of scope looks like one that does not exist."""
    found = terminal_by_code(database, code)
    if found is None or not scope().sees_terminal(found.unit_id):
        abort(404)
    return found


def tended_terminal(database: Session, code: str) -> Terminal:
    """The same, where the account also looks after it."""
    found = seen_terminal(database, code)
    if not scope().tends_terminal(found.unit_id):
        abort(404)
    return found


def may_admit() -> bool:
    """Whether new terminals are for the account: they belong to no unit yet, so only who tends all may."""
    return scope().may(Action.ADMIT_TERMINALS) and scope().tended is None


def asked() -> Asked:
    """Who asks, for the use cases."""
    return Asked(actor=holder().user_name, now=site().now(), zone=site().settings.site.timezone)


def state_word(state: str) -> str:
    """A state in the reader's language."""
    return {GOOD: _("Tốt"), LATE: _("Trễ"), LOST: _("Mất liên lạc"), OFF: _("Tắt")}[state]


def words_of(code: str, values: Mapping[str, object]) -> str:
    """The sentence of a stored code; values that do not fit it leave the code."""
    if code not in SENTENCES:
        return code
    try:
        return sentence(code, values, language())
    except (KeyError, ValueError):
        return code


def error_words(pull: Pull) -> str:
    """Why a contact failed."""
    return words_of(pull.error_code, json.loads(pull.error_values))


def whole_sentence(code: str, values: dict[str, object]) -> str:
    """Why something was refused. A file's report says it in half a sentence, after the place; so do we."""
    text = sentence(code, values, language())
    return _("Chưa đổi gì: {what}.", what=text.rstrip(".")) if not text[:1].isupper() else text


def local_time(moment: datetime) -> str:
    """An instant by the installation's clock: 10:02, with the date when it is another day."""
    now = site().now()
    shown = moment.astimezone(now.tzinfo)
    return shown.strftime("%H:%M" if shown.date() == now.date() else "%H:%M %d/%m/%Y")


def is_stuck(request: PullRequest) -> bool:
    """Whether nobody seems to be there to answer a request."""
    return request.claimed_at is None and site().now() - request.asked_at > UNCLAIMED


WORDS = {
    "state_word": state_word,
    "words_of": words_of,
    "error_words": error_words,
    "local": local_time,
    "is_stuck": is_stuck,
    "offset_warning": OFFSET_WARNING,
    "offset_serious": OFFSET_SERIOUS,
    "nearly_full": NEARLY_FULL,
    "almost_full": ALMOST_FULL,
}
"""What every template of these pages is given."""
