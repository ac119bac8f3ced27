"""The checks of the push channel notice the bugs planted for them (AD-1 to AD-6)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from devices import zk_push
from devices.push_call import PushUpload
from devices.simulated.push import SimulatedPushTerminal
from devices.zk_push_lines import read_attlog
from monitor.intake import Intake, Origin, accept, push
from monitor.intake.push import Caller
from monitor.store.queries import confirmations
from monitor.store.queries.confirmations import unconfirmed_pushes
from monitor.store.session import reading, transaction
from monitor.store.tables import CoverageInterval, Pull, Terminal
from monitor.web import push_duties as pages
from tests.office import rows
from tests.web.push.desk import NOW, broken_storage, served

pytestmark = pytest.mark.slow

Plant = Callable[[pytest.MonkeyPatch], None]


@contextmanager
def terminal_at(engine: Engine) -> Iterator[SimulatedPushTerminal]:
    """A terminal with six punches, connected to the application on a real socket."""
    with served(engine) as port:
        terminal = SimulatedPushTerminal(serial="SN1", port=port, batch=6)
        for place in range(6):
            terminal.punch("1", datetime(2026, 3, 2, 7) + timedelta(minutes=place))
        yield terminal


def stored(engine: Engine) -> int:
    return len(rows(engine, "SELECT id FROM punch"))


# What must hold.


def nothing_is_acknowledged_before_it_is_stored(engine: Engine) -> None:
    with terminal_at(engine) as terminal, broken_storage(engine):
        terminal.deliver()
        assert len(terminal.queue) == 6


def a_resend_is_stored_exactly_once(engine: Engine) -> None:
    with terminal_at(engine) as terminal:
        terminal.lose_answers = 1
        terminal.deliver()
        terminal.deliver()
        assert not terminal.queue
    assert stored(engine) == 6


def a_bad_line_stops_nothing_and_doubles_nothing(engine: Engine) -> None:
    with terminal_at(engine) as terminal:
        terminal.hold(b"\xff rubbish")
        terminal.deliver()
        terminal.deliver()
        assert not terminal.queue
    assert stored(engine) == 6
    assert len(rows(engine, "SELECT id FROM quarantined_record")) == 1


def the_clock_is_left_alone(engine: Engine) -> None:
    with terminal_at(engine) as terminal:
        answer = terminal.connect()
        asked = terminal.get("/iclock/cdata?SN=SN1&type=time")
    assert (terminal.options["TimeZone"], terminal.options["SyncTime"]) == ("7", "0")
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 03:00:00 GMT"
    assert asked.text == "Time=2026-03-02T10:00:00+07:00"


def no_stamp_goes_ahead_of_what_is_stored(engine: Engine) -> None:
    with terminal_at(engine) as terminal:
        terminal.stamp = 40
        terminal.deliver()
        terminal.punch("1", datetime(2026, 3, 2, 8))
        with broken_storage(engine):
            terminal.deliver()
        terminal.connect()
    assert terminal.options["ATTLOGStamp"] == "41"


def a_forged_push_is_shown_and_a_true_one_is_not(engine: Engine) -> None:
    with terminal_at(engine) as terminal:
        terminal.deliver()
    pull_log(engine, [f"2026-03-02 07:0{minute}" for minute in range(5)])  # all but 07:05
    with reading(engine) as session:
        found = unconfirmed_pushes(session, 0, 2**40)
    forged = rows(engine, "SELECT id FROM punch WHERE device_time % 3600 = 300")
    assert found == {1: [int(str(forged[0][0]))]}


def pull_log(engine: Engine, times: list[str]) -> None:
    """A good pull half an hour later, whose log holds these punches of user 1."""
    with transaction(engine) as session:
        started = NOW + timedelta(minutes=30)
        session.add(Pull(id=1, terminal_id=1, started_at=started, finished_at=started, serial="SN1"))
        session.flush()
        day = 20_514 * 86_400  # 2026-03-02
        session.add(CoverageInterval(terminal_id=1, starts=day, ends=day + 37_800, source="pull", pull_id=1))
        found = read_attlog("\n".join(f"1\t{time}:00\t0\t1" for time in times).encode())
        origin = Origin(source="pull", received_at=started, pull_id=1)
        accept(session, session.get_one(Terminal, 1), found.punches, (), origin)


CHECKS: dict[str, Callable[[Engine], None]] = {
    "AD-1": nothing_is_acknowledged_before_it_is_stored,
    "AD-2": a_resend_is_stored_exactly_once,
    "AD-3": a_bad_line_stops_nothing_and_doubles_nothing,
    "AD-4": the_clock_is_left_alone,
    "AD-5": no_stamp_goes_ahead_of_what_is_stored,
    "AD-6": a_forged_push_is_shown_and_a_true_one_is_not,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_product_holds(office: Engine, check: Callable[[Engine], None]) -> None:
    check(office)


# The bugs.

sound_upload, sound_lines = push.accept_upload, zk_push.handshake_answer


def acknowledged_first(patch: pytest.MonkeyPatch) -> None:
    def accept(*arguments: Any) -> None:
        try:
            sound_upload(*arguments)
        except OperationalError:
            return

    patch.setattr(pages, "accept_upload", accept)


def duplicates_refused(patch: pytest.MonkeyPatch) -> None:
    def accept(*arguments: Any) -> Intake:
        found = sound_upload(*arguments)
        if found.duplicates:
            raise IntegrityError("INSERT", {}, Exception("uq_punch_identity"))
        return found

    patch.setattr(pages, "accept_upload", accept)


def bad_batch_refused(patch: pytest.MonkeyPatch) -> None:
    def accept(engine: Engine, caller: Caller, upload: PushUpload, *more: Any) -> Intake:
        found = sound_upload(engine, caller, upload, *more)
        if upload.bad:
            raise ValueError
        return found

    patch.setattr(pages, "accept_upload", accept)


def zone_in_minutes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(zk_push, "timezone_option", lambda *_: "9")


def clock_synchronised(patch: pytest.MonkeyPatch) -> None:
    def answer(*names: Any, **values: Any) -> str:
        return sound_lines(*names, **values).replace("SyncTime=0", "SyncTime=3600")

    patch.setattr(zk_push, "handshake_answer", answer)


def local_time_as_utc(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        zk_push, "time_answer", lambda local: f"Time={local.replace(tzinfo=None).isoformat()}+00:00"
    )


def stamp_stored_first(patch: pytest.MonkeyPatch) -> None:
    stamps = {"SN1": ""}

    def accept(engine: Engine, caller: Caller, upload: PushUpload, stamp: str, now: datetime) -> Intake:
        stamps[caller.serial] = stamp
        return sound_upload(engine, caller, upload, stamp, now)

    def answer(serial: str, **values: Any) -> str:
        return sound_lines(serial, **(values | {"stamp": stamps[serial]}))

    patch.setattr(pages, "accept_upload", accept)
    patch.setattr(zk_push, "handshake_answer", answer)


def stamp_computed(patch: pytest.MonkeyPatch) -> None:
    def answer(serial: str, **values: Any) -> str:
        return sound_lines(serial, **(values | {"stamp": "9999"}))

    patch.setattr(zk_push, "handshake_answer", answer)


def every_push_confirmed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmations, "_unconfirmed", lambda *_: [])


def no_push_confirmed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmations, "confirm", lambda *_: None)


PLANTED: list[tuple[str, Plant]] = [
    ("AD-1", acknowledged_first),
    ("AD-2", duplicates_refused),
    ("AD-3", bad_batch_refused),
    ("AD-4", zone_in_minutes),
    ("AD-4", clock_synchronised),
    ("AD-4", local_time_as_utc),
    ("AD-5", stamp_stored_first),
    ("AD-5", stamp_computed),
    ("AD-6", every_push_confirmed),
    ("AD-6", no_push_confirmed),
]


@pytest.mark.parametrize(
    ("check", "plant"), PLANTED, ids=[f"{key}-{plant.__name__}" for key, plant in PLANTED]
)
def test_a_planted_bug_is_noticed(
    office: Engine, monkeypatch: pytest.MonkeyPatch, check: str, plant: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, AttributeError)):
        CHECKS[check](office)
