"""The mutation score of a module: of a sample of small wrongs in it, how many do its tests notice?

Run as a process of its own that has nothing of the product imported: each mutant is a fork of it, in
which one module is compiled from the spoilt source. No file is changed.
"""

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path
from types import MappingProxyType, ModuleType

import numpy as np
import pandas as pd
import pytest
import sqlmodel

from tests.assurance.mutate import mutant, places

__all__ = ["np", "pd", "sqlmodel"]  # imported once here, for all forks

ROOT = Path(__file__).parents[2]
AREAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "monitor/access.py": ("tests/web/test_scope.py", "tests/access/test_matrix.py"),
        "monitor/rules": ("tests/rules", "-m", "not slow"),
        "devices/zk_time.py": ("tests/devices/test_zk_time.py",),
        "devices/zk": (
            "tests/devices/test_zk_decode.py",
            "tests/devices/test_zk_faults.py",
            "tests/devices/test_zk_time.py",
            "tests/devices/test_zk_examples.py",
            "tests/devices/test_zk_users.py",
            "tests/devices/test_zk_against_pyzk.py",
        ),
    }
)
"""The tests of a module, by how its path begins."""
PATIENCE = 4
"""How many times the time of sound code a mutant may take; one that takes longer is noticed, too."""


def main(arguments: Sequence[str]) -> int:
    """Tell the score as JSON; 2 when the tests fail without any wrong."""
    asked = _asked(arguments)
    tests = suite_of(asked.module)
    source = (ROOT / asked.module).read_text("utf-8")
    sound, seconds = _fork(asked.module, ast.parse(source), tests, 600)
    if sound != 0:
        sys.stderr.write("the tests fail without any wrong\n")
        return 2
    count = len(list(places(ast.parse(source))))
    chosen = random.Random(asked.seed).sample(range(count), min(asked.sample, count))  # noqa: S311 - a seed
    survived = []
    for number in sorted(chosen):
        tree, what = mutant(source, number)
        code, _ = _fork(asked.module, tree, tests, 10 + PATIENCE * seconds)
        if code == 0:
            survived.append(f"{number}: {what}")
    told = {
        "module": asked.module,
        "seed": asked.seed,
        "possible": count,
        "tried": len(chosen),
        "noticed": len(chosen) - len(survived),
        "survived": survived,
    }
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.assurance.mutants", description=__doc__)
    parser.add_argument("--module", required=True, help="a path such as monitor/access.py")
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args(arguments)


def suite_of(module: str) -> tuple[str, ...]:
    """What pytest is told to run for a module. Raises LookupError."""
    return next(tests for start, tests in AREAS.items() if module.startswith(start))


class _Instead(MetaPathFinder, Loader):
    """Finds one module, and gives it another code."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)  # noqa: S102 - the spoilt source


def _fork(module: str, tree: ast.Module, tests: Sequence[str], most_seconds: float) -> tuple[int, float]:
    """Run the tests against a tree in a fork; pytest's exit code (-1: took too long), and seconds."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_the_child(module, tree, tests)
    while time.monotonic() - began < most_seconds:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), time.monotonic() - began
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1, most_seconds


def _be_the_child(module: str, tree: ast.Module, tests: Sequence[str]) -> None:
    """Never returns."""
    code = 3
    try:
        os.setpgid(0, 0)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.environ["MONITOR_TWIN_WORLDS"] = "20"
        name = module.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, _Instead(name, ROOT / module, tree))
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
