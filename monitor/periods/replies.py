"""What the people on a month's sheet say of their own rows, before it is closed.

A reply counts for the rows it was given to: when they change, the person is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import audit
from monitor.config import Settings
from monitor.periods.errors import PeriodRefused
from monitor.periods.found import period_of, unit_named
from monitor.periods.month import Month
from monitor.periods.signed import SignedContent, signed_content
from monitor.rules.wallclock import day_of
from monitor.store.queries.month_steps import replies_of
from monitor.store.queries.records import one_writer
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import MonthReply, Person

AGREE, OBJECT = "agree", "object"
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Who said what of the rows as they are now, by person id; `outdated` replied to rows that changed."""

    agreed: frozenset[int]
    objected: Mapping[int, str]
    outdated: frozenset[int]
    silent: frozenset[int]


def replies(session: Session, unit_id: int, month: Month, content: SignedContent) -> Replies:
    """Where the asking stands; everybody of `content` is in exactly one of the four."""
    given = {
        one: row for one, row in replies_of(session, unit_id, month.text).items() if one in content.people
    }
    valid = {one: row for one, row in given.items() if row.content_sha256 == content.people[one]}
    objected = {one: row.text for one, row in valid.items() if row.answer == OBJECT}
    return Replies(
        agreed=frozenset(valid.keys() - objected.keys()),
        objected=objected,
        outdated=frozenset(given.keys() - valid.keys()),
        silent=frozenset(content.people.keys() - given.keys()),
    )


def may_reply(month: Month, now: datetime, settings: Settings) -> bool:
    """Whether the window is open: from the day after the month, for `[periods] confirm_days` days."""
    today = day_of(now.astimezone(ZoneInfo(settings.site.timezone)).date())
    return month.last_day < today <= month.last_day + settings.periods.confirm_days


def reply(  # noqa: PLR0913 - who says what of which rows, as they were shown, and when
    engine: Engine,
    person_id: int,
    unit_code: str,
    month: str,
    *,
    answer: str,
    text: str,
    shown: str,
    by: str,
    now: datetime,
    settings: Settings,
) -> None:
    """Keep what a person says of their own rows; `shown` is the digest of the rows they saw.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_closed_already`, `month_reply_not_now`,
    `month_reply_no_text` (an objection says what is wrong), `month_content_changed`.
    """
    wanted = Month.of(month)
    if not may_reply(wanted, now, settings):
        raise PeriodRefused("month_reply_not_now", month=month)
    if answer == OBJECT and not text.strip():
        raise PeriodRefused("month_reply_no_text")
    with transaction(engine) as session:
        one_writer(session)
        unit = unit_named(tree(session), unit_code)
        found = period_of(session, unit.id, wanted)
        if found is not None and found.is_closed:
            raise PeriodRefused("period_closed_already", unit=unit_code, month=month)
        digest = signed_content(session, unit.id, wanted).people.get(person_id)
        if digest is None or digest != shown:
            raise PeriodRefused("month_content_changed", unit=unit_code, month=month)
        row = MonthReply(
            person_id=person_id,
            unit_id=unit.id,
            month=wanted.text,
            answer=OBJECT if answer == OBJECT else AGREE,
            text=text.strip()[:LONGEST_TEXT] if answer == OBJECT else "",
            answered_at=now,
            content_sha256=digest,
        )
        session.add(row)
        subject = f"person:{session.get_one(Person, person_id).code}"
        detail = {"month": wanted.text, "unit": unit_code, "answer": row.answer, "content": digest}
        audit.record(session, at=now, actor=by, action="month_reply", subject=subject, detail=detail)
