"""Messages to people: where they go, who wants which, and what was sent, failed or is unknown."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String

STATES = ("queued", "sending", "handing", "sent", "failed", "given_up", "dropped", "unknown")
KINDS = ("morning", "evening", "monthly", "asked", "overdue", "alarm", "confirm", "test")


class NoticeAddress(SQLModel, table=True):
    """An account's e-mail address: none is written to before a code sent there came back.

    `address` is the confirmed one, `candidate` the one that waits ('' = none). Of the code only a keyed
    digest is kept. `bounced_at`: a server refused the address for good, with `bounce` as its reply code.
    """

    __tablename__ = "notice_address"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    address: str = Field(default="", sa_type=String)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    candidate: str = Field(default="", sa_type=String)
    code_digest: str = Field(default="", sa_type=String, repr=False)
    code_until: datetime | None = Field(default=None, sa_type=Instant)
    code_tries: int = 0
    bounced_at: datetime | None = Field(default=None, sa_type=Instant)
    bounce: str = Field(default="", sa_type=String)


class NoticeChoice(SQLModel, table=True):
    """What an account wants to be told, in which language, and when not.

    `quiet_from`..`quiet_to` are minutes of the day (over midnight when the first is the larger), None for
    none; `asked`: that somebody wants an explanation; `days_off`: also at weekends and on days off of the
    unit's calendar.
    """

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="minutes"),
    )

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    language: str = Field(sa_type=String)
    morning: bool
    evening: bool
    monthly: bool
    alarms: bool
    asked: bool = True
    days_off: bool = False
    quiet_from: int | None = None
    quiet_to: int | None = None


class OutgoingMessage(SQLModel, table=True):
    """One message to one account (None: the installation's other channels), queued once by its `key`.

    No text is kept: it is made from `kind`, `about` and `content` when it is sent, as far as the account
    may see then. `claim` names the sender at work, `token` is the row's part of the Message-ID.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("channel IN ('mail', 'other')", name="channel"),
        CheckConstraint("(channel = 'mail') = (account_id IS NOT NULL)", name="account"),
        Index("ix_outgoing_message_state_next_at", "state", "next_at"),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    key: str = Field(sa_type=String, unique=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    channel: str = Field(default="mail", sa_type=String)
    kind: str = Field(sa_type=String)
    about: str = Field(sa_type=String)
    content: str = Field(default="", sa_type=String)
    language: str = Field(sa_type=String)
    token: str = Field(sa_type=String)
    state: str = Field(default="queued", sa_type=String)
    attempts: int = 0
    queued_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    claim: str = Field(default="", sa_type=String)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    error: str = Field(default="", sa_type=String)
    reply: str = Field(default="", sa_type=String)
