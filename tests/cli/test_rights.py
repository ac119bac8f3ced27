"""Commands in an account's name (`--as`): what they ask, and that nothing beyond the scope comes or goes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import Engine, func, select

from monitor.cli.rights import RIGHTS
from monitor.cli.root import monitor
from monitor.store.session import open_database
from monitor.store.tables import Excuse
from tests.cli.conftest import Outcome, Run
from tests.cli.test_accounts import PASSWORD, door, ready
from tests.cli.walk import leaves

HERE, BESIDE = "Lê Văn An", "Bùi Thị Xuyến"
SPAN = ("--from", "2026-03-01", "--to", "2026-03-31")
MORNING = datetime(2026, 4, 1, 8, tzinfo=UTC)
EXCUSES = (
    "person,type,from,to,status,document\n"
    "{person},leave,2026-03-03 00:00:00,2026-03-03 23:59:59,approved,1/GP\n"
)
PEOPLE = "code,name,unit,position,role,valid_from,valid_to\n"
NEIGHBOUR = {
    "units": "code,name,parent,public_facing,bloc,valid_from,valid_to\nXB,UBND xã bên,,0,,,\n",
    "people": PEOPLE + "XUYEN,Bùi Thị Xuyến,XB,Chuyên viên,staff,2026-01-01,\n",
    "terminals": "code,name,kind,host,port,serial,unit,installed_on\nM2,Xã bên,file,,,,XB,\n",
    "badges": "person,terminal,device_user_id,valid_from,valid_to\nXUYEN,M2,7,,\nXUYEN,M1,77,,\n",
    "coverage": "terminal,from,to\nM2,2026-03-02 00:00:00,2026-03-02 23:59:59\n",
}
As = Callable[..., Outcome]
Traveller = time_machine.Traveller


@pytest.fixture
def neighbours(office: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traveller]:
    """The office and a commune beside it, verdicts made; one of its people also punched at the office."""
    with time_machine.travel(MORNING, tick=False) as clock:
        for kind, content in NEIGHBOUR.items():
            (office / f"{kind}-ben.csv").write_text(content, encoding="utf-8")
            assert run("import", kind, f"{kind}-ben.csv").code == 0
        line = "\t2026-03-02 07:25:00\t1\t0\t1\t0\n"
        (office / "ben.dat").write_text(f"        7{line}", encoding="utf-8")
        (office / "khach.dat").write_text(f"       77{line}", encoding="utf-8")
        assert run("import", "punches", "ben.dat", "--terminal", "M2").code == 0
        assert run("import", "punches", "khach.dat", "--terminal", "M1").code == 0
        assert run("reconcile").code == 0
        password = office / "mat-khau.txt"
        password.write_text(PASSWORD, encoding="utf-8")
        monkeypatch.setenv("MONITOR_PASSWORD_FILE", str(password))
        yield clock


@pytest.fixture
def engine(office: Path) -> Engine:
    """The office's database."""
    return open_database(f"sqlite:///{office / 'monitor.db'}")


