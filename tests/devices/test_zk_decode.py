"""What the log decoder accepts, sets aside and refuses."""

import itertools
import struct
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from devices.base import PunchBatch
from devices.errors import BadReply
from devices.simulated.encode import IMPOSSIBLE_TIME, LAYOUT_NAMES, MARKER, encode_records
from devices.simulated.log import ROW, PunchColumns, SimulatedLog
from devices.zk_decode import DecodedLog, LogReply, decode_log
from tests.devices.office import MORNING, STAFF, history, rows_of, seconds

SLOTS = {user.uid: user.user_id for user in STAFF}


def records(count: int, **fields: object) -> np.ndarray[Any, np.dtype[Any]]:
    """Rows of a clean log, with some fields changed by position: `verify={3: 9}`."""
    log = SimulatedLog(STAFF, capacity=1_000_000)
    log.append(history(count))
    rows = log.snapshot().copy()
    for name, changes in fields.items():
        for row, value in dict(changes).items():  # type: ignore[call-overload]  # position -> value
            rows[name][row] = value
    return rows


def body_of(payload: bytes) -> bytes:
    return struct.pack("<I", len(payload)) + payload


def decoded(body: bytes, before: int | None, after: int | None, **more: object) -> DecodedLog:
    usual: dict[str, object] = {"announced": len(body), "user_ids": SLOTS}
    return decode_log(
        LogReply(body=body, count_before=before, count_after=after, **(usual | more))  # type: ignore[arg-type]  # by name
    )


def refused(body: bytes, before: int | None, after: int | None, **more: object) -> BadReply:
    with pytest.raises(BadReply) as caught:
        decoded(body, before, after, **more)
    assert caught.value.raw == body
    return caught.value


def tuples(punches: PunchBatch) -> list[tuple[str, int, int, int]]:
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("count", [1, 2, 3, 10, 100, 5000])
def test_a_clean_log_comes_out_as_it_went_in(layout: str, count: int) -> None:
    payload = encode_records(records(count), layout)
    found = decoded(body_of(payload), count, count)
    assert tuples(found.punches) == rows_of(history(count))
    assert (found.bad, found.notes) == ((), ())
    assert found.layout == layout or (count == 1 and layout in {"49-marker", "40-marker"})
    assert payload.endswith(b"".join(found.punches.raw))


def test_one_marked_record_is_read_though_both_marked_layouts_fit_and_neither_is_called_proven() -> None:
    found = decoded(body_of(encode_records(records(1), "49-marker")), 1, 1)
    assert tuples(found.punches) == rows_of(history(1))
    assert found.layout == ""
    proven = decoded(body_of(encode_records(records(1), "40-marker")), 1, 1, proven_layout="40-marker")
    assert proven.layout == "40-marker"


def test_only_the_16_byte_layout_carries_a_work_code() -> None:
    rows = records(3, work_code={0: 7, 1: 0, 2: 0xFFFFFFFF})
    assert decoded(body_of(encode_records(rows, "16")), 3, 3).punches.work_code.tolist() == [7, 0, -1]
    assert decoded(body_of(encode_records(rows, "40")), 3, 3).punches.work_code.tolist() == [-1, -1, -1]


def test_leading_zeros_are_part_of_the_id() -> None:
    ids = {0: b"007", 1: b"7", 2: b"0007", 3: b"00000000000000000000007X"}
    found = decoded(body_of(encode_records(records(4, user_id=ids), "40")), 4, 4)
    assert found.punches.device_user_id.tolist() == [one.decode() for one in ids.values()]


def test_long_ids_that_begin_alike_stay_apart() -> None:
    ids = {row: f"0012030040{row:05d}".encode() for row in range(3000)}
    found = decoded(body_of(encode_records(records(3000, user_id=ids), "40")), 3000, 3000)
    assert found.punches.device_user_id.tolist() == [one.decode() for one in ids.values()]


def test_very_many_different_ids_stay_apart() -> None:
    ids = {row: f"{row}".encode() for row in range(1, 40_000)}
    found = decoded(body_of(encode_records(records(40_000, user_id=ids), "40")), 40_000, 40_000)
    assert found.punches.device_user_id.tolist()[1:] == [one.decode() for one in ids.values()]


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_a_30_february_is_set_aside_and_costs_no_other_punch(layout: str) -> None:
    rows = records(5, time={2: IMPOSSIBLE_TIME})
    found = decoded(body_of(encode_records(rows, layout)), 5, 5)
    clean = rows_of(history(5))
    assert tuples(found.punches) == clean[:2] + clean[3:]
    (bad,) = found.bad
    assert (bad.reason, bad.line, bad.device_time) == ("impossible_date", 3, "2026-02-30 00:00:00")
    assert bad.device_user_id == clean[2][0]
    assert struct.pack("<I", IMPOSSIBLE_TIME) in bad.raw


