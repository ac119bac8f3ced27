"""Accounts from the command line: many at once with slips, the way back, and acting in an account's name."""

import json
import os
import stat
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine

from monitor.accounts import Door, Visit, own, slips
from monitor.clock import clock_of
from monitor.config import Settings, load_settings
from monitor.store.session import open_database
from tests.accounts.cast import trail, trail_text
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

PASSWORD = "bốn con ngựa ăn sáng"  # noqa: S105 - a password of these tests alone
MARCH = ("--unit", "XA-VP", "--month", "2026-03")
MANY = (
    "user_name,display_name,role,unit,person\n"
    "Hanh,Nguyễn Thị Hạnh,head,XA-VP,HANH\n"
    "an,Lê Văn An <b>,staff,,AN\n"
    "nhansu,Phòng Nội vụ,hr,XA,\n"
)


@pytest.fixture
def engine(office: Path) -> Engine:
    """The office's database."""
    return open_database(f"sqlite:///{office / 'monitor.db'}")


def door(folder: Path, engine: Engine) -> Door:
    """Where proofs are checked, now."""
    settings = load_settings(folder / "config.toml")
    return Door(engine=engine, settings=settings, visit=Visit(), now=clock_of(settings)())


def ready(
    run: Run, folder: Path, engine: Engine, user: str, role: str = "hr", unit: str = "XA"
) -> pyotp.TOTP:
    """An account that has used its slip and set up its phone; its last code lies half a minute back."""
    made = json.loads(
        run("account", "add", user, "--name", user, "--role", role, "--unit", unit, "--json").out
    )
    found = slips.redeem(door(folder, engine), user, made[0]["token"], PASSWORD)
    assert found is not None
    here = door(folder, engine)
    begun = own.begin_factor(here, found)
    phone = pyotp.TOTP(begun.secret)
    own.confirm_factor(here, found, begun, phone.at(here.now, counter_offset=-1))
    return phone


def test_many_accounts_are_added_with_a_page_of_slips_to_cut(run: Run, office: Path, engine: Engine) -> None:
    (office / "moi.csv").write_text(MANY, encoding="utf-8")

    done = run("account", "add", "--file", "moi.csv", "--slips", "phieu.html")

    assert done.code == 0, done.err
    page = office / "phieu.html"
    text = page.read_text(encoding="utf-8")
    assert (text.count("<article>"), "Lê Văn An &lt;b&gt;" in text, "dashed" in text) == (3, True, True)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    listed = {row["user_name"]: row for row in json.loads(run("account", "list", "--json").out)}
    assert {name: row["role"] for name, row in listed.items()} == {
        "hanh": "head",
        "an": "staff",
        "nhansu": "hr",
    }
    assert "hanh  head  XA-VP  Nguyễn Thị Hạnh  [phiếu đến" in run("account", "list").out


def test_slips_as_text_have_lines_to_cut_along(run: Run, office: Path) -> None:
    (office / "moi.csv").write_text(MANY, encoding="utf-8")

    out = run("account", "add", "--file", "moi.csv").out

    assert out.count("- - - -" + " -" * 8) >= 2
    assert out.count("Mã dùng một lần: ") == 3


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("moi,Người mới,hr,,\n", "cần gắn với một đơn vị"),
        ("moi,Người mới,staff,KHONG,\n", "Không có đơn vị KHONG."),
        ("moi,Người mới,staff,,\nmoi,Người mới,staff,,\n", "Đã có tài khoản moi."),
        ("moi,,staff,,\n", "moi.csv, dòng 2, cột display_name"),
    ],
)
def test_a_faulty_file_adds_nobody(run: Run, office: Path, rows: str, said: str) -> None:
    good = "tot,Người tốt,staff,,\n" if "dòng 2" not in said else ""
    (office / "moi.csv").write_text(
        f"user_name,display_name,role,unit,person\n{good}{rows}", encoding="utf-8"
    )

    done = run("account", "add", "--file", "moi.csv", "--slips", "phieu.txt")

    assert (done.code, said in done.err) == (1, True)
    assert json.loads(run("account", "list", "--json").out) == []
    assert not (office / "phieu.txt").exists()


def test_slips_that_cannot_be_written_add_nobody(run: Run, office: Path) -> None:
    (office / "phieu.txt").write_text("cũ", encoding="utf-8")

    done = run("account", "add", "lan", "--name", "Lan", "--slips", "phieu.txt")

    assert (done.code, "Không ghi được tệp phieu.txt" in done.err) == (1, True)
    assert (office / "phieu.txt").read_text(encoding="utf-8") == "cũ"
    assert json.loads(run("account", "list", "--json").out) == []


def test_a_name_or_a_file_is_needed(run: Run, office: Path) -> None:
    assert "Cần tên tài khoản hoặc --file" in run("account", "add").err


def test_a_sole_administrator_s_lost_second_factor_has_a_loud_way_back(
    run: Run, office: Path, engine: Engine
) -> None:
    ready(run, office, engine, "admin", "admin", "")

    done = run("account", "reset", "admin", "--second-factor")

    assert (done.code, done.out, "ĐÃ BỎ xác thực hai lớp của admin" in done.err) == (0, "", True)
    row = json.loads(run("account", "list", "--json").out)[0]
    assert (row["has_password"], row["has_factor"]) == (True, False)
    assert trail(engine)[-1][0].startswith("cli:")
    assert trail(engine)[-1][1] == "account_reset_factor"


