"""The catalogue of what loses punches on the way into the database: each fault, its check, its planted bug.

The faults of the wire are in `tests/devices/test_fault_catalogue.py`, those of deliveries in
`tests/web/push/test_planted.py`; here it is also seen to that none is missing.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from devices.base import PunchBatch
from devices.simulated import (
    NAMED,
    Faults,
    PunchColumns,
    SimulatedTerminal,
    SimulatedUser,
    simulated_hikvision,
)
from jobs import pull_terminals
from jobs.context import JobContext
from monitor.config import Settings
from monitor.intake import Intake, PullReport, accept, completeness, plausible, pull
from monitor.intake.coverage import declare
from monitor.records import refresh
from monitor.rules.codes import Status
from monitor.rules.wallclock import DAY_SECONDS, moment_of, seconds_of
from monitor.setup import import_file
from monitor.store.session import open_database, transaction
from monitor.store.tables import Person, Punch, Terminal
from tests.devices import test_fault_catalogue as wire
from tests.devices.sources import PASSWORD, SOURCES
from tests.intake.test_pull import log_of
from tests.office import open_office, rows
from tests.web.push import test_planted as deliveries

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # Monday, 10:00 in Vietnam
EVENING = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SETTINGS = Settings.model_validate({"terminals": {"allowed_networks": ["127.0.0.0/8"]}})
USERS = [SimulatedUser(uid=place, user_id=str(place), name=f"Người {place}") for place in range(1, 10)]
MORNING = ("2026-02-27 07:25", "2026-02-27 11:31", "2026-03-02 07:29")
STORED = "SELECT terminal_id, device_user_id, device_time FROM punch ORDER BY device_time, device_user_id"

Check = Callable[[Engine], None]
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Engine]:
    engine = open_database(sqlite_url)
    open_office(engine)
    yield engine
    engine.dispose()


def at(time: str) -> int:
    return seconds_of(datetime.fromisoformat(time))


@contextmanager
def terminal(
    engine: Engine, log: PunchColumns | None = None, *, faults: Faults | None = None, terminal_id: int = 1
) -> Iterator[SimulatedTerminal]:
    """A terminal of the office on a real socket; the office knows where."""
    log = log_of(*MORNING) if log is None else log
    with SimulatedTerminal(
        serial=f"SN{terminal_id}", clock=lambda: NOW, users=USERS, log=log, faults=faults
    ) as one:
        set_terminal(engine, terminal_id, host=one.host, port=one.port)
        yield one


def set_terminal(engine: Engine, terminal_id: int = 1, **values: object) -> None:
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).where(col(Terminal.id) == terminal_id).values(**values))


def second_terminal(engine: Engine, **values: object) -> None:
    with transaction(engine) as session:
        usual: dict[str, Any] = {"code": "M2", "name": "Cổng sau", "kind": "zk", "host": "127.0.0.1"}
        session.add(Terminal(id=2, **(usual | values)))


def read(engine: Engine, terminal_id: int = 1) -> PullReport:
    return pull(engine, terminal_id, settings=SETTINGS, clock=lambda: NOW)


def stored(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, STORED)


def statuses(engine: Engine, person_id: int) -> set[object]:
    """How today's sessions of a person stand."""
    refresh(engine, now=EVENING, settings=SETTINGS)
    found = rows(engine, f"SELECT status FROM session_record WHERE person_id = {person_id}")
    return {row[0] for row in found}


# What must hold.


def one_refused_terminal_stops_no_other(engine: Engine) -> None:
    second_terminal(engine)
    broken, good = NAMED["log-mismeasured"], log_of("2026-03-02 07:40", user="2")
    with terminal(engine, faults=broken), terminal(engine, good, terminal_id=2):
        context = JobContext(engine=engine, settings=SETTINGS, clock=lambda: NOW)
        pull_terminals.Rounds()(context)
    assert stored(engine) == [(2, "2", at("2026-03-02 07:40"))]


def the_first_punch_after_the_known_ones_is_stored(engine: Engine) -> None:
    """A source that is asked from a moment on: what came late in a second that is known is not lost."""
    source = SOURCES["hikvision"]
    log = source.log(log_of(*MORNING))
    with simulated_hikvision(serial="HK1", clock=lambda: NOW, log=log) as one:
        reached: dict[str, Any] = {"kind": "hikvision", "host": one.host, "port": one.port, "serial": None}
        set_terminal(engine, comm_key=f"{source.secret['user']}:{PASSWORD}", **reached)
        read(engine)
        one.append(source.log(log_of("2026-03-02 07:29", user="2")))
        read(engine)
    assert len(stored(engine)) == 4


