"""What a scenario is put to: the parts of the product that make its rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd

from monitor.exports.overtime import overtime_table
from monitor.exports.records import sessions_table
from monitor.rules.columns import DAY_SECONDS, PersonDays, SilentDays, Verdicts, World
from monitor.rules.reconcile import reconcile
from monitor.rules.silence import silent_days
from tests.rules.scenario import Scenario
from tests.rules.scenario_world import asked_of, now_of, world_of
from tests.rules.worlds.draft import columns, on, person_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Verdicts, silent days and the rows of the sessions export; each may have a mistake planted."""

    reconcile: Callable[[World, PersonDays, int], Verdicts]
    silent_days: Callable[[World, SilentDays, int], SilentDays]
    sessions_table: Callable[[pd.DataFrame], pd.DataFrame]
    overtime_table: Callable[[pd.DataFrame], pd.DataFrame]

    def world(self, scenario: Scenario) -> World:
        """The scenario's world; where coverage was observed, without the days on which a clock was silent."""
        world = world_of(scenario)
        if not scenario.given.get("observed"):
            return world
        found = self.silent_days(world, columns(SilentDays, list(unpunched(scenario))), now_of(scenario))
        return replace(world, silent=found)

    def verdicts(self, scenario: Scenario) -> Verdicts:
        """The verdicts of the person-days that the scenario asks for."""
        return self.reconcile(self.world(scenario), person_days(asked_of(scenario)), now_of(scenario))


PRODUCT = Engine(
    reconcile=reconcile, silent_days=silent_days, sessions_table=sessions_table, overtime_table=overtime_table
)


def unpunched(scenario: Scenario) -> Iterable[tuple[int, int]]:
    """The terminals and days asked on which nothing was recorded."""
    punches = world_of(scenario).punches
    punched = set(zip(punches.terminal.tolist(), (punches.time // DAY_SECONDS).tolist(), strict=True))
    pairs = ((t, on(day)) for t in range(len(world_of(scenario).terminals)) for day in scenario.days)
    return (pair for pair in pairs if pair not in punched)
