"""What keeps the installation running: who may run the jobs, and which copies of it were made."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String


class SchedulerLease(SQLModel, table=True):
    """One row: which process runs the jobs. Whoever takes the lease counts `token` up.

    A commit of the jobs holds only under the newest token (`jobs.lease`). `beat_at` is the holder's last
    sign of life; both times are the machine's (with PostgreSQL the server's), never the demo's.
    """

    __tablename__ = "scheduler_lease"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    token: int = Field(sa_type=Big)
    holder: str = Field(sa_type=String)
    taken_at: datetime = Field(sa_type=Instant)
    beat_at: datetime = Field(sa_type=Instant)


class BackupCopy(SQLModel, table=True):
    """One try at a backup; `error_code` is '' for one that was made, opened and found whole.

    `file` is its name, never a path. `copied` tells that it lies in the second folder, too.
    """

    __tablename__ = "backup_copy"

    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant, index=True)
    file: str = Field(default="", sa_type=String)
    size_bytes: int = Field(default=0, sa_type=Big)
    row_count: int = Field(default=0, sa_type=Big)
    head: str = Field(default="", sa_type=String)
    copied: bool = False
    error_code: str = Field(default="", sa_type=String)
    error_values: str = Field(default="{}", sa_type=String)
