"""PostgreSQL: punches and records lie in one partition for each month. SQLite stays as it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

EPOCH = date(1970, 1, 1)
EARLIEST = date(2010, 1, 1)
"""No punch of ours is older: a clock that has lost its time says 1970 or 2000."""
MOST_MONTHS = 60
"""So many months back an old database is divided; what is older lies together."""
AHEAD = 3

# The column whose month decides, and how many of its units a day has.
DIVIDED = {
    "punch": ("device_time", 86_400),
    "session_record": ("day", 1),
    "day_record": ("day", 1),
    "overtime_record": ("day", 1),
}
REFERRING = ("punch_support", "punch_variant", "push_confirmation", "quarantine_decision", "withheld_punch")

CLOSE_PART = """
CREATE FUNCTION close_part(part text) RETURNS void
LANGUAGE plpgsql SET search_path = THIS_SCHEMA, pg_temp AS $$
DECLARE
  grantee text;
BEGIN
  -- A part is reached through its table alone, with the table's rights and policies.
  FOR grantee IN
    SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
      FROM pg_class, aclexplode(relacl) a WHERE pg_class.oid = quote_ident(part)::regclass AND a.grantee <> relowner
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %s', part, grantee);
  END LOOP;
END $$
"""
MAKE_MONTH = """
CREATE FUNCTION make_month(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = THIS_SCHEMA, pg_temp AS $$
DECLARE
  made text := parent || to_char(month, '"_"YYYY"_"MM');
  unit bigint := CASE parent WHEN 'punch' THEN 86400 ELSE 1 END;
  referred text;
BEGIN
  IF parent NOT IN ('punch', 'session_record', 'day_record', 'overtime_record')
      OR extract(day FROM month) <> 1 OR month NOT BETWEEN '2010-01-01' AND '2199-12-01' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'no month of ours';
  END IF;
  IF to_regclass(quote_ident(made)) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Whoever holds locks here waits for none: nobody waits for it for long, and no deadlock has it as a part.
  EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE NOWAIT', parent);
  SELECT string_agg(DISTINCT confrelid::regclass::text, ', ') INTO referred
    FROM pg_constraint WHERE contype = 'f' AND conrelid = quote_ident(parent)::regclass;
  IF referred IS NOT NULL THEN
    EXECUTE 'LOCK TABLE ' || referred || ' IN SHARE ROW EXCLUSIVE MODE NOWAIT';
  END IF;
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE NOWAIT', parent || '_default');
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', made, parent);
  -- Attached, not made in its place: those who read and write other months go on.
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, made,
    (month - DATE '1970-01-01') * unit, ((month + INTERVAL '1 month')::date - DATE '1970-01-01') * unit);
  PERFORM close_part(made);
  RETURN true;
END $$
"""
BEGIN_MONTHS = """
CREATE FUNCTION begin_months(opens date) RETURNS void
LANGUAGE plpgsql SET search_path = THIS_SCHEMA, pg_temp AS $$
DECLARE
  parent text;
  unit bigint;
  began date;
  taken boolean;
BEGIN
  FOREACH parent IN ARRAY ARRAY['punch', 'session_record', 'day_record', 'overtime_record'] LOOP
    SELECT min(to_date(right(relname, 7), 'YYYY_MM')) INTO began
      FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
      WHERE inhparent = quote_ident(parent)::regclass AND relname ~ '_[0-9]{4}_[0-9]{2}$';
    CONTINUE WHEN began <= opens;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', parent || '_before') INTO taken;
    IF taken THEN
      RAISE object_not_in_prerequisite_state USING MESSAGE = 'there are rows of before the first month';
    END IF;
    unit := CASE parent WHEN 'punch' THEN 86400 ELSE 1 END;
    EXECUTE format('DROP TABLE %I', parent || '_before');
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)', parent || '_before', parent,
      (DATE '2010-01-01' - DATE '1970-01-01') * unit, (opens - DATE '1970-01-01') * unit);
    PERFORM close_part(parent || '_before');
    PERFORM make_month(parent, each::date)
      FROM generate_series(opens, began - INTERVAL '1 month', INTERVAL '1 month') AS each;
  END LOOP;
