"""Spans of days come in blocks that fit into memory, and no more of them than that needs."""

from itertools import chain

from monitor.records.spans import DAYS_AT_ONCE, PEOPLE_AT_ONCE, blocks


def test_what_fits_into_one_block_stays_together_wherever_portions_of_days_begin() -> None:
    border = 300 * DAYS_AT_ONCE
    late = [(2, border - 4, border + 4), (1, border - 6, border + 2)]

    assert list(blocks(late)) == [[(1, border - 6, border + 2), (2, border - 4, border + 4)]]


def test_more_days_or_more_people_are_cut_and_none_is_lost() -> None:
    long = [(1, 5, 5 + DAYS_AT_ONCE)]
    many = [(person, 5, 6) for person in range(PEOPLE_AT_ONCE + 1)]

    assert [len(block) for block in blocks(many)] == [PEOPLE_AT_ONCE, 1]
    assert len(list(blocks(long))) > 1
    for spans in (long, many):
        days = {
            (person, day) for person, first, last in chain(*blocks(spans)) for day in range(first, last + 1)
        }
        assert days == {(person, day) for person, first, last in spans for day in range(first, last + 1)}
    assert list(blocks([])) == []
