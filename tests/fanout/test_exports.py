"""A province's month and report: the same bytes from SQLite in one process and from PostgreSQL by Dask."""

import pickle
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url, text

from monitor.backup import Asked, move
from monitor.cli import main
from monitor.config import Fanout, Settings, Web, load_settings
from monitor.exports import spread
from monitor.exports.timesheet import collect
from monitor.fanout.database import opened_at
from monitor.inspections import spread as presence
from monitor.periods import PeriodRefused, close_period
from monitor.records import refresh
from monitor.rules.wallclock import seconds_of
from monitor.store.session import StoreError, open_database, transaction
from monitor.store.tables import (
    Account,
    Badge,
    Campaign,
    CampaignDay,
    CampaignUnit,
    Excuse,
    Person,
    Posting,
    RosterEntry,
    Unit,
)
from monitor.web.app import create_app
from tests.fanout.conftest import Running
from tests.office import START, at, cover, full_day, open_office, punch

NOW = at("2026-04-01 09:00")
# Sorted by code these are in one order by bytes and in another by any language.
CODES = ("XA-kt", "XA-TC", "XA-a1", "XB", "XA-B2", "XÂ-1", "XĐ", "Xd")
SHEETS = tuple(
    (
        "timesheet",
        "--month",
        "2026-03",
        "--unit",
        "XA",
        "--with-subunits",
        "--notes",
        "--out",
        f"thang{suffix}",
    )
    for suffix in (".xlsx", ".csv", ".json")
)
TABLES = tuple(
    (table, "--from", "2026-03-01", "--to", "2026-03-31", "--format", form, "--out", f"{table}.{form}")
    for table, form in (
        ("sessions", "csv"),
        ("sessions", "json"),
        ("days", "csv"),
        ("days", "xlsx"),
        ("overtime", "csv"),
    )
)
EVERY = tuple(("export", *asked) for asked in (*SHEETS, *TABLES))
SPAN = "tu=2026-03-01&den=2026-03-31"
PAGES = (
    "/bang-cong/XA/2026-03/tep?loai=xlsx&ca=1",
    f"/ket-qua/XA/tep?{SPAN}&loai=csv",
    f"/ket-qua/XA/tep?{SPAN}&loai=xlsx&bang=days",
    "/dot-kiem-tra/tet/bao-cao.csv",
)
REPORT = ("check", "report", "tet", "--names", "--out", "bao-cao.xlsx")


def settle(engine: Engine) -> None:
    """Eight more units of three people each, a March of punches, leave, a night's overtime, a closed unit."""
    open_office(engine)
    with transaction(engine) as session:
        for place, code in enumerate(CODES):
            session.add(Unit(id=10 + place, code=code, name=f"Phòng {code}", parent_id=1))
        session.flush()
        for number in range(10, 10 + 3 * len(CODES)):
            code = f"{'abCĐ'[number % 4]}-{number}"
            session.add(Person(id=number, code=code, name=f"Lê {code}", sort_key=code, search_key=code))
            session.flush()
            session.add(Posting(person_id=number, unit_id=10 + number % len(CODES), valid_from=START))
            session.add(Badge(person_id=number, terminal_id=1, device_user_id=str(number)))
        leave = seconds_of(at("2026-03-10 00:00").replace(tzinfo=None))
        session.add(Excuse(person_id=12, type_code="leave", starts=leave, ends=leave + 86_400))
        night = seconds_of(at("2026-03-11 00:00").replace(tzinfo=None))
        session.add(RosterEntry(person_id=13, kind="overtime", starts=night, ends=night + 14_400))
        session.add(Campaign(id=1, code="tet", kind="dates", title="Sau Tết", state="open", made_at=NOW))
        session.flush()
        session.add(CampaignDay(campaign_id=1, on_date=date(2026, 3, 2), mark="day_1"))
        session.add(CampaignDay(campaign_id=1, on_date=date(2026, 3, 3), mark=""))
        session.add(CampaignUnit(campaign_id=1, unit_id=1))
        session.add(Account(user_name="nhansu", display_name="Nhân sự", role="hr", unit_id=1))
    cover(engine, "2026-02-23 00:00:00", "2026-04-01 00:00:00")
    punch(engine, *marks(), received=NOW)
    refresh(engine, now=NOW, settings=Settings())


