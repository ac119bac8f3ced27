"""The path of a unit's month: submitted, confirmed, approved, closed; and how it falls back.

Every step is a row with the hash of what was signed (`monitor.periods.signed`). What holds now follows
from the rows and the content of now: a step whose hash is another one holds no more, nor do those after it.
Closing itself is `close_period`; it leaves its row here in the transaction that seals.
"""

import json
from collections.abc import Sequence
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
from monitor.store.queries.month_steps import steps_of
from monitor.store.queries.records import one_writer
from monitor.store.queries.timesheets import stale_among
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.session import transaction
from monitor.store.tables import MonthStep

SUBMIT, CONFIRM, APPROVE, CLOSE = "submit", "confirm", "approve", "close"
RETURN, REOPEN = "return", "reopen"
FALLS_BACK = frozenset({RETURN, REOPEN})
LONGEST_NOTE = 500
ENTRIES = {"submit": "month_submit", "confirm": "month_confirm", "approve": "month_approve"}
"""What the trail calls each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step as it stands on the path; `note` is what was said with it."""

    step: str
    by: str
    at: datetime
    note: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a month stands.

    `wanted`: the steps that it takes, in order, closing last. `held`: those that hold. `next`: the one that
    is due, '' once closed. `fallen`: steps that were taken and hold no more because the content changed,
    `changed` the people whose rows did. `returned`: the newest sending back or reopening, while it is news.
    """

    wanted: tuple[str, ...]
    held: tuple[Taken, ...]
    next: str
    fallen: tuple[Taken, ...]
    changed: frozenset[int]
    returned: Taken | None
    history: tuple[Taken, ...]
    sha256: str

    def done(self, step: str) -> Taken | None:
        """The step if it holds."""
        return next((one for one in self.held if one.step == step), None)


def path_of(
    rows: Sequence[MonthStep], content: SignedContent, wanted: Sequence[str], *, is_closed: bool
) -> Path:
    """The path that follows from the rows, oldest first, and what the month holds now.

    `wanted` are the steps before closing. A closed month's steps hold: its rows cannot change.
    """
    round_ = _round(rows)
    holding = [row for row in round_ if is_closed or row.content_sha256 == content.sha256]
    held: list[MonthStep] = []
    for step in wanted:
        found = next((row for row in reversed(holding) if row.step == step), None)
        if found is None and not is_closed:
            break
        held += [] if found is None else [found]
    if is_closed:
        held += [row for row in round_[-1:] if row.step == CLOSE]
    names = [row.step for row in held]
    fallen = [row for row in _newest_of_each(round_) if row.step not in {*names, CLOSE}]
    last = rows[-1] if rows else None
    return Path(
        wanted=(*wanted, CLOSE),
        held=tuple(map(_taken, held)),
        next="" if is_closed else next((step for step in wanted if step not in names), CLOSE),
        fallen=() if is_closed else tuple(map(_taken, fallen)),
        changed=content.changed_since(_people(fallen[0])) if fallen and not is_closed else frozenset(),
        returned=_taken(last) if last is not None and last.step in FALLS_BACK else None,
        history=tuple(map(_taken, rows)),
        sha256=content.sha256,
    )


def _round(rows: Sequence[MonthStep]) -> list[MonthStep]:
    """What was taken since the month was last sent back or reopened."""
    ends = [place for place, row in enumerate(rows) if row.step in FALLS_BACK]
    return list(rows[ends[-1] + 1 :] if ends else rows)


def _newest_of_each(rows: Sequence[MonthStep]) -> list[MonthStep]:
    return list({row.step: row for row in rows}.values())


def _taken(row: MonthStep) -> Taken:
    return Taken(step=row.step, by=row.taken_by, at=row.taken_at, note=row.note, sha256=row.content_sha256)


def _people(row: MonthStep) -> dict[int, str]:
    return {int(person): digest for person, digest in json.loads(row.people).items()}


def month_path(session: Session, unit_id: int, month: Month, settings: Settings) -> Path:
    """The path of a unit's month as it stands now."""
    content = signed_content(session, unit_id, month)
    found = period_of(session, unit_id, month)
    rows = steps_of(session, unit_id, month.text)
    is_closed = found is not None and found.is_closed
    return path_of(rows, content, settings.periods.steps, is_closed=is_closed)


