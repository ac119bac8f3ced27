"""The scenarios notice mistakes: for every rule of the book there is one planted that a scenario finds."""

import re
from pathlib import Path

import pytest

from tests.rules.planted import Bug, bugs, definitions, engine_with
from tests.rules.scenario import scenarios
from tests.rules.scenario_rows import mismatches

pytestmark = pytest.mark.slow

BOOK = Path(__file__).parents[2] / "docs" / "rules.md"
RULE = re.compile(r"\*\*\[(R[\d.]+-[a-z]+)\]\*\*")


def rules_in(book: Path) -> list[str]:
    return RULE.findall(book.read_text("utf-8"))


@pytest.mark.parametrize("bug", bugs(), ids=str)
def test_a_scenario_of_each_rule_notices_the_mistake(bug: Bug) -> None:
    engine = engine_with(bug)
    for rule in bug.rules:
        tagged = [scenario for scenario in scenarios() if rule in scenario.rules]
        assert any(mismatches(scenario, engine) for scenario in tagged), f"{len(tagged)} scenarios of {rule}"


def test_ids_are_given_once() -> None:
    rules = rules_in(BOOK)
    assert len(rules) == len(set(rules))


def test_both_languages_have_the_same_rules_in_the_same_order() -> None:
    assert rules_in(BOOK.with_name("rules.vi.md")) == rules_in(BOOK)


def test_every_rule_is_planted_against_or_said_to_be_a_definition() -> None:
    planted = {rule for bug in bugs() for rule in bug.rules}
    assert planted | definitions().keys() == set(rules_in(BOOK))
    assert not planted & definitions().keys()


def test_every_rule_that_can_be_broken_has_a_scenario_and_no_scenario_shows_an_unknown_rule() -> None:
    shown = {rule for scenario in scenarios() for rule in scenario.rules}
    rules = set(rules_in(BOOK))
    assert shown <= rules
    assert rules - shown <= definitions().keys()
