"""The operation log of a pushing terminal: three operations are kept, and nobody's name."""

import pytest

from devices.zk_push_operations import Operation, read_operations
from tests.devices.office import MORNING, seconds

AT = seconds(MORNING)


@pytest.mark.parametrize(("number", "kind"), [(13, "log_cleared"), (21, "clock_set"), (22, "factory_reset")])
@pytest.mark.parametrize("form", ["{}", "{}\r", " {}\t0\t0\t0\t0"])
def test_what_was_done_to_the_terminal_is_read(number: int, kind: str, form: str) -> None:
    for time in ("2026-11-02 07:30:00", "2026-11-02T07:30:00"):
        body = form.format(f"OPLOG {number}\t14\t{time}").encode()
        assert read_operations(body) == (Operation(kind=kind, device_seconds=AT),)


def test_other_lines_and_who_did_it_are_passed_over() -> None:
    body = (
        b"USER PIN=982\tName=Richard\tPasswd=9822\tCard=[09E4812202]\n"
        b"FP PIN=982\tFID=1\tTMP=ocoRgZPRpG8TGs9JBtEEz7UJBYN\n"
        b"OPLOG 4\t14\t2026-11-02 07:29:00\t0\t0\t0\t0\n"
        b"OPLOG 13\t14\t2026-11-02 07:30:00\t0\t0\t0\t0\n"
        b"FACE PIN=306\tFID=1\tTMP=OPLOG 13\n"
    )
    (found,) = read_operations(body)
    assert (found.kind, found.device_seconds) == ("log_cleared", AT)
    assert "14" not in repr(found).replace(str(AT), "")


@pytest.mark.parametrize(
    "line",
    [
        b"OPLOG 13\t14\t2026-02-30 07:30:00",
        b"OPLOG 13\t14",
        b"OPLOG 13",
        b"OPLOG x\t14\t2026-11-02 07:30:00",
        b"OPLOG 1300\t14\t2026-11-02 07:30:00",
        b"X OPLOG 13\t14\t2026-11-02 07:30:00",
        b"\xff\x00" * 50,
    ],
)
def test_a_line_that_cannot_be_read_says_nothing(line: bytes) -> None:
    assert read_operations(line) == ()


def test_a_line_that_comes_twice_is_one_operation() -> None:
    line = b"OPLOG 13\t14\t2026-11-02 07:30:00\n"
    assert len(read_operations(line * 3)) == 1
