"""The long run: `python -m tests.simulation --schedules 100000 --from-seed N --processes 2 --json FILE`."""

import argparse
import json
import multiprocessing
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.store.driver import sqlite3
from monitor.store.session import safe_journal
from tests.simulation.bugs import bugs, planted
from tests.simulation.draw import FAULTS
from tests.simulation.installation import unsynced
from tests.simulation.run import Outcome
from tests.simulation.shares import run_any, share

ROOT = Path(__file__).parents[2]
SHARE = 50
"""Seeds that a process takes at a time."""
KINDS = {"lost": "P1 lost", "doubled": "P1 doubled", "invented": "P1 invented", "wrong_absences": "P6"}


def main() -> int:
    """Run schedules, or look for schedules that notice each planted bug; 1 when something was found."""
    asked = _asked()
    if asked.bugs:
        return _look_for_bugs(asked.from_seed, asked.schedules)
    began = time.process_time(), time.time()
    last = asked.from_seed + asked.schedules
    firsts = range(asked.from_seed, last, SHARE)
    shares = [(first, min(first + SHARE, last), asked.only, asked.journal) for first in firsts]
    summary = _Summary(asked.digest)
    for outcomes in _run_shares(shares, asked.processes):
        summary.add(outcomes)
    told = summary.told(asked, time.time() - began[1])
    if asked.json:
        Path(asked.json).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if not asked.digest:
        sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 1 if told["failing"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", help="where to write the summary")
    parser.add_argument("--only", default="", choices=["", *FAULTS], help="one kind of fault")
    parser.add_argument("--journal", default="", choices=["", "WAL", "DELETE"], help="as SQLite is used")
    parser.add_argument("--digest", action="store_true", help="print each seed with the digest of its trace")
    parser.add_argument("--bugs", action="store_true", help="find a schedule that notices each planted bug")
    return parser.parse_args()


def _run_shares(shares: list[tuple[int, int, str, str]], processes: int) -> Iterator[list[Outcome]]:
    if processes == 1:
        yield from map(share, shares)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(share, shares)


class _Summary:
    """What all schedules came to."""

    def __init__(self, digests: bool) -> None:
        self._digests = digests
        self.schedules = self.days = self.stored = 0
        self.faults: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.failing: list[str] = []

    def add(self, outcomes: list[Outcome]) -> None:
        """Count a share of them; failing ones are told at once."""
        for one in outcomes:
            self.schedules, self.days, self.stored = (
                self.schedules + 1,
                self.days + one.days,
                self.stored + one.stored,
            )
            self.faults += one.faults
            if self._digests:
                sys.stdout.write(f"{one.seed} {one.digest}\n")
            for what in one.found:
                self.kinds.update(kind for kind, start in KINDS.items() if what.startswith(start))
            if one.found:
                self.failing.append(str(one))
                sys.stderr.write(f"{one}\n")

    def told(self, asked: argparse.Namespace, seconds: float) -> dict[str, Any]:
        """The summary, with what one needs to repeat it."""
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": _commit(),
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "journal": asked.journal or safe_journal(sqlite3.sqlite_version_info)[0],
            "from_seed": asked.from_seed,
            "schedules": self.schedules,
            "seconds": round(seconds),
            "working_days": self.days,
            "punches_owed": self.stored,
            **{kind: self.kinds[kind] for kind in KINDS},
            "faults": dict(sorted(self.faults.items())),
            "failing": self.failing,
        }


def _commit() -> str:
    found = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


def _look_for_bugs(first: int, schedules: int) -> int:
    """Print for each planted bug the first schedule of its fault that notices it."""
    unnoticed = 0
    with unsynced():
        for bug in bugs():
            with planted(bug):
                hits = (seed for seed in range(first, first + schedules) if run_any(seed, bug.fault).found)
                seed = next(hits, None)
            sys.stdout.write(f"{bug}: {bug.fault or 'any'} {'unnoticed' if seed is None else seed}\n")
            unnoticed += seed is None
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
