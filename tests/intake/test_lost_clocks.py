"""A clock that lost its time, or cannot be read: nobody knows since when, so nothing between is covered."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text, update

from devices.simulated import SimulatedTerminal
from monitor.config import Settings
from monitor.intake import pull
from monitor.records import refresh
from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import DAY_SECONDS, seconds_of
from monitor.store.session import transaction
from monitor.store.tables import RESTORED, Fact, Terminal
from tests.intake.test_pull import USERS, log_of
from tests.office import open_office, rows

DAY = "2026-03-02"
TEN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
"""10:00 in Vietnam."""


@dataclass
class Story:
    """A terminal, read as its day goes on."""

    engine: Engine
    settings: Settings
    terminal: SimulatedTerminal
    now: datetime = TEN

    def read_at(self, clock: str) -> None:
        self.now = datetime.fromisoformat(f"{DAY} {clock}+07:00").astimezone(UTC)
        report = pull(self.engine, 1, settings=self.settings, clock=lambda: self.now)
        assert report.error_code == ""

    def covered(self) -> list[tuple[str, str]]:
        """Joined intervals of today, as clock times."""
        found = rows(self.engine, "SELECT starts, ends FROM coverage_interval ORDER BY starts")
        midnight = seconds_of(datetime.fromisoformat(DAY))
        return [
            tuple(f"{timedelta(seconds=max(int(edge) - midnight, 0))}"[:-3] for edge in pair)  # type: ignore[call-overload,misc]  # two integers
            for pair in found
        ]


@pytest.fixture
def story(engine: Engine, settings: Settings) -> Iterator[Story]:
    """An, Bình and Đức punched at 07:2x; the terminal was read at 10:00."""
    open_office(engine)
    now: Callable[[], datetime] = lambda: found.now  # noqa: E731 - the story is not there yet
    log = log_of("2026-02-24 07:25", f"{DAY} 07:24")
    with SimulatedTerminal(serial="SN1", clock=now, users=USERS, log=log) as terminal:
        found = Story(engine, settings, terminal)
        with transaction(engine) as session:
            session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
        found.read_at("10:00")
        yield found


def test_a_clock_that_lost_its_time_and_was_set_right_leaves_a_gap_for_good(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", user="2"))  # Bình, after the battery failed
    story.terminal.append(log_of(f"{DAY} 16:40", user="3"))

    story.read_at("17:00")
    assert story.covered() == [("0:00", "10:00"), ("17:00", "17:00")]

    story.read_at("17:30")
    story.read_at("18:00")
    assert story.covered() == [("0:00", "10:00"), ("17:00", "18:00")]


def test_whoever_punched_at_such_a_clock_is_not_called_absent(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", "2000-01-01 04:01", user="2"))
    story.read_at("18:00")

    refresh(story.engine, now=story.now, settings=story.settings)

    day = seconds_of(datetime.fromisoformat(DAY)) // DAY_SECONDS
    told = f"SELECT status, reasons FROM session_record WHERE person_id = 2 AND day = {day} ORDER BY seq"
    statuses = [(Status(int(str(status))), int(str(why))) for status, why in rows(story.engine, told)]
    assert [status for status, _ in statuses] == [Status.PENDING, Status.PENDING]
    assert all(why & Reason.NO_DATA for _, why in statuses)


def test_records_of_an_old_failure_open_no_gap_again(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", user="2"))
    story.read_at("11:00")
    story.read_at("12:00")  # the log still holds the record
    assert story.covered() == [("0:00", "10:00"), ("11:00", "12:00")]


def test_a_first_contact_is_not_doubted_for_what_its_log_holds_of_other_years(
    engine: Engine, settings: Settings
) -> None:
    open_office(engine)
    log = log_of("2000-01-01 00:03", "2026-02-24 07:25")
    with SimulatedTerminal(serial="SN1", clock=lambda: TEN, users=USERS, log=log) as terminal:
        with transaction(engine) as session:
            session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
        story = Story(engine, settings, terminal)
        story.read_at("10:00")
        assert story.covered() == [("0:00", "10:00")]


def test_a_log_that_was_cleared_after_it_was_lost_does_not_close_its_gap(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", user="2"))
    story.read_at("12:00")
    story.terminal.clear()
    story.terminal.append(log_of(f"{DAY} 10:30", user="3"))
    story.read_at("12:30")
    assert story.covered()[-1] == ("12:00", "12:30")


def test_a_terminal_that_does_not_count_and_holds_fewer_than_before_may_have_lost_some(story: Story) -> None:
    story.terminal.faults = replace(story.terminal.faults, reported_count=0)
    story.read_at("11:00")
    assert story.covered()[-1] == ("0:00", "11:00")
    story.terminal.clear()
    story.read_at("17:00")  # somebody may have punched and been erased since
    assert story.covered()[-1] == ("17:00", "17:00")


def test_the_contact_keeps_what_it_found(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", user="2"))
    story.read_at("11:00")
    story.read_at("12:00")
    with story.engine.connect() as connection:
        lost = connection.execute(text("SELECT clock_lost FROM pull ORDER BY id"))
        assert [bool(one) for (one,) in lost] == [False, True, False]


def read_without_a_clock(story: Story, clock: str) -> None:
    """A contact at which the terminal shows an impossible time: it proves no hour."""
    sound = story.terminal.faults
    story.terminal.faults = replace(sound, impossible_clock=True)
    story.read_at(clock)
    story.terminal.faults = sound


def test_a_loss_found_at_a_contact_without_a_clock_is_not_covered_by_the_next_one(story: Story) -> None:
    story.terminal.clear()  # somebody punched at noon, and was erased
    read_without_a_clock(story, "17:00")
    read_without_a_clock(story, "17:10")
    story.read_at("17:30")
    story.read_at("18:00")
    assert story.covered() == [("0:00", "10:00"), ("17:30", "18:00")]


def test_neither_is_a_clock_that_had_lost_its_time(story: Story) -> None:
    story.terminal.append(log_of("2000-01-01 00:03", user="2"))
    read_without_a_clock(story, "11:00")
    story.read_at("12:00")
    story.read_at("12:30")
    assert story.covered() == [("0:00", "10:00"), ("12:00", "12:30")]


def test_nor_a_clock_that_jumped_meanwhile(story: Story) -> None:
    story.terminal.clear()
    story.terminal.faults = replace(story.terminal.faults, clock_offset_seconds=3600)
    story.read_at("10:30")
    assert story.covered()[-1] == ("11:30", "11:30")
    read_without_a_clock(story, "11:00")
    story.terminal.faults = replace(story.terminal.faults, clock_offset_seconds=0)
    story.read_at("12:00")
    assert story.covered()[-1] == ("12:00", "12:00")


def test_nor_an_older_database_that_was_put_back(story: Story) -> None:
    story.terminal.clear()
    story.read_at("10:30")
    with transaction(story.engine) as session:
        restored = story.now + timedelta(minutes=1)
        session.add(Fact(key=RESTORED, value=json.dumps({"restored_at": restored.isoformat()})))
    read_without_a_clock(story, "11:00")
    story.read_at("12:00")
    assert story.covered()[-1] == ("12:00", "12:00")


def test_a_contact_without_a_clock_that_finds_nothing_lost_opens_no_gap(story: Story) -> None:
    read_without_a_clock(story, "11:00")
    story.read_at("12:00")
    assert story.covered() == [("0:00", "12:00")]
