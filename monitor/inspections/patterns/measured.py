"""The false alarms that were measured, as the pages show them: `monitor check patterns --honest 9000`.

A test measures them again; whoever changes a rule, a limit or the honest offices writes the new ones here.
"""

from monitor.inspections.patterns.honest import Alarms
from monitor.rules.patterns import PatternLimits

SEED, PEOPLE = 2026, 9_000
LIMITS = PatternLimits()
MEASURED = {
    "friday_early": Alarms(listed=8, of=9_000),
    "no_out": Alarms(listed=2, of=9_000),
    "pairs": Alarms(listed=179, of=9_000),
    "last_minute": Alarms(listed=7, of=9_000),
    "flood": Alarms(listed=3, of=450),
}
"""At the limits of `LIMITS`: of terminals after one break (`flood`), else of people in eight weeks."""


def measured(pattern: str, limits: PatternLimits) -> Alarms | None:
    """The false alarms of a pattern; None at other limits than those that were measured."""
    return MEASURED[pattern] if limits == LIMITS else None
