"""What every command works on: the configuration, the database and the present, read when first needed."""

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.clock import clock_of
from monitor.config import Settings, load_settings
from monitor.store.queries.tree import tree
from monitor.store.session import StoreError, open_database, require_current_schema


@dataclass(kw_only=True)
class Installation:
    """One installation, as a command sees it; `language` None means the configured one."""

    config: Path
    language: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """The configuration; raises ConfigError."""
        return load_settings(self.config)

    @cached_property
    def engine(self) -> Engine:
        """The database with a current schema; raises StoreError otherwise."""
        engine = open_database(self.settings.database_url)
        try:
            require_current_schema(engine)
        except StoreError:
            engine.dispose()
            raise
        return engine

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        """The present as an aware instant; the demo's own where this is one."""
        return clock_of(self.settings)

    def close(self) -> None:
        """Close the database, if a command opened it."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def words(self) -> str:
        """The language in which this command answers."""
        return self.language or self.settings.site.language

    @property
    def actor(self) -> str:
        """Who runs the command, for the audit trail."""
        return f"cli:{getpass.getuser()}"

    def local_now(self) -> datetime:
        """The present in the installation's zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.site.timezone))

    def local(self, moment: datetime) -> datetime:
        """A wall-clock reading of the installation's zone as an aware instant."""
        return moment.replace(tzinfo=ZoneInfo(self.settings.site.timezone))


class WallClockTime(click.ParamType[datetime]):
    """`YYYY-MM-DD HH:MM[:SS]`, a wall-clock reading without a zone."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it; anything else is a wrong use of the command."""
        if isinstance(value, datetime):
            return value
        for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
            try:
                return datetime.strptime(str(value), form)  # noqa: DTZ007 - a wall clock has no zone
            except ValueError:
                continue
        return self.fail(f"{value!r}: YYYY-MM-DD HH:MM:SS", param, ctx)


TIME = WallClockTime()
DATE = click.DateTime(["%Y-%m-%d"])
EXISTING = click.Path(path_type=Path, dir_okay=False)
with_installation = click.make_pass_decorator(Installation)


def units_below(session: Session, code: str | None) -> frozenset[int] | None:
    """Ids of a unit and its subtree; None (all) without a code. Raises StoreError `unknown_unit`."""
    if code is None:
        return None
    units = tree(session)
    found = units.by_code(code)
    if found is None:
        raise StoreError("unknown_unit", unit=code)
    return units.subtree(found.id)
