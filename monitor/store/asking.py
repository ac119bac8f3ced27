"""Questions that are asked again and again: put into the driver's words once, answered with its own rows."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Dialect, SelectBase, Text, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session

from monitor.store.directly import fetched

Rows = list[tuple[Any, ...]]
Turn = Callable[[Any], Any]
"""From a value of ours to one of the driver's, or back."""
_Turns = Sequence[tuple[int, Turn]]
FLOAT = 701
"""PostgreSQL's number of the type of our numbers with a fraction; of others nobody asks for it."""

SPOKEN: Mapping[str, Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy's own
}
"""By the name of a database, its statements with a place for each value in order."""


class _Listed(TypeDecorator[Collection[Any]]):
    """Any number of values as one: an array, or where there are none, JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return postgresql.ARRAY(self.each) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class _Among(FunctionElement[bool]):
    # Without a type: of a function that gives a boolean, SQLite would be asked whether it is 1.
    inherit_cache = True


def among(column: Any, name: str) -> _Among:
    """The condition that a column's value is one of those given under a name, however many they are.

    One value each would make another statement of every number of them.
    """
    return _Among(column, bindparam(name, type_=_Listed(column.type)))


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **asked: Any) -> str:
    column, values = element.clauses
    listed = func.json_each(values).table_valued("value")
    return compiler.process(column.in_(select(listed.c.value)), **asked)


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **asked: Any) -> str:
    column, values = element.clauses
    return compiler.process(column == func.any(values), **asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A statement in the driver's words: its places in order, what stands in them, what comes back."""

    sql: str
    places: tuple[str, ...]
    fixed: Mapping[str, Any]
    given: Mapping[str, Turn]
    found: _Turns


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A SELECT that is declared once, where its answer is used.

    A refresh asks some thirty small ones: SQLAlchemy's work on each call would take longer than the
    database's. Parameters are named (`bindparam`, `among`); values come back as the columns' types say.
    """

    statement: SelectBase

    def rows(self, session: Session, **values: Any) -> Rows:
        """The answer as plain tuples."""
        rows, turns = self._asked(session, values)
        return list(zip(*_turned(rows, turns), strict=True)) if rows and turns else rows

    def named(self, session: Session, **values: Any) -> list[Mapping[str, Any]]:
        """The answer with the columns' names."""
        names = self.statement.selected_columns.keys()
        return [dict(zip(names, row, strict=True)) for row in self.rows(session, **values)]

    def columns(self, session: Session, **values: Any) -> list[Sequence[Any]]:
        """The answer as one sequence for each column."""
        rows, turns = self._asked(session, values)
        return _turned(rows, turns) if rows else [()] * len(self.statement.selected_columns)

    def _asked(self, session: Session, values: Mapping[str, Any]) -> tuple[Rows, _Turns]:
        if session.autoflush:
            session.flush()  # as before a query of the session's own: what waits in it belongs to the answer
        connection = session.connection()
        spoken = _put(self, connection.dialect.name)
        given = dict(spoken.fixed)
        for name, value in values.items():
            turn = spoken.given.get(name)
            given[name] = value if turn is None else turn(value)
        asked = tuple(given[name] for name in spoken.places)
        # The driver's own rows: there may be many, and nearly all of their values are numbers and text.
        return fetched(connection, spoken.sql, asked), spoken.found


def _turned(rows: Rows, turns: _Turns) -> list[Sequence[Any]]:
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, turn in turns:
        columns[place] = [turn(value) for value in columns[place]]
    return columns


@cache
def _put(question: Question, kind: str) -> _Spoken:
    dialect, statement = SPOKEN[kind], question.statement
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params:
        msg = "one statement for any number of values: ask with `among`"
        raise ValueError(msg)
    places = tuple(compiled.positiontup or ())
    bound = {name: compiled.binds[name] for name in places}
    given = {name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in bound.items()}
    turns = {name: turn for name, turn in given.items() if turn is not None}
    types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    found = [(place, each.result_processor(dialect, FLOAT)) for place, each in enumerate(types)]
    return _Spoken(
        sql=compiled.string,
        places=places,
        fixed={
            name: turns[name](one.value) if name in turns else one.value
            for name, one in bound.items()
            if not one.required
        },
        given=turns,
        found=tuple((place, turn) for place, turn in found if turn is not None),
    )
