"""Other programs: their tokens, where they are told of closed months, and what waits to be told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String

TOKEN_ROLES = ("hr", "supervisor", "technician")
EVENTS = ("month.closed", "month.reopened")
DELIVERY_STATES = ("queued", "sending", "sent", "given_up")


class ApiToken(SQLModel, table=True):
    """A program may read what a role may see of a unit's subtree, until `expires_at` or until revoked.

    `name` is the program's, `owner_id` the account that answers for it: once that account may no longer
    see the unit, nor may the program. Only the token's hash is kept.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(f"role IN {TOKEN_ROLES}", name="role"),
        CheckConstraint("unit_id IS NOT NULL OR role = 'technician'", name="unit"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by = '')", name="revoked"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=String)
    role: str = Field(sa_type=String)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    owner_id: int = Field(foreign_key="account.id", index=True)
    token_sha256: str = Field(sa_type=String, unique=True, repr=False)
    made_by: str = Field(sa_type=String)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str = Field(default="", sa_type=String)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiBudget(SQLModel, table=True):
    """How much a token has asked for, over all processes: when its budget will be full again."""

    __tablename__ = "api_budget"

    token_id: int = Field(primary_key=True, foreign_key="api_token.id")
    full_at: datetime = Field(sa_type=Instant)


class Webhook(SQLModel, table=True):
    """An address that is told when months of a unit's subtree are closed or reopened.

    `secret` is sealed with a key made from the installation's secret: what is sent is signed with it.
    """

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("(removed_at IS NULL) = (removed_by = '')", name="removed"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=String)
    url: str = Field(sa_type=String)
    unit_id: int = Field(foreign_key="unit.id")
    secret: str = Field(sa_type=String, repr=False)
    made_by: str = Field(sa_type=String)
    made_at: datetime = Field(sa_type=Instant)
    removed_by: str = Field(default="", sa_type=String)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class WebhookDelivery(SQLModel, table=True):
    """One message to one address: queued with what it tells of, sent until it is taken or given up.

    `message_id` is the same for every try. `claim` names the sender at work, `status` is the receiver's last
    answer, `error` the code of a sentence.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(f"event IN {EVENTS}", name="event"),
        CheckConstraint(f"state IN {DELIVERY_STATES}", name="state"),
        Index("ix_webhook_delivery_state_next_at", "state", "next_at"),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", index=True)
    message_id: str = Field(sa_type=String, unique=True)
    event: str = Field(sa_type=String)
    body: str = Field(sa_type=String)
    state: str = Field(default="queued", sa_type=String)
    attempts: int = 0
    queued_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)
    claim: str = Field(default="", sa_type=String)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    status: int | None = None
    error: str = Field(default="", sa_type=String)
