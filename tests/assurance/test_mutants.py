"""The mutation run itself: wrongs are where they are said to be, and are noticed."""

import ast
import json
import subprocess
import sys

import pytest

from tests.assurance.__main__ import table
from tests.assurance.mutants import AREAS, ROOT, modules_in, suite_of
from tests.assurance.mutate import mutant, places

SOURCE = """
def f(a: int = 3) -> bool | None:
    if a < 2 and not a:
        return a + 1 == 4
    return None
"""


def test_every_wrong_changes_one_thing_of_the_logic() -> None:
    count = len(list(places(ast.parse(SOURCE))))
    said = [mutant(SOURCE, number)[1] for number in range(count)]
    assert len({ast.unparse(mutant(SOURCE, number)[0]) for number in range(count)}) == count
    assert "line 3: a < 2 -> a <= 2" in said
    assert "line 4: a + 1 -> a - 1" in said
    assert "line 4: return a + 1 == 4 -> return None" in said
    assert not any("bool" in one for one in said)  # annotations say nothing to the machine


def test_the_suite_of_every_area_are_there() -> None:
    for tests in AREAS.values():
        assert all((ROOT / path).exists() for path in tests if path.startswith("tests/"))
    suite = suite_of("monitor/rules/verdict.py")
    assert suite.index("tests/rules/test_verdict.py") < suite.index("tests/rules")


def test_a_folder_stands_for_all_of_its_modules() -> None:
    assert {"monitor/rules/verdict.py", "monitor/rules/blocks.py"} <= {*modules_in("monitor/rules")}
    assert modules_in("monitor/access.py") == ["monitor/access.py"]


@pytest.mark.slow
def test_a_wrong_in_the_decoder_of_times_is_noticed() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.assurance.mutants",
        "--module",
        "devices/zk_time.py",
        "--sample",
        "2",
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["tried"]) == (0, 2)
    assert told["noticed"] >= 1, told["survived"]


def test_results_become_a_table() -> None:
    one = {
        "what": "mutants",
        "module": "m",
        "noticed": 4,
        "tried": 5,
        "found": [],
        "seed": 1,
        "commit": "abc",
    }
    more = {"at": "2026-11-22T10:00:00", "seconds": 7, "load": 0.5, "processors": 2}
    assert "| mutants | m: 4 of 5 noticed | 0 | 1 | abc | 2026-11-22 | 7 s |" in table([one | more])
