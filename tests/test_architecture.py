"""The house keeps its style: sizes, clocks, locks. Import directions are held by import-linter."""

import ast
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in ("monitor", "devices", "jobs")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations/versions" not in str(path)
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 10
LONGER_FILES = {
    # One set of columns and its documentation is read as one page.
    "monitor/rules/columns.py": 400,
}
READS_THE_CLOCK = {
    "monitor/clock.py": "the one place that knows the present, or the demo's",
    "monitor/cli/demonstrating.py": "the demo's real start",
    "monitor/cli/supervision.py": "how long a child lived",
    "jobs/scheduler.py": "when a run was due",
    "jobs/prune.py": "how old a run's row is",
    "jobs/far_contacts.py": "how wrong a worker's clock is",
}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_two_files() -> None:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {
        name: count for name, count in lines.items() if count > LONGER_FILES.get(name, LONGEST_FILE)
    } == {}


def test_no_function_is_long_and_most_are_short() -> None:
    sizes = {f"{name_of(path)}:{node.name}": length(node) for path in SOURCES for node in functions(path)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}
    assert statistics.median(sizes.values()) < MEDIAN_FUNCTION


def test_the_clock_is_read_at_the_edge_only() -> None:
    found = {name_of(path) for path in SOURCES if any(reads_clock(path))}
    assert found - READS_THE_CLOCK.keys() == set()


def reads_clock(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and (owner.id, node.func.attr) in CLOCKS:
                yield node


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--hash=sha256:" in text


def test_no_lock_that_records_addresses_is_kept() -> None:
    kept = subprocess.run(
        ["git", "ls-files", "uv.lock", "pylock.toml"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert kept.stdout == ""


def test_drivers_never_import_each_other_and_pyzk_has_one_door() -> None:
    imports = {
        name_of(path): {
            alias
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for alias in imported(node)
        }
        for path in SOURCES
    }
    assert {name for name, found in imports.items() if "zk" in found} == {"devices/zk_contact.py"}
    assert {name for name, found in imports.items() if "apscheduler" in found} == {"jobs/scheduler.py"}


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.split(".")[0]]
    return []
