"""What proves an account's holder, what was tried, and who is logged in: secrets as hashes or sealed only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String


class Credential(SQLModel, table=True):
    """An account's password and second factor; an account without a row has neither.

    `password_hash` names its own method ('' = none yet). `factor_secret` is sealed with a key made from
    the installation's secret. `factor_step` is the last half-minute whose code was used: none works twice.
    """

    __tablename__ = "credential"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    password_hash: str = Field(default="", sa_type=String, repr=False)
    password_set_at: datetime | None = Field(default=None, sa_type=Instant)
    factor_secret: str = Field(default="", sa_type=String, repr=False)
    factor_step: int = Field(default=0, sa_type=Big)
    factor_at: datetime | None = Field(default=None, sa_type=Instant)


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for a lost second factor, once; using it deletes it."""

    __tablename__ = "recovery_code"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    code_sha256: str = Field(primary_key=True, sa_type=String)


class Attempt(SQLModel, table=True):
    """How often something was tried in a row without success, for all processes together.

    `key` is `account:ID`, `factor:ID`, `name:BUCKET` (names that nobody has) or `address:NETWORK`.
    """

    __tablename__ = "attempt"

    key: str = Field(sa_type=String, primary_key=True)
    failures: int = 0
    last_at: datetime = Field(sa_type=Instant)
    blocked_until: datetime | None = Field(default=None, sa_type=Instant)


class LoginSession(SQLModel, table=True):
    """Somebody is logged in. The browser holds the key, this row only its hash; without a row it is over.

    `method` is how the log-in was proven, `fresh_at` when its holder last proved to be there.
    """

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True, sa_type=Big)
    key_sha256: str = Field(sa_type=String, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    method: str = Field(sa_type=String)
    began_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    fresh_at: datetime = Field(sa_type=Instant)
    address: str = Field(default="", sa_type=String)
    browser: str = Field(default="", sa_type=String)
