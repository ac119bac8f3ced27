"""Adding many rows at once, those that are there already left alone: each database by its fastest way."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    Insert,
    MetaData,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from monitor.store.asking import SPOKEN
from monitor.store.copying import copy_in
from monitor.store.directly import changed

Columns = Mapping[str, Sequence[Any]]
"""Values by the name of their column, one for each row, all of the same length."""

_DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
AtKey = Literal["refused", "left", "replaced"]
"""What becomes of a row whose key is there already."""
_WALLED = text("SELECT row_security_active(CAST(quote_ident(:name) AS text))")
"""Whether policies hold for us on a table (monitor.store.wall); such a one takes no COPY."""
ROWS_TOGETHER = 50
"""Rows of one statement in SQLite: beginning and ending one takes as long as a third of a row does."""
COPIED_FROM = 1_000
"""From so many rows on a table of its own and two more statements pay on PostgreSQL."""


def columns_of(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Rows, each with the same names, as columns."""
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in listed[0]} if listed else {}


def add_columns(connection: Connection, into: Table, columns: Columns) -> int:
    """Add rows; one whose identity is there already changes nothing. Returns how many were new.

    SQLite takes some with each statement, PostgreSQL all at once, as arrays, so that what is checked for
    each statement is checked once. Many go by binary COPY into a table of this transaction, from which
    those are added that are new. All keep the order given, so ids are counted in it.
    """
    names = tuple(one.name for one in into.columns if _given(one, columns))
    rows = list(zip(*(columns[name] for name in names), strict=True))
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        if len(rows) >= COPIED_FROM:
            return _through_stage(connection, into, names, rows)
        arrays = tuple(list(columns[name]) for name in names)
        return connection.exec_driver_sql(_from_arrays(into, names), arrays).rowcount
    return _written(connection, into, names, rows, "left")


def _given(column: Column[Any], columns: Columns) -> bool:
    """Whether values are given for a column; Python's SQLite modules take long over each None."""
    values = columns.get(column.name, ())
    return any(value is not None for value in values) or (
        len(values) > 0 and column.server_default is not None
    )


def insert_rows(connection: Connection, into: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows with a value for every column, in the table's order. Raises IntegrityError for a key twice."""
    if not rows:
        return
    names = tuple(into.columns.keys())
    if connection.dialect.name == "postgresql" and len(rows) >= COPIED_FROM:
        if connection.execute(_WALLED, {"name": into.name}).scalar_one():
            _through_stage(connection, into, names, rows, "refused")
        else:
            copy_in(connection, into.name, list(into.columns), rows)
    else:
        _written(connection, into, names, rows, "refused")


def replace_rows(connection: Connection, into: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows with a value for every column, in the table's order, each in place of that of its key.

    One that is there as it is given stays untouched.
    """
    if rows:
        _written(connection, into, tuple(into.columns.keys()), rows, "replaced")


def _written(
    connection: Connection, into: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]], there: AtKey
) -> int:
    """Write rows in their order. Returns how many of them are there now that were not, or not so."""
    # Driver values in the driver's order: SQLAlchemy would look at each row, for twice the time.
    kind, new = connection.dialect.name, 0
    whole = len(rows) - len(rows) % ROWS_TOGETHER if kind == "sqlite" else 0
    for start in range(0, whole, ROWS_TOGETHER):
        values = tuple(chain.from_iterable(rows[start : start + ROWS_TOGETHER]))
        statement = _compiled(kind, into, names, there, ROWS_TOGETHER)
        new += changed(connection, statement, values)
    if whole < len(rows):
        one_by_one = [tuple(row) for row in rows[whole:]]
        new += changed(connection, _compiled(kind, into, names, there), one_by_one)
    return new


@cache
def _compiled(kind: str, into: Table, names: tuple[str, ...], there: AtKey, count: int = 1) -> str:
    """The statement in the driver's own words, for some rows: a place for each name in the names' order."""
    wanted = _DIALECTS[kind].insert(into)
    if count > 1:
        wanted = wanted.values([dict.fromkeys(names)] * count)
    if there == "left":
        wanted = _left(wanted, into, names)
    if there == "replaced":
        key = into.primary_key.columns.keys()
        others = {name: wanted.excluded[name] for name in names if name not in key}
        differs = or_(*(into.c[name].is_distinct_from(value) for name, value in others.items()))
        wanted = wanted.on_conflict_do_update(index_elements=key, set_=others, where=differs)
    return str(wanted.compile(dialect=SPOKEN[kind], column_keys=list(names)))


def _left(wanted: Any, into: Table, names: tuple[str, ...]) -> Any:
    """The insert that leaves rows alone whose identity is there: a unique constraint or a key that is given.

    Not any conflict: a number that the database gave out twice must fail aloud, it would lose a punch.
    """
    unique = [one.columns.keys() for one in into.constraints if isinstance(one, UniqueConstraint)]
    key = into.primary_key.columns.keys()
    identity = next(iter(unique), key if set(key) <= set(names) else None)
    return wanted if identity is None else wanted.on_conflict_do_nothing(index_elements=identity)


@cache
def _from_arrays(into: Table, names: tuple[str, ...]) -> str:
    """The statement in the driver's own words, with a place for an array for each name."""
    arrays = (bindparam(name, type_=postgresql.ARRAY(into.c[name].type)) for name in names)
    given = func.unnest(*arrays).table_valued(*names).render_derived()
    wanted = _left(postgresql.insert(into).from_select(list(names), select(given)), into, names)
    return str(wanted.compile(dialect=SPOKEN["postgresql"]))


def _through_stage(
    connection: Connection,
    into: Table,
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    there: AtKey = "left",
) -> int:
    stage = _stage(into, names)
    connection.execute(CreateTable(stage, if_not_exists=True))
    copy_in(connection, stage.name, list(stage.columns), rows)
    added = postgresql.insert(into).from_select(list(names), select(stage))
    wanted: Insert = _left(added, into, names) if there == "left" else added
    new = connection.execute(wanted, execution_options={"preserve_rowcount": True}).rowcount
    connection.execute(stage.delete())
    return new


@cache
def _stage(into: Table, names: tuple[str, ...]) -> Table:
    """A table of one transaction with some columns of another and none of its constraints."""
    taken = (Column(name, into.c[name].type) for name in names)
    return Table(
        f"{into.name}_stage", MetaData(), *taken, prefixes=["TEMPORARY"], postgresql_on_commit="DROP"
    )