def a_clock_that_went_back_hides_no_punch(engine: Engine) -> None:
    with terminal(engine) as one:
        read(engine)
        one.append(log_of("2026-02-27 13:30", user="2"))
        read(engine)
    assert (1, "2", at("2026-02-27 13:30")) in stored(engine)


def a_punch_of_an_unknown_id_is_stored(engine: Engine) -> None:
    with terminal(engine, log_of("2026-03-02 07:29", user="9")):
        read(engine)
    assert stored(engine) == [(1, "9", at("2026-03-02 07:29"))]


def an_id_that_is_mapped_late_counts_from_its_first_punch(engine: Engine) -> None:
    with terminal(engine, log_of("2026-03-02 07:29", user="9")):
        read(engine)
    assert statuses(engine, 1)
    file = Path(engine.url.database or "").with_name("badges.csv")
    file.write_text("person,terminal,device_user_id\nAN,M1,9\n", encoding="utf-8")
    done = import_file(engine, "badges", file, now=NOW, zone="Asia/Ho_Chi_Minh", actor="kt")
    assert done.applied
    refresh(engine, now=EVENING, settings=SETTINGS)
    first = rows(engine, "SELECT time_in FROM session_record WHERE person_id = 1 AND time_in IS NOT NULL")
    assert first == [(at("2026-03-02 07:29"),)]


def a_bad_record_stops_none_after_it(engine: Engine) -> None:
    with terminal(engine, faults=NAMED["impossible-date"]):
        read(engine)
    assert [row[2] for row in stored(engine)] == [at(MORNING[1]), at(MORNING[2])]
    assert rows(engine, "SELECT reason FROM quarantined_record") == [("impossible_date",)]


def a_punch_keeps_the_terminals_own_time(engine: Engine) -> None:
    with terminal(engine, faults=NAMED["clock-fast"]):
        read(engine)
    assert [row[2] for row in stored(engine)] == [at(time) for time in MORNING]
    assert rows(engine, "SELECT clock_offset_seconds FROM pull") == [(400,)]


def names_on_a_terminal_make_no_people(engine: Engine) -> None:
    with terminal(engine, log_of("2026-03-02 07:29", user="9")):
        read(engine)
    assert rows(engine, "SELECT count(*) FROM person") == [(4,)]


def a_punch_out_changes_no_other_punch(engine: Engine) -> None:
    with terminal(engine) as one:
        read(engine)
        before = rows(engine, "SELECT * FROM punch")
        one.append(replace(log_of("2026-03-02 09:31"), state=1))
        read(engine)
    assert rows(engine, "SELECT * FROM punch")[:3] == before
    assert len(stored(engine)) == 4


def the_same_second_at_two_terminals_is_two_punches(engine: Engine) -> None:
    second_terminal(engine)
    with terminal(engine), terminal(engine, terminal_id=2):
        read(engine, 1)
        read(engine, 2)
    assert len(stored(engine)) == 6


def another_terminal_at_the_address_stores_nothing(engine: Engine) -> None:
    with terminal(engine, faults=NAMED["replaced"]):
        assert read(engine).error_code == "wrong_serial"
    assert stored(engine) == []


def a_count_that_fell_opens_a_gap(engine: Engine) -> None:
    with terminal(engine) as one:
        read(engine)
        one.clear()
        one.append(log_of("2026-03-02 09:58", user="2"))
        read(engine)
    assert (at("2026-03-02 09:58"), at("2026-03-02 10:00")) in rows(
        engine, "SELECT starts, ends FROM coverage_interval"
    )


def nobody_is_absent_while_a_terminal_is_off(engine: Engine) -> None:
    with terminal(engine, faults=NAMED["refuses"]):
        assert read(engine).error_code
    assert int(Status.ABSENT) not in statuses(engine, 1)


def a_log_that_is_nearly_full_is_known_at_every_contact(engine: Engine) -> None:
    with terminal(engine, log_of(*[f"2026-03-02 07:{minute:02}" for minute in range(60)])) as one:
        read(engine)
        one.faults = NAMED["nearly-full"]
        read(engine)
    shares = rows(engine, "SELECT count_after >= 0.95 * capacity FROM pull ORDER BY id")
    assert shares == [(0,), (1,)]


