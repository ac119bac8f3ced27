"""Translation: a coded sentence or a Vietnamese text, in the reader's language.

Texts are written in Vietnamese where they are used, so that a missing translation never strikes the
main users. English lies in `en/*.po`, read as they are: nothing has to be compiled or built.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from monitor.text.sentences import SENTENCES

LANGUAGES = ("vi", "en")
COUNTS = ("count", "people", "days", "minutes", "late", "early")
"""Values that make the difference between one and many, the first that is there; Vietnamese makes none."""
FOLDER = Path(__file__).parent

Gettext = Callable[[str], str]


@cache
def _translations(language: str) -> NullTranslations:
    """The merged catalogues of a language; Vietnamese needs none."""
    if language not in LANGUAGES:
        msg = f"unknown language {language!r}"
        raise ValueError(msg)
    merged = NullTranslations()
    for path in sorted((FOLDER / language).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        found = Translations(compiled)
        merged = merged.merge(found) if isinstance(merged, Translations) else found
    return merged


def gettext_for(language: str) -> Gettext:
    """A function that translates a Vietnamese text into the language (`vi` or `en`)."""
    return partial(_form, language, 1)


def _form(language: str, number: int, text: str) -> str:
    """A text's form for one or for more; for every number the same where it has but one.

    Asked this way round because Python before 3.11.3 does not find a text of several forms by `gettext`.
    """
    known = _translations(language)
    found = known.ngettext(text, text, number)
    return known.gettext(text) if found == text else found


def worded(text: str, values: Mapping[str, object], language: str) -> str:
    """A Vietnamese text in the language with its values filled in; one of a thing reads as one."""
    number = next((values[name] for name in COUNTS if name in values), 1)
    return _form(language, 1 if str(number) == "1" else 2, text).format_map(values)


def sentence(code: str, values: Mapping[str, object], language: str = "vi") -> str:
    """The sentence of a code with its values filled in.

    A code without a sentence is a defect that a test finds; until then the code itself is shown.
    """
    template = SENTENCES.get(code)
    if template is None:
        return f"{code} {dict(values)}" if values else code
    return worded(template, values, language)
