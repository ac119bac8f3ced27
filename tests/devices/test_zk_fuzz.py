"""Hostile bytes: the decoders answer with punches that stand in the bytes, or with BadReply."""

import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import BadReply
from devices.simulated.encode import LAYOUT_NAMES, encode_records
from devices.zk_decode import DecodedLog, LogReply, decode_log
from devices.zk_layouts import LAYOUTS
from devices.zk_time import decode_time
from devices.zk_users import decode_users
from tests.devices.office import seconds
from tests.devices.test_zk_decode import SLOTS, body_of, records

pytestmark = pytest.mark.slow

# Where a scalar reader finds id, verify, time and state in a record of each layout.
FIELDS = {
    "8": "<HBIB",
    "8-ma300": "<HBBI",
    "16": "<IIBB6x",
    "40": "<2x24sBIB8x",
    "49": "<2x24sBIB17x",
    "49-marker": "<9x2x24sBIB8x",
    "40-marker": "<2x24sBIB8x",
}
counts = st.none() | st.integers(-3, 60)


def scalar(layout: str, raw: bytes) -> tuple[str, int, int, int]:
    """Read one record the slow way: user id, seconds, verify, state."""
    first, *rest = struct.unpack(FIELDS[layout], raw)
    if layout == "8":
        verify, time, state = rest
    elif layout == "8-ma300":
        verify, state, time = rest
    elif layout == "16":
        time, verify, state = rest
    else:
        verify, time, state = rest
    user_id = first.rstrip(b"\0").decode() if isinstance(first, bytes) else str(first)
    moment = decode_time(time)
    assert moment is not None
    return SLOTS[first] if layout.startswith("8") else user_id, seconds(moment), verify, state


def assert_nothing_invented(found: DecodedLog, body: bytes) -> None:
    punches = found.punches
    assert found.layout or len(punches) <= 1
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for row, raw in zip(rows, punches.raw.tolist(), strict=True):
        assert raw in body
        assert row == scalar(found.layout or "49-marker", raw[-49:])
    size = LAYOUTS[found.layout or "40"].record.itemsize
    assert len(punches) + len(found.bad) == (len(body) - 4) // size or not found.layout


def attempt(body: bytes, announced: int, before: int | None, after: int | None, proven: str = "") -> None:
    reply = LogReply(
        body=body,
        announced=announced,
        count_before=before,
        count_after=after,
        user_ids=SLOTS,
        proven_layout=proven,
    )
    try:
        found = decode_log(reply)
    except BadReply:
        return
    assert_nothing_invented(found, body)
    again = decode_log(reply)
    assert again.punches.raw.tolist() == found.punches.raw.tolist()
    assert again.bad == found.bad


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 700), counts, counts)
def test_any_bytes_give_punches_that_stand_in_them_or_a_refusal(
    body: bytes, announced: int, before: int | None, after: int | None
) -> None:
    attempt(body, announced, before, after)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=600), counts, counts, st.sampled_from(["", *LAYOUT_NAMES, "no such layout"]))
def test_any_bytes_with_a_true_length_give_punches_that_stand_in_them_or_a_refusal(
    payload: bytes, before: int | None, after: int | None, proven: str
) -> None:
    attempt(body_of(payload), len(payload) + 4, before, after, proven)


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(LAYOUT_NAMES), st.integers(1, 30))
def test_a_log_with_spoilt_bytes_never_invents(data: st.DataObject, layout: str, count: int) -> None:
    payload = bytearray(encode_records(records(count), layout))
    for at in data.draw(st.lists(st.integers(0, len(payload) - 1), max_size=8)):
        payload[at] = data.draw(st.integers(0, 255))
    before = data.draw(st.sampled_from([None, 0, count, count - 1]))
    after = data.draw(st.sampled_from([None, 0, count]))
    attempt(body_of(bytes(payload)), len(payload) + 4, before, after)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), counts, counts, st.booleans())
def test_any_bytes_are_a_user_list_or_a_refusal(
    payload: bytes, before: int | None, after: int | None, true_length: bool
) -> None:
    body = body_of(payload) if true_length else payload
    try:
        users = decode_users(body, announced=len(body), before=before, after=after)
    except BadReply:
        return
    assert len(users) <= len(payload) // 28
    assert all(user.uid and user.user_id.isalnum() for user in users)


def test_memory_stays_in_proportion_to_the_bytes() -> None:
    noise = body_of(np.random.default_rng(5).bytes(40 * 16 * 49 * 100))
    tracemalloc.start()
    try:
        attempt(noise, len(noise), None, None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * len(noise) + 20_000_000
