"""Whatever is killed, whenever: what was acknowledged is there, once, and the next run completes."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.assurance.kills import Campaign
from tests.assurance.office import Promises
from tests.assurance.soundness import complaints

KILLS = int(os.environ.get("MONITOR_SIGKILLS", "24"))
SEED = int(os.environ.get("MONITOR_SIGKILL_SEED", "2026"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills processes"),
]


def test_nothing_acknowledged_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    tally = Campaign(tmp_path, SEED).run(KILLS)
    assert tally.found == []
    assert tally.kills == KILLS
    assert tally.acknowledged > 0


def test_broken_promises_are_found_out(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    assert complaints(path, Promises()) == []
    broken = Promises(must={("7", 1)}, excuses={20_600}, closed=True)
    assert complaints(path, broken) == ["lost ('7', 1)", "lost leave on 20600", "a closed month is open"]
    shutil.copy(__file__, path)
    assert complaints(path, Promises())[0].startswith("not readable")
