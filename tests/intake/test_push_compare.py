"""Pushed punches beside the terminal's own log: what a pull does not know is shown, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from devices.zk_push_lines import read_attlog
from jobs import compare_pushes
from jobs.context import JobContext
from monitor.config import Settings
from monitor.exports.punches import punches_table
from monitor.intake import Origin, accept
from monitor.rules.wallclock import seconds_of
from monitor.store.queries import exports
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.session import reading, transaction
from monitor.store.tables import CoverageInterval, Pull, Terminal
from tests.intake.pushing import NOW, deliver, line, minutes
from tests.office import rows

HALF_AN_HOUR_LATER = minutes(30)
TRUE, FORGED = "2026-03-02 07:29:51", "2026-03-02 07:25:00"


def pull_log(
    engine: Engine, *times: str, at: datetime = HALF_AN_HOUR_LATER, covers_until: str = "2026-03-02 10:30"
) -> None:
    """A good pull whose log holds these punches of user 1 and nothing else."""
    with transaction(engine) as session:
        pull = Pull(terminal_id=1, started_at=at, finished_at=at, serial="SN1")
        session.add(pull)
        session.flush()
        span = [seconds_of(datetime.fromisoformat(text)) for text in ("2026-03-01 00:00", covers_until)]
        session.add(
            CoverageInterval(terminal_id=1, starts=span[0], ends=span[1], source="pull", pull_id=pull.id)
        )
        found = read_attlog(b"\n".join(line("1", time) for time in times))
        origin = Origin(source="pull", received_at=at, pull_id=pull.id)
        accept(session, session.get_one(Terminal, 1), found.punches, (), origin)


def unconfirmed(engine: Engine) -> list[str]:
    with reading(engine) as session:
        found = unconfirmed_pushes(session, 0, 2**40)
    ids = ", ".join(str(punch_id) for punch_ids in found.values() for punch_id in punch_ids) or "0"
    return [str(row[0]) for row in rows(engine, f"SELECT device_user_id FROM punch WHERE id IN ({ids})")]


def test_a_push_that_the_log_does_not_hold_is_shown(office: Engine) -> None:
    deliver(office, line("1", TRUE), line("2", FORGED))
    pull_log(office, TRUE)
    assert unconfirmed(office) == ["2"]


def test_a_later_log_that_holds_it_takes_the_doubt_away(office: Engine) -> None:
    deliver(office, line("1", TRUE), line("1", FORGED))
    pull_log(office, TRUE)
    assert unconfirmed(office) == ["1"]
    pull_log(office, TRUE, FORGED, at=minutes(60))
    assert unconfirmed(office) == []


def test_nothing_is_doubted_before_a_pull(office: Engine) -> None:
    deliver(office, line("1", FORGED))
    assert unconfirmed(office) == []


def test_what_came_after_the_last_pull_is_not_doubted(office: Engine) -> None:
    pull_log(office, TRUE)
    deliver(office, line("1", FORGED), now=minutes(45))
    assert unconfirmed(office) == []


@pytest.mark.parametrize("covers_until", ["2026-03-02 07:24:59", "2026-03-02 07:34:59"])
def test_what_the_pull_may_not_have_seen_is_not_doubted(office: Engine, covers_until: str) -> None:
    deliver(office, line("1", FORGED))
    pull_log(office, covers_until=covers_until)
    assert unconfirmed(office) == []


def test_a_terminal_that_only_pushes_has_nothing_to_compare_with(office: Engine) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(kind="zk_push"))
    deliver(office, line("1", FORGED))
    assert unconfirmed(office) == []


def test_the_export_flags_it_and_the_job_tells(office: Engine, caplog: pytest.LogCaptureFixture) -> None:
    deliver(office, line("1", TRUE), line("2", FORGED))
    pull_log(office, TRUE)
    with reading(office) as session:
        found = unconfirmed_pushes(session, 0, 2**40)
        table = punches_table(
            exports.punch_frame(session, 0, 2**40, None),
            exports.quarantine_frame(session, "", "9", None),
            exports.badge_frame(session),
            "Asia/Ho_Chi_Minh",
            {"unconfirmed": [punch_id for ids in found.values() for punch_id in ids]},
        )
    assert table[["time", "flags"]].to_numpy().tolist() == [[FORGED, "unconfirmed"], [TRUE, ""]]
    context = JobContext(
        engine=office, settings=Settings(), clock=lambda: NOW.astimezone(UTC) + timedelta(hours=1)
    )
    assert compare_pushes.run(context) == "1 unconfirmed"
    assert [record.__dict__["event"] for record in caplog.records] == ["alarm", "pushes_unconfirmed"]
