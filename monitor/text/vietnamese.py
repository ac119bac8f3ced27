"""Vietnamese text: searching without marks, ordering names as people expect, cleaning what files bring."""

import re
import unicodedata

from monitor.refusal import Refusal

# The letters in order; f, j, w and z stand where foreign names need them.
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANKS = {letter: f"{rank:02}" for rank, letter in enumerate("0123456789" + _LETTERS, start=10)}

# Combining marks: grave, hook above, tilde, acute, dot below are huyền, hỏi, ngã, sắc, nặng; the
# level tone has none and comes first.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_WORD_END = "00"
_TONE_END = "0"

# Text typed in a font of the 1990s, stored as if it were Western European. TCVN3 puts letters on
# signs that no name has (ă is "¨") and on capitals amid small letters ("NguyÔn"); VNI writes a
# vowel and then its mark as another letter ("Nguyeãn", "Haø").
_TCVN3 = re.compile("[\u00a1-\u00b0\u00b5-\u00b9\u00bb-\u00be]|[a-z][\u00c0-\u00de]")
_VNI = re.compile("[ae][\u00e0-\u00ef\u00f2-\u00fc]|[iouyôơư][äåëïöøûü]")


class TextRefused(Refusal, ValueError):
    """A text that must not be stored as it is."""


def fold(text: str) -> str:
    """Small letters without any mark, for searching: "Đặng Hoà" and "dang hoa" are one.

    đ is not a d with a mark in Unicode, so it is mapped by itself.
    """
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).lower()


def sort_key(name: str) -> str:
    """A key that orders names by given name (the last word), surname, then what stands between.

    Words compare by their letters first and by their tones second: An, Ánh, Ăn, Ân, Dũng, Đức,
    Hương, Hường. The key is digits only, so every database orders it alike whatever its locale.
    """
    words = name.split()
    ordered = [*words[-1:], *words[:1], *words[1:-1]] if len(words) > 1 else words
    return "".join(_word_key(word) for word in ordered)


def _word_key(word: str) -> str:
    """Letters, then tones; where in the syllable the tone is written (hoà, hòa) does not matter."""
    letters, tones = [], []
    for sign in unicodedata.normalize("NFC", word).lower():
        marks = unicodedata.normalize("NFD", sign)
        tones += [_TONES[mark] for mark in marks if mark in _TONES]
        letters.append(unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES)))
    ranks = [_RANKS.get(letter) or _RANKS.get(fold(letter), "") for letter in letters]
    return "".join(ranks) + _WORD_END + "".join(tones) + _TONE_END


def clean_name(text: str) -> str:
    """The name in composed form (NFC) with single spaces.

    Raises TextRefused `legacy_font` for text of the TCVN3 and VNI fonts, which nobody could search.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    font = "TCVN3" if _TCVN3.search(name) else "VNI" if _VNI.search(name.lower()) else ""
    if font:
        raise TextRefused("legacy_font", font=font, text=name)
    return name
