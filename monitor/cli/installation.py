"""What every command works on: the configuration, the database and the present, read when first needed."""

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.accounts import AccountRefused
from monitor.cli.proof import Acting, Claim, acting_for
from monitor.cli.rights import RIGHTS
from monitor.clock import clock_of
from monitor.config import Settings, load_settings
from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.queries.terminals import terminal_by_code
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.schema import require_current_schema
from monitor.store.session import StoreError, open_database
from monitor.store.tables import Terminal

if TYPE_CHECKING:  # with the periods come data frames, which most commands do not need
    from monitor.periods import Month

Parameters = ParamSpec("Parameters")
Given = TypeVar("Given")


@dataclass(kw_only=True)
class Installation:
    """One installation, as a command sees it; `language` None means the configured one.

    `user`: the account named with `--as`; `acting`: the same once it is proven. Without, the command is
    the operator's, who holds the machine and its files and so reaches everything.
    """

    config: Path
    language: str | None = None
    user: str | None = None
    acting: Acting | None = None

    @cached_property
    def settings(self) -> Settings:
        """The configuration; raises ConfigError."""
        return load_settings(self.config)

    @cached_property
    def engine(self) -> Engine:
        """The database with a current schema; raises StoreError otherwise."""
        engine = open_database(self.settings.database_url, anywhere=self.settings.database.anywhere)
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
        """In whose name the command runs, for the audit trail."""
        return self._operator if self.acting is None else self.acting.user_name

    @property
    def reach(self) -> Reach:
        """Whose data the command may show or change."""
        return EVERYBODY if self.acting is None else self.acting.scope.reach

    @property
    def _operator(self) -> str:
        try:
            return f"cli:{getpass.getuser()}"
        except (KeyError, OSError):  # a container may run under a number that has no name
            return f"cli:uid {os.getuid()}"

    def act(self, command: str) -> None:
        """Prove the account named with `--as`, if any, and that it may run the command.

        Raises AccountRefused as `acting_for` does, `command_needs_account` where the configuration
        gives the operator no personal data.
        """
        right = RIGHTS.get(command)
        if right is None:
            return
        if self.user is not None:
            self.acting = acting_for(self._claim(self.user), right)
        elif self.settings.accounts.command_line == "accounts":
            raise AccountRefused("command_needs_account", command=command)

    def _claim(self, user: str) -> Claim:
        return Claim(
            engine=self.engine,
            settings=self.settings,
            user=user,
            operator=self._operator,
            now=self.clock(),
            on=self.local_now().date(),
            language=self.words,
        )

    def unit(self, session: Session, code: str) -> UnitRow:
        """A unit that the account sees, by its code. Raises StoreError `unknown_unit` for any other."""
        found = tree(session).by_code(code)
        if found is None or not self._sees(found.id):
            raise StoreError("unknown_unit", unit=code)
        return found

    def units_below(self, session: Session, code: str | None) -> frozenset[int] | None:
        """Ids of a unit and its subtree as far as the account sees them; None: all. Raises as `unit` does."""
        units = tree(session)
        if code is None:
            wanted = None if self.acting is None else frozenset(units.units)
        else:
            wanted = units.subtree(self.unit(session, code).id)
        return None if wanted is None else frozenset(unit for unit in wanted if self._sees(unit))

    def sees_throughout(self, unit_id: int, month: "Month") -> bool:
        """Whether the account sees a unit's people on every day of a month."""
        days, unit = range(month.first_day, month.last_day + 1), frozenset({unit_id})
        return all(self.reach.within(unit, day) for day in days)

    def terminal_units(self, session: Session, code: str | None) -> frozenset[int] | None:
        """Ids of the units whose terminals the account tends, of a subtree or of all; None: all units'."""
        if self.acting is None:
            return self.units_below(session, code)
        units, scope = tree(session), self.acting.scope
        top = None if code is None else units.by_code(code)
        if code is not None and (top is None or not scope.tends_terminal(top.id)):
            raise StoreError("unknown_unit", unit=code)
        wanted = frozenset(units.units) if top is None else units.subtree(top.id)
        return frozenset(unit for unit in wanted if scope.tends_terminal(unit))

    def terminal(self, session: Session, code: str) -> Terminal:
        """A terminal that the account tends, by its code. Raises StoreError `unknown_terminal` otherwise."""
        found = terminal_by_code(session, code)
        if found is None or not self.tends(found.unit_id):
            raise StoreError("unknown_terminal", terminal=code)
        return found

    def tends(self, unit_id: int | None) -> bool:
        """Whether what a terminal of the unit (None: of no unit) delivers is the account's to take in."""
        return self.acting is None or self.acting.scope.tends_terminal(unit_id)

    def _sees(self, unit_id: int) -> bool:
        return self.acting is None or self.acting.scope.sees_unit(unit_id)

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
AS = click.option(
    "--as",
    "user",
    metavar="USER",
    expose_value=False,
    callback=lambda context, _option, user: _remember_user(context, user),
    help="Tài khoản thực hiện / in this account's name and within its rights.",
)


def _remember_user(context: click.Context, user: str | None) -> None:
    installation = context.find_object(Installation)
    if installation is not None:
        installation.user = user


def with_installation(
    command: Callable[Concatenate[Installation, Parameters], Given],
) -> Callable[Parameters, Given]:
    """Give a command the installation; one that is run in an account's name proves it first."""

    def run(installation: Installation, /, *given: Parameters.args, **named: Parameters.kwargs) -> Given:
        installation.act(_words_of(click.get_current_context()))
        return command(installation, *given, **named)

    return update_wrapper(click.make_pass_decorator(Installation)(run), command)


def _words_of(context: click.Context) -> str:
    """The command as it is typed, without the program's name."""
    words = []
    while context.parent is not None:
        words.append(context.info_name or "")
        context = context.parent
    return " ".join(reversed(words))
