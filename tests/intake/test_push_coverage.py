"""For when a push channel shows a log to be complete, and when it does not (rules 7)."""

from sqlalchemy import Engine, update

from monitor.intake.push import (
    Caller,
    note_poll,
    note_refused_upload,
)
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.intake.pushing import CALLER, LOOPBACK, NOW, QUIET, coverage, deliver, line, minutes
from tests.office import rows


def test_an_upload_alone_proves_nothing(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 07:29:51"))
    assert coverage(office) == []


def test_a_poll_alone_proves_nothing(office: Engine) -> None:
    note_poll(office, CALLER, QUIET, NOW)
    assert coverage(office) == []


def test_a_poll_after_an_acknowledged_upload_covers_up_to_the_terminals_clock(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 07:29:51"), line("2", "2026-03-02 09:59:30"))
    note_poll(office, CALLER, QUIET, minutes(1))
    # The newest punch came at 10:00:00 at the latest; a minute later the clock showed a minute more.
    assert coverage(office) == [("2026-03-02 07:29:51", "2026-03-02 10:00:30")]


def test_a_backlog_covers_no_more_than_it_shows(office: Engine) -> None:
    deliver(office, line("1", "2026-02-27 07:29:51"), line("1", "2026-02-27 17:01:00"))
    note_poll(office, CALLER, QUIET, minutes(1))
    assert coverage(office) == [("2026-02-27 07:29:51", "2026-02-27 17:02:00")]


def test_a_fast_clock_covers_no_future(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 07:29:51"), line("1", "2026-03-02 10:05:00"))
    note_poll(office, CALLER, QUIET, minutes(1))
    assert coverage(office) == [("2026-03-02 07:29:51", "2026-03-02 10:01:00")]


def test_only_the_first_poll_after_an_upload_counts(office: Engine) -> None:
    """A terminal whose uploads are stuck goes on polling; that must not make anybody absent."""
    deliver(office, line("1", "2026-03-02 10:00:00"))
    note_poll(office, CALLER, QUIET, minutes(1))
    before = coverage(office)
    note_poll(office, CALLER, QUIET, minutes(90))
    assert coverage(office) == before == [("2026-03-02 10:00:00", "2026-03-02 10:01:00")]


def test_a_poll_long_after_the_upload_proves_nothing(office: Engine) -> None:
    """The line was cut, and what queued up is not here yet; or our clock was set ahead in between."""
    deliver(office, line("1", "2026-03-02 10:00:00"))
    note_poll(office, CALLER, QUIET, minutes(10.5))
    note_poll(office, CALLER, QUIET, minutes(24 * 60))
    assert coverage(office) == []


def test_the_next_upload_covers_the_quiet_time_before_it(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 10:00:00"))
    note_poll(office, CALLER, QUIET, minutes(1))
    deliver(office, line("1", "2026-03-02 13:30:00"), now=minutes(210))
    note_poll(office, CALLER, QUIET, minutes(211))
    assert coverage(office) == [("2026-03-02 10:00:00", "2026-03-02 13:31:00")]


def test_a_refused_upload_takes_the_proof_away(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 10:00:00"))
    note_refused_upload(office, CALLER, minutes(1))
    note_poll(office, CALLER, QUIET, minutes(2))
    assert coverage(office) == []


def test_a_batch_of_impossible_times_proves_nothing(office: Engine) -> None:
    deliver(office, line("1", "2000-01-01 00:00:10"))
    note_poll(office, CALLER, QUIET, minutes(1))
    assert coverage(office) == []


def test_a_replaced_device_leaves_a_gap(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 07:29:51"), line("1", "2026-03-02 10:00:00"))
    note_poll(office, CALLER, QUIET, minutes(1))
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(serial="SN2"))
    other = Caller(serial="SN2", address="127.0.0.1", allowed_networks=LOOPBACK)
    deliver(office, line("1", "2026-03-02 13:30:00"), now=minutes(210), caller=other)
    note_poll(office, other, QUIET, minutes(211))
    assert coverage(office) == [
        ("2026-03-02 07:29:51", "2026-03-02 10:01:00"),
        ("2026-03-02 13:30:00", "2026-03-02 13:31:00"),
    ]


def test_new_coverage_marks_the_people_it_may_concern(office: Engine) -> None:
    deliver(office, line("1", "2026-03-02 10:00:00"))
    with transaction(office) as session:
        session.connection().exec_driver_sql("DELETE FROM stale_span")
    note_poll(office, CALLER, QUIET, minutes(1))
    assert rows(office, "SELECT count(DISTINCT person_id) FROM stale_span") == [(4,)]


def test_a_server_clock_that_was_ahead_keeps_no_later_upload_from_counting(office: Engine) -> None:
    tomorrow = 24 * 60
    deliver(office, line("1", "2026-03-02 10:00:00"), now=minutes(tomorrow))
    note_poll(office, CALLER, QUIET, minutes(tomorrow + 1))
    deliver(office, line("1", "2026-03-02 13:30:00"), now=minutes(210))
    note_poll(office, CALLER, QUIET, minutes(211))
    assert coverage(office) == [("2026-03-02 10:00:00", "2026-03-02 13:31:00")]
