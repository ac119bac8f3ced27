"""Visits: snapshots, marks, reasons, minutes; what was signed changes no more."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What may be emptied when its time is over (privacy); everything else of a row stays as it was written.
PERSON_WORDS = ("position", "document")
MARK_WORDS = ("note",)
REASON_WORDS = ("words", "document")


def upgrade() -> None:
    """Tables of their own, and the triggers that keep them as they were written."""
    _visit()
    _people()
    _marks()
    _minutes()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF EXISTS (SELECT 1 FROM visit_scan WHERE visit_id = NEW.visit_id) THEN "
            "RAISE EXCEPTION 'the minutes are signed'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE FUNCTION refuse_signed_visit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF EXISTS (SELECT 1 FROM visit_scan WHERE visit_id = OLD.id) THEN "
            "RAISE EXCEPTION 'the minutes are signed'; END IF; RETURN NEW; END $$"
        )
    for table in ("visit", "visit_person", "visit_mark", "visit_reason", "visit_minutes", "visit_scan"):
        _refuse(table, "DELETE")
    for table in ("visit_person", "visit_mark", "visit_reason", "visit_minutes"):
        _refuse_signed(table, "INSERT")
    _refuse_signed("visit", "UPDATE")
    _only_emptied("visit_person", PERSON_WORDS)
    _only_emptied("visit_mark", MARK_WORDS)
    _refuse_signed("visit_reason", "UPDATE", f"NOT ({_emptied('visit_reason', REASON_WORDS)})")
    for table in ("visit_minutes", "visit_scan"):
        _refuse(table, "UPDATE")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("frozen_at", BIG, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.CheckConstraint("(number IS NULL) = (year IS NULL)", name=op.f("ck_visit_number")),
        _of("visit", "campaign_id", "campaign"),
        _of("visit", "unit_id", "unit"),
        _of("visit", "made_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("code", name=op.f("uq_visit_code")),
    )
    op.create_index(op.f("ix_visit_campaign_id"), "visit", ["campaign_id"])
    op.create_index("uq_visit_number", "visit", ["body", "year", "number"], unique=True)


def _people() -> None:
    table = "visit_person"
    op.create_table(
        table,
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("last_punch", BIG, nullable=True),
        sa.Column("terminal_id", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('expected', 'away', 'duty', 'exempt', 'off')", name=op.f("ck_visit_person_kind")
        ),
        sa.CheckConstraint("flag IN ('', 'after_t')", name=op.f("ck_visit_person_flag")),
        _of(table, "visit_id", "visit"),
        _of(table, "person_id", "person"),
        _of(table, "unit_id", "unit"),
        _of(table, "terminal_id", "terminal"),
        sa.PrimaryKeyConstraint("visit_id", "person_id", name=op.f("pk_visit_person")),
    )
    op.create_index(op.f("ix_visit_person_person_id"), table, ["person_id"])


def _marks() -> None:
    table = "visit_mark"
    op.create_table(
        table,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("tapped_ms", BIG, nullable=False),
        sa.Column("received_ms", BIG, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "field IN ('presence', 'badge', 'alcohol', 'note')", name=op.f("ck_visit_mark_field")
        ),
        sa.CheckConstraint(
            "context IN ('', 'hours', 'lunch', 'duty', 'outside')", name=op.f("ck_visit_mark_context")
        ),
        sa.CheckConstraint("length(id) BETWEEN 16 AND 64", name=op.f("ck_visit_mark_id")),
        _of(table, "visit_id", "visit"),
        _of(table, "person_id", "person"),
        _of(table, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_mark")),
    )
    op.create_index(op.f("ix_visit_mark_visit_id"), table, ["visit_id"])
    op.create_index(op.f("ix_visit_mark_person_id"), table, ["person_id"])
    table = "visit_reason"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("after_t", sa.Boolean(), nullable=False),
        sa.Column("names_person", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name=op.f("ck_visit_reason_state")),
        _of(table, "visit_id", "visit"),
        _of(table, "person_id", "person"),
        _of(table, "written_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reason")),
    )
    op.create_index(op.f("ix_visit_reason_visit_id"), table, ["visit_id"])
    op.create_index(op.f("ix_visit_reason_person_id"), table, ["person_id"])


def _minutes() -> None:
    table = "visit_minutes"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        _of(table, "visit_id", "visit"),
        _of(table, "written_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_minutes")),
        sa.UniqueConstraint("visit_id", "version", name=op.f("uq_visit_minutes_visit_id_version")),
    )
    table = "visit_scan"
    op.create_table(
        table,
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_by", sa.Integer(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_visit_scan_sha256")),
        _of(table, "visit_id", "visit"),
        _of(table, "minutes_id", "visit_minutes"),
        _of(table, "stored_by", "account"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_scan")),
    )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _emptied(table: str, words: tuple[str, ...]) -> str:
    """The words go, the rest of the row stays."""
    columns = [one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)]
    same = "IS NOT DISTINCT FROM" if _postgresql() else "IS"
    gone = [f"NEW.{name} = ''" for name in words]
    stays = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in words]
    return " AND ".join([*gone, *stays])


def _only_emptied(table: str, words: tuple[str, ...]) -> None:
    _refuse(table, "UPDATE", f"NOT ({_emptied(table, words)})")


def _refuse(table: str, change: str, when: str = "") -> None:
    """Let the database itself refuse a change, or one that fits a condition."""
    action = (
        "EXECUTE FUNCTION refuse_change()"
        if _postgresql()
        else "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    )
    each = f"FOR EACH ROW {f'WHEN ({when})' if when else ''}"
    op.execute(
        f"CREATE TRIGGER append_only_{table}_{change.lower()} BEFORE {change} ON {table} {each} {action}"
    )


def _refuse_signed(table: str, change: str, when: str = "") -> None:
    """Refuse a change once a signed copy of the visit's minutes is there."""
    name = f"signed_{table}_{change.lower()}"
    if _postgresql():
        function = "refuse_signed_visit" if table == "visit" else "refuse_signed"
        each = f"FOR EACH ROW {f'WHEN ({when})' if when else ''}"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {each} EXECUTE FUNCTION {function}()")
        return
    visit = "OLD.id" if table == "visit" else "NEW.visit_id"
    signed = f"EXISTS (SELECT 1 FROM visit_scan WHERE visit_id = {visit})"  # noqa: S608 - names of our own
    fits = f"{signed} AND {when}" if when else signed
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW WHEN ({fits}) "
        "BEGIN SELECT RAISE(ABORT, 'the minutes are signed'); END"
    )
