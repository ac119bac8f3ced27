"""The long runs: `python -m tests.assurance kills|power|fuzz|mutants|restore|load|table ...`."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from monitor.store.driver import sqlite3
from tests.memory import memory_disk

ROOT = Path(__file__).parents[2]
Told = dict[str, Any]


def main() -> int:
    """Run one kind; 1 when something was found."""
    asked = _asked()
    if asked.what == "table":
        sys.stdout.write(table(json.loads(Path(asked.json).read_text("utf-8"))))
        return 0
    began, load = time.monotonic(), os.getloadavg()[0]
    told = RUNS[asked.what](asked)
    told = {
        "what": asked.what,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "processors": os.cpu_count(),
        "load": round(load, 1),
        "seed": asked.seed,
        "seconds": round(time.monotonic() - began),
        **told,
    }
    _keep(told, asked.json)
    return 1 if told["found"] else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.assurance", description=__doc__)
    parser.add_argument("what", choices=[*RUNS, "table"])
    parser.add_argument("--times", "--images", type=int, default=200, dest="times")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--postgres", action="store_true", help="of kills: on a server, killed as well")
    parser.add_argument("--module", default="devices/zk_decode.py", help="of mutants")
    parser.add_argument("--sample", type=int, default=50, help="of mutants")
    parser.add_argument("--terminals", type=int, default=500, help="of load")
    parser.add_argument("--browsers", type=int, default=200, help="of load: people who browse")
    parser.add_argument("--seconds", type=float, default=240.0, help="of load")
    parser.add_argument("--json", help="the file to which the result is added (which table reads)")
    return parser.parse_args()


def kills(asked: argparse.Namespace) -> Told:
    """SIGKILLs of real processes."""
    from tests.assurance.kills import Campaign
    from tests.assurance.server import serving

    # A kill keeps what the system was given, on any disk; power is cut elsewhere.
    with TemporaryDirectory(prefix="monitor-kills-", dir=memory_disk()) as folder:
        if not asked.postgres:
            return asdict(Campaign(Path(folder), asked.seed).run(asked.times))
        with serving(Path(folder) / "server") as server:
            (Path(folder) / "offices").mkdir()
            return asdict(Campaign(Path(folder) / "offices", asked.seed, server).run(asked.times))


def power(asked: argparse.Namespace) -> Told:
    """Images of what a power cut leaves."""
    from tests.assurance.disk import compiler
    from tests.assurance.power import cut_everywhere

    if compiler() is None:
        sys.exit("no C compiler (cc) to build the recorder with")
    place = memory_disk()
    with TemporaryDirectory(prefix="monitor-power-", dir=place) as folder:
        return asdict(cut_everywhere(Path(folder), asked.times, asked.seed))


def fuzz(asked: argparse.Namespace) -> Told:
    """Half of the inputs to the decoders of the first source, half to all others."""
    from tests.assurance import hostile
    from tests.devices import fuzzing

    half = asked.times // 2
    try:
        fed = dict(fuzzing.campaign(half, asked.seed)) | hostile.campaign(asked.times - half, asked.seed)
    except Exception as error:
        return {"inputs": 0, "fed": {}, "found": [repr(error), *error.__notes__]}
    return {"inputs": sum(fed.values()), "fed": fed, "found": []}


def mutants(asked: argparse.Namespace) -> Told:
    """A sample of wrongs in one module."""
    command = [sys.executable, "-m", "tests.assurance.mutants", "--module", asked.module]
    command += ["--sample", str(asked.sample), "--seed", str(asked.seed)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(ran.stdout) | {"found": []} if ran.returncode == 0 else {"found": [ran.stderr]}


def restore(asked: argparse.Namespace) -> Told:
    """A database with so many punches: backed up, and a drill of its restore, both timed."""
    from tests.assurance.large import timed

    with TemporaryDirectory(prefix="monitor-restore-") as folder:
        return timed(Path(folder), asked.times)


def load(asked: argparse.Namespace) -> Told:
    """Terminals that deliver, people who browse and slow clients at once, against the real servers."""
    from tests.assurance.load import SLOW_CLIENTS, Tally, endure

    crowd = {"terminals": asked.terminals, "browsers": asked.browsers, "slow": SLOW_CLIENTS}
    with TemporaryDirectory(prefix="monitor-load-") as folder:
        tally = endure(Path(folder), Tally(**crowd, for_seconds=asked.seconds), asked.seed)
    return asdict(tally)


RUNS: Mapping[str, Callable[[argparse.Namespace], Told]] = MappingProxyType(
    {"kills": kills, "power": power, "fuzz": fuzz, "mutants": mutants, "restore": restore, "load": load}
)
FIGURES: Mapping[str, Callable[[Told], str]] = MappingProxyType(
    {
        "kills": lambda one: (
            f"{one['kills']} kills, {one['at_work']} of them of a process at work, "
            f"{one.get('crashes', 0)} of a PostgreSQL server; "
            f"{one['acknowledged']} acknowledgements looked for"
        ),
        "power": lambda one: (
            f"{one['images']} images of {one['recordings']} recordings, {one['calls']} calls"
        ),
        "fuzz": lambda one: f"{one['inputs']:,} inputs",
        "mutants": lambda one: f"{one['module']}: {one['noticed']} of {one['tried']} noticed",
        "load": lambda one: (
            f"{one['terminals']} terminals, {one['browsers']} people, {one['slow']} slow clients for "
            f"{one['for_seconds']:.0f} s: {one['acknowledged']:,} punches acknowledged; "
            + ", ".join(f"{each['what']} {each['first']} to {each['last']}" for each in one["growth"])
        ),
        "restore": lambda one: (
            f"{one['punches']:,} punches, {one['megabytes']} MB: backed up in {one['backup_seconds']} s, "
            f"restored on trial in {one['drill_seconds']} s"
        ),
    }
)


def table(results: list[Told]) -> str:
    """The results as the table of docs/assurance.md."""
    lines = [
        "| run | figures | found | seed | commit | date | took | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        cells = (one["what"], FIGURES[one["what"]](one), len(one["found"]), one["seed"], one["commit"])
        when = (one["at"][:10], f"{one['seconds']} s", f"{one['load']} on {one['processors']} processors")
        lines.append("| " + " | ".join(map(str, (*cells, *when))) + " |")
    return "\n".join(lines) + "\n"


def _keep(told: Told, path: str | None) -> None:
    """Show a result, and add it to the file."""
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    if path:
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        before = json.loads(file.read_text("utf-8")) if file.exists() else []
        file.write_text(json.dumps([*before, told], indent=1, ensure_ascii=False) + "\n", "utf-8")


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
