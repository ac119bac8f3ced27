"""Made-up terminals: what each recorded, holds and still has to deliver, and what its clock shows."""

import random
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
YEAR_2000 = datetime(2000, 1, 1)
IMPOSSIBLE_WORD = ((26 * 12 + 1) * 31 + 29) * 86_400
"""30 February 2026 in the terminal's coding, in which every month has 31 days."""
FEBRUARY_30 = "2026-02-30 07:31:00"


def seconds_of(moment: datetime) -> int:
    """A wall-clock reading as seconds; written again here, so that the oracle borrows nothing."""
    return int((moment - EPOCH).total_seconds())


def shown_as(seconds: int) -> str:
    """The other way, as a terminal writes it in a line."""
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def time_word(seconds: int) -> int:
    """A reading as the terminal's 32-bit word."""
    moment = EPOCH + timedelta(seconds=seconds)
    days = ((moment.year % 100) * 12 + moment.month - 1) * 31 + moment.day - 1
    return days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second


def word_time(word: int) -> int:
    """What a word shows; the inverse of `time_word`, for checking stored bytes."""
    days, second = divmod(word, 86_400)
    months, day = divmod(days, 31)
    year, month = divmod(months, 12)
    return seconds_of(datetime(2000 + year, month + 1, day + 1)) + second


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a log: `shown` is the clock's reading, `true` the wall clock of the world.

    An `impossible` record carries a date that does not exist; only its bytes can be kept.
    """

    user: str
    shown: int
    true: int
    verify: int = 1
    impossible: bool = False

    def bytes_in(self, layout: str) -> bytes:
        """The record as a log read over the wire holds it."""
        word = IMPOSSIBLE_WORD if self.impossible else time_word(self.shown)
        if layout == "16":
            return struct.pack("<IIBB2sI", int(self.user), word, self.verify, 0, b"", 0)
        user = self.user.encode().ljust(24, b"\0")
        return struct.pack("<H24sBIB8s", int(self.user), user, self.verify, word, 0, b"\0\0\0\0\xff\0\0\0")

    @property
    def line(self) -> bytes:
        """The record as a pushed or exported line."""
        shown = FEBRUARY_30 if self.impossible else shown_as(self.shown)
        return f"{self.user}\t{shown}\t0\t{self.verify}\t0\t\t".encode()


def read_line(raw: bytes) -> tuple[str, int]:
    """User and time of a stored line."""
    user, shown = raw.decode().split("\t")[:2]
    return user.strip(), seconds_of(datetime.strptime(shown, "%Y-%m-%d %H:%M:%S"))  # noqa: DTZ007


def read_record(raw: bytes) -> tuple[str, int]:
    """User and time of stored bytes of a log, 16 or 40 of them, by arithmetic of our own."""
    if len(raw) == 16:
        number, word = struct.unpack_from("<II", raw)
        return str(number), word_time(word)
    return raw[2:26].split(b"\0")[0].decode(), word_time(struct.unpack_from("<I", raw, 27)[0])


@dataclass(slots=True, kw_only=True, eq=False)
class SimTerminal:
    """One terminal. `pulled` and `pushes` say how it delivers; times are wall-clock seconds.

    `offset` is what its clock is wrong by, `drift` how many seconds that grows a day from `began` on.
    `history` is everything it ever recorded: nobody but the oracle sees it.
    """

    id: int
    code: str
    serial: str
    layout: str
    pulled: bool
    pushes: bool
    began: int
    offset: int = 0
    drift: int = 0
    capacity: int = 10_000
    doubles: bool = False
    silent_count: bool = False
    log: list[Record] = field(default_factory=list)
    queue: list[Record] = field(default_factory=list)
    history: list[Record] = field(default_factory=list)
    greeted: bool = False
    stamp: int = 0
    faults: list[str] = field(default_factory=list)
    away: bool = False
    users: set[str] = field(default_factory=set)

    def clock(self, true: int) -> int:
        """What it shows."""
        return true + self.offset + self.drift * (true - self.began) // 86_400

    def punch(self, user: str, true: int, *, impossible: bool = False, shown: int | None = None) -> None:
        """Somebody identifies; when it is full, the oldest record goes."""
        reading = self.clock(true) if shown is None else shown
        record = Record(user=user, shown=reading, true=true, impossible=impossible)
        self.users.add(user)
        self.history.append(record)
        self._take([record] * (2 if self.doubles else 1))

    def _take(self, records: Iterable[Record]) -> None:
        for record in records:
            self.log.append(record)
            if self.pushes:
                self.queue.append(record)
        del self.log[: max(0, len(self.log) - self.capacity)]

    def clear(self) -> None:
        """Somebody empties it at its keypad."""
        self.log.clear()
        self.queue.clear()

    def replace(self, serial: str) -> None:
        """Another device is put up in its place."""
        self.clear()
        self.serial, self.greeted, self.stamp = serial, False, 0

    def body(self) -> bytes:
        """Its log as it comes over the wire, length in front."""
        records = b"".join(record.bytes_in(self.layout) for record in self.log)
        return len(records).to_bytes(4, "little") + records

    def user_list(self) -> bytes:
        """Its users, in records of 72 bytes."""
        rows = b"".join(
            struct.pack("<HB8s24sIx7sx24s", int(user), 0, b"", f"N{user}".encode(), 0, b"", user.encode())
            for user in sorted(self.users, key=int)
        )
        return len(rows).to_bytes(4, "little") + rows

    def batches(self, size: int, dice: random.Random, *, shuffled: bool) -> list[list[Record]]:
        """Its queue in portions, in another order if it is one of those."""
        portions = [self.queue[start : start + size] for start in range(0, len(self.queue), size)]
        if shuffled:
            dice.shuffle(portions)
        return portions
