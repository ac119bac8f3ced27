"""Whatever is killed, whenever: what was acknowledged is there, once, and the next run completes."""

import os
import shutil
import signal
from multiprocessing import Pipe
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.assurance.kills import Campaign, missing_copies
from tests.assurance.office import Promises, furnish
from tests.assurance.server import serving
from tests.assurance.soundness import complaints
from tests.assurance.victims import Task, back_up
from tests.memory import memory_disk

KILLS = int(os.environ.get("MONITOR_SIGKILLS", "180"))
AT_ONCE = 45
KILLS_ON_A_SERVER = 20
SEED = int(os.environ.get("MONITOR_SIGKILL_SEED", "2026"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills processes"),
]


@pytest.mark.parametrize("first", range(0, KILLS, AT_ONCE))
def test_nothing_acknowledged_is_lost_or_doubled_by_kills(first: int) -> None:
    times = min(AT_ONCE, KILLS - first)
    with TemporaryDirectory(prefix="monitor-kills-", dir=memory_disk()) as folder:
        tally = Campaign(Path(folder), SEED + first).run(times)
    assert tally.found == []
    assert tally.kills == times
    assert tally.acknowledged > 0


@pytest.mark.postgres
def test_neither_are_they_on_a_server_that_is_killed_as_well(tmp_path: Path) -> None:
    (tmp_path / "offices").mkdir()
    with serving(tmp_path / "server") as server:
        tally = Campaign(tmp_path / "offices", SEED, server).run(KILLS_ON_A_SERVER)
    assert tally.found == []
    assert tally.kills == KILLS_ON_A_SERVER
    assert tally.crashes > 0
    assert tally.acknowledged > 0


def test_broken_promises_are_found_out(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    assert complaints(path, Promises()) == []
    broken = Promises(must={("7", 1)}, excuses={20_600}, closed=True)
    assert complaints(path, broken) == ["lost ('7', 1)", "lost leave on 20600", "a closed month is open"]
    shutil.copy(__file__, path)
    assert complaints(path, Promises())[0].startswith("not readable")


def test_of_two_backups_of_a_day_the_newer_one_is_promised(tmp_path: Path) -> None:
    furnish(folder := tmp_path / "office")
    line, _ = Pipe()
    tasks = [Task(work="backup", folder=folder, number=number) for number in (1, 2)]
    names = [Path(back_up(task, line)).name for task in tasks]
    assert missing_copies(folder, Promises(copy=names[1])) == []
    (folder / "copies" / names[1]).unlink()
    assert missing_copies(folder, Promises(copy=names[1])) == [f"{names[1]} is gone"]
