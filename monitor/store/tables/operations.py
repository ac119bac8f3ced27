"""How the installation runs: accounts, job runs, facts about itself, the audit trail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, Small, String

ROLES = ("admin", "hr", "head", "inspector", "supervisor", "technician", "staff")


class Account(SQLModel, table=True):
    """Who may log in, as what, for which unit's subtree. Staff see the linked person only."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    user_name: str = Field(sa_type=String, unique=True)
    display_name: str = Field(sa_type=String)
    role: str = Field(sa_type=String)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    token_sha256: str | None = Field(default=None, sa_type=String, repr=False)
    token_expires_at: datetime | None = Field(default=None, sa_type=Instant)
    disabled: bool = False


class JobRun(SQLModel, table=True):
    """One run of a job; the key refuses a second run of the same job for the same time.

    `token` is the scheduler's lease under which it began (`jobs.lease`).
    """

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "due_at", name="uq_job_run_due"),)

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    job: str = Field(sa_type=String)
    due_at: datetime = Field(sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str = Field(default="running", sa_type=String)
    detail: str = Field(default="", sa_type=String)
    token: int = Field(default=0, sa_type=Big, sa_column_kwargs={"server_default": "0"})


RESTORED = "restored"
"""The fact that tells of the last restore: JSON with `made_at` (of the backup) and `restored_at`."""


class Fact(SQLModel, table=True):
    """Something the installation knows about itself, e.g. through which day records are made."""

    __tablename__ = "fact"

    key: str = Field(sa_type=String, primary_key=True)
    value: str = Field(sa_type=String)


class AuditEntry(SQLModel, table=True):
    """One link of the append-only trail (`monitor.audit`): who did or saw what, chained to the link before.

    What tells of people (`actor`, `subject`, `detail`) is the payload: the chain holds its salted digest
    alone, so that it can be erased, with its salt, when its time is over; the database lets nothing else
    be changed (a trigger). `form` 1 are links from before there were digests: their hash covers the fields.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_actor_at", "actor", "at"),)

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    at: datetime = Field(sa_type=Instant, index=True)
    actor: str = Field(sa_type=String)
    action: str = Field(sa_type=String)
    subject: str = Field(sa_type=String, index=True)
    detail: str = Field(sa_type=String)
    previous_hash: str = Field(sa_type=String, unique=True)
    hash: str = Field(sa_type=String, unique=True)
    form: int = Field(default=1, sa_type=Small, sa_column_kwargs={"server_default": "1"})
    salt: str = Field(default="", sa_type=String, sa_column_kwargs={"server_default": ""})
    payload_sha256: str = Field(default="", sa_type=String, sa_column_kwargs={"server_default": ""})