def a_lost_battery_makes_no_punch_of_the_year_2000(engine: Engine) -> None:
    with terminal(engine, faults=NAMED["battery-lost"]):
        read(engine)
    assert len(stored(engine)) == 2
    assert rows(engine, "SELECT reason FROM quarantined_record") == [("clock_reset",)]


def one_serial_number_is_one_terminal(engine: Engine) -> None:
    with terminal(engine) as one:
        read(engine)
        second_terminal(engine, host=one.host, port=one.port)
        assert read(engine, 2).error_code == "serial_elsewhere"
    assert {row[0] for row in stored(engine)} == {1}


def what_no_push_brought_a_reading_brings(engine: Engine) -> None:
    set_terminal(engine, push=True)
    with terminal(engine):
        read(engine)
    assert len(stored(engine)) == 3


CHECKS: dict[str, Check] = {
    "FR-2": one_refused_terminal_stops_no_other,
    "FR-4": the_first_punch_after_the_known_ones_is_stored,
    "FR-5": a_clock_that_went_back_hides_no_punch,
    "FR-6": a_punch_of_an_unknown_id_is_stored,
    "FR-7": a_bad_record_stops_none_after_it,
    "FR-8": a_punch_keeps_the_terminals_own_time,
    "OD-4": names_on_a_terminal_make_no_people,
    "OD-5": a_punch_out_changes_no_other_punch,
    "OD-6": the_same_second_at_two_terminals_is_two_punches,
    "LV-1": what_no_push_brought_a_reading_brings,
    "ID-1": another_terminal_at_the_address_stores_nothing,
    "ID-2": a_count_that_fell_opens_a_gap,
    "ID-3": nobody_is_absent_while_a_terminal_is_off,
    "ID-4": an_id_that_is_mapped_late_counts_from_its_first_punch,
    "ID-5": a_log_that_is_nearly_full_is_known_at_every_contact,
    "ID-6": a_punch_keeps_the_terminals_own_time,
    "ID-7": a_lost_battery_makes_no_punch_of_the_year_2000,
    "ID-8": one_serial_number_is_one_terminal,
}


@pytest.mark.parametrize("check", dict.fromkeys(CHECKS.values()), ids=lambda check: check.__name__)
def test_the_product_holds(office: Engine, check: Check) -> None:
    check(office)


# The bugs.

pulling = sys.modules["monitor.intake.pull"]  # the package gives the function of that name
sound_settings, sound_failed, sound_row = pulling.contact_settings, pulling._failed, pulling._pull_row


def part_of(batch: PunchBatch, wanted: np.ndarray[Any, Any]) -> PunchBatch:
    names = ("device_user_id", "device_seconds", "verify", "state", "work_code", "raw")
    return PunchBatch(**{name: getattr(batch, name)[wanted] for name in names})


def accepting(naive: Callable[..., Intake]) -> Plant:
    """A bug in what is done with a reading."""
    return lambda patch: patch.setattr(pulling, "accept", naive)


def all_in_turn(patch: pytest.MonkeyPatch) -> None:
    def begin(rounds: Any, context: JobContext, terminal_id: int) -> None:
        if rounds._reader(context, terminal_id).error_code:
            raise RuntimeError

    patch.setattr(pull_terminals.Rounds, "_begin", begin)


def from_the_next_second(patch: pytest.MonkeyPatch) -> None:
    def contact(terminal: Terminal, settings: Settings, known: Any = None) -> Any:
        found = sound_settings(terminal, settings, known)
        return replace(found, since=moment_of(known.ends + 1)) if known else found

    patch.setattr(pulling, "contact_settings", contact)