END $$
"""
REQUIRE_PUNCH = """
CREATE FUNCTION require_punch() RETURNS trigger
LANGUAGE plpgsql SET search_path = THIS_SCHEMA, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  wanted bigint[];
  lowest bigint;
  highest bigint;
BEGIN
  -- All rows of a statement at once: without its time, a punch is looked for in every month.
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT punch_id), min(punch_id), max(punch_id) INTO wanted, lowest, highest
      FROM fresh WHERE punch_id IS NOT NULL;
  ELSIF NEW.punch_id IS NOT NULL THEN
    wanted := ARRAY[NEW.punch_id];
    lowest := NEW.punch_id;
    highest := NEW.punch_id;
  END IF;
  IF cardinality(wanted) > (SELECT count(*) FROM punch WHERE id BETWEEN lowest AND highest AND id = ANY (wanted)) THEN
    RAISE foreign_key_violation USING MESSAGE = TG_TABLE_NAME || ' refers to a punch that is not there';
  END IF;
  RETURN NULL;
END $$
"""

OWNER = "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = 'punch'::regclass"


def upgrade() -> None:
    """Copy the rows of four tables into tables of months, and prove that none is missing."""
    if op.get_bind().dialect.name != "postgresql":
        return
    # Whoever upgrades, what is new belongs to the owner of what was there.
    op.execute(f"SET LOCAL ROLE {_one(OWNER)}")
    _functions()
    for table in REFERRING:
        op.drop_constraint(op.f(f"fk_{table}_punch_id_punch"), table, type_="foreignkey")
    today: date = _one("SELECT current_date")
    first = _first_month(today)
    for table in DIVIDED:
        _divide(table, first, _later(today, AHEAD))
    _triggers()
    op.execute("RESET ROLE")


def _one(query: str | sa.Select[Any]) -> Any:
    return op.get_bind().execute(sa.text(query) if isinstance(query, str) else query).scalar_one()


def _rows(query: str, table: str) -> list[tuple[str, str]]:
    """Two columns of what the database says about a table."""
    return [(row[0], row[1]) for row in op.get_bind().execute(sa.text(query), {"table": table})]


def _later(day: date, months: int) -> date:
    """The first day of the month that is so many after that of a day."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _functions() -> None:
    here = _one("SELECT quote_ident(current_schema())")
    for source in (CLOSE_PART, MAKE_MONTH, BEGIN_MONTHS, REQUIRE_PUNCH):
        op.execute(source.replace("THIS_SCHEMA", here))
    op.execute(
        "REVOKE ALL ON FUNCTION close_part(text), make_month(text, date), begin_months(date) FROM PUBLIC"
    )
    # Who may add punches keeps having somewhere to put them.
    for privilege, grantee in _rights("punch"):
        if privilege == "INSERT":
            op.execute(f"GRANT EXECUTE ON FUNCTION make_month(text, date) TO {grantee}")


def _rights(table: str) -> list[tuple[str, str]]:
    """What was granted, and to whom."""
    told = (
        "SELECT privilege_type, "
        "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END "
        "FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = CAST(:table AS regclass)"
    )
    return _rows(told, table)


