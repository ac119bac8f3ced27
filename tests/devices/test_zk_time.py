"""The coded time: documented values, pyzk and the simulator's encoder must all agree."""

import struct
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zk import ZK

from devices.simulated.encode import IMPOSSIBLE_TIME, encode_time, encode_times
from devices.zk_time import CODED_DAYS, SECONDS_PER_DAY, decode_time, decode_times, written_time
from tests.devices.office import seconds

moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0)
)


def test_the_documented_word_is_22_november_2026_half_past_seven() -> None:
    assert decode_time(0x3383F5F8) == datetime(2026, 11, 22, 7, 30)
    assert encode_time(datetime(2026, 11, 22, 7, 30)) == 0x3383F5F8


@given(st.lists(moments, min_size=1, max_size=20))
def test_every_second_of_the_century_survives_the_way_there_and_back(times: list[datetime]) -> None:
    wanted = np.array([seconds(moment) for moment in times])
    coded = encode_times(wanted)
    assert coded.tolist() == [encode_time(moment) for moment in times]
    decoded, possible, codable = decode_times(coded)
    assert decoded.tolist() == wanted.tolist()
    assert possible.all()
    assert codable.all()


@given(st.integers(0, CODED_DAYS * SECONDS_PER_DAY - 1))
def test_every_codable_word_reads_as_pyzk_reads_it_or_is_impossible_for_both(word: int) -> None:
    try:
        theirs = ZK.__new__(ZK)._ZK__decode_time(struct.pack("<I", word))
    except ValueError:
        theirs = None
    assert decode_time(word) == theirs
    decoded, possible, codable = decode_times(np.array([word], dtype=np.uint32))
    assert codable.all()
    assert possible[0] == (theirs is not None)
    if theirs is not None:
        assert decoded[0] == seconds(theirs)


def test_a_30_february_can_be_coded_and_is_impossible() -> None:
    _, possible, codable = decode_times(np.array([IMPOSSIBLE_TIME], dtype=np.uint32))
    assert (codable[0], possible[0]) == (True, False)
    assert written_time(IMPOSSIBLE_TIME) == "2026-02-30 00:00:00"
    assert decode_time(IMPOSSIBLE_TIME) is None


@pytest.mark.parametrize("word", [CODED_DAYS * SECONDS_PER_DAY, 0xFFFFFFFF])
def test_a_word_beyond_2099_means_no_date(word: int) -> None:
    _, possible, codable = decode_times(np.array([word], dtype=np.uint32))
    assert (codable[0], possible[0]) == (False, False)
    assert written_time(word) == ""


@pytest.mark.parametrize(("year", "possible"), [(2023, False), (2024, True), (2000, True)])
def test_29_february_exists_in_leap_years_only(year: int, possible: bool) -> None:
    word = np.array([((year - 2000) * 12 + 1) * 31 + 28], dtype=np.uint32) * np.uint32(SECONDS_PER_DAY)
    assert decode_times(word)[1][0] == possible
