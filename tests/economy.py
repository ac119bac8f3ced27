"""What a process of tests does once instead of once in a test; nothing of it changes what is tested."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

NEW_OBJECTS = 20_000
"""So many new objects bring the collector; Python's own 700 bring it every few statements of a test."""


class _Templates(BytecodeCache):
    """Compiled templates by the name of their file and their content: a planted change is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


@contextmanager
def applications_share_what_is_compiled() -> Iterator[None]:
    """Within, a template or an address is compiled by the first application of the process that needs it.

    That took most of an application's making, and most of its first answer.
    """
    builders: dict[object, Callable[..., tuple[str, str]]] = {}
    build: Any = getattr(Rule, "_compile_builder")  # noqa: B009 - what Werkzeug does twice for each address

    def once(rule: Any, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        told = tuple(sorted((rule.defaults or {}).items()))
        asked = (rule.rule, tuple(rule._trace), told, append_unknown)
        if asked not in builders:
            builders[asked] = build(rule, append_unknown)
        return builders[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": _Templates()})
        patch.setattr(Rule, "_compile_builder", once)
        yield


def collect_nothing_yet() -> None:
    """Modules are being loaded: nothing of that is ever garbage, and looking takes a seventh of the time."""
    gc.disable()


def collect_what_tests_make() -> None:
    """All is loaded: it is looked through no more."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    gc.enable()
