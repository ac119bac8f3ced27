"""pyzk as anybody would use it: the oracle for clean logs, and the exhibit of what it loses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zk import ZK

from devices.simulated import SimulatedTerminal
from tests.devices.office import seconds


@contextmanager
def connected(terminal: SimulatedTerminal, comm_key: int = 0, *, udp: bool = False) -> Iterator[Any]:
    """Connect with pyzk's own code; closes the sockets it leaves open."""
    client = ZK(terminal.host, terminal.port, timeout=5, password=comm_key, force_udp=udp, ommit_ping=True)
    client._ZK__sock.close()
    try:
        client.connect()
        yield client
        client.disconnect()
    finally:
        client._ZK__sock.close()


def attendance(client: Any) -> list[tuple[str, int, int, int]]:
    """User id, seconds, verify and state: pyzk calls them status and punch."""
    return [(row.user_id, seconds(row.timestamp), row.status, row.punch) for row in client.get_attendance()]
