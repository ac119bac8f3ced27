"""Fault schedules from seeds: nothing lost, doubled or invented, nobody called absent who was seen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store.driver import CHOICE, sqlite3
from monitor.store.session import safe_journal
from tests.simulation.draw import FAULTS
from tests.simulation.installation import Installation
from tests.simulation.properties import ELSEWHERE, PROPERTIES
from tests.simulation.run import run

pytestmark = pytest.mark.slow

SCHEDULES = int(os.environ.get("MONITOR_SIMULATIONS", "1000"))
AT_ONCE = 25
OTHERWISE = 100
ROOT = Path(__file__).parents[2]
KEPT = [
    tuple(line.split("#")[0].split())
    for line in (Path(__file__).parent / "seeds.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_ONCE))
def test_every_property_holds_after_any_schedule(home: Installation, first: int) -> None:
    outcomes = [run(home, seed) for seed in range(first, min(first + AT_ONCE, SCHEDULES))]
    assert not [str(outcome) for outcome in outcomes if outcome.found]
    assert all(outcome.stored for outcome in outcomes)


@pytest.mark.parametrize("first", range(0, OTHERWISE, AT_ONCE))
def test_so_it_does_with_the_sqlite_of_python_and_the_other_journal(tmp_path: Path, first: int) -> None:
    """As on machines for which none comes along; in a process of its own, which has one library."""
    journal = "DELETE" if safe_journal(sqlite3.sqlite_version_info)[0] == "WAL" else "WAL"
    wanted = {"--from-seed": first, "--schedules": AT_ONCE, "--journal": journal, "--json": tmp_path / "told"}
    options = [str(word) for pair in wanted.items() for word in pair]
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT), CHOICE: "python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    found = json.loads((tmp_path / "told").read_text("utf-8"))
    assert (found["schedules"], found["journal"], found["failing"]) == (AT_ONCE, journal, [])
    assert found["punches_owed"] > 0


@pytest.mark.parametrize("kept", KEPT, ids=" ".join)
def test_a_seed_that_once_found_something_finds_nothing_now(
    home: Installation, kept: tuple[str, ...]
) -> None:
    assert not run(home, int(kept[0]), only=kept[1] if len(kept) > 1 else "").found


def test_one_seed_is_repeated_by_its_line(home: Installation) -> None:
    """`SIM_SEED=… pytest tests/simulation/test_schedules.py -k one_seed` shows the trace of a failure."""
    outcome = run(home, int(os.environ.get("SIM_SEED", "1")), only=os.environ.get("SIM_FAULT", ""))
    sys.stdout.write("\n".join(outcome.trace) + "\n")
    assert not outcome.found, str(outcome)


def test_a_seed_means_the_same_in_every_process(home: Installation) -> None:
    seed = 11
    command = [
        sys.executable,
        "-m",
        "tests.simulation",
        "--from-seed",
        str(seed),
        "--schedules",
        "1",
        "--digest",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        command, cwd=home.folder, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(seed), run(home, seed).digest]
    assert run(home, seed).digest != run(home, seed + 1).digest


def test_every_property_is_checked_here_or_said_to_be_checked_elsewhere() -> None:
    assert {*PROPERTIES, *ELSEWHERE} == {f"P{number}" for number in range(1, 11)}
    assert not {*PROPERTIES} & {*ELSEWHERE}


def test_every_kind_of_fault_springs(home: Installation) -> None:
    """A fault that never happens proves nothing: of those drawn by the seeds, the counters tell."""
    kinds = ("kill", "database_busy", "overtaken", "pull_short", "push_answer_lost", "restored")
    for kind in kinds:
        assert any(run(home, seed, only=kind).faults for seed in range(3)), kind
    assert {*kinds} <= {*FAULTS}
