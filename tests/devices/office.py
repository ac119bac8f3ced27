"""The people, punches and terminals that the driver tests share."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from devices.base import TerminalSettings
from devices.simulated import PunchColumns, SimulatedTerminal, SimulatedUser

NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)  # 10:00:00 in Ha Noi
SERIAL = "CKT7010001"
LOOPBACK = ("127.0.0.0/8",)

LAN = SimulatedUser(uid=13, user_id="1001", name="Nguyễn Thị Lan", password="2468", card=77001122)  # noqa: S106  (made up)
HUNG = SimulatedUser(uid=14, user_id="1002", name="Trần Văn Hùng", password="1357", card=77001133)  # noqa: S106  (made up)
MINH = SimulatedUser(uid=15, user_id="1003", name="Lê Minh")
STAFF = (LAN, HUNG, MINH)

MORNING = datetime(2026, 11, 2, 7, 30)


def clock() -> datetime:
    return NOW


def seconds(moment: datetime) -> int:
    """Seconds from 1970 to a naive wall-clock reading."""
    return int(moment.replace(tzinfo=UTC).timestamp())


def history(count: int, users: Sequence[SimulatedUser] = STAFF, seed: int = 1) -> PunchColumns:
    """Give `count` punches, a few minutes apart, of random people, ways and directions."""
    rng = np.random.default_rng(seed)
    ids = np.array([user.user_id for user in users], dtype=object)
    return PunchColumns(
        user_id=ids[rng.integers(0, len(users), count)],
        seconds=seconds(MORNING) + np.cumsum(rng.integers(1, 400, count)),
        verify=rng.choice([0, 1, 2, 15], count),
        state=rng.choice([0, 1, 4, 255], count),
        work_code=rng.integers(0, 9, count),
    )


def rows_of(punches: PunchColumns) -> list[tuple[str, int, int, int]]:
    """User id, seconds, verify and state of each punch, as the decoder should give them."""
    count = len(punches.seconds)
    columns: list[NDArray[np.int64]] = [
        np.broadcast_to(one, count) for one in (punches.seconds, punches.verify, punches.state)
    ]
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    return [(str(one), *row) for one, row in zip(punches.user_id, numbers, strict=True)]


def settings_for(terminal: SimulatedTerminal, **changes: object) -> TerminalSettings:
    """How the driver reaches a simulated terminal, with short waits."""
    usual: dict[str, object] = {
        "code": "HN-01",
        "kind": "zk",
        "host": terminal.host,
        "port": terminal.port,
        "allowed_networks": LOOPBACK,
        "timeout_seconds": 5.0,
        "deadline_seconds": 15.0,
    }
    return TerminalSettings(**(usual | changes))  # type: ignore[arg-type]  # fields by name, for tests
