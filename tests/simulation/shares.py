"""A share of the schedules in a process of its own; a spawned one can only be given what is importable."""

from collections import Counter
from contextlib import ExitStack
from functools import cache

from tests.simulation.installation import Installation, in_memory, unsynced
from tests.simulation.run import Outcome, run

_HOME = ExitStack()


@cache
def _home() -> Installation:
    """This process's installation, in a folder that goes with the process."""
    return Installation(_HOME.enter_context(in_memory()))


def share(wanted: tuple[int, int, str, str]) -> list[Outcome]:
    """The schedules from one seed to before another, perhaps of one kind of fault only, in a journal mode."""
    first, last, only, journal = wanted
    with unsynced(journal):
        return [run_any(seed, only) for seed in range(first, last)]


def run_any(seed: int, only: str) -> Outcome:
    """One schedule; what escapes the product is a finding like any other."""
    try:
        return run(_home(), seed, only=only)
    except Exception as error:
        found = (f"escaped {error!r}",)
        nothing: Counter[str] = Counter()
        return Outcome(
            seed=seed, digest="", found=found, faults=nothing, kinds=(only,), days=0, stored=0, trace=()
        )