def cursor(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    last = max((punch.device_time for punch in session.query(Punch).all()), default=0)
    return accept(session, terminal, part_of(batch, batch.device_seconds > last), bad, origin)


def only_known_ids(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    known = np.array([one in {"1", "2", "3", "4"} for one in batch.device_user_id], dtype=bool)
    return accept(session, terminal, part_of(batch, known), bad, origin)


def all_or_nothing(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    kept = batch.device_seconds < (0 if bad else 2**40)
    return accept(session, terminal, part_of(batch, kept), bad, origin)


def shifted(seconds: int) -> Callable[..., Intake]:
    def naive(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
        moved = replace(batch, device_seconds=batch.device_seconds + seconds)
        return accept(session, terminal, moved, bad, origin)

    return naive


def people_from_ids(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    for one in set(batch.device_user_id) - {"1", "2", "3", "4"}:
        session.add(Person(code=one, name=one, sort_key=one, search_key=one))
    return accept(session, terminal, batch, bad, origin)


def last_overwritten(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    last = session.query(Punch).order_by(col(Punch.id).desc()).first()
    if last is not None:
        last.device_time = int(batch.device_seconds.max())
        session.flush()
        batch = part_of(batch, batch.state != 1)
    return accept(session, terminal, batch, bad, origin)


def one_key_for_all(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    known = {(punch.device_user_id, punch.device_time) for punch in session.query(Punch).all()}
    told = zip(batch.device_user_id, batch.device_seconds.tolist(), strict=True)
    return accept(
        session, terminal, part_of(batch, np.array([one not in known for one in told])), bad, origin
    )


def live_only(session: Any, terminal: Terminal, batch: PunchBatch, bad: Any, origin: Any) -> Intake:
    if terminal.push:
        return Intake(stored=0, duplicates=0, quarantined=0)
    return accept(session, terminal, batch, bad, origin)


def any_serial(patch: pytest.MonkeyPatch) -> None:
    def contact(terminal: Terminal, settings: Settings, known: Any = None) -> Any:
        return replace(sound_settings(terminal, settings, known), serial="")

    patch.setattr(pulling, "contact_settings", contact)


def nothing_breaks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(completeness, "_broken", lambda *_, **__: False)


def a_try_is_a_reading(patch: pytest.MonkeyPatch) -> None:
    def failed(engine: Engine, terminal: Terminal, *more: Any) -> Any:
        with transaction(engine) as session:
            today = at("2026-03-02 00:00")
            declare(session, terminal.id or 0, today - 30 * DAY_SECONDS, today + DAY_SECONDS, source="pull")
        return sound_failed(engine, terminal, *more)

    patch.setattr(pulling, "_failed", failed)


def no_capacity(patch: pytest.MonkeyPatch) -> None:
    def row(*told: Any) -> Any:
        found = sound_row(*told)
        found.capacity = None
        return found

    patch.setattr(pulling, "_pull_row", row)


def every_date_is_a_date(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plausible, "CLOCK_RESET_ENDS", 0)


def whoever_comes_is_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pulling, "_claim_serial", lambda *_: None)


PLANTED: list[tuple[str, Plant]] = [
    ("FR-2", all_in_turn),
    ("FR-4", from_the_next_second),
    ("FR-5", accepting(cursor)),
    ("FR-6", accepting(only_known_ids)),
    ("FR-7", accepting(all_or_nothing)),
    ("FR-8", accepting(shifted(-7 * 3600))),
    ("OD-4", accepting(people_from_ids)),
    ("OD-5", accepting(last_overwritten)),
    ("OD-6", accepting(one_key_for_all)),
    ("LV-1", accepting(live_only)),
    ("ID-1", any_serial),
    ("ID-2", nothing_breaks),
    ("ID-3", a_try_is_a_reading),
    ("ID-4", accepting(only_known_ids)),
    ("ID-5", no_capacity),
    ("ID-6", accepting(shifted(-400))),
    ("ID-7", every_date_is_a_date),
    ("ID-8", whoever_comes_is_it),
]


@pytest.mark.parametrize(("fault", "plant"), PLANTED, ids=[fault for fault, _ in PLANTED])
def test_a_planted_bug_is_noticed(
    office: Engine, monkeypatch: pytest.MonkeyPatch, fault: str, plant: Plant
) -> None:
    plant(monkeypatch)
    wire.must_fail(lambda: CHECKS[fault](office))


CATALOGUE = {
    *(f"PZ-{letter}" for letter in "BDEFGHJKLMNO"),
    *(f"FR-{number}" for number in range(1, 9)),
    *(f"OD-{number}" for number in range(1, 7)),
    *(f"AD-{number}" for number in range(1, 7)),
    "LV-1",
    *(f"ID-{number}" for number in range(1, 9)),
}


def test_every_fault_of_the_catalogue_has_a_check_and_a_planted_bug() -> None:
    checks = {*CHECKS, *wire.CHECKS, *deliveries.CHECKS}
    planted = {*(one[0] for one in PLANTED), *(one[0] for one in wire.PLANTED)}
    planted |= {one[0] for one in deliveries.PLANTED}
    assert checks - {"PZ-A"} == planted == CATALOGUE
