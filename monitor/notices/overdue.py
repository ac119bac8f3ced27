"""That a step after an inspection is late: told once to who stands above, and only while it still is."""

from collections.abc import Collection, Iterator, Sequence

from monitor.access import Scope
from monitor.notices.letter import Letter, Place
from monitor.notices.outbox import Queued
from monitor.store.queries.findings import Late
from monitor.store.queries.tree import Tree
from monitor.store.tables import Account

KIND = "overdue"
PAGE = "/theo-doi/"


def leads(scope: Scope, units: Tree, unit_id: int) -> bool:
    """Whether an account leads a unit itself, not merely one above it."""
    terms = scope.terms or ()
    return scope.role == "head" and any(unit_id in units.roots_of(term.unit_ids) for term in terms)


def untold(
    account: Account, scope: Scope, language: str, units: Tree, late: Sequence[Late], known: Collection[str]
) -> Iterator[Queued]:
    """A message for each late step that was told to a unit the account leads; nobody can switch it off."""
    for one in late:
        key = f"{KIND}:{account.id}:{one.number}"
        if key not in known and leads(scope, units, one.told_unit_id):
            yield Queued(
                key=key,
                kind=KIND,
                about=str(one.number),
                language=language,
                expires_at=one.told_until,
                account_id=account.id or 0,
            )


def late_letter(one: Late, place: Place) -> Letter:
    """Which step of which unit is late since when; neither a name nor what was found."""
    values = {
        "unit": one.unit,
        "step": place.say(f"finding_next_{one.step}"),
        "due": f"{one.due_on:%d/%m/%Y}",
    }
    return Letter(
        language=place.language,
        subject=place.say("notice_subject_overdue", **values),
        intro=place.say("notice_intro_overdue", **values),
        link=f"{place.url}{PAGE}{one.finding}" if place.url else "",
        link_text=place.say("notice_see_finding"),
        footer=(place.say("notice_footer", site=place.name),),
    )