def test_an_operator_whom_the_system_knows_by_number_only_is_named_by_it(
    run: Run, office: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs under a number of its own: no log-in name, no line in passwd."""
    ready(run, office, engine, "admin", "admin", "")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_123)

    done = run("account", "reset", "admin", "--second-factor")

    assert done.code == 0
    assert trail(engine)[-1][0] == "cli:uid 4000123"


def test_the_last_administrator_stays_even_at_the_command_line(
    run: Run, office: Path, engine: Engine
) -> None:
    ready(run, office, engine, "admin", "admin", "")

    done = run("account", "disable", "admin")

    assert (done.code, done.err) == (1, "admin là người quản trị cuối cùng; hãy thêm người khác trước.\n")
    run("account", "add", "admin2", "--name", "Hai", "--role", "admin")
    assert run("account", "disable", "admin").code == 0
    assert run("account", "enable", "admin").out == "Đã mở lại tài khoản admin.\n"


def test_sessions_are_listed_and_ended(run: Run, office: Path, engine: Engine) -> None:
    from monitor.accounts import sessions
    from monitor.accounts.credentials import known_account
    from monitor.store.session import transaction

    ready(run, office, engine, "lan")
    with transaction(engine) as session:
        visit = Visit(address="10.0.0.7", browser="Firefox/140")
        account = known_account(session, "lan")
        key, _ = sessions.begin(session, account, "password", visit, clock_of(Settings())())

    assert "10.0.0.7" in run("account", "sessions", "lan").out
    assert key not in run("account", "sessions", "lan", "--json").out
    assert run("account", "sessions", "lan", "--end").out == "lan: đã kết thúc 1 phiên.\n"
    assert run("account", "sessions", "lan").out == "Không có phiên nào.\n"
    assert run("account", "unlock", "lan").code == 0
    assert "Không có tài khoản ai." in run("account", "unlock", "ai").err


def test_a_reset_prints_a_new_slip(run: Run, office: Path, engine: Engine) -> None:
    ready(run, office, engine, "lan")

    slip = json.loads(run("account", "reset", "lan", "--json").out)[0]

    assert slips.redeem(door(office, engine), "lan", slip["token"], PASSWORD) is not None


@pytest.fixture
def password_file(office: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The password for scripts."""
    path = office / "mat-khau.txt"
    path.write_text(PASSWORD + "\n", encoding="utf-8")
    monkeypatch.setenv("MONITOR_PASSWORD_FILE", str(path))
    return path


def test_a_command_in_an_account_s_name_needs_its_proof(
    run: Run, office: Path, engine: Engine, password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = ready(run, office, engine, "lan")
    monkeypatch.setenv("MONITOR_CODE", "000000")
    wrong = run("period", "close", *MARCH, "--as", "lan")
    assert (wrong.code, "Chưa chứng minh được là lan" in wrong.err) == (1, True)
    monkeypatch.setenv("MONITOR_CODE", phone.at(door(office, engine).now))

    assert run("period", "close", *MARCH, "--as", "lan").code == 0

    (period,) = json.loads(run("period", "list", "--json").out)
    assert period["closed_by"] == "lan"
    assert ("lan", "log_in") in trail(engine)
    assert PASSWORD not in trail_text(engine)


def test_a_command_in_an_account_s_name_stays_within_its_rights(
    run: Run, office: Path, engine: Engine, password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(run, office, engine, "truong", "head", "XA-VP")
    phone = ready(run, office, engine, "hep", "hr", "XA-VP")
    run("account", "reset", "truong", "--second-factor")

    refused = run("period", "close", *MARCH, "--as", "truong")
    monkeypatch.setenv("MONITOR_CODE", phone.at(door(office, engine).now))
    above = run("period", "close", "--unit", "XA", "--month", "2026-03", "--as", "hep")

    assert (refused.code, "không có quyền" in refused.err) == (1, True)
    assert (above.code, "Không có đơn vị XA" in above.err) == (1, True)


def test_an_account_that_never_finished_its_set_up_cannot_act(
    run: Run, office: Path, engine: Engine, password_file: Path
) -> None:
    made = json.loads(
        run("account", "add", "lan", "--name", "Lan", "--role", "hr", "--unit", "XA", "--json").out
    )
    slips.redeem(door(office, engine), "lan", made[0]["token"], PASSWORD)

    assert "hoàn tất thiết lập" in run("period", "close", *MARCH, "--as", "lan").err


def test_a_reopening_takes_two_accounts(
    run: Run, office: Path, engine: Engine, password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan, minh = ready(run, office, engine, "lan"), ready(run, office, engine, "minh")
    assert run("period", "close", *MARCH).code == 0
    asked = ("period", "request-reopen", *MARCH, "--reason", "Sót công")
    assert "hãy thêm --as" in run(*asked).err
    monkeypatch.setenv("MONITOR_CODE", lan.at(door(office, engine).now))
    assert run(*asked, "--as", "lan").code == 0
    assert "hãy thêm --as" in run("period", "approve-reopen", *MARCH).err
    monkeypatch.setenv("MONITOR_CODE", lan.at(door(office, engine).now, counter_offset=1))
    own_work = run("period", "approve-reopen", *MARCH, "--as", "lan")
    assert (own_work.code, "không được tự duyệt" in own_work.err) == (1, True)
    monkeypatch.setenv("MONITOR_CODE", minh.at(door(office, engine).now))

    assert run("period", "approve-reopen", *MARCH, "--as", "minh").code == 0
