"""What a person's copy tells of messages: the address, what was chosen, what was sent when."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from monitor.store.tables import Account, NoticeAddress, NoticeChoice, OutgoingMessage

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]


def message_queries(person_id: int) -> Iterator[tuple[str, Query]]:
    """The parts about messages to a person's accounts, by name; what a message said is kept nowhere."""
    yield "notice_address", _of(person_id, NoticeAddress, _address())
    yield "notice_choice", _of(person_id, NoticeChoice, _choice())
    yield "notices", _of(person_id, OutgoingMessage, _sent())


def _of(person_id: int, table: Any, columns: Columns) -> Query:
    joined = select(col(Account.user_name), *columns).join(Account, col(Account.id) == col(table.account_id))
    return joined.where(col(Account.person_id) == person_id).order_by(col(Account.id), *columns[:1])


def _address() -> Columns:
    one = NoticeAddress
    return col(one.address), col(one.confirmed_at), col(one.candidate), col(one.bounced_at)


def _choice() -> Columns:
    one = NoticeChoice
    wanted = col(one.morning), col(one.evening), col(one.monthly), col(one.alarms), col(one.asked)
    return (col(one.language), *wanted, col(one.days_off), col(one.quiet_from), col(one.quiet_to))


def _sent() -> Columns:
    one = OutgoingMessage
    what = col(one.queued_at), col(one.kind), col(one.about)
    return (*what, col(one.state).label("message_state"), col(one.finished_at))
