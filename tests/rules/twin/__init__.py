"""The rule book a second time: plain loops over plain objects, the oracle of the vectorised engine.

Nothing here is fast, and nothing here looks at the engine: both follow the rule book apart, and
must give the same rows. Read the modules in this order: `plain` (the inputs as objects), `expected`
(rules 2), `excused` (5, 6), `blocks` (3: blocks, chains, windows), `punched` (7: badges, 3.1: runs),
`matched` (3.2-3.6), `covered` (7), `judged` (4), `rows` (8), `overtime` (4.1), `silence` (7).
"""

from tests.rules.twin.overtime import TwinOvertime, overtime_slowly
from tests.rules.twin.rows import TwinDay, TwinRow, days_slowly, reconcile_slowly
from tests.rules.twin.silence import silent_days_slowly

__all__ = [
    "TwinDay",
    "TwinOvertime",
    "TwinRow",
    "days_slowly",
    "overtime_slowly",
    "reconcile_slowly",
    "silent_days_slowly",
]
