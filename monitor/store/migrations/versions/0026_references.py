"""PostgreSQL: what punches and records refer to is looked up once for each statement. SQLite stays as it is.

A foreign key looks each row's reference up by itself, which took three quarters of the server's time for
writing records. The triggers look up the different ones of a statement, and refuse as a key does; those on
the other side refuse that somebody is deleted to whom something refers. Ids never change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RECORDS = {"person_id": "person", "unit_id": "unit"}
REFERENCES = {
    "punch": {"terminal_id": "terminal", "pull_id": "pull", "import_id": "file_import"},
    "session_record": RECORDS | {"regulation_id": "regulation_version"},
    "day_record": RECORDS,
    "overtime_record": RECORDS,
}
"""Table -> its columns that hold an id, and of what."""

# The id is asked for by itself, one by one: few different ones are in a statement, many in their table.
REQUIRE = """
CREATE FUNCTION require_references_of_{table}() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF {missing} THEN
    RAISE foreign_key_violation USING MESSAGE = '{table} refers to what is not there';
  END IF;
  RETURN NULL;
END $$
"""
MISSING = (
    "EXISTS (SELECT FROM (SELECT DISTINCT {column} AS id FROM fresh WHERE {column} IS NOT NULL) AS said "
    "WHERE NOT EXISTS (SELECT FROM {target} WHERE {target}.id = said.id))"
)
# As the owner, who sees all rows: what a policy hides from who deletes is referred to none the less.
KEEP = """
CREATE FUNCTION keep_referred_{target}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF {referred} THEN
    RAISE foreign_key_violation USING MESSAGE = 'something refers to this {target}';
  END IF;
  RETURN OLD;
END $$
"""
REFERRED = "EXISTS (SELECT FROM {table} WHERE {column} = OLD.id)"
OWNER = "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = 'punch'::regclass"


def upgrade() -> None:
    """Triggers in place of foreign keys, which have held until now."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"SET LOCAL ROLE {_one(OWNER)}")
    schema = _one("SELECT quote_ident(current_schema())")
    for table, columns in REFERENCES.items():
        missing = " OR ".join(MISSING.format(column=column, target=of) for column, of in columns.items())
        op.execute(REQUIRE.format(table=table, schema=schema, missing=missing))
        for column, of in columns.items():
            op.drop_constraint(op.f(f"fk_{table}_{column}_{of}"), table, type_="foreignkey")
        for change in ("insert", "update"):
            when = f"AFTER {change.upper()} ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
            called = f"EXECUTE FUNCTION require_references_of_{table}()"
            op.execute(f"CREATE TRIGGER requires_references_{change} {when} {called}")
    for target in sorted({of for columns in REFERENCES.values() for of in columns.values()}):
        referred = " OR ".join(
            REFERRED.format(table=table, column=column)
            for table, columns in REFERENCES.items()
            for column, of in columns.items()
            if of == target
        )
        op.execute(KEEP.format(target=target, schema=schema, referred=referred))
        when = f"BEFORE DELETE ON {target} FOR EACH ROW"
        op.execute(f"CREATE TRIGGER keeps_referred {when} EXECUTE FUNCTION keep_referred_{target}()")
    op.execute("RESET ROLE")


def _one(query: str) -> str:
    return str(op.get_bind().execute(sa.text(query)).scalar_one())
