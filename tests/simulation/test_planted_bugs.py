"""The checker is checked: each fault's naive handling, planted in the real code, is noticed."""

import pytest

from tests.simulation.bugs import Bug, StaleBugError, bugs, planted
from tests.simulation.draw import FAULTS
from tests.simulation.installation import Installation
from tests.simulation.run import run

pytestmark = pytest.mark.slow

FEWEST = 30


@pytest.mark.parametrize("bug", bugs(), ids=str)
def test_a_planted_bug_is_noticed(home: Installation, bug: Bug) -> None:
    with planted(bug):
        try:
            noticed = run(home, bug.seed, only=bug.fault).found
        except Exception as error:
            noticed = (repr(error),)
    assert noticed, f"{bug} goes unnoticed with {bug.fault or 'seed'} {bug.seed}"


def test_without_them_the_same_schedules_find_nothing(home: Installation) -> None:
    """One of each fault, so that no bug is said to be noticed by a schedule that always complains."""
    schedules = {bug.fault: bug.seed for bug in bugs()}
    assert not [seed for fault, seed in schedules.items() if run(home, seed, only=fault).found]


def test_there_are_enough_of_them_for_every_property() -> None:
    assert len(bugs()) >= FEWEST
    assert len({bug.name for bug in bugs()}) == len(bugs())
    assert {bug.fault for bug in bugs()} <= {*FAULTS, ""}
    assert {bug.property for bug in bugs()} >= {"P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9"}


def test_a_bug_whose_place_has_changed_is_told_of() -> None:
    moved = Bug(
        name="x", property="P1", where="monitor.intake.accept:accept", old="not there", new="", seed=0
    )
    with pytest.raises(StaleBugError), planted(moved):
        pass
