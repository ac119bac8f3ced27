"""The mutation score of a module or a folder: of a sample of small wrongs in it, how many do tests notice?

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
from collections.abc import Iterator, Mapping, Sequence
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
        "monitor/access.py": (
            "tests/web/test_scope.py",
            "tests/web/test_terminals_scope.py",
            "tests/access/test_matrix.py",
        ),
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
EARLY = ("tests/rules/test_scenarios.py", "tests/rules/test_twin_worlds.py")
"""Cheap tests that see much, before the others of their area."""
PATIENCE = 4
"""How many times the time of sound code a mutant may take; one that takes longer is noticed, too."""


def main(arguments: Sequence[str]) -> int:
    """Tell the score as JSON; 2 when the tests fail without any wrong."""
    asked = _asked(arguments)
    modules = modules_in(asked.module)
    sound, seconds = _fork(modules[0], _tree(modules[0]), suite_of(modules[0]), 1_200)
    if sound != 0:
        sys.stderr.write("the tests fail without any wrong\n")
        return 2
    wrongs = [(module, number) for module in modules for number, _ in enumerate(places(_tree(module)))]
    dice = random.Random(asked.seed)  # noqa: S311 - replayed by its seed
    chosen = sorted(dice.sample(wrongs, min(asked.sample, len(wrongs))))
    survived = []
    for module, number in chosen:
        tree, what = mutant((ROOT / module).read_text("utf-8"), number)
        code, _ = _fork(module, tree, suite_of(module), 10 + PATIENCE * seconds)
        if code == 0:
            survived.append(f"{module} {number}: {what}")
    told = {
        "module": asked.module,
        "seed": asked.seed,
        "possible": len(wrongs),
        "tried": len(chosen),
        "noticed": len(chosen) - len(survived),
        "survived": survived,
    }
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 0


def modules_in(place: str) -> list[str]:
    """A module, or all of a folder's."""
    found = sorted((ROOT / place).glob("*.py")) if (ROOT / place).is_dir() else [ROOT / place]
    return [str(one.relative_to(ROOT)) for one in found]


def _tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.assurance.mutants", description=__doc__)
    parser.add_argument("--module", required=True, help="such as monitor/access.py, or a folder of them")
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args(arguments)


def suite_of(module: str) -> tuple[str, ...]:
    """What pytest is told to run for a module, the tests that name it first. Raises LookupError."""
    tests = next(tests for start, tests in AREAS.items() if module.startswith(start))
    return *_closest(module, tests), *tests


def _closest(module: str, tests: Sequence[str]) -> Iterator[str]:
    """Tests of the area that are called like the module or import it: most wrongs end there."""
    name = module.removesuffix(".py").replace("/", ".")
    for folder in (ROOT / one for one in tests if (ROOT / one).is_dir()):
        for file in sorted(folder.glob("test_*.py")):
            if file.stem == f"test_{Path(module).stem}" or f"{name} import" in file.read_text("utf-8"):
                yield str(file.relative_to(ROOT))
    yield from (one for one in EARLY if one.startswith(tuple(tests)))


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
        os.environ["MONITOR_ACCESS_WORLDS"] = "1"
        name = module.removesuffix(".py").replace("/", ".")
        sys.meta_path.insert(0, _Instead(name, ROOT / module, tree))
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
