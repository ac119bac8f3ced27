"""Draws by lot: what a stranger with a printed list and SHA-256 can check."""

import hashlib
from collections import Counter

import pytest

from monitor.inspections.draw import Frame, Lot, drawn
from monitor.inspections.errors import InspectionRefused

UNITS = ("SNV", "STC", "SYT", "SGD", "XA-01", "XA-02", "XA-03")


def lot(seed: str = "a1b2", size: int = 3, first: tuple[str, ...] = ("XA-02",)) -> Lot:
    return Lot(seed=seed, size=size, frame=Frame.of(UNITS, first), beacon="XSMB 20/02/2026")


def test_a_stranger_finds_the_same_units_with_nothing_but_sha256() -> None:
    """Written from docs/inspections.md alone."""
    tickets = {code: hashlib.sha256(f"a1b2|01234|{code}".encode()).hexdigest() for code in UNITS}
    others = sorted((code for code in UNITS if code != "XA-02"), key=tickets.__getitem__)

    assert drawn(lot(), "01234") == ("XA-02", *others[:2])


def test_the_commitment_is_the_digest_of_the_printed_text() -> None:
    printed = "monitor-draw-1\na1b2\n3\nXSMB 20/02/2026\nXA-02\n\nSGD\nSNV\nSTC\nSYT\nXA-01\nXA-03\n"

    assert lot().text == printed
    assert lot().commitment == hashlib.sha256(printed.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        lot(seed="a1b3"),
        lot(size=4),
        lot(first=()),
        Lot(seed="a1b2", size=3, frame=Frame.of(UNITS, ("XA-02",)), beacon="XSMB 21/02/2026"),
        Lot(seed="a1b2", size=3, frame=Frame.of((*UNITS, "XA-04"), ("XA-02",)), beacon="XSMB 20/02/2026"),
    ],
    ids=("seed", "size", "order", "beacon", "units"),
)
def test_nothing_can_be_changed_after_the_commitment(other: Lot) -> None:
    assert other.commitment != lot().commitment


def test_the_order_in_which_units_were_typed_does_not_matter() -> None:
    assert Frame.of(reversed(UNITS)) == Frame.of(UNITS)


def test_the_printed_frame_can_be_read_back() -> None:
    for frame in (Frame.of(UNITS), Frame.of(UNITS, UNITS), Frame.of(UNITS, UNITS[:2])):
        assert Frame.read(frame.text) == frame


def test_every_unit_is_drawn_equally_often() -> None:
    """4.000 seeds, 3 of 7: each unit 1.714 times, give or take four standard errors."""
    frame = Frame.of(UNITS)
    found = Counter(
        code for seed in range(4_000) for code in drawn(Lot(seed=str(seed), size=3, frame=frame), "w")
    )

    expected, error = 4_000 * 3 / 7, (4_000 * 3 / 7 * 4 / 7) ** 0.5
    assert all(abs(found[code] - expected) < 4 * error for code in UNITS), found


def test_the_public_word_changes_what_is_drawn() -> None:
    assert len({drawn(lot(size=3, first=()), str(word)) for word in range(40)}) > 10


@pytest.mark.parametrize("size", [0, 8])
def test_more_than_there_are_cannot_be_drawn(size: int) -> None:
    with pytest.raises(InspectionRefused, match="draw_size"):
        drawn(lot(size=size), "")


def test_a_code_of_two_lines_cannot_smuggle_in_a_unit() -> None:
    with pytest.raises(InspectionRefused, match="draw_code_line"):
        Frame.of(["SNV", "STC\nSYT"])
