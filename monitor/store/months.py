"""PostgreSQL's partitions: a month of punches and records each, made ahead. SQLite has none.

What divides a table is `device_time` for punches and `day` for records. Beside the months, a partition holds
what is older than the first of them, from 2010 on, and the default one what fits nowhere: times that cannot
be true, and those of a month that nobody made.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from psycopg.errors import CheckViolation, LockNotAvailable
from sqlalchemy import Connection, Engine, func, inspect, or_, select, text
from sqlalchemy.exc import DBAPIError

from monitor.rules.columns import DAY_SECONDS
from monitor.store.tables import metadata

DIVIDED = {
    "punch": ("device_time", DAY_SECONDS),
    "session_record": ("day", 1),
    "day_record": ("day", 1),
    "overtime_record": ("day", 1),
}
"""What divides each table, and how many of its units a day has."""
AHEAD = 3
"""Months that are made before they begin, this one not counted."""
MOST_MONTHS = 60
"""So many months back an old database is divided; what is older lies together."""
EPOCH, EARLIEST = date(1970, 1, 1), date(2010, 1, 1)

_PARTS = text(
    "SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p') "
    "AND relnamespace = CAST(quote_ident(coalesce(:schema, current_schema())) AS regnamespace)"
)
_MADE = text(
    "SELECT parent.relname, to_date(right(part.relname, 7), 'YYYY_MM') AS month "
    "FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid "
    "JOIN pg_class parent ON parent.oid = inhparent "
    "WHERE parent.relkind = 'p' AND part.relname ~ '_[0-9]{4}_[0-9]{2}$' "
    "AND part.relnamespace = CAST(quote_ident(current_schema()) AS regnamespace) ORDER BY 1, 2"
)
_MAKE = text("SELECT make_month(:table, :month)")
_BEGIN = text("SELECT begin_months(:month)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How many months of a table were made, and whether others kept some from being made just now."""

    months: int
    busy: bool


def whole_tables(connection: Connection, schema: str | None = None) -> list[str]:
    """The names of all tables; partitions are parts of theirs."""
    names = inspect(connection).get_table_names(schema=schema)
    if connection.dialect.name != "postgresql":
        return names
    parts = set(connection.execute(_PARTS, {"schema": schema}).scalars())
    return [name for name in names if name not in parts]


def last_months(connection: Connection) -> dict[str, date]:
    """The newest month that was made of each table; none on SQLite."""
    return {name: months[-1] for name, months in _made(connection).items()}


def first_month(connection: Connection) -> date | None:
    """The oldest month that was made of any table; None on SQLite, and for an older schema."""
    return min((months[0] for months in _made(connection).values()), default=None)


def _made(connection: Connection) -> dict[str, list[date]]:
    """The months of each table, in order."""
    found: dict[str, list[date]] = {}
    if connection.dialect.name == "postgresql":
        for name, month in connection.execute(_MADE):
            found.setdefault(name, []).append(month)
    return found


def oldest_day(connection: Connection) -> date | None:
    """The day of the oldest row that can be true; None while there are no rows."""
    found = []
    for name, day in DIVIDED.items():
        column, unit = day
        time = metadata.tables[name].c[column]
        true = time >= (EARLIEST - EPOCH).days * unit
        oldest = connection.execute(select(func.min(time)).where(true)).scalar()
        found += [] if oldest is None else [EPOCH + timedelta(days=oldest // unit)]
    return min(found, default=None)


def begin_months(connection: Connection, first: date) -> None:
    """Let the months of tables that are still empty begin with that of a day, if they begin later."""
    last = max(last_months(connection).values(), default=None)
    if last is not None:
        connection.execute(_BEGIN, {"month": max(first.replace(day=1), later(last, -MOST_MONTHS))})


def later(day: date, months: int) -> date:
    """The first day of the month that is so many after that of a day."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def make_ahead(engine: Engine, today: date) -> Made:
    """Make the months that will soon begin, at most so many at once as are kept ahead.

    It never waits: a month that others keep from being made now is made another time. Each is a
    transaction of its own, of some milliseconds.
    """
    with engine.connect() as connection:
        last = last_months(connection)
    wanted = [
        (name, later(newest, step))
        for step in range(1, AHEAD + 1)
        for name, newest in last.items()
        if later(newest, step) <= later(today, AHEAD)
    ]
    made = [_make(engine, name, month) for name, month in wanted]
    return Made(months=sum(made), busy=not all(made))


def _make(engine: Engine, name: str, month: date) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(_MAKE, {"table": name, "month": month})
    except DBAPIError as error:
        if isinstance(error.orig, LockNotAvailable | CheckViolation):
            return False
        raise
    return True


def lacking(connection: Connection, today: date) -> list[str]:
    """Tables whose next month is not there, although it is about to begin."""
    last = last_months(connection)
    return sorted(name for name, newest in last.items() if newest < later(today, 1))


def outside_months(connection: Connection) -> dict[str, int]:
    """Table -> its rows that no month and no earlier time holds; tables without any are left out."""
    found = {}
    for name, months in _made(connection).items():
        column, unit = DIVIDED[name]
        time = metadata.tables[name].c[column]
        bounds = [((day - EPOCH).days * unit, (until - EPOCH).days * unit) for day, until in _gaps(months)]
        outside = or_(time < (EARLIEST - EPOCH).days * unit, *(time.between(a, b - 1) for a, b in bounds))
        found[name] = int(connection.execute(select(func.count()).where(outside)).scalar_one())
    return {name: count for name, count in found.items() if count}


def _gaps(months: list[date]) -> list[tuple[date, date]]:
    """From and until (exclusive) where there is no month, the time after the last one included."""
    ends = [later(month, 1) for month in months]
    return [(end, begin) for end, begin in zip(ends, [*months[1:], date.max], strict=True) if end < begin]
