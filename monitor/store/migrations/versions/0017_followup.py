"""What becomes of a finding, and reports from citizens; steps that were taken change no more."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Big, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STEPS = "IN ('request', 'explanation', 'conclusion', 'notice', 'plan', 'done', 'close')"
KINDS = "kind IN ('morning', 'evening', 'monthly', 'asked', 'overdue', 'alarm', 'confirm', 'test')"


def upgrade() -> None:
    """Tables of their own with their triggers, and one more kind of message."""
    _reports()
    _outcomes()
    _findings()
    _steps()
    _told()
    _triggers()
    name = op.f("ck_outgoing_message_kind")
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, KINDS)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _reports() -> None:
    table = "citizen_report"
    sources = "source IN ('hotline', 'in_person', 'letter', 'portal', 'press')"
    op.create_table(
        table,
        *(_number("id"), _text("code"), _text("source")),
        sa.Column("received_at", Big, nullable=False),
        *(_number("unit_id"), _number("person_id", nullable=True)),
        sa.Column("happened_at", Big, nullable=True),
        *(_text("words"), _number("received_by")),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint(sources, name=op.f("ck_citizen_report_source")),
        *(_of(table, "unit_id", "unit"), _of(table, "person_id", "person")),
        *(_of(table, "received_by", "account"), _key(table)),
        sa.UniqueConstraint("code", name=op.f("uq_citizen_report_code")),
    )
    _index(table, "unit_id")
    _index(table, "person_id")
    table = "citizen_reporter"
    op.create_table(
        table,
        *(_number("report_id"), _text("sealed")),
        _of(table, "report_id", "citizen_report"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_citizen_reporter")),
    )
    _paper("citizen_report_paper", "report_id", "citizen_report")


def _paper(table: str, column: str, other: str) -> None:
    op.create_table(
        table,
        *(_number("id"), _number(column), _text("name"), _text("media_type"), _number("bytes_count")),
        _text("sha256"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f(f"ck_{table}_sha256")),
        *(_of(table, column, other), _key(table)),
    )
    _index(table, column)


def _outcomes() -> None:
    table = "citizen_report_outcome"
    outcomes = "outcome IN ('confirmed', 'not_confirmed', 'no_data')"
    op.create_table(
        table,
        *(_number("id"), _number("report_id"), _text("outcome"), _text("reason"), _number("concluded_by")),
        sa.Column("concluded_at", Instant(), nullable=False),
        sa.CheckConstraint(outcomes, name=op.f("ck_citizen_report_outcome_outcome")),
        *(_of(table, "report_id", "citizen_report"), _of(table, "concluded_by", "account"), _key(table)),
    )
    _index(table, "report_id")
    table = "report_officer"
    op.create_table(
        table,
        *(_number("id"), _number("account_id"), _number("unit_id", nullable=True), _text("document")),
        _text("named_by"),
        sa.Column("named_at", Instant(), nullable=False),
        _text("ended_by"),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name=op.f("ck_report_officer_ended")),
        *(_of(table, "account_id", "account"), _of(table, "unit_id", "unit"), _key(table)),
    )
    _index(table, "account_id")


def _findings() -> None:
    table = "finding"
    op.create_table(
        table,
        *(_number("id"), _text("code"), _number("visit_id", nullable=True)),
        *(_number("report_id", nullable=True), _number("unit_id"), _number("person_id", nullable=True)),
        *(_number("day"), _text("kinds"), _text("words"), _number("opened_by")),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.CheckConstraint("(visit_id IS NULL) <> (report_id IS NULL)", name=op.f("ck_finding_origin")),
        sa.CheckConstraint("kinds <> ''", name=op.f("ck_finding_kinds")),
        *(_of(table, "visit_id", "visit"), _of(table, "report_id", "citizen_report")),
        *(_of(table, "unit_id", "unit"), _of(table, "person_id", "person")),
        *(_of(table, "opened_by", "account"), _key(table)),
        sa.UniqueConstraint("code", name=op.f("uq_finding_code")),
        sa.UniqueConstraint("report_id", name=op.f("uq_finding_report_id")),
    )
    _index(table, "unit_id")
    _index(table, "person_id")
    op.create_index("uq_finding_visit_person", table, ["visit_id", "person_id"], unique=True)


def _steps() -> None:
    table = "finding_step"
    op.create_table(
        table,
        *(_number("id"), _number("finding_id"), _number("seq"), _text("kind"), _number("taken_by")),
        sa.Column("taken_at", Instant(), nullable=False),
        *map(_text, ("source", "outcome", "number", "body", "addressee")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("dated_on", "due_on", "done_on")),
        _text("words"),
        sa.CheckConstraint(f"kind {STEPS}", name=op.f("ck_finding_step_kind")),
        sa.CheckConstraint("source IN ('', 'product', 'paper')", name=op.f("ck_finding_step_source")),
        sa.CheckConstraint(
            "outcome IN ('', 'given', 'none', 'accepted', 'not_accepted')",
            name=op.f("ck_finding_step_outcome"),
        ),
        *(_of(table, "finding_id", "finding"), _of(table, "taken_by", "account"), _key(table)),
        sa.UniqueConstraint("finding_id", "seq", name=op.f("uq_finding_step_finding_id_seq")),
        sa.UniqueConstraint("finding_id", "kind", name=op.f("uq_finding_step_finding_id_kind")),
    )
    _paper("finding_paper", "step_id", "finding_step")


def _told() -> None:
    table = "finding_reminder"
    op.create_table(
        table,
        *(_number("finding_id"), _number("reminder_id")),
        *(_of(table, "finding_id", "finding"), _of(table, "reminder_id", "written_reminder")),
        sa.PrimaryKeyConstraint("finding_id", "reminder_id", name=op.f("pk_finding_reminder")),
    )
    table = "finding_escalation"
    op.create_table(
        table,
        *(_number("id"), _number("finding_id"), _text("step")),
        sa.Column("due_on", sa.Date(), nullable=False),
        _number("unit_id", nullable=True),
        sa.Column("told_at", Instant(), nullable=False),
        sa.CheckConstraint(f"step {STEPS}", name=op.f("ck_finding_escalation_step")),
        *(_of(table, "finding_id", "finding"), _of(table, "unit_id", "unit"), _key(table)),
        sa.UniqueConstraint("finding_id", "step", name=op.f("uq_finding_escalation_finding_id_step")),
    )


def _triggers() -> None:
    """What was written stays; what may be emptied when its time is over may only be emptied."""
    tables = {
        "finding": ("words",),
        "finding_step": ("words",),
        "citizen_report_outcome": ("reason",),
    }
    papers = ("finding_paper", "citizen_report_paper")
    for table, words in tables.items():
        _refuse(table, "DELETE")
        _refuse(table, "UPDATE", f"NOT ({_emptied(table, {word: _gone(word) for word in words})})")
    for table in papers:
        _refuse(table, "DELETE")
        gone = {"name": _gone("name"), "content": "length(NEW.content) = 0"}
        _refuse(table, "UPDATE", f"NOT ({_emptied(table, gone)})")
    for table in ("finding_reminder", "finding_escalation"):
        _refuse(table, "DELETE")
        _refuse(table, "UPDATE")
    _refuse("citizen_reporter", "UPDATE")
    _refuse("citizen_report", "DELETE")
    erased = {
        "words": _gone("words"),
        "person_id": "NEW.person_id IS NULL",
        "happened_at": "NEW.happened_at IS NULL",
        "erased_at": "NEW.erased_at IS NOT NULL",
    }
    _refuse("citizen_report", "UPDATE", f"NOT ({_emptied('citizen_report', erased)})")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _gone(column: str) -> str:
    return f"NEW.{column} = ''"


def _emptied(table: str, gone: dict[str, str]) -> str:
    """Some columns are emptied, the rest of the row stays."""
    columns = [one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)]
    same = "IS NOT DISTINCT FROM" if _postgresql() else "IS"
    stays = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in gone]
    return " AND ".join([*gone.values(), *stays])


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
