"""Making those who left long ago nameless: all that is due in one transaction, or nothing.

Closed months stay what was sealed: their records, and so their seals, name people by a number alone. What
led from the number to a human being goes: device user ids, name, staff code, accounts, documents.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from monitor import audit
from monitor.config import Privacy
from monitor.privacy.errors import PrivacyRefused
from monitor.privacy.explanations import forget_cases
from monitor.privacy.followed import forget_followed
from monitor.privacy.registered import forget_registers
from monitor.privacy.reported import erase_reports, forget_reports
from monitor.privacy.review import Due, review
from monitor.privacy.visited import forget_visits
from monitor.store.queries import retention
from monitor.store.queries.records import one_writer
from monitor.store.session import transaction
from monitor.store.tables import (
    Account,
    Allowance,
    Badge,
    Credential,
    Excuse,
    ExemptFinding,
    LoginSession,
    ManualPunch,
    MonthReply,
    MonthStep,
    NoticeAddress,
    NoticeChoice,
    OutgoingMessage,
    Person,
    Posting,
    RecoveryCode,
    RetiredPerson,
    RosterEntry,
    StaleSpan,
)

LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
LENGTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done: staff code -> steps, as it was before; how many entries' payloads and reports went."""

    people: dict[str, tuple[str, ...]]
    entries: int
    reports: int = 0


def pseudonymise(  # noqa: PLR0913 - whom, by which limits, when, by whom, and whether at all
    engine: Engine,
    *,
    limits: Privacy,
    today: date,
    now: datetime,
    actor: str,
    only: str | None = None,
    dry_run: bool = False,
) -> Done:
    """Take every step that is due and that nothing stands in the way of; with `only`, one person's.

    Raises PrivacyRefused with `only`: `retention_not_due`, `retention_held`, `retention_open_months`.
    """
    with transaction(engine, keep=not dry_run) as session:
        one_writer(session)
        found = review(session, limits, today)
        people = found.people if only is None else (_asked(found.people, only),)
        done: dict[str, tuple[str, ...]] = {}
        for due in people:
            if due.possible:
                _retire(session, due, now, actor)
                done[due.code] = due.possible
        entries = _erase_old(session, found.entries, now, actor) if only is None else 0
        reports = found.reports if only is None else ()
        erase_reports(session, reports, now, actor)
    return Done(people=done, entries=entries, reports=len(reports))


def _asked(people: tuple[Due, ...], code: str) -> Due:
    due = next((one for one in people if one.code == code), None)
    if due is None:
        raise PrivacyRefused("retention_not_due", person=code)
    if due.held:
        raise PrivacyRefused("retention_held", person=code)
    if not due.possible:
        raise PrivacyRefused("retention_open_months", person=code, months=", ".join(due.open_months))
    return due


def _erase_old(session: Session, entries: tuple[int, ...], now: datetime, actor: str) -> int:
    return len(audit.erase_payloads(session, entries, now=now, actor=actor, reason="retention"))


def _retire(session: Session, due: Due, now: datetime, actor: str) -> None:
    """Take a person's steps and say so, under the pseudonym: the entry must not keep what went."""
    row = _retired(session, due.person_id)
    steps = due.possible
    wholly = "records" in steps
    if wholly or "accounts" in steps:
        _retire_accounts(session, due.person_id, row.pseudonym, now, actor)
    if wholly or "explanations" in steps:
        _forget_explanations(session, due.person_id)
        forget_reports(session, due.person_id, now, actor)
    if wholly or "punches" in steps:
        _unlink(session, row, now)
    if wholly:
        _rename(session, due, row, now, actor)
    session.flush()
    detail = {"steps": list(steps), "left_on": due.left_on, "reason": "retention"}
    subject = f"person:{row.pseudonym}" if wholly else f"person:{due.code}"
    audit.record(session, at=now, actor=actor, action="pseudonymise", subject=subject, detail=detail)


def _retired(session: Session, person_id: int) -> RetiredPerson:
    """The person's row; the pseudonym is drawn once and says nothing."""
    found = session.get(RetiredPerson, person_id)
    if found is None:
        drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        found = RetiredPerson(person_id=person_id, pseudonym=f"AD-{drawn}")
        session.add(found)
        session.flush()
    return found


def _retire_accounts(session: Session, person_id: int, pseudonym: str, now: datetime, actor: str) -> None:
    """Nobody can log in with them any more, and their names are gone."""
    accounts = list(session.scalars(select(Account).where(col(Account.person_id) == person_id)))
    about = retention.entries_about(session, [f"account:{account.user_name}" for account in accounts])
    for place, account in enumerate(accounts, start=1):
        new_name = f"{pseudonym}-{place}".lower()
        signed = update(MonthStep).where(col(MonthStep.taken_by) == account.user_name)
        session.connection().execute(signed.values(taken_by=new_name))
        account.user_name = new_name
        account.display_name = pseudonym
        account.disabled, account.token_sha256, account.token_expires_at = True, None, None
        for table in (Credential, RecoveryCode, LoginSession, NoticeAddress, NoticeChoice, OutgoingMessage):
            session.connection().execute(delete(table).where(col(table.account_id) == account.id))
    audit.erase_payloads(session, about, now=now, actor=actor, reason="retention")


def _forget_explanations(session: Session, person_id: int) -> None:
    """Documents and reasons; that and when somebody was excused stays, for verdicts rest on it."""
    connection = session.connection()
    for table in (Excuse, Allowance, RosterEntry, ExemptFinding):
        mine = update(table).where(col(table.person_id) == person_id, col(table.document) != "")
        connection.execute(mine.values(document=""))
    mine = update(ManualPunch).where(col(ManualPunch.person_id) == person_id, col(ManualPunch.reason) != "")
    connection.execute(mine.values(reason=""))
    mine = update(MonthReply).where(col(MonthReply.person_id) == person_id, col(MonthReply.text) != "")
    connection.execute(mine.values(text=""))
    forget_cases(session, person_id)
    forget_registers(session, person_id)
    forget_visits(session, person_id)
    forget_followed(session, person_id)


def _unlink(session: Session, row: RetiredPerson, now: datetime) -> None:
    """Device user ids lead to the person no more; from now on the records are never made anew.

    Badges stay as rows, so that what they were for remains countable; punches are never touched.
    """
    if row.unlinked_at is not None:
        return
    badges = session.scalars(
        select(Badge).where(col(Badge.person_id) == row.person_id).order_by(col(Badge.id))
    )
    for place, badge in enumerate(badges, start=1):
        badge.device_user_id = f"{row.pseudonym}-{place}"
    session.connection().execute(delete(StaleSpan).where(col(StaleSpan.person_id) == row.person_id))
    row.unlinked_at = now


def _rename(session: Session, due: Due, row: RetiredPerson, now: datetime, actor: str) -> None:
    person = session.get_one(Person, due.person_id)
    about = retention.entries_about(session, [f"person:{person.code}"])
    person.code = person.name = row.pseudonym
    person.sort_key = person.search_key = row.pseudonym.lower()
    titles = update(Posting).where(col(Posting.person_id) == due.person_id, col(Posting.position) != "")
    session.connection().execute(titles.values(position=""))
    row.pseudonymised_at = now
    audit.erase_payloads(session, about, now=now, actor=actor, reason="retention")
