"""Log decoding against pyzk's parser and against a plain loop: same bytes, same rows, then the times.

    python -m benchmarks.bench_decode [--pyzk 30000] [--loop 1000000] [--people 300] [--rounds 5]

pyzk copies the rest of the buffer for every record, so its time grows with the square of the size:
100,000 records take it 13 seconds and more. The rounds are interleaved, so that a busy machine slows
all alike; the best of each counts. The decoder's time holds all of its checks.
"""

import argparse
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from zk import ZK

from devices.simulated import PunchColumns, SimulatedLog, SimulatedUser
from devices.simulated.encode import encode_records
from devices.zk_decode import LogReply, decode_log

Row = tuple[str, int, int, int]


def body_of(count: int, people: int) -> bytes:
    """A log of 40-byte records over about a year."""
    rng = np.random.default_rng(7)
    ids = np.array([f"{number:05d}" for number in range(1, people + 1)], dtype=object)
    log = SimulatedLog([SimulatedUser(uid=n, user_id=ids[n - 1]) for n in range(1, people + 1)], count)
    start = int(datetime(2025, 11, 1, tzinfo=UTC).timestamp())
    seconds = start + np.sort(rng.integers(0, 365 * 86_400, count))
    log.append(PunchColumns(user_id=ids[rng.integers(0, people, count)], seconds=seconds))
    payload = encode_records(log.snapshot(), "40")
    return struct.pack("<I", len(payload)) + payload


def ours(body: bytes) -> list[Row]:
    """Decode, and turn into rows for the comparison."""
    punches = decode(body).punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def decode(body: bytes) -> Any:
    count = (len(body) - 4) // 40
    return decode_log(LogReply(body=body, announced=len(body), count_before=count, count_after=count))


def pyzk(body: bytes) -> list[Any]:
    """pyzk's own get_attendance, its wire replaced by the bytes."""
    client = ZK.__new__(ZK)
    client.verbose = False
    client.records = (len(body) - 4) // 40
    client.read_sizes = lambda: True
    client.get_users = list
    client.read_with_buffer = lambda _table: (body, len(body))
    return list(client.get_attendance())


def loop(body: bytes) -> list[tuple[str, datetime, int, int, bytes]]:
    """One record after the other, in one pass, as one would write it without numpy."""
    rows = []
    for (raw,) in struct.iter_unpack("40s", memoryview(body)[4:]):
        _, user_id, verify, word, state = struct.unpack("<H24sBIB8x", raw)
        days, second = divmod(word, 86_400)
        month, day = divmod(days, 31)
        hour, rest = divmod(second, 3600)
        moment = datetime(2000 + month // 12, month % 12 + 1, day + 1, hour, rest // 60, rest % 60)  # noqa: DTZ001  (wall clock)
        rows.append((user_id.rstrip(b"\0").decode("ascii"), moment, verify, state, raw))
    return rows


def seconds_of(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def timed(call: Callable[[bytes], object], body: bytes) -> float:
    began = time.perf_counter()
    call(body)
    return time.perf_counter() - began


def versus(name: str, other: Callable[[bytes], object], body: bytes, rounds: int) -> None:
    """Print the best times of both, measured in turn."""
    pairs = [(timed(decode, body), timed(other, body)) for _ in range(rounds)]
    mine, theirs = (min(times) for times in zip(*pairs, strict=True))
    count = (len(body) - 4) // 40
    times = f"decoder {mine * 1000:9.2f} ms   {name} {theirs * 1000:11.1f} ms"
    print(f"{count:>9,} records   {times}   x {theirs / mine:,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pyzk", type=int, default=30_000, help="records for the comparison with pyzk")
    parser.add_argument("--loop", type=int, default=1_000_000, help="records for the plain loop")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    small, large = body_of(asked.pyzk, asked.people), body_of(asked.loop, asked.people)
    assert ours(small) == [(r.user_id, seconds_of(r.timestamp), r.status, r.punch) for r in pyzk(small)]
    assert ours(large) == [(who, seconds_of(at), how, way) for who, at, how, way, _ in loop(large)]
    assert decode(large).punches.raw.tolist() == [row[-1] for row in loop(large)]
    versus("pyzk", pyzk, small, min(asked.rounds, 3) if asked.pyzk > 20_000 else asked.rounds)
    versus("loop", loop, large, asked.rounds)


if __name__ == "__main__":
    main()
