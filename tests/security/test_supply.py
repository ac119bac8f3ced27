"""The bill of materials names what is locked; the audit is loud where it cannot know, and fails on a hole."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / ".ci" / "audit"

# Stands for the audit's library: gives what a network would have given.
ANSWERING = """
import runpy, subprocess, sys
class Told:
    stdout = sys.argv[2]
subprocess.run = lambda *_, **__: Told
sys.argv = ["audit", "requirements.lock"]
runpy.run_path({path!r}, run_name="__main__")
"""


def audited(*packages: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """The audit's own words on an answer."""
    told = json.dumps({"dependencies": packages}) if packages else "no network"
    command = [sys.executable, "-c", ANSWERING.format(path=str(AUDIT)), "x", told]
    return subprocess.run(command, capture_output=True, text=True, check=False)


SOUND: dict[str, object] = {"name": "flask", "version": "3.1.3", "vulns": []}
HOLED: dict[str, object] = {
    "name": "flask",
    "version": "0.1",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.3"]}],
}
UNKNOWN: dict[str, object] = {"name": "flask", "version": "3.1.3", "skip_reason": "not found"}


def test_a_known_hole_fails_the_audit() -> None:
    done = audited(SOUND, HOLED)

    assert done.returncode == 1
    assert "flask 0.1: PYSEC-1, mended in 3.1.3" in done.stdout


@pytest.mark.parametrize("packages", [(), (UNKNOWN,), (SOUND, UNKNOWN)])
def test_what_could_not_be_looked_up_is_said_loudly_and_fails_nothing(
    packages: tuple[dict[str, object], ...],
) -> None:
    done = audited(*packages)

    assert done.returncode == 0
    assert "NOT AUDITED" in done.stderr


def test_sound_packages_are_told_quietly() -> None:
    done = audited(SOUND)

    assert (done.returncode, done.stderr) == (0, "")
    assert "1 packages looked up, 0 known holes" in done.stdout


@pytest.mark.slow
def test_the_bill_of_materials_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible"]
    command += ["--output-format", "JSON", "-o", str(tmp_path / "sbom.json"), str(lock)]
    subprocess.run(command, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))

    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", lock.read_text("utf-8"), re.MULTILINE))
    told = {(one["name"], one["version"]) for one in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert told == locked
    assert all(one["externalReferences"][0]["hashes"] for one in bill["components"])


def test_what_is_made_is_never_committed() -> None:
    kept = subprocess.run(["git", "ls-files", "build"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert kept.stdout == ""
    assert "build/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
