"""The files that operators copy say what the program understands."""

import configparser
import re
from pathlib import Path

import pytest

from monitor.cli.root import WHERE

ROOT = Path(__file__).parent.parent
RUNNING = ROOT / "docs" / "running"
UNITS = sorted(RUNNING.glob("systemd/*"))
PAGES = sorted(RUNNING.glob("*.md"))


def test_every_command_that_the_pages_and_units_tell_exists() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (*PAGES, *UNITS, RUNNING / "Containerfile"))
    named = set(re.findall(r"(?:-m monitor|`monitor|^    monitor) (?:--\S+ )*([a-z]+)", told, re.MULTILINE))
    assert named - WHERE.keys() == set()
    assert {"serve", "restore", "migrate", "doctor"} <= named


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_well_formed_and_timers_have_their_service(unit: Path) -> None:
    parsed = configparser.RawConfigParser(strict=False)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # as its documentation says to keep case
    parsed.read_string(unit.read_text(encoding="utf-8"))
    kind = unit.suffix.removeprefix(".").capitalize()
    assert {"Unit", kind} <= set(parsed.sections())
    if kind == "Timer":
        assert unit.with_suffix(".service").exists()


def test_the_service_may_write_where_the_data_is_and_nowhere_else() -> None:
    text = (RUNNING / "systemd" / "monitor.service").read_text(encoding="utf-8")
    assert re.findall(r"^(?:ReadWritePaths|ProtectSystem|NoNewPrivileges)=(.*)$", text, re.MULTILINE) == [
        "strict",
        "/var/lib/monitor",
        "true",
    ]


def test_what_the_container_copies_is_there() -> None:
    text = (RUNNING / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists(), name
    assert "\nUSER monitor\n" in text


def test_proxies_replace_what_a_reader_claims_about_himself() -> None:
    nginx = (RUNNING / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "$proxy_add_x_forwarded_for" not in nginx
