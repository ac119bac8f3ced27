"""A pushing terminal of the small office, without a socket."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from devices.zk_push import DeviceInfo
from devices.zk_push_lines import read_attlog
from monitor.intake import Intake
from monitor.intake.push import Caller, accept_upload
from monitor.rules.wallclock import text_of
from monitor.store.session import reading
from monitor.store.tables import PushContact
from tests.office import at, rows

NOW = at("2026-03-02 10:00")
LOOPBACK = ("127.0.0.0/8",)
CALLER = Caller(serial="SN1", address="127.0.0.1", allowed_networks=LOOPBACK)
QUIET = DeviceInfo()


def line(user: str, time: str, state: int = 0, verify: int = 1) -> bytes:
    return f"{user}\t{time}\t{state}\t{verify}\t0\t\t".encode()


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def deliver(
    engine: Engine, *lines: bytes, stamp: str = "", now: datetime = NOW, caller: Caller = CALLER
) -> Intake:
    return accept_upload(engine, caller, read_attlog(b"\n".join(lines)), stamp, now)


def stored(engine: Engine) -> list[tuple[object, ...]]:
    found = rows(engine, "SELECT device_user_id, device_time, source FROM punch ORDER BY device_time")
    return [(user, text_of(int(str(time))), source) for user, time, source in found]


def coverage(engine: Engine) -> list[tuple[str, str]]:
    found = rows(engine, "SELECT starts, ends FROM coverage_interval WHERE source = 'push' ORDER BY starts")
    return [(text_of(int(str(start))), text_of(int(str(end)))) for start, end in found]


def contact(engine: Engine) -> PushContact:
    with reading(engine) as session:
        return session.get_one(PushContact, 1)