def take_step(  # noqa: PLR0913 - which step of what, as it was shown, by whom and when
    engine: Engine,
    unit_code: str,
    month: str,
    step: str,
    *,
    shown: str,
    by: str,
    now: datetime,
    settings: Settings,
    note: str = "",
) -> None:
    """Take the next step of a month before closing. `shown` is the hash that the signer saw.

    Nobody takes two of the steps, however their name was typed.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_not_over`, `period_closed_already`,
    `period_stale`, `month_content_changed` (it is not what was shown), `month_step_not_due`,
    `month_step_same_person`.
    """
    wanted = Month.of(month)
    require_over(wanted, now, settings)
    with transaction(engine) as session:
        one_writer(session)
        unit = unit_named(tree(session), unit_code)
        content = _unchanged(session, unit, wanted, shown)
        path = month_path(session, unit.id, wanted, settings)
        if path.next != step:
            raise PeriodRefused("month_step_not_due", unit=unit_code, month=month)
        if any(_same(one.by, by) for one in path.held):
            raise PeriodRefused("month_step_same_person", by=by)
        keep_step(session, unit.id, wanted, step, content=content, by=by, now=now, note=note)
        _tell(session, ENTRIES[step], unit, wanted, by=by, now=now, note=note, content=content.sha256)


def send_back(  # noqa: PLR0913 - what, by whom, when and why
    engine: Engine,
    unit_code: str,
    month: str,
    *,
    by: str,
    now: datetime,
    settings: Settings,
    reason: str,
) -> None:
    """Send a month back to whoever enters it: no step of it holds any more.

    Raises PeriodRefused: `bad_month`, `unknown_unit`, `period_closed_already`, `month_nothing_to_return`.
    """
    wanted = Month.of(month)
    with transaction(engine) as session:
        one_writer(session)
        unit = unit_named(tree(session), unit_code)
        _require_open(session, unit, wanted)
        path = month_path(session, unit.id, wanted, settings)
        if not (path.held or path.fallen):
            raise PeriodRefused("month_nothing_to_return", unit=unit_code, month=month)
        content = signed_content(session, unit.id, wanted)
        keep_step(session, unit.id, wanted, RETURN, content=content, by=by, now=now, note=reason)
        _tell(session, "month_return", unit, wanted, by=by, now=now, note=reason, content=content.sha256)


def require_over(month: Month, now: datetime, settings: Settings) -> None:
    """Raises PeriodRefused `period_not_over` until the month's last day has passed."""
    today = day_of(now.astimezone(ZoneInfo(settings.site.timezone)).date())
    if today <= month.last_day:
        raise PeriodRefused("period_not_over", month=month.text)


def _require_open(session: Session, unit: UnitRow, month: Month) -> None:
    found = period_of(session, unit.id, month)
    if found is not None and found.is_closed:
        raise PeriodRefused("period_closed_already", unit=unit.code, month=month.text)


def _unchanged(session: Session, unit: UnitRow, month: Month, shown: str) -> SignedContent:
    """What the month holds now, if that is what was shown and no change waits to be computed."""
    _require_open(session, unit, month)
    content = signed_content(session, unit.id, month)
    if stale_among(session, content.people, range(month.first_day, month.last_day + 1)):
        raise PeriodRefused("period_stale", month=month.text)
    if content.sha256 != shown:
        raise PeriodRefused("month_content_changed", unit=unit.code, month=month.text)
    return content


def keep_step(  # noqa: PLR0913 - the row
    session: Session,
    unit_id: int,
    month: Month,
    step: str,
    *,
    content: SignedContent,
    by: str,
    now: datetime,
    note: str = "",
) -> None:
    """Add the row of a step, in the transaction of what it stands for."""
    session.add(
        MonthStep(
            unit_id=unit_id,
            month=month.text,
            step=step,
            taken_by=by,
            taken_at=now,
            note=note,
            content_sha256=content.sha256,
            people=json.dumps(dict(content.people), separators=(",", ":")),
        )
    )
    session.flush()


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _tell(  # noqa: PLR0913 - what the trail is told
    session: Session,
    action: str,
    unit: UnitRow,
    month: Month,
    *,
    by: str,
    now: datetime,
    note: str,
    content: str,
) -> None:
    detail = {"month": month.text, "content": content, "note": note}
    audit.record(session, at=now, actor=by, action=action, subject=f"unit:{unit.code}", detail=detail)
