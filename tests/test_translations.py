"""Every text that a reader may meet has an English translation with the same placeholders."""

from collections import Counter
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.extract import extract
from babel.messages.pofile import read_po

import monitor.text
import monitor.web
from monitor.text import gettext_for
from monitor.text.sentences import SENTENCES

WEB = Path(monitor.web.__file__).parent
CATALOGUES = sorted((Path(monitor.text.__file__).parent / "en").glob("*.po"))


def _found_in(path: Path) -> set[str]:
    method = "python" if path.suffix == ".py" else "jinja2.ext.babel_extract"
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    rows = extract(method, BytesIO(path.read_bytes()), keywords={"_": None}, options=options)
    return {message for _line, message, _comments, _context in rows if isinstance(message, str)}


PAGES = sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")])
PAGE_TEXTS = sorted({text for path in PAGES for text in _found_in(path)})
TEXTS = sorted({*PAGE_TEXTS, *SENTENCES.values()})


def _translated_in(path: Path) -> dict[str, str]:
    messages = read_po(BytesIO(path.read_bytes()), locale="en")
    return {str(message.id): str(message.string) for message in messages if message.id}


ENGLISH = {text: english for path in CATALOGUES for text, english in _translated_in(path).items()}


def _placeholders(text: str) -> list[tuple[str, str]]:
    return sorted((name, form or "") for _text, name, form, _conversion in Formatter().parse(text) if name)


def test_the_texts_of_the_pages_are_found_at_all() -> None:
    assert "Cần chú ý trước" in PAGE_TEXTS
    assert "Máy {name} chưa đọc được dữ liệu nào" in PAGE_TEXTS
    assert "{seconds} giây" in PAGE_TEXTS  # in a module, not in a template


def test_every_text_has_an_english_translation() -> None:
    assert [text for text in TEXTS if not ENGLISH.get(text)] == []


def test_no_text_is_translated_twice() -> None:
    found = Counter(text for catalogue in CATALOGUES for text in _translated_in(catalogue))
    assert [text for text, times in found.items() if times > 1] == []


def test_every_translation_has_the_placeholders_of_its_text() -> None:
    known = [text for text in TEXTS if ENGLISH.get(text)]
    assert [text for text in known if _placeholders(ENGLISH[text]) != _placeholders(text)] == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(ENGLISH) - set(TEXTS)) == []


def test_the_english_catalogue_is_what_readers_get() -> None:
    assert gettext_for("en")("Cần chú ý trước") == ENGLISH["Cần chú ý trước"]
    assert gettext_for("vi")("Cần chú ý trước") == "Cần chú ý trước"
