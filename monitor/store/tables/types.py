"""Column types and conventions that the tables share.

* `WallClock`: whole seconds from 1970-01-01 00:00:00 to a wall-clock reading (naive): a terminal's
  own for `device_time`, the installation's elsewhere. Integers, because SQLite has no such type and
  because the rules count in them.
* `Day`: days since 1970-01-01, in tables that the rules write; tables that people edit hold dates.
* `Instant`: an aware point in time, kept in UTC.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Double, Float, Integer, MetaData, SmallInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import REAL, TypeDecorator
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMES
# Rows are made by us and by SQLAlchemy, which validate nothing: a hundred validators cost each start 0.1 s.
SQLModel.model_config["defer_build"] = True

# STRICT tables of SQLite know INTEGER, REAL, TEXT and BLOB only.
Big = BigInteger().with_variant(Integer(), "sqlite")
Small = SmallInteger().with_variant(Integer(), "sqlite")
Real: Float[float] = Double().with_variant(REAL(), "sqlite")
WallClock = Big
Day = Integer()
String = Text()
STRICT = {"sqlite_strict": True}
STRICT_NEW_IDS = {"sqlite_strict": True, "sqlite_autoincrement": True}
STRICT_BY_KEY = {"sqlite_strict": True, "sqlite_with_rowid": False}


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; SQLite would drop the zone. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs a time zone"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give back an aware value."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]  # Any from the driver
