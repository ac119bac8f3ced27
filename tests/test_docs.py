"""What exists is documented: every command and option, every configuration key, every kind of terminal."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from devices.registry import KINDS
from monitor.cli.root import monitor
from monitor.config import Settings, load_settings
from tests.cli.walk import leaves

ROOT = Path(__file__).parent.parent
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
MARKDOWN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize(("path", "command"), [pytest.param(*pair, id=pair[0]) for pair in leaves(monitor)])
def test_every_command_and_option_is_documented(path: str, command: click.Command) -> None:
    assert re.search(rf"\b{path.rsplit(maxsplit=1)[-1]}\b", COMMANDS)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in COMMANDS, f"{path} {parameter.opts[0]}"


def keys(table: dict[str, object], path: str = "") -> set[str]:
    """Dotted names of all values in nested tables."""
    found: set[str] = set()
    for name, value in table.items():
        found |= keys(value, f"{path}{name}.") if isinstance(value, dict) else {f"{path}{name}"}
    return found


def test_the_sample_configuration_has_every_key_with_its_default() -> None:
    sample = ROOT / "config.example.toml"
    text = sample.read_text(encoding="utf-8")
    assert load_settings(sample).model_dump() == Settings().model_dump()
    shown = keys(tomllib.loads(text)) | set(re.findall(r"^# (\w+) = ", text, re.MULTILINE))
    known = keys(Settings().model_dump())
    assert {key for key in known if key not in shown and key.split(".")[-1] not in shown} == set()


def test_every_kind_of_terminal_is_named_in_the_rule_book() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert {kind for kind in KINDS if kind not in text} == set()


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target).exists()] == []
