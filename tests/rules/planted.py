"""The product with a mistake planted in it: one text of one module replaced, the rest as it is."""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.rules.scenario_engine import Engine

TABLE = Path(__file__).parent / "planted_bugs.toml"
PACKAGES = ("monitor.rules", "monitor.exports")
SHARED = {f"monitor.rules.{name}" for name in ("arrays", "codes", "columns", "regulation", "wallclock")}
"""Modules of the values that go in and out: loaded anew only when the mistake is in them."""


class StaleBugError(LookupError):
    """The text to be replaced is not in the module exactly once: the table is behind the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A mistake: in which module which text is replaced by which; `rules` are the ids that notice it."""

    rules: tuple[str, ...]
    module: str
    old: str
    new: str

    def __str__(self) -> str:
        """Module and first line of the text."""
        return f"{self.module}: {self.old.splitlines()[0].strip()}"


@cache
def bugs() -> tuple[Bug, ...]:
    """The table of mistakes; modules are named without their package where it is `monitor.rules`."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["bug"]
    return tuple(
        Bug(
            rules=tuple(row["rules"]),
            module=row["module"] if "." in row["module"] else f"monitor.rules.{row['module']}",
            old=row["old"],
            new=row["new"],
        )
        for row in rows
    )


@cache
def definitions() -> dict[str, str]:
    """Ids that no change of the engine can contradict, and why."""
    reasons: dict[str, str] = {}
    for row in tomllib.loads(TABLE.read_text("utf-8"))["definition"]:
        reasons |= dict.fromkeys(row["rules"], row["why"])
    return reasons


def engine_with(bug: Bug) -> Engine:
    """A copy of the product that has the mistake. Raises StaleBugError."""
    with modules_apart(bug):
        return Engine(
            reconcile=importlib.import_module("monitor.rules.reconcile").reconcile,
            silent_days=importlib.import_module("monitor.rules.silence").silent_days,
            sessions_table=importlib.import_module("monitor.exports.records").sessions_table,
            overtime_table=importlib.import_module("monitor.exports.overtime").overtime_table,
        )


@contextmanager
def modules_apart(bug: Bug) -> Iterator[None]:
    """Within, the modules are imported anew, one of them changed; after, all is as before."""
    packages = {name: sys.modules[name] for name in PACKAGES}
    attributes = {name: dict(vars(package)) for name, package in packages.items()}
    own = {name: module for name, module in sys.modules.items() if name.rpartition(".")[0] in PACKAGES}
    for name in own.keys() - (SHARED - {bug.module}):
        del sys.modules[name]
    finder = PlantedFinder(bug)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.rpartition(".")[0] in PACKAGES]:
            del sys.modules[name]
        sys.modules.update(own)
        for name, package in packages.items():
            vars(package).update(attributes[name])


class PlantedFinder(MetaPathFinder):
    """Finds the changed module; leaves the others to those who come after."""

    def __init__(self, bug: Bug) -> None:
        self.bug = bug

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's own spec with another loader."""
        if fullname != self.bug.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            raise StaleBugError(str(self.bug))
        spec.loader = PlantedLoader(fullname, spec.origin, self.bug)
        return spec


class PlantedLoader(SourceFileLoader):
    """Loads a module's source with the text replaced, past the cache of compiled files."""

    def __init__(self, fullname: str, path: str, bug: Bug) -> None:
        super().__init__(fullname, path)
        self.bug = bug

    def get_code(self, fullname: str) -> CodeType:
        """The changed source, compiled. Raises StaleBugError."""
        source = Path(self.path).read_text("utf-8")
        if source.count(self.bug.old) != 1:
            raise StaleBugError(f"{source.count(self.bug.old)} times in {fullname}: {self.bug.old}")
        return compile(source.replace(self.bug.old, self.bug.new), self.path, "exec")
