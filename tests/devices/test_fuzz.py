"""Millions of spoilt records, lines and requests: nothing invented, nothing lost, no hang, no growth.

MONITOR_FUZZ_INPUTS says how many (two million by itself), MONITOR_FUZZ_SEED from which seed.
"""

import dataclasses
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from devices import zk_decode, zk_push_lines
from devices.files import attlog
from devices.zk_layouts import Columns, Layout, read_columns
from tests.devices import fuzzing

pytestmark = pytest.mark.slow

INPUTS = int(os.environ.get("MONITOR_FUZZ_INPUTS", "2000000"))
SEED = int(os.environ.get("MONITOR_FUZZ_SEED", "2026"))
WARM_SHARE = 0.1
MOST_GROWTH_BYTES = 32_000_000


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(inputs: int, seed: int = SEED) -> Counter[str]:
    fed: Counter[str] = Counter()
    for target, done in fuzzing.campaign(inputs, seed):
        fed[target] = done
    return fed


def test_millions_of_hostile_inputs_are_answered_as_documented() -> None:
    run(int(INPUTS * WARM_SHARE), SEED + 1)
    before = resident_bytes()
    fed = run(INPUTS)
    assert sum(fed.values()) >= INPUTS
    assert resident_bytes() - before < MOST_GROWTH_BYTES


def test_the_same_seed_makes_the_same_bytes() -> None:
    for target in fuzzing.TARGETS:
        first, again = (fuzzing.Dice.of(3, target, 7) for _ in range(2))
        assert first.cut(first.spoilt(fuzzing.UPLOAD, 0.1)) == again.cut(again.spoilt(fuzzing.UPLOAD, 0.1))


SMALL = 60_000


def caught(kind: type[Exception]) -> None:
    with pytest.raises(kind) as found:
        run(SMALL)
    assert any(note.startswith("again: attack(") for note in found.value.__notes__)


def test_a_record_sliced_one_byte_off_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_off(self: Layout, payload: memoryview) -> np.ndarray[Any, np.dtype[np.void]]:
        shifted = bytes(payload[1:]) + b"\0"
        return np.frombuffer(shifted, f"V{self.record.itemsize}", offset=self.head)

    monkeypatch.setattr(Layout, "raw", one_off)
    caught(AssertionError)


def test_a_punch_with_its_neighbours_time_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(layout: Layout, payload: memoryview) -> Columns:
        columns = read_columns(layout, payload)
        return dataclasses.replace(columns, seconds=np.roll(columns.seconds, 1))

    monkeypatch.setattr(zk_decode, "read_columns", shifted)
    caught(AssertionError)


def test_a_foreign_exception_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        zk_push_lines, "_seconds", lambda written: int(written[:4]) // (int(written[5:7]) - 13 + 1)
    )
    caught(ZeroDivisionError)


def test_a_line_that_is_dropped_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zk_push_lines, "_PADDING", b"\r\x00\x09")
    caught(AssertionError)


def test_a_loop_without_end_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_line: object) -> None:
        while True:
            pass

    monkeypatch.setattr(attlog, "_read_line", endless)
    monkeypatch.setattr(fuzzing, "MOST_SECONDS", 0.5)
    with pytest.raises(TimeoutError):
        fuzzing.attack("file", SEED, 0)
