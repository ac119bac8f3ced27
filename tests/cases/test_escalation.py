"""A case that nobody decides goes up step by step, once each, and is told."""

import json
from datetime import timedelta

from sqlalchemy import Engine, text

from jobs.context import JobContext
from jobs.escalate_cases import run
from jobs.registry import JOBS
from monitor.cases import Decision, escalate
from monitor.cases.duties import duties_of
from monitor.config import Explanations, Settings
from monitor.store.session import reading, transaction
from tests.cases.cast import NOW, asking, case, decided, said
from tests.cases.test_explaining import asked
from tests.office import rows

LIMITS = Explanations()
PATIENCE = timedelta(days=LIMITS.days_until_escalation)


def up(engine: Engine, days: float) -> int:
    return escalate(engine, now=NOW + timedelta(days=days), limits=LIMITS)


def turn_of(engine: Engine) -> list[str]:
    with reading(engine) as session:
        names = ("hanh", "chutich", "nhansu")
        return [name for name in names if duties_of(session, asking(session, name)).to_decide]


def test_a_silent_step_goes_to_the_desk_above_and_in_the_end_to_hr(office: Engine) -> None:
    said(office, "binh")
    turns = [(up(office, day), turn_of(office)) for day in (2.9, 3.1, 3.2, 6.2, 9.3, 12.4)]
    assert turns == [
        (0, ["hanh"]), (1, ["chutich"]), (0, ["chutich"]), (1, ["nhansu"]), (0, ["nhansu"]), (0, ["nhansu"]),
    ]  # fmt: skip


def test_each_step_is_in_the_thread_and_in_the_trail(office: Engine) -> None:
    said(office, "binh")
    up(office, 4)
    assert rows(office, "SELECT kind, author_id, body FROM case_note ORDER BY id DESC LIMIT 1") == [
        ("escalated", None, "")
    ]
    ((actor, subject, detail),) = rows(
        office, "SELECT actor, subject, detail FROM audit_entry WHERE action = 'case_escalate'"
    )
    assert (actor, subject) == ("job:escalate_cases", "person:BINH")
    assert json.loads(str(detail)) == {"day": "2026-02-25", "before": 0, "after": 1, "desk": 1}


def test_a_head_s_own_case_skips_the_head(office: Engine) -> None:
    said(office, "hanh")
    assert turn_of(office) == ["chutich"]
    up(office, 4)
    assert turn_of(office) == ["nhansu"]


def test_a_request_without_an_answer_goes_up_as_well(office: Engine) -> None:
    asked(office, "hanh", "BINH")
    assert up(office, 5) == 0
    assert up(office, 7) == 1


def test_what_is_decided_or_for_hr_stays_where_it_is(office: Engine) -> None:
    said(office, "binh")
    decided(office, "hanh", "BINH", Decision(kind="accept"))
    said(office, "duc", kind="sick")
    assert up(office, 30) == 0
    decided(office, "hanh", "BINH", Decision(kind="revoke", reason="Xem lại"))
    assert up(office, 30) == 1


def test_the_lower_desk_may_still_decide(office: Engine) -> None:
    said(office, "binh")
    up(office, 4)
    decided(office, "hanh", "BINH", Decision(kind="accept"))
    assert case(office, "BINH").state == "accepted"
    assert rows(office, "SELECT level FROM case_decision") == [(1,)]


def test_two_runs_at_once_hand_a_case_on_once(engine: Engine) -> None:
    from tests.cases.cast import furnish

    furnish(engine)
    said(engine, "binh")
    assert [up(engine, 4), up(engine, 4)] == [1, 0]
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE day_case SET decide_by = NULL"))
    assert up(engine, 40) == 0


def test_the_job_is_in_the_table_and_says_what_it_did(office: Engine, settings: Settings) -> None:
    said(office, "binh")
    context = JobContext(engine=office, settings=settings, clock=lambda: NOW + PATIENCE * 2)
    assert [run(context), run(context)] == ["1 cases", "0 cases"]
    assert "escalate_cases" in {job.name for job in JOBS}
