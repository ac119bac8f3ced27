"""Bugs to plant: one text of one function replaced by what a naive program would do, the rest as it is."""

import importlib
import inspect
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from types import FunctionType
from typing import Any

TABLE = Path(__file__).parent / "planted_bugs.toml"


class StaleBugError(LookupError):
    """The text to be replaced is not in the function exactly once: the table is behind the product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A naive way of doing something: in which function which text becomes which.

    `property` is the one that it breaks. `fault` and `seed` are a schedule that notices it, found by
    `python -m tests.simulation --bugs`; `fault` '' is the schedule as the seed draws it.
    """

    name: str
    property: str
    where: str
    old: str
    new: str
    seed: int
    fault: str = ""

    def __str__(self) -> str:
        """Its name."""
        return self.name


@cache
def bugs() -> tuple[Bug, ...]:
    """The table."""
    return tuple(Bug(**row) for row in tomllib.loads(TABLE.read_text("utf-8"))["bug"])


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The product with the bug in it: a function's code is exchanged where it stands, for all callers."""
    function = _found(bug.where)
    sound, source = function.__code__, textwrap.dedent(inspect.getsource(function))
    if source.count(bug.old) != 1:
        raise StaleBugError(bug.where, bug.old)
    function.__code__ = _compiled(function, source.replace(bug.old, bug.new))
    try:
        yield
    finally:
        function.__code__ = sound


def _found(where: str) -> FunctionType:
    """`module:function` or `module:Class.method`, without its decorators."""
    module, _, path = where.partition(":")
    found: Any = reduce(getattr, path.split("."), importlib.import_module(module))
    plain: FunctionType = inspect.unwrap(found)
    return plain


def _compiled(function: FunctionType, source: str) -> Any:
    names: dict[str, Any] = {}
    code = compile(source, f"<planted in {function.__qualname__}>", "exec")
    exec(code, function.__globals__, names)  # noqa: S102 - the point of it
    return inspect.unwrap(names[function.__name__]).__code__
