"""Inspection campaigns from the command line."""

import json
from pathlib import Path

import openpyxl
import pytest

from monitor.config import load_settings
from monitor.store.session import open_database, transaction
from monitor.store.tables import Account
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

OPEN = ("check", "open", "--title", "Kiểm tra đột xuất", "--day", "2026-03-02", "--leader", "thanhtra")


def test_a_campaign_from_opening_to_its_papers(run: Run, office: Path) -> None:
    engine = open_database(load_settings(office / "config.toml").database_url)
    with transaction(engine) as session:
        session.add(Account(user_name="thanhtra", display_name="Thanh tra", role="inspector"))
    engine.dispose()
    assert run("check", "list").out == "Chưa có đợt kiểm tra nào.\n"
    assert run("reconcile").code == 0
    done = run(*OPEN)
    assert done.code == 0, done.err
    (campaign,) = json.loads(run("check", "list", "--json").out)
    assert (campaign["state"], campaign["first"]) == ("open", "2026-03-02")

    made = run("check", "report", campaign["code"], "--names", "--out", "bao-cao.xlsx")
    assert made.code == 0, made.err
    book = openpyxl.load_workbook(office / "bao-cao.xlsx")
    total = next(row for row in book["Báo cáo"].iter_rows(values_only=True) if row[1] == "Tổng cộng")
    # An came ten minutes late, Hạnh not at all; two people are too few for a rate.
    assert total[3:12] == (2, 0, 1, "Không đủ dữ liệu", 1, 0, 1, "Không đủ dữ liệu", 1)
    assert run("check", "report", campaign["code"], "--out", "bao-cao.pdf").code == 0
    assert (office / "bao-cao.pdf").read_bytes().startswith(b"%PDF-")
    assert run("check", "report", campaign["code"], "--public", "--out", "cong-khai.csv").code == 0
    assert (office / "cong-khai.csv").read_text(encoding="utf-8").splitlines()[1] == (
        "2026-03-02,XA,UBND xã,,,,"
    )
    told = run("trail", "--action", "export", "--json").out
    assert told.count("inspection.") == 3


def test_what_cannot_be_is_refused_in_one_sentence(run: Run, office: Path) -> None:
    assert run(*OPEN).err == "Không có tài khoản kiểm tra nào tên thanhtra đang dùng được.\n"
    assert run("check", "report", "khong-co", "--out", "x.xlsx").err == "Không có đợt kiểm tra khong-co.\n"
    assert run("check", "report", "khong-co", "--out", "x.txt").code == 2
    assert run(*OPEN, "--at", "8 giờ").code == 1
    assert not (office / "x.xlsx").exists()
