"""Every scenario gives the rows it states, by the engine and by the oracle; every rule has a scenario."""

import re
from pathlib import Path

import pytest

from monitor.rules.columns import Verdicts
from monitor.rules.reconcile import reconcile
from tests.rules.scenario import Scenario, scenarios
from tests.rules.scenario_rows import mismatches
from tests.rules.scenario_world import asked_of, now_of, world_of
from tests.rules.twin import days_slowly, reconcile_slowly
from tests.rules.twin.difference import day_rows, differences, session_rows
from tests.rules.worlds.draft import person_days


def verdicts_of(scenario: Scenario) -> Verdicts:
    return reconcile(world_of(scenario), person_days(asked_of(scenario)), now_of(scenario))


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_the_engine_gives_the_rows_stated(scenario: Scenario) -> None:
    assert mismatches(scenario, world_of(scenario), verdicts_of(scenario)) == []


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_the_oracle_gives_the_same_rows_and_days(scenario: Scenario) -> None:
    world, verdicts = world_of(scenario), verdicts_of(scenario)
    slow = reconcile_slowly(world, asked_of(scenario), now_of(scenario))
    assert differences(world, slow, session_rows(verdicts.sessions)) == []
    assert differences(world, days_slowly(slow), day_rows(verdicts.days)) == []
