"""Cut power loses nothing that was acknowledged; a storage that waits less for the disk is found out."""

import os
import shutil
from pathlib import Path

import pytest

from tests.assurance.disk import compiler
from tests.assurance.office import furnish
from tests.assurance.power import MODES, cut_everywhere

IMAGES = int(os.environ.get("MONITOR_POWER_IMAGES", "100"))
SEED = int(os.environ.get("MONITOR_POWER_SEED", "2026"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(compiler() is None, reason="no C compiler to build the recorder with"),
    pytest.mark.skipif(os.uname().sysname != "Linux", reason="the recorder is written for Linux"),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("power") / "template"
    furnish(folder)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "template")
    return tmp_path


@pytest.mark.parametrize("mode", MODES, ids="-".join)
def test_nothing_acknowledged_is_lost_wherever_the_power_is_cut(folder: Path, mode: tuple[str, str]) -> None:
    tally = cut_everywhere(folder, IMAGES // len(MODES), SEED, (mode,))
    assert tally.found == []
    assert tally.images == IMAGES // len(MODES)
    assert tally.calls > 500


@pytest.mark.parametrize("mode", [("DELETE", "FULL"), ("WAL", "NORMAL")], ids="-".join)
def test_less_waiting_for_the_disk_would_be_found_out(folder: Path, mode: tuple[str, str]) -> None:
    tally = cut_everywhere(folder, 25, SEED, (mode,))
    assert any(": lost (" in one for one in tally.found)