def _first_month(today: date) -> date:
    """The month of the oldest row that can be true; without one, the month before today's."""
    found = []
    for table, (column, unit) in DIVIDED.items():
        earliest, latest = ((day - EPOCH).days * unit for day in (EARLIEST, today))
        counted: sa.ColumnClause[int] = sa.column(column, sa.BigInteger())
        true = counted.between(earliest, latest)
        oldest = _one(sa.select(sa.func.min(counted)).select_from(sa.table(table)).where(true))
        found += [] if oldest is None else [EPOCH + timedelta(days=oldest // unit)]
    return max(_later(min(found), 0), _later(today, -MOST_MONTHS)) if found else _later(today, -1)


def _divide(table: str, first: date, last: date) -> None:
    """Put a table of partitions in a table's place, with its rows, keys, references and rights."""
    column, unit = DIVIDED[table]
    former = f"{table}_0021"
    op.execute(f"ALTER TABLE {table} RENAME TO {former}")
    like = f"LIKE {former} INCLUDING ALL EXCLUDING INDEXES"
    op.execute(f"CREATE TABLE {table} ({like}) PARTITION BY RANGE ({column})")
    opens, closes = ((day - EPOCH).days * unit for day in (EARLIEST, first))
    op.execute(f"CREATE TABLE {table}_before PARTITION OF {table} FOR VALUES FROM ({opens}) TO ({closes})")
    op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    for part in ("before", "default"):
        op.execute(f"SELECT close_part('{table}_{part}')")
    for month in _months(first, last):
        op.execute(f"SELECT make_month('{table}', DATE '{month}')")
    _copy(former, table)
    references, rights = _references(former), _rights(former)
    if table == "punch":
        op.execute("ALTER SEQUENCE punch_id_seq OWNED BY punch.id")
    op.execute(f"DROP TABLE {former}")
    KEYS[table]()
    for name, what in references:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}")
    for privilege, grantee in rights:
        op.execute(f"GRANT {privilege} ON {table} TO {grantee}")
    op.execute(f"ANALYZE {table}")


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = _later(first, 1)


def _copy(former: str, table: str) -> None:
    """All rows. Raises RuntimeError, and so leaves everything as it was, when one is missing."""
    op.execute(f"INSERT INTO {table} TABLE {former}")
    counts = (sa.select(sa.func.count()).select_from(sa.table(name)) for name in (former, table))
    there, here = map(_one, counts)
    if there != here:
        msg = f"{table}: {there} rows before, {here} after"
        raise RuntimeError(msg)


def _references(table: str) -> list[tuple[str, str]]:
    """Foreign keys: name and what it says."""
    told = (
        "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = CAST(:table AS regclass) ORDER BY conname"
    )
    return _rows(told, table)


def _punch_keys() -> None:
    # The number alone cannot be a key: a key of a table of partitions holds what divides it.
    op.create_primary_key(op.f("pk_punch"), "punch", ["id", "device_time"])
    identity = ["terminal_id", "device_user_id", "device_time"]
    op.create_unique_constraint("uq_punch_identity", "punch", identity)
    op.create_index("ix_punch_device_user_id_device_time", "punch", identity[1:])
    op.create_index("ix_punch_terminal_id_device_time", "punch", ["terminal_id", "device_time"])


def _session_keys() -> None:
    op.create_primary_key(op.f("pk_session_record"), "session_record", ["person_id", "day", "seq"])
    op.create_index("ix_session_record_day_unit_id", "session_record", ["day", "unit_id"])
    pending, long = sa.text("status = 6"), sa.text("window_to - window_from > 259200")
    op.create_index("ix_session_record_pending", "session_record", ["window_to"], postgresql_where=pending)
    op.create_index("ix_session_record_long", "session_record", ["person_id"], postgresql_where=long)


def _day_keys() -> None:
    op.create_primary_key(op.f("pk_day_record"), "day_record", ["person_id", "day"])
    op.create_index("ix_day_record_day_unit_id", "day_record", ["day", "unit_id"])


def _overtime_keys() -> None:
    op.create_primary_key(op.f("pk_overtime_record"), "overtime_record", ["person_id", "day", "seq"])
    op.create_index("ix_overtime_record_day_unit_id", "overtime_record", ["day", "unit_id"])


KEYS = {
    "punch": _punch_keys,
    "session_record": _session_keys,
    "day_record": _day_keys,
    "overtime_record": _overtime_keys,
}


def _triggers() -> None:
    """Punches stay append-only; what refers to one that is not there is refused, as by a foreign key."""
    for change in ("UPDATE", "DELETE"):
        name = f"append_only_punch_{change.lower()}"
        action = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON punch {action}")
    for table in REFERRING:
        added = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
        op.execute(f"CREATE TRIGGER requires_punch {added} EXECUTE FUNCTION require_punch()")
        changed = f"AFTER UPDATE OF punch_id ON {table} FOR EACH ROW"
        op.execute(f"CREATE TRIGGER still_requires_punch {changed} EXECUTE FUNCTION require_punch()")
