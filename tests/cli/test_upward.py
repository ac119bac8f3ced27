"""Campaigns drawn by lot, reports upward and patterns from the command line, within an account's scope."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from tests.cli.conftest import Outcome, Run

DRAFT = ("check", "add", "--title", "Kiểm tra tháng 3", "--day", "2026-03-02", "--leader", "doan")


@pytest.fixture
def team(run: Run, office: Path) -> Path:
    """The office with an inspector's account and verdicts of its one day."""
    assert office.is_dir()
    assert run("account", "add", "doan", "--name", "Đoàn kiểm tra", "--role", "inspector").code == 0
    assert run("reconcile", "--from", "2026-03-02", "--to", "2026-03-02").code == 0
    return office


def code_in(told: Outcome) -> str:
    found = re.search(r"dot-[0-9a-f]+", told.out)
    assert found, told
    return found[0]


def test_a_sample_is_committed_to_then_drawn_once_opened_and_closed(run: Run, team: Path) -> None:
    drafted = run(*DRAFT, "--sample", "1", "--unit", "XA-VP")
    code = code_in(drafted)
    commitment = re.search(r"[0-9a-f]{64}", drafted.out)
    early = run("check", "start", code)
    drawn = run("check", "draw", code)

    assert (drafted.code, commitment is None) == (0, False)
    assert (early.code, "bốc thăm" in early.err) == (1, True)
    assert (drawn.code, "XA-VP" in drawn.out) == (0, True)
    assert run("check", "draw", code).code == 1
    assert run("check", "start", code).code == 0
    assert run("check", "close", code, "--reason", "xong").code == 0
    told = {row["action"] for row in json.loads(run("trail", "--json").out)}
    assert {"campaign_add", "campaign_draw", "campaign_open", "campaign_close"} <= told


def test_more_units_than_there_are_cannot_be_drawn(run: Run, team: Path) -> None:
    assert run(*DRAFT, "--sample", "2", "--unit", "XA-VP").code == 1
    assert json.loads(run("check", "list", "--json").out) == []


def test_a_month_s_report_is_written_and_traced(run: Run, team: Path) -> None:
    done = run("check", "upward", "month", "--unit", "XA", "--month", "2026-03", "--out", "thang.docx")

    assert (done.code, done.err) == (0, "")
    cells = [
        cell.text
        for row in Document(BytesIO((team / "thang.docx").read_bytes())).tables[1].rows
        for cell in row.cells
    ]
    assert "Văn phòng" in cells
    (exported,) = [row for row in json.loads(run("trail", "--json").out) if row["action"] == "export"]
    assert "upward.month.docx" in json.dumps(exported)


def test_a_report_needs_a_month_or_a_campaign_and_a_known_unit(run: Run, team: Path) -> None:
    wanted = ("check", "upward", "month", "--unit", "XA", "--out", "x.pdf")

    assert run(*wanted).code == 1
    assert run(*wanted, "--month", "2026-03", "--campaign", "dot-1").code == 1
    assert run(*wanted[:4], "KHONG", *wanted[5:], "--month", "2026-03").code == 1
    assert not (team / "x.pdf").exists()


def test_patterns_are_measured_again_with_a_seed(run: Run, team: Path) -> None:
    first, again = (run("check", "patterns", "--honest", "400", "--seed", "7", "--json") for _ in range(2))
    other = run("check", "patterns", "--honest", "400", "--seed", "8", "--json")

    assert first.out == again.out != other.out
    assert [row["on"] for row in json.loads(first.out)] == [False] * 5


def test_a_pattern_is_switched_on_with_a_reason(run: Run, team: Path) -> None:
    assert run("check", "switch", "pairs", "--on", "--reason", " ").code == 1
    assert run("check", "switch", "pairs", "--on", "--reason", "KH 5").code == 0

    assert "Hai người chấm liền nhau nhiều lần – đang bật" in run("check", "patterns").out
