"""The simulated terminals show what has happened by the demo's clock, through the real driver."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from devices.base import Clock, TerminalReading, TerminalSettings
from devices.errors import BadReply, Unreachable
from devices.registry import open_terminal
from monitor.demo.organisation import DOWN_TERMINAL, TERMINALS
from monitor.demo.prepare import DemoError, prepared
from monitor.demo.terminals import ZONE, DemoTerminals
from monitor.demo.world import World
from monitor.rules.wallclock import moment_of, seconds_of
from tests.demo.conftest import MORNING

pytestmark = pytest.mark.slow


class Watch:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.shows = MORNING.replace(tzinfo=ZONE)

    def __call__(self) -> datetime:
        return self.shows


def _read(terminals: DemoTerminals, code: str, clock: Clock) -> TerminalReading:
    settings = TerminalSettings(
        code=code,
        kind="zk",
        host="127.0.0.1",
        port=terminals.ports[code],
        serial=next(device.serial for device in TERMINALS if device.code == code),
        allowed_networks=("127.0.0.0/8",),
        timeout_seconds=5,
    )
    return open_terminal(settings, clock).read()


@pytest.mark.parametrize("code", [d.code for d in TERMINALS if d.code != DOWN_TERMINAL])
def test_each_terminal_gives_its_log_up_to_its_own_clock(world: World, code: str) -> None:
    watch = Watch()
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        found = _read(terminals, code, watch)
    log = world.logs[code]
    assert found.device_time is not None
    shown = int((log.device_seconds <= seconds_of(found.device_time)).sum())
    assert len(found.punches) == shown < len(log)
    assert found.punches.device_user_id.tolist() == log.device_user_id[:shown].tolist()
    assert found.punches.device_seconds.tolist() == log.device_seconds[:shown].tolist()
    assert not found.bad


def test_new_punches_appear_when_the_clock_goes_on(world: World) -> None:
    watch = Watch()
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        before = len(_read(terminals, "HCC-1", watch).punches)
        watch.shows += timedelta(hours=4)
        terminals.fill()
        after = _read(terminals, "HCC-1", watch).punches
    assert len(after) > before + 20
    assert after.device_seconds[-1] <= seconds_of(MORNING) + 4 * 3600


def test_the_broken_terminal_answers_with_its_evening_and_then_refuses(world: World) -> None:
    watch = Watch()
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        found = _read(terminals, DOWN_TERMINAL, terminals.broken_clock)
        assert found.device_time == world.lost_at
        assert len(found.punches) == len(world.logs[DOWN_TERMINAL])
        terminals.lose()
        with pytest.raises(Unreachable):
            _read(terminals, DOWN_TERMINAL, watch)


def test_the_terminal_with_the_fast_clock_says_so(world: World) -> None:
    watch = Watch()
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        found = _read(terminals, "PTG-1", watch)
    assert found.device_time == MORNING + timedelta(seconds=74)


def test_a_punch_is_there_as_soon_as_the_terminals_own_clock_shows_its_second(world: World) -> None:
    watch, log = Watch(), world.logs["PTG-1"]
    following = int((log.device_seconds <= seconds_of(MORNING) + 3600).sum())
    watch.shows = moment_of(int(log.device_seconds[following])).replace(tzinfo=ZONE) - timedelta(seconds=74)
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        found = _read(terminals, "PTG-1", watch)
    assert found.punches.device_seconds[-1] == log.device_seconds[following]


def test_a_fault_that_is_switched_on_by_name_is_what_the_reader_meets(world: World) -> None:
    watch = Watch()
    with DemoTerminals(world.logs, watch, world.lost_at) as terminals:
        terminals.spoil("PTG-1", "replaced")
        with pytest.raises(BadReply, match="wrong_serial"):
            _read(terminals, "PTG-1", watch)
        terminals.spoil("PTG-1", "crumbles")
        assert _read(terminals, "PTG-1", watch).device_time == MORNING + timedelta(seconds=74)
        with pytest.raises(KeyError):
            terminals.spoil("PTG-1", "no such fault")


def test_a_demo_with_a_fault_that_does_not_exist_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    for pair in (("PTG-1", "x"), (DOWN_TERMINAL, "silent"), ("X", "silent")):
        with (
            pytest.raises(DemoError, match="demo_fault_unknown"),
            prepared(
                tmp_path,
                seed=1,
                now=MORNING,
                real_now=MORNING.replace(tzinfo=ZONE),
                faults=[pair],
                report=print,
            ),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
