"""Vietnamese names: order, search, cleaning."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.vietnamese import TextRefused, clean_name, fold, sort_key


def in_order(names: list[str]) -> list[str]:
    """The names sorted, from an order that is wrong everywhere."""
    wrong = list(reversed(names))
    wrong.sort(key=sort_key)
    return wrong


def test_letters_come_before_tones() -> None:
    names = ["An", "Ánh", "Ăn", "Ân", "Dũng", "Đức", "Hương", "Hường"]
    assert in_order(names) == names


def test_tones_have_their_own_order() -> None:
    names = ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ"]
    assert in_order(names) == names


def test_given_name_then_surname_then_middle_names() -> None:
    names = ["Trần Văn An", "Lê Thị Bình", "Nguyễn An Bình", "Nguyễn Văn Bình", "Trần Bình", "Đỗ Văn Cường"]
    assert in_order(names) == names


def test_people_of_one_given_name_stand_together_whatever_their_surname() -> None:
    names = ["Vũ Thị Hương", "An Thị Hường"]
    assert in_order(names) == names


def test_the_key_is_digits_only_so_that_no_locale_reorders_it() -> None:
    assert sort_key("Nguyễn Thị Ánh-Tuyết (2)").isdigit()


def test_where_the_tone_is_written_does_not_matter() -> None:
    assert sort_key("Hoà") == sort_key("Hòa")
    assert fold("Hoà") == fold("Hòa") == "hoa"


def test_composed_and_decomposed_text_is_the_same() -> None:
    name = "Nguyễn Đức Hường"
    apart = unicodedata.normalize("NFD", name)
    assert sort_key(apart) == sort_key(name)
    assert clean_name(apart) == name


def test_search_ignores_marks_and_case_and_takes_d_for_d_with_a_stroke() -> None:
    assert fold("ĐẶNG Thị Ưng") == "dang thi ung"


def test_spaces_are_made_single() -> None:
    assert clean_name("  Nguyễn \t Văn\n An ") == "Nguyễn Văn An"


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("NguyÔn V¨n §øc", "TCVN3"),
        ("TrÇn ThÞ Hµ", "TCVN3"),
        ("L\u00adu Hång", "TCVN3"),
        ("Nguyeãn Vaên Haø", "VNI"),
        ("Leâ Thò Huøng", "VNI"),
        ("NGUYEÃN VAÊN AN", "VNI"),
    ],
)
def test_text_of_the_old_fonts_is_refused(text: str, font: str) -> None:
    with pytest.raises(TextRefused) as caught:
        clean_name(text)
    assert (caught.value.code, caught.value.values["font"]) == ("legacy_font", font)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn Hoàn", "Trần Quốc Toản", "Phạm Thị Thuý", "Hồ Quý Ngoãn", "Võ Khoẻ", "Lìu A Sềnh",
        "Niê Y Buôn", "H'Hen Niê", "Y Ñuk Êban", "Kpă Ơ", "Giàng A Páo", "Phạm Khuyến", "Lý Giàu",
        "Hoàng Phủ Ngọc Tường", "NGUYỄN THỊ HOÀI", "Uỷ ban nhân dân xã Yên Thế", "Đội Thuế liên xã",
    ],
)  # fmt: skip
def test_names_of_all_the_countrys_people_are_taken(name: str) -> None:
    assert clean_name(name) == name


@given(st.lists(st.text(), min_size=2, max_size=5))
def test_any_text_has_a_key_and_equal_texts_have_equal_ones(names: list[str]) -> None:
    ordered = sorted(names, key=sort_key)
    assert all(sort_key(one) <= sort_key(other) for one, other in pairwise(ordered))
    assert all(sort_key(name) == sort_key(unicodedata.normalize("NFC", name)) for name in names)
