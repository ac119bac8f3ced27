"""Every text that a reader may meet has an English translation with the same placeholders."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.extract import extract
from babel.messages.pofile import read_po

import monitor.text
import monitor.web
from monitor.text import gettext_for, sentence, worded
from monitor.text.sentences import SENTENCES

WEB = Path(monitor.web.__file__).parent
CATALOGUES = sorted((Path(monitor.text.__file__).parent / "en").glob("*.po"))


def _found_in(path: Path) -> set[str]:
    method = "python" if path.suffix == ".py" else "jinja2.ext.babel_extract"
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    rows = extract(method, BytesIO(path.read_bytes()), keywords={"_": None}, options=options)
    return {message for _line, message, _comments, _context in rows if isinstance(message, str)}


MANY = (
    r"(?<!first )(?<!the )\{count\} (?:\w+ )?"
    r"(people|days|sessions|units|rows|errors|records|punches|entries|ids|accounts|files)\b"
)
PAGES = sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")])
PAGE_TEXTS = sorted({text for path in PAGES for text in _found_in(path)})
TEXTS = sorted({*PAGE_TEXTS, *SENTENCES.values()})


def _translated_in(path: Path) -> dict[str, tuple[str, ...]]:
    """Each text with its translation, or with the one for one of a thing and the one for many."""
    messages = read_po(BytesIO(path.read_bytes()), locale="en")
    return {_forms(message.id)[0]: _forms(message.string) for message in messages if message.id}


def _forms(words: object) -> tuple[str, ...]:
    return tuple(map(str, words)) if isinstance(words, list | tuple) else (str(words),)


ENGLISH = {text: english for path in CATALOGUES for text, english in _translated_in(path).items()}


def _placeholders(text: str) -> list[tuple[str, str]]:
    return sorted((name, form or "") for _text, name, form, _conversion in Formatter().parse(text) if name)


def test_the_texts_of_the_pages_are_found_at_all() -> None:
    assert "Cần chú ý trước" in PAGE_TEXTS
    assert "Máy {name} chưa đọc được dữ liệu nào" in PAGE_TEXTS
    assert "{seconds} giây" in PAGE_TEXTS  # in a module, not in a template


def test_every_text_has_an_english_translation() -> None:
    assert [text for text in TEXTS if not all(ENGLISH.get(text, ("",)))] == []


def test_no_text_is_translated_twice() -> None:
    found = Counter(text for catalogue in CATALOGUES for text in _translated_in(catalogue))
    assert [text for text, times in found.items() if times > 1] == []


def test_every_translation_has_the_placeholders_of_its_text() -> None:
    wrong = [
        text
        for text in TEXTS
        for english in ENGLISH.get(text, ())
        if _placeholders(english) != _placeholders(text)
    ]
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(ENGLISH) - set(TEXTS)) == []


def test_the_english_catalogue_is_what_readers_get() -> None:
    assert (gettext_for("en")("Cần chú ý trước"),) == ENGLISH["Cần chú ý trước"]
    assert gettext_for("vi")("Cần chú ý trước") == "Cần chú ý trước"


def test_one_of_a_thing_reads_as_one() -> None:
    assert worded("{count} người", {"count": 1}, "en") == "1 person"
    assert worded("{count} người", {"count": 0}, "en") == "0 people"
    assert worded("{count} người", {"count": "1.234"}, "en") == "1.234 people"
    assert worded("{count} người", {"count": 2}, "vi") == "2 người"
    assert sentence("meeting_invited", {"count": 1}, "en") == "Invited 1 person."


def test_no_english_text_says_one_people() -> None:
    """A text that counts things has a form for one, or its words are the same for one and many."""
    forms = [english[0] for text, english in ENGLISH.items() if "{count}" in text]
    assert [one for one in forms if re.search(MANY, one)] == []
