"""Every error of an import has a sentence in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

import devices.files
import monitor.setup
from monitor.text import gettext_for
from monitor.text.sentences import SENTENCES, imports

RAISED = re.compile(
    r'(?:CellRefused|ImportRefused|NotSupported|BadReply|TextRefused)\(\s*"([a-z0-9_]+)"'
    r'|refuse\([a-z]+, (?:"[a-z_]*"|[a-z]+),\s*"([a-z0-9_]+)"'
    r'|error\(index, name, "([a-z0-9_]+)"|error\(0, column.name, "([a-z0-9_]+)"'
)
SOURCES = [
    path
    for package in (monitor.setup, devices.files)
    for path in sorted(Path(str(package.__file__)).parent.glob("*.py"))
]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_code_that_is_raised_has_a_sentence(path: Path) -> None:
    codes = {code for found in RAISED.findall(path.read_text(encoding="utf-8")) for code in found if code}
    assert codes <= SENTENCES.keys()


@pytest.mark.parametrize("code", sorted(imports.SENTENCES))
def test_every_sentence_has_an_english_one_with_the_same_values(code: str) -> None:
    vietnamese = imports.SENTENCES[code]
    english = gettext_for("en")(vietnamese)
    assert fields(english) == fields(vietnamese)
    assert english != vietnamese or code == "import_at"
