"""One simulated source for each kind that can be read, in one shape: the conformance suite runs on all."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from devices.base import Terminal, TerminalReading, TerminalSettings
from devices.registry import open_terminal
from devices.simulated import (
    BioTimeModel,
    DahuaModel,
    Faults,
    HikvisionModel,
    PunchColumns,
    SimulatedModel,
    SimulatedTerminal,
    WebFaults,
    WebSource,
    simulated_biotime,
    simulated_dahua,
    simulated_hikvision,
)
from tests.devices.office import LOOPBACK, SERIAL, STAFF, clock

Simulated = SimulatedTerminal | WebSource
PASSWORD = "Abc12345"  # noqa: S105  (the simulated sources')


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind: how to simulate it, how to reach it, and how each common fault is switched on.

    `make` takes `log`, `timezone`, `faults`; `faults` are the simulation's switches by the code that
    the driver must give; `verify` is a way of identification that the source accepts.
    """

    kind: str
    make: Callable[..., Simulated]
    secret: Mapping[str, Any]
    wrong_secret: Mapping[str, Any]
    verify: int
    faults: Mapping[str, Any]
    impossible_clock: Any = None
    slow_clock: Any = None
    other_serial: str = "wrong_serial"
    known: Mapping[str, Any] = field(default_factory=dict)

    def log(self, punches: PunchColumns) -> PunchColumns:
        """The same people and times, identified in a way that this kind has."""
        return replace(punches, verify=self.verify, state=0, work_code=0)

    def settings(self, simulated: Simulated, **changes: Any) -> TerminalSettings:
        usual: dict[str, Any] = {
            "code": "HN-01",
            "kind": self.kind,
            "host": simulated.host,
            "port": simulated.port,
            "allowed_networks": LOOPBACK,
            "timeout_seconds": 5.0,
            "deadline_seconds": 15.0,
            **self.secret,
            **self.known,
        }
        return TerminalSettings(**(usual | changes))

    def asked(self, simulated: Simulated) -> Collection[object]:
        """What was asked of it so far."""
        return simulated.commands if isinstance(simulated, SimulatedTerminal) else simulated.requests

    def opened(self, simulated: Simulated, **changes: Any) -> Terminal:
        return open_terminal(self.settings(simulated, **changes), clock)

    def read(self, simulated: Simulated, **changes: Any) -> TerminalReading:
        return self.opened(simulated, **changes).read()


def _zk(
    *, log: PunchColumns | None = None, timezone: str = "Asia/Ho_Chi_Minh", faults: Faults | None = None
) -> SimulatedTerminal:
    model = SimulatedModel(timezone=timezone, comm_key=1234)
    return SimulatedTerminal(serial=SERIAL, clock=clock, users=STAFF, log=log, model=model, faults=faults)


def _web(make: Callable[..., WebSource], model: type[Any]) -> Callable[..., WebSource]:
    def made(
        *,
        log: PunchColumns | None = None,
        timezone: str = "Asia/Ho_Chi_Minh",
        faults: WebFaults | None = None,
    ) -> WebSource:
        return make(serial=SERIAL, clock=clock, log=log, model=model(timezone=timezone), faults=faults)

    return made


_WEB: dict[str, Any] = {
    "faults": {
        "broken_off": WebFaults(broken_page=1),
        "timed_out": WebFaults(silent=True),
        "bad_reply": WebFaults(body=b"<html>Welcome</html>"),
        "bad_credentials": WebFaults(refuse_everybody=True),
    },
    "impossible_clock": WebFaults(impossible_clock=True),
    "slow_clock": WebFaults(clock_offset_seconds=-4000),
}


def _account(user: str) -> dict[str, Any]:
    return {
        "secret": {"user": user, "password": PASSWORD},
        "wrong_secret": {"user": user, "password": "abc12345"},
    }


SOURCES = {
    source.kind: source
    for source in (
        Source(
            kind="zk",
            make=_zk,
            secret={"comm_key": 1234},
            wrong_secret={"comm_key": 4321},
            verify=15,
            faults={
                "broken_off": Faults(close_after_bytes=3000),
                "timed_out": Faults(silent=True),
                "bad_checksum": Faults(corrupt_checksum=True),
                "bad_credentials": Faults(refuse_every_key=True),
            },
            impossible_clock=Faults(impossible_clock=True),
            slow_clock=Faults(clock_offset_seconds=-4000),
        ),
        Source(
            kind="hikvision",
            make=_web(simulated_hikvision, HikvisionModel),
            verify=75,
            **_account("admin"),
            **_WEB,
        ),
        Source(kind="dahua", make=_web(simulated_dahua, DahuaModel), verify=15, **_account("admin"), **_WEB),
        Source(
            kind="biotime",
            make=_web(simulated_biotime, BioTimeModel),
            verify=15,
            other_serial="terminal_unknown",
            known={"serial": SERIAL},
            **_account("monitor"),
            **(_WEB | {"impossible_clock": None}),
        ),
    )
}
"""Every kind that can be read. A BioTime server has a clock of its own, which is never impossible."""