def test_a_log_whose_clock_fell_to_2000_is_sound() -> None:
    start = PunchColumns(user_id=["1001"] * 3, seconds=seconds(datetime(2000, 1, 1)) + np.arange(3))
    log = SimulatedLog(STAFF, capacity=10)
    log.append(start)
    found = decoded(body_of(encode_records(log.snapshot(), "40")), 3, 3)
    assert tuples(found.punches) == rows_of(start)


@pytest.mark.parametrize("layout", ["8", "16", "40"])
def test_a_proven_layout_is_never_taken_for_padding_though_nobody_counts(layout: str) -> None:
    start = PunchColumns(user_id=["1001"] * 10, seconds=seconds(datetime(2000, 1, 1)) + np.arange(10))
    log = SimulatedLog(STAFF, capacity=10)
    log.append(start)
    found = decoded(body_of(encode_records(log.snapshot(), layout)), 0, 0, proven_layout=layout)
    assert tuples(found.punches) == rows_of(start)
    assert found.layout == layout


def test_two_ids_that_are_not_text_are_set_aside_and_never_merged() -> None:
    rows = records(40, user_id={3: b"12\xff", 4: b"12\xfe"})
    found = decoded(body_of(encode_records(rows, "40")), 40, 40)
    assert [(bad.reason, bad.line, bad.device_user_id) for bad in found.bad] == [
        ("bad_user_id", 4, ""),
        ("bad_user_id", 5, ""),
    ]
    assert "12" not in found.punches.device_user_id.tolist()
    assert len(found.punches) == 38


def test_an_id_with_bytes_after_its_end_is_set_aside() -> None:
    found = decoded(body_of(encode_records(records(40, user_id={0: b"12\x0034"}), "40")), 40, 40)
    assert [bad.reason for bad in found.bad] == ["bad_user_id"]


def test_a_slot_missing_in_the_user_list_is_nobody() -> None:
    found = decoded(body_of(encode_records(records(20, uid={5: 99}), "8")), 20, 20)
    assert [(bad.reason, bad.line, bad.device_user_id) for bad in found.bad] == [("unknown_uid", 6, "")]
    assert "99" not in found.punches.device_user_id.tolist()


def test_slots_without_a_user_list_are_refused() -> None:
    error = refused(body_of(encode_records(records(5), "8")), 5, 5, user_ids=None)
    assert error.code == "users_missing"


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("count", [1, 2, 100])
def test_a_punch_between_count_and_read_is_simply_one_more(layout: str, count: int) -> None:
    body = body_of(encode_records(records(count + 1), layout))
    assert tuples(decoded(body, count, count + 1).punches) == rows_of(history(count + 1))


def test_more_records_than_were_ever_counted_are_refused() -> None:
    assert refused(body_of(encode_records(records(101), "40")), 100, 100).code == "no_layout_fits"


def test_a_count_of_500_over_100_records_of_40_bytes_is_refused_not_read_as_500_of_8() -> None:
    assert refused(body_of(encode_records(records(100), "40")), 500, 500).code == "no_layout_fits"


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("counts", [(0, 0), (None, None), (None, 100), (-1, -1)])
def test_a_terminal_that_says_no_count_is_read_by_structure_alone(
    layout: str, counts: tuple[int | None, int | None]
) -> None:
    found = decoded(body_of(encode_records(records(100), layout)), *counts)
    assert tuples(found.punches) == rows_of(history(100))
    assert (found.layout, found.notes) == (layout, ("count_not_reported",))


def test_an_empty_log_is_empty_whatever_its_form() -> None:
    for body, count in itertools.product((b"", body_of(b"")), (0, None)):
        found = decoded(body, count, count)
        assert (len(found.punches), found.bad, found.layout, found.notes) == (0, (), "", ("log_empty",))


def test_an_empty_log_where_records_are_counted_is_refused() -> None:
    assert refused(body_of(b""), 5, 5).code == "log_missing"
    assert refused(b"", 5, 6).code == "log_missing"


def test_a_count_that_falls_during_the_read_is_refused() -> None:
    assert refused(body_of(encode_records(records(10), "40")), 10, 9).code == "count_fell"
    assert refused(body_of(encode_records(records(10), "40")), 10, 0).code == "count_fell"


def test_bytes_received_announced_and_counted_must_agree() -> None:
    body = body_of(encode_records(records(11), "40"))
    assert refused(body, 11, 11, announced=len(body) + 40).code == "size_mismatch"
    assert refused(body[:204], 11, 11, announced=444).code == "size_mismatch"
    assert refused(body[:204], 5, 11).code == "size_mismatch"
    assert refused(body + b"\0", 11, 11).code == "size_mismatch"
    assert refused(body[:3], 0, 0).code == "size_mismatch"


