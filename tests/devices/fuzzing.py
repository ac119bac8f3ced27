"""Hostile bytes made from sound ones by a seed: what a fuzz run feeds, and what holds of each answer."""

import random
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import FrameType, MappingProxyType

import numpy as np
from numpy.typing import NDArray

from devices import zk_push
from devices.base import PunchBatch
from devices.errors import BadReply
from devices.files.attlog import ATTLOG
from devices.files.layout import FileLine
from devices.push_call import BadCall
from devices.simulated.encode import LAYOUT_NAMES, encode_records
from devices.zk_decode import LogReply, decode_log
from devices.zk_layouts import LAYOUTS
from devices.zk_push_lines import LONGEST_LINE, read_attlog
from devices.zk_users import decode_users
from tests.devices.office import seconds
from tests.devices.test_zk_decode import SLOTS, body_of, records
from tests.devices.test_zk_fuzz import scalar

RECORDS, LINES, NOISE = 600, 600, 120
"""Records of a log, lines of an upload or a file, bytes of a body without any sense."""
MOST_SECONDS = 5
"""Of processor time for one body: a thousand times what a sound one takes."""
TEMPTING = np.frombuffer(b"\x00\x09\x0a\x0d\x20\x2d\x30\x39\x3a\x7f\x80\xff", np.uint8)
LOGS = {name: encode_records(records(RECORDS), name) for name in LAYOUT_NAMES}
_STAMPS = [
    f"2026-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:{n * 7 % 60:02}" for n in range(LINES)
]
UPLOAD = "\n".join(f"{n % 97 + 1}\t{at}\t{n % 6}\t{n % 16}\t0\t\t" for n, at in enumerate(_STAMPS)).encode()
FILE = "\n".join(f"{n % 97 + 1:>9}\t{at}\t1\t{n % 6}" for n, at in enumerate(_STAMPS)).encode()
QUERY = "SN=CKT7010001&table=ATTLOG&Stamp=9999&INFO=Ver%206.8.0,4,0,120&options=all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """Chance of one body, told by its seed alone."""

    small: random.Random
    wide: np.random.Generator

    @classmethod
    def of(cls, seed: int, target: str, number: int) -> "Dice":
        small = random.Random(f"{seed}/{target}/{number}")  # noqa: S311 - replayed by its seed
        return cls(small=small, wide=np.random.default_rng(small.getrandbits(64)))

    def spoilt(self, body: bytes, share: float) -> bytes:
        """About `share` bytes of the body turned into tempting or random ones."""
        found = np.frombuffer(body, np.uint8).copy()
        at = self.wide.integers(0, len(found), max(1, int(len(found) * share)))
        random_bytes = self.wide.integers(0, 256, len(at), dtype=np.uint8)
        tempting = TEMPTING[self.wide.integers(0, len(TEMPTING), len(at))]
        found[at] = np.where(self.wide.random(len(at)) < 0.5, random_bytes, tempting)
        return found.tobytes()

    def cut(self, body: bytes) -> bytes:
        """A piece taken out, doubled, or the end missing; most bodies stay whole."""
        start, end = sorted(self.small.randrange(len(body) + 1) for _ in range(2))
        choices = (body[:start], body[:start] + body[end:], body[:end] + body[start:])
        return self.small.choice(choices) if self.small.random() < 0.1 else body


@contextmanager
def bounded() -> Iterator[None]:
    """Raise TimeoutError inside a body that takes too much processor time; other programs do not count."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def rows_of_batch(punches: PunchBatch) -> list[tuple[str, int, int, int]]:
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def log(dice: Dice) -> int:
    """A log in one of the layouts, a tenth of a byte in a hundred spoilt; P2 for every punch."""
    layout = dice.small.choice(LAYOUT_NAMES)
    payload = dice.cut(dice.spoilt(LOGS[layout], dice.small.choice((0.001, 0.01, 0.02))))
    proven = dice.small.choice(("", layout, layout, "40"))
    count = dice.small.choice((None, len(payload) // LAYOUTS[layout].record.itemsize))
    body = body_of(payload) if dice.small.random() < 0.97 else payload
    reply = LogReply(
        body=body,
        announced=len(body),
        count_before=count,
        count_after=count,
        user_ids=SLOTS,
        proven_layout=proven,
    )
    try:
        found = decode_log(reply)
    except BadReply:
        return len(payload) // LAYOUTS[layout].record.itemsize
    raws = found.punches.raw.tolist()
    for row, raw in zip(rows_of_batch(found.punches), raws, strict=True):
        assert row == scalar(found.layout or "49-marker", raw), raw
    size = LAYOUTS[found.layout].record.itemsize if found.layout else len(payload)
    slices = [
        payload[at : at + size]
        for at in range(LAYOUTS[found.layout].head if found.layout else 0, len(payload), size)
    ]
    bad = {record.line: record.raw for record in found.bad}
    sound = iter(raws)
    assert [bad[n] if n in bad else next(sound) for n in range(1, len(slices) + 1)] == slices
    return len(slices)


def noise(dice: Dice) -> int:
    """Bytes without any sense, as a log and as a user list."""
    payload = dice.wide.bytes(dice.small.randrange(NOISE))
    body = body_of(payload) if dice.small.random() < 0.8 else payload
    reply = LogReply(body=body, announced=len(body), count_before=None, count_after=None, user_ids=SLOTS)
    for read in (
        lambda: decode_log(reply),
        lambda: decode_users(body, announced=len(body), before=None, after=None),
    ):
        try:
            read()
        except BadReply:
            continue
    return 2


def upload(dice: Dice) -> int:
    """Lines of a push; every line that is not blank is a punch that says what it says, or a bad record."""
    body = dice.cut(dice.spoilt(UPLOAD, dice.small.choice((0.001, 0.01, 0.04))))
    found = read_attlog(body)
    for row, raw in zip(rows_of_batch(found.punches), found.punches.raw.tolist(), strict=True):
        assert row == _said(raw, state=2, verify=3), raw
    kept = sorted([*found.punches.raw.tolist(), *(bad.raw for bad in found.bad)])
    lines = (line.strip(b"\r\x00") for line in body.split(b"\n"))
    assert kept == sorted(line[:LONGEST_LINE] for line in lines if line.strip(b" \t\r\x00"))
    return body.count(b"\n") + 1


def file(dice: Dice) -> int:
    """Lines of attlog.dat."""
    body = dice.cut(dice.spoilt(FILE, dice.small.choice((0.001, 0.01, 0.04))))
    lines = [
        FileLine(number=n, raw=raw, text=raw.decode("latin-1"))
        for n, raw in enumerate(body.split(b"\n"), start=1)
        if raw.strip()
    ]
    found = ATTLOG.read(lines, "")
    assert len(found.batch) + len(found.bad) == len(lines)
    for row, raw in zip(rows_of_batch(found.batch), found.batch.raw.tolist(), strict=True):
        fields = raw.decode("latin-1").split("\t")
        if len(fields) == 4:
            assert row == _said(raw, state=3, verify=None), raw
    return len(lines)


def call(dice: Dice) -> int:
    """First lines of requests."""
    for _ in range(20):
        query = dice.spoilt(QUERY.encode(), 0.04).decode("latin-1")
        path = dice.small.choice(
            ("/iclock/cdata", "/iclock/getrequest", "/iclock/../cdata", "/iclock/cdata.aspx")
        )
        try:
            found = zk_push.call_of(dice.small.choice(("GET", "POST", "PUT")), path, query)
            zk_push.device_info(found.info)
            zk_push.split_table(found, dice.spoilt(b"TABLE=ATTLOG\n1\t2", 0.1))
        except BadCall:
            continue
        assert found.serial.replace("-", "").replace("_", "").isalnum()
        assert found.serial.isascii()
    return 20


def _said(raw: bytes, *, state: int, verify: int | None) -> tuple[str, int, int, int]:
    """A line read the slow way."""
    fields = [field.strip() for field in raw.decode("latin-1").split("\t")]
    written = datetime.strptime(fields[1].replace("T", " "), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - wall clock
    code = [-1 if place is None or not fields[place] else int(fields[place]) for place in (verify, state)]
    return fields[0], seconds(written), code[0], code[1]


TARGETS: Mapping[str, Callable[[Dice], int]] = MappingProxyType(
    {"log": log, "upload": upload, "file": file, "call": call, "noise": noise}
)
SHARES: NDArray[np.float64] = np.array([0.6, 0.2, 0.12, 0.05, 0.03])
"""Of the inputs, per target. An input is a record, a line or a request, not the body they came in."""


def attack(target: str, seed: int, number: int) -> int:
    """Feed one body, the same for the same three; returns how many inputs it held."""
    try:
        with bounded():
            return TARGETS[target](Dice.of(seed, target, number))
    except Exception as error:
        error.add_note(f"again: attack({target!r}, {seed}, {number})")
        raise


def campaign(inputs: int, seed: int) -> Iterator[tuple[str, int]]:
    """Attack every target up to its share; gives (target, inputs so far in it) after each body."""
    for target, share in zip(TARGETS, SHARES.tolist(), strict=True):
        done = number = 0
        while done < inputs * share:
            done += attack(target, seed, number)
            number += 1
            yield target, done
