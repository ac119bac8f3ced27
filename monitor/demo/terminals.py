"""Six simulated terminals that speak the real protocol and fill as the demo's clock goes on."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np

from devices.base import Clock
from devices.simulated import NAMED, Faults, PunchColumns, SimulatedModel, SimulatedTerminal, SimulatedUser
from monitor.demo.logs import TerminalLog
from monitor.demo.oddities import ODD_TERMINAL, record_of_a_reset_clock
from monitor.demo.organisation import DOWN_TERMINAL, TERMINALS, Device
from monitor.rules.wallclock import seconds_of

FEED_SECONDS = 1.0
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class FillingTerminal:
    """One simulated terminal that shows of its made-up log what has happened by its own clock."""

    def __init__(self, device: Device, log: TerminalLog, clock: Clock) -> None:
        """Bind a free port; nothing answers before `terminal.start`."""
        self._log = log
        self._clock = clock
        self._offset = timedelta(seconds=device.offset_seconds)
        self._shown = 0
        self.terminal = SimulatedTerminal(
            serial=device.serial,
            clock=clock,
            users=[
                SimulatedUser(uid=user.uid, user_id=user.device_user_id, name=user.name) for user in log.users
            ],
            model=SimulatedModel(
                layout=device.layout, user_bytes=device.user_bytes, firmware=device.firmware
            ),
            faults=Faults(clock_offset_seconds=device.offset_seconds),
        )

    def fill(self) -> None:
        """Append what its clock has reached since the last time."""
        shows = (self._clock().astimezone(ZONE) + self._offset).replace(tzinfo=None)
        due = int(np.searchsorted(self._log.device_seconds, seconds_of(shows), side="right"))
        if due <= self._shown:
            return
        new = slice(self._shown, due)
        self._shown = due
        self.terminal.append(
            PunchColumns(
                user_id=self._log.device_user_id[new],
                seconds=self._log.device_seconds[new],
                verify=self._log.verify[new],
                state=self._log.state[new],
            )
        )


class DemoTerminals:
    """All of them, as a context manager: they answer, and fill, until it ends.

    The broken one keeps the clock of the evening it was last heard of, and answers until `lose`.
    """

    def __init__(self, logs: Mapping[str, TerminalLog], clock: Clock, lost_at: datetime) -> None:
        """Build them with what they show now; `lost_at` is naive, local."""
        evening = lost_at.replace(tzinfo=ZONE)
        self.broken_clock: Clock = lambda: evening
        clocks = {device.code: clock for device in TERMINALS} | {DOWN_TERMINAL: self.broken_clock}
        self._all = {
            device.code: FillingTerminal(device, logs[device.code], clocks[device.code])
            for device in TERMINALS
        }
        self._odd_user = logs[ODD_TERMINAL].users[0].device_user_id
        self._lost = False
        self._ended = threading.Event()
        self._feeder = threading.Thread(target=self._feed, name="demo-terminals", daemon=True)
        self.fill()

    @property
    def ports(self) -> dict[str, int]:
        """The ports of 127.0.0.1 on which they listen, by code."""
        return {code: filling.terminal.port for code, filling in self._all.items()}

    def fill(self) -> None:
        """Let every terminal record what has happened up to now."""
        for filling in self._all.values():
            filling.fill()

    def add_oddities(self) -> None:
        """Let one terminal hold a record that somebody has to look at (`oddities`)."""
        self._all[ODD_TERMINAL].terminal.append(record_of_a_reset_clock(self._odd_user))

    def spoil(self, code: str, fault: str) -> None:
        """Switch a fault of `devices.simulated.NAMED` on. Raises KeyError for an unknown code or fault."""
        terminal = self._all[code].terminal
        terminal.faults = replace(
            NAMED[fault],
            clock_offset_seconds=NAMED[fault].clock_offset_seconds or terminal.faults.clock_offset_seconds,
        )

    def lose(self) -> None:
        """Switch the broken terminal off: its port refuses from now on."""
        self._lost = True
        self._all[DOWN_TERMINAL].terminal.stop()

    def __enter__(self) -> Self:
        """Start them and the thread that fills them."""
        for filling in self._all.values():
            filling.terminal.start()
        self._feeder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them all, whatever happened."""
        self._ended.set()
        self._feeder.join()
        for code, filling in self._all.items():
            if code != DOWN_TERMINAL or not self._lost:
                filling.terminal.stop()

    def _feed(self) -> None:
        while not self._ended.wait(FEED_SECONDS):
            self.fill()