def test_a_proven_layout_must_be_found_again() -> None:
    body = body_of(encode_records(records(10), "40"))
    assert decoded(body, 10, 10, proven_layout="40").layout == "40"
    error = refused(body, 10, 10, proven_layout="16")
    assert error.code == "layout_changed"
    assert (error.values["proven"], error.values["found"]) == ("16", "40")


def test_a_proven_layout_carries_a_short_log_with_odd_ids_which_would_prove_nothing_itself() -> None:
    body = body_of(encode_records(records(3, user_id={1: b"A-01"}), "40"))
    assert refused(body, 3, 3).code == "no_layout_fits"
    found = decoded(body, 3, 3, proven_layout="40")
    assert (len(found.punches), [bad.reason for bad in found.bad]) == (2, ["bad_user_id"])


def test_ma300_and_plain_8_byte_records_are_told_apart_by_their_states() -> None:
    for layout in ("8", "8-ma300"):
        found = decoded(body_of(encode_records(records(50), layout)), 50, 50)
        assert (found.layout, tuples(found.punches)) == (layout, rows_of(history(50)))


def test_records_that_make_sense_in_two_ways_are_refused() -> None:
    # 2000-01-01 00:00:00 and state 0 are zeros in both orders, but the first byte is a state or a second.
    record = struct.pack("<HBBBBBB", 13, 1, 5, 0, 0, 0, 0)
    error = refused(body_of(record), 1, 1)
    assert error.code == "ambiguous_layout"
    assert error.values["layouts"] == "8,8-ma300"


@pytest.mark.parametrize("stride", [22, 24, 28, 36, 50])
def test_records_of_an_unknown_size_are_refused(stride: int) -> None:
    body = body_of(b"".join(struct.pack("<HI", 13, 864_220_152).ljust(stride, b"\0") for _ in range(7)))
    assert refused(body, 7, 7).code == "no_layout_fits"
    assert refused(body, 0, 0).code == "no_layout_fits"


def test_random_bytes_are_refused() -> None:
    noise = np.random.default_rng(3).bytes(40 * 16 * 49)
    assert refused(body_of(noise), 0, 0).code == "no_layout_fits"
    assert refused(body_of(noise), 16 * 49, 16 * 49).code == "no_layout_fits"


def test_one_missing_marker_makes_one_record_odd_not_the_log() -> None:
    payload = bytearray(encode_records(records(20), "49-marker"))
    payload[49] = 0
    found = decoded(body_of(bytes(payload)), 20, 20)
    assert (found.layout, len(found.punches)) == ("49-marker", 20)


def test_nine_bytes_in_front_that_are_no_marker_are_an_unknown_layout() -> None:
    payload = encode_records(records(20), "49-marker").replace(MARKER, bytes(9))
    assert refused(body_of(payload), 20, 20).code == "no_layout_fits"


def test_slot_0_is_nobodys() -> None:
    nobody = dict.fromkeys(range(20), 0)
    assert refused(body_of(encode_records(records(20, uid=nobody), "8")), 20, 20).code == "no_layout_fits"


def test_limits_hold_on_bytes_and_records() -> None:
    body = body_of(encode_records(records(100), "40"))
    assert refused(body, 100, 100, size_limit_bytes=1000).code == "too_large"
    assert refused(body, 100, 100, record_limit=99).code == "no_layout_fits"


def test_odd_verify_and_state_codes_in_a_few_records_are_kept_as_they_are() -> None:
    found = decoded(body_of(encode_records(records(40, verify={2: 200}, state={3: 77}), "40")), 40, 40)
    assert (found.punches.verify[2], found.punches.state[3], found.bad) == (200, 77, ())


def test_columns_have_the_promised_types() -> None:
    punches = decoded(body_of(encode_records(records(4, time={0: IMPOSSIBLE_TIME}), "40")), 4, 4).punches
    kinds = {name: getattr(punches, name).dtype for name in PunchBatch.__slots__}
    assert kinds["device_seconds"] == np.int64
    assert {kinds[name] for name in ("verify", "state", "work_code")} == {np.dtype(np.int32)}
    assert kinds["device_user_id"] == np.dtype(object)
    assert {type(one) for one in punches.raw.astype(object)} == {bytes}
    assert {len(one) for one in punches.raw.astype(object)} == {40}
    assert {len(getattr(punches, name)) for name in PunchBatch.__slots__} == {3}


def test_a_hundred_thousand_records_keep_their_order_and_their_bytes() -> None:
    count = 100_000
    payload = encode_records(records(count), "40")
    found = decoded(body_of(payload), count, count)
    assert tuples(found.punches) == rows_of(history(count))
    assert b"".join(found.punches.raw) == payload
    assert found.punches.device_seconds[0] > seconds(MORNING)


def test_the_row_type_of_the_simulator_holds_what_the_tests_change() -> None:
    assert set(ROW.names or ()) == {"uid", "user_id", "time", "verify", "state", "work_code"}
