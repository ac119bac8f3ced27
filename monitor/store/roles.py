"""PostgreSQL's roles for one installation, as SQL for whoever administers the server: owner, program, reader.

The owner alone may change tables, and so drop the triggers that keep punches and the trail append-only.
The program reads and writes rows. The reader sees what the rules and their results need, for workers of large
computations: no account, no trail, no case.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from monitor.store.schema import VERSION_TABLE
from monitor.store.tables import metadata

READ_BY_WORKERS = (
    "allowance", "badge", "calendar_day", "coverage_interval", "excuse", "excuse_type",
    "exempt_finding", "explained_day", "import_undo", "manual_punch", "overtime_record", "period",
    "period_reopening", "period_seal", "person", "posting", "punch", "punch_variant",
    "regulation_session", "regulation_target", "regulation_version", "roster_entry", "session_record",
    "silent_day", "stale_span", "terminal", "unit", "withheld_punch",
)  # fmt: skip
"""All that judging, exports and reports ask for (a test does them with this role)."""
MAKES_MONTHS = "make_month(text, date)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The names of the roles, of the database and of its schema."""

    owner: str = "monitor_owner"
    program: str = "monitor_app"
    reader: str = "monitor_reader"
    database: str = "monitor"
    schema: str = "public"


def role_statements(roles: Roles) -> Iterator[str]:
    """The statements, one after the other, for a superuser connected to that database. No passwords."""
    quote = PGDialect_psycopg().identifier_preparer.quote_identifier  # type: ignore[no-untyped-call]  # SQLAlchemy's own lacks annotations
    owner, program, reader = map(quote, (roles.owner, roles.program, roles.reader))
    database, schema = quote(roles.database), quote(roles.schema)
    tables = [f"{schema}.{quote(table.name)}" for table in metadata.sorted_tables]
    version = f"{schema}.{quote(VERSION_TABLE)}"
    for role in (owner, program, reader):
        yield f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}, {program}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {reader}"
    yield f"GRANT CREATE ON DATABASE {database} TO {owner}"  # a restore is put together in a schema apart
    yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC"
    yield f"ALTER SCHEMA {schema} OWNER TO {owner}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {program}, {reader}"
    for table in (*tables, version):
        yield f"ALTER TABLE {table} OWNER TO {owner}"
    yield from _of_partitions(schema, owner, program)
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(tables)} TO {program}"
    yield f"GRANT SELECT ON {version} TO {program}, {reader}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {program}"
    yield f"GRANT SELECT ON {', '.join(f'{schema}.{quote(name)}' for name in READ_BY_WORKERS)} TO {reader}"
    yield f"GRANT EXECUTE ON FUNCTION {schema}.{MAKES_MONTHS} TO {program}"
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT"
    yield f"{later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {program}"
    yield f"{later} USAGE, SELECT ON SEQUENCES TO {program}"


def _of_partitions(schema: str, owner: str, program: str) -> Iterator[str]:
    """Partitions do not follow their table, and are reached through it alone; functions make them."""
    here = "namespace = '{}'::regnamespace".format(schema.replace("'", "''"))
    owner, program = (name.replace("%", "%%") for name in (owner, program))
    yield _each(
        f"oid::regclass FROM pg_class WHERE relkind = 'r' AND relispartition AND rel{here}",
        f"ALTER TABLE %1$s OWNER TO {owner}; REVOKE ALL ON %1$s FROM PUBLIC, {program}",
    )
    ours = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    yield _each(
        f"oid::regprocedure FROM pg_proc p WHERE {ours} AND pro{here}",
        f"ALTER FUNCTION %1$s OWNER TO {owner}",
    )


def _each(found: str, told: str) -> str:
    """A statement that does something to each object of the database that is found."""
    loop = f"FOR one IN SELECT {found} LOOP EXECUTE format($each${told}$each$, one); END LOOP"
    return f"DO $$ DECLARE one text; BEGIN {loop}; END $$"
