"""Every law of the rules holds in any office, and notices the mistake that is planted against it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.reconcile import reconcile
from tests.rules.planted import Bug, engine_with
from tests.rules.properties import LAWS, Reconcile

pytestmark = pytest.mark.slow

Law = Callable[[Reconcile, int], None]
FURTHEST = 400
"""In how many worlds a law may look for its planted mistake."""
MISTAKES = {
    "order_does_not_matter": (
        "punches",
        "punches.take(np.lexsort((punches.id, punches.terminal, keys)))",
        'punches.take(np.argsort(keys, kind="stable"))',
    ),
    "the_batch_does_not_matter": (
        "context",
        "return max(rivals, _core_days(step) + step + max(over_midnight, 1))",
        "return 0 * (rivals + over_midnight)",
    ),
    "a_punch_delivered_again_changes_nothing": (
        "runs",
        "> repeat_within",
        ">= 0",
    ),
    "nobody_works_longer_than_he_is_there": (
        "verdict",
        "end = np.minimum(present.present_to, sessions.end)",
        "end = sessions.end",
    ),
    "a_punch_moved_in_its_window_changes_nothing_outside": (
        "windows",
        "cut_opens[1:] = np.where(shared, point, opens[1:])",
        "cut_opens[1:] = opens[1:]",
    ),
    "without_coverage_nobody_is_absent": (
        "pending",
        "doubtful[row] = doubtful[unbadged] = True",
        "doubtful[unbadged] = True",
    ),
    "more_coverage_takes_no_punch_away": (
        "verdict",
        "late_seconds=lateness.late_seconds,",
        "late_seconds=np.where(pending.reasons != 0, 0, lateness.late_seconds),",
    ),
    "an_excuse_for_part_of_a_session_adds_no_minutes": (
        "excuses",
        "due_from[rows[at_start]] = merged.end[first[at_start]]",
        "due_from[rows[at_start]] = merged.start[first[at_start]] - 60",
    ),
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_the_law_holds(law: Law, seed: int) -> None:
    law(reconcile, seed)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_notices_the_mistake_planted_against_it(law: Law) -> None:
    module, old, new = MISTAKES[law.__name__]
    engine = engine_with(Bug(rules=(), module=f"monitor.rules.{module}", old=old, new=new))
    assert any(breaks(law, engine.reconcile, seed) for seed in range(FURTHEST))


def breaks(law: Law, engine: Reconcile, seed: int) -> bool:
    """Whether the law does not hold in one world."""
    try:
        law(engine, seed)
    except (AssertionError, ValueError):  # rows that are missing do not pair up
        return True
    return False


def test_every_law_has_its_mistake() -> None:
    assert {law.__name__ for law in LAWS} == MISTAKES.keys()
