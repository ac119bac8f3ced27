"""Every scenario gives the rows it states, by the engine and by the oracle."""

from dataclasses import replace

import pytest

from monitor.rules.columns import SilentDays, World
from tests.rules.render_scenarios import FOLDER, pages
from tests.rules.scenario import Scenario, scenarios
from tests.rules.scenario_engine import PRODUCT
from tests.rules.scenario_rows import mismatches
from tests.rules.scenario_world import asked_of, now_of, world_of
from tests.rules.twin import days_slowly, overtime_slowly, reconcile_slowly, silent_days_slowly
from tests.rules.twin.difference import day_rows, differences, overtime_rows, session_rows
from tests.rules.worlds.draft import columns, on

EVERY = pytest.mark.parametrize("scenario", scenarios(), ids=str)


@EVERY
def test_the_engine_gives_the_rows_stated(scenario: Scenario) -> None:
    assert mismatches(scenario, PRODUCT) == []


@EVERY
def test_the_oracle_gives_the_same_rows_and_days(scenario: Scenario) -> None:
    world, verdicts = world_by_oracle(scenario), PRODUCT.verdicts(scenario)
    slow = reconcile_slowly(world, asked_of(scenario), now_of(scenario))
    assert differences(world, slow, session_rows(verdicts.sessions)) == []
    assert differences(world, days_slowly(slow), day_rows(verdicts.days)) == []
    overtime = overtime_slowly(world, asked_of(scenario), now_of(scenario))
    assert differences(world, overtime, overtime_rows(verdicts.overtime)) == []


def world_by_oracle(scenario: Scenario) -> World:
    """The scenario's world, its silent days found by the oracle too."""
    world = world_of(scenario)
    if not scenario.given.get("observed"):
        return world
    asked = [(terminal, on(day)) for terminal in range(len(world.terminals)) for day in scenario.days]
    return replace(world, silent=columns(SilentDays, silent_days_slowly(world, asked, now_of(scenario))))


def test_titles_tell_the_scenarios_apart() -> None:
    titles = [scenario.title for scenario in scenarios()]
    assert len(set(titles)) == len(titles)


@EVERY
def test_rows_say_whose_and_when_where_several_are_asked(scenario: Scenario) -> None:
    people, days = ({pair[part] for pair in asked_of(scenario)} for part in (0, 1))
    assert len(days) == 1 or all("date" in row for row in scenario.expect)
    assert len(people) == 1 or all("person" in row for row in scenario.expect)


def test_the_pages_in_the_documentation_are_up_to_date() -> None:
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert found == pages(), "run: python -m tests.rules.render_scenarios"