def marks() -> list[tuple[str, str]]:
    """Everybody's days; who is late, who forgets and who stays away changes from day to day."""
    found = []
    for day in (day for week in (2, 9, 16, 23) for day in range(week, week + 5)):
        for user in (1, 2, *range(10, 10 + 3 * len(CODES))):
            times = full_day(str(user), f"2026-03-{day:02}")
            if (user + day) % 9 == 0:
                times[0] = (str(user), f"2026-03-{day:02} 07:51:30")
            found += [] if (user + day) % 11 == 0 else times[: 3 if (user * day) % 7 == 0 else 4]
    return [*found, ("13", "2026-03-11 18:10"), ("13", "2026-03-11 21:00")]


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    """An empty database of the server, without any table."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE province TEMPLATE template0"))
    yield make_url(postgres_server).set(database="province").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE province WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def province(tmp_path: Path, sqlite_url: str) -> Iterator[Engine]:
    """The small province on SQLite, one of its units closed, and its configuration; blocks are small, too."""
    engine = open_database(sqlite_url)
    settle(engine)
    write_config(tmp_path / "sqlite.toml", sqlite_url)
    settings = load_settings(tmp_path / "sqlite.toml")
    close_period(engine, CODES[0], "2026-03", now=NOW, actor="cli:lan", settings=settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread, "PEOPLE_AT_ONCE", 7)
        patch.setattr(collect, "UNITS_AT_ONCE", 2)
        patch.setattr(presence, "UNITS_AT_ONCE", 4)
        yield engine
    engine.dispose()


def write_config(path: Path, url: str, where: Fanout | None = None) -> None:
    lines = ["[demo]", 'now = "2026-04-01 09:00"', "frozen = true", "[database]", f"url = '{url}'"]
    if where is not None:
        lines += ["[fanout]", f'scheduler = "{where.scheduler}"', f"workers = {where.workers}"]
    path.write_text("\n".join(lines), encoding="utf-8")


def exported(config: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every file of the province, by its name."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    for asked in (*EVERY, REPORT):
        monkeypatch.setattr(sys, "argv", ["monitor", "--config", str(config), *asked])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code, asked
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def handed_over(config: Path) -> dict[str, bytes]:
    """What HR gets of the same province in a browser."""
    settings = load_settings(config)
    settings = settings.model_copy(
        update={"web": Web(development_login=True, secret_key=SecretStr("k" * 40), workers=1)}
    )
    engine = open_database(settings.database_url)
    app = create_app(engine, settings, lambda: NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    browser.post("/dang-nhap", data={"user_name": "nhansu"})
    found = {asked: browser.get(asked) for asked in PAGES}
    engine.dispose()
    assert {asked: answer.status_code for asked, answer in found.items()} == dict.fromkeys(PAGES, 200)
    return {asked: answer.data for asked, answer in found.items()}


@pytest.mark.postgres
def test_a_month_and_a_report_are_the_same_bytes_from_sqlite_alone_and_from_postgresql_by_dask(
    province: Engine, running: Running, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = exported(tmp_path / "sqlite.toml", tmp_path / "alone", monkeypatch)
    alone |= handed_over(tmp_path / "sqlite.toml")
    province.dispose()
    settings = load_settings(tmp_path / "sqlite.toml")
    move(settings, Asked(to=empty_url, actor="cli:lan", now=NOW), lambda _done, _all: None)
    write_config(tmp_path / "postgres.toml", empty_url, running.where)
    here = opened_at.cache_info()

    spread_out = exported(tmp_path / "postgres.toml", tmp_path / "spread", monkeypatch)
    with monkeypatch.context() as patch:
        for module, name in ((spread, "_block"), (collect, "month_sheets"), (presence, "presence")):
            patch.setattr(module, name, None)  # whoever makes a file's part in this process fails
        spread_out |= handed_over(tmp_path / "postgres.toml")

    assert opened_at.cache_info() == here, "a block was read in this process"
    assert len(alone) == len(EVERY) + 1 + len(PAGES)
    assert alone["sessions.csv"].count(b"\n") > 800
    assert [name for name in alone if alone[name] != spread_out[name]] == []


@pytest.mark.parametrize("kind", [StoreError, PeriodRefused])
def test_what_a_worker_refuses_comes_back_whole(kind: type[StoreError] | type[PeriodRefused]) -> None:
    told = pickle.loads(pickle.dumps(kind("sheet_symbol_unplaced", unit="XA", symbol="?!")))  # noqa: S301 - our own

    assert (type(told), told.code, told.values) == (
        kind,
        "sheet_symbol_unplaced",
        {"unit": "XA", "symbol": "?!"},
    )