@pytest.fixture
def hr(
    run: Run,
    office: Path,
    engine: Engine,
    neighbours: Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> As:
    """Commands in the name of the HR account of one commune, each with a code of its own half minute."""
    phone: pyotp.TOTP = ready(run, office, engine, "lan", "hr", "XA")

    def command(*arguments: str) -> Outcome:
        neighbours.shift(timedelta(seconds=30))
        monkeypatch.setenv("MONITOR_CODE", phone.at(door(office, engine).now))
        return run(*arguments, "--as", "lan")

    return command


def test_commands_with_a_right_and_no_others_take_an_account() -> None:
    commands = dict(leaves(monitor))

    taking = {
        name
        for name, command in commands.items()
        if any(p.name == "user" for p in command.params if "--as" in p.opts)
    }

    assert taking == set(RIGHTS)


@pytest.mark.parametrize("what", ["sessions", "days", "overtime"])
def test_an_export_holds_the_account_s_people_alone(what: str, hr: As, run: Run) -> None:
    everybody, mine = run("export", what, *SPAN), hr("export", what, *SPAN)

    assert (mine.code, mine.err) == (0, "")
    assert "XUYEN" not in mine.out
    assert mine.out.splitlines() == [row for row in everybody.out.splitlines() if not row.startswith("XUYEN")]
    assert what == "overtime" or ("XUYEN" in everybody.out and "AN," in mine.out)


def test_punches_come_from_tended_terminals_and_strangers_stay_unnamed(hr: As, run: Run) -> None:
    everybody, mine = run("export", "punches", *SPAN), hr("export", "punches", *SPAN)

    assert everybody.out.count("XUYEN") == 2
    assert "M2" not in mine.out
    assert "XUYEN" not in mine.out
    (guest,) = [row for row in mine.out.splitlines() if row.startswith("M1,77,")]
    assert guest.split(",")[5] == ""


def test_units_beyond_the_scope_are_as_if_they_did_not_exist(hr: As) -> None:
    for command in (
        ("export", "sessions", *SPAN, "--unit", "XB"),
        ("export", "punches", *SPAN, "--unit", "XB"),
        ("export", "aggregates", "--month", "2026-03", "--unit", "XB"),
        ("export", "timesheet", "--month", "2026-03", "--unit", "XB", "--out", "x.csv"),
        ("reconcile", *SPAN, "--unit", "XB"),
        ("period", "adjustments", "--unit", "XB", "--month", "2026-03"),
        ("period", "close", "--unit", "XB", "--month", "2026-03"),
    ):
        refused = hr(*command)
        assert (refused.code, refused.out, refused.err) == (1, "", "Không có đơn vị XB.\n"), command


def test_a_timesheet_is_made_of_one_s_own_unit(hr: As, office: Path) -> None:
    assert hr("export", "timesheet", "--month", "2026-03", "--unit", "XA", "--out", "x.csv").code == 0

    assert HERE in (office / "x.csv").read_text(encoding="utf-8")
    assert BESIDE not in (office / "x.csv").read_text(encoding="utf-8")


def test_terminals_beyond_the_scope_are_neither_read_nor_filled(hr: As) -> None:
    pulled, filled = hr("pull", "M2"), hr("import", "punches", "ben.dat", "--terminal", "M2")

    assert (pulled.code, filled.code) == (1, 1)
    assert pulled.err == filled.err == hr("pull", "KHONG-CO").err.replace("KHONG-CO", "M2")


def test_an_import_of_somebody_else_s_person_is_refused_like_an_unknown_one(
    hr: As, office: Path, engine: Engine
) -> None:
    for person in ("AN", "XUYEN", "KHONG-CO"):
        (office / f"{person}.csv").write_text(EXCUSES.format(person=person), encoding="utf-8")

    outside, nobody = hr("import", "excuses", "XUYEN.csv"), hr("import", "excuses", "KHONG-CO.csv")
    shown = hr("import", "excuses", "XUYEN.csv", "--preview")
    inside = hr("import", "excuses", "AN.csv")

    assert (outside.code, inside.code) == (1, 0)
    assert outside.err == nobody.err.replace("KHONG-CO", "XUYEN")
    assert (shown.code, BESIDE in shown.out) == (1, False)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Excuse)).scalar_one() == 1


def test_somebody_who_moved_may_be_excused_for_the_days_in_the_unit_alone(
    hr: As, run: Run, office: Path
) -> None:
    moved = PEOPLE + "XUYEN,Bùi Thị Xuyến,XA-VP,Chuyên viên,staff,2026-03-16,\n"
    (office / "moved.csv").write_text(moved, encoding="utf-8")
    assert run("import", "people", "moved.csv").code == 0
    rows = EXCUSES.format(person="XUYEN")
    (office / "across.csv").write_text(rows.replace("2026-03-03 2", "2026-03-20 2"), encoding="utf-8")
    (office / "after.csv").write_text(rows.replace("2026-03-03", "2026-03-20"), encoding="utf-8")

    assert hr("import", "excuses", "across.csv").code == 1
    assert hr("import", "excuses", "after.csv").code == 0


def test_a_role_without_the_right_is_told_so(
    run: Run, office: Path, engine: Engine, neighbours: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = ready(run, office, engine, "xem", "supervisor", "XA")
    monkeypatch.setenv("MONITOR_CODE", phone.at(door(office, engine).now))

    refused = run("export", "sessions", *SPAN, "--as", "xem")

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "Tài khoản xem không có quyền làm việc này.\n"


def test_an_export_is_on_the_trail_in_the_account_s_name(hr: As, run: Run) -> None:
    assert hr("export", "sessions", *SPAN).code == 0

    (exported,) = [row for row in json.loads(run("trail", "--json").out) if row["action"] == "export"]
    assert exported["actor"] == "lan"


def test_where_configured_no_personal_data_moves_without_an_account(run: Run, office: Path, hr: As) -> None:
    with (office / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[accounts]\ncommand_line = "accounts"\n')

    for command in (
        ("export", "sessions", *SPAN),
        ("import", "excuses", "AN.csv"),
        ("pull",),
        ("reconcile",),
    ):
        refused = run(*command)
        assert (refused.code, "hãy thêm --as" in refused.err) == (1, True), command
    assert run("import", "units", "units.csv").code == 0
    assert hr("export", "sessions", *SPAN).code == 0
