"""From an empty folder to a province that can be served, through the same doors an office uses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlmodel import col

from devices.simulated import NAMED
from monitor.alarms import CONDITIONS, conditions, keep
from monitor.clock import clock_of
from monitor.config import Settings, load_settings
from monitor.demo.accounts import add_accounts
from monitor.demo.clock import demo_start
from monitor.demo.explanations import add_explanations
from monitor.demo.files import write_files
from monitor.demo.oddities import call_of_a_stranger
from monitor.demo.organisation import DOWN_TERMINAL, PROVINCE, TERMINALS
from monitor.demo.programs import add_programs
from monitor.demo.registrations import add_registrations
from monitor.demo.signing import sign_months
from monitor.demo.terminals import DemoTerminals
from monitor.demo.visits import add_visit
from monitor.demo.workdays import national_calendar
from monitor.demo.world import World, make_world
from monitor.inspections.standing import keep_standing
from monitor.inspections.wish import By
from monitor.intake.pull import Clock, pull
from monitor.records import refresh
from monitor.refusal import Refusal
from monitor.setup import import_file, shipped_calendar
from monitor.store.schema import migrate
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Terminal

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ACTOR = "cli:demo"
CONFIG = """\
[site]
name = "{name}"

[database]
url = "sqlite:///monitor.db"

[web]
port = {port}
development_login = true

[push]
port = {push_port}

[terminals]
allowed_networks = ["127.0.0.0/8"]
pull_every_minutes = 1
rush_windows = []

[demo]
now = "{now:%Y-%m-%d %H:%M:%S}"
frozen = {frozen}
started = {started}
"""


class DemoError(Refusal):
    """The demo cannot be made."""


@contextmanager
def prepared(  # noqa: PLR0913 - keywords only: what the command was told
    folder: Path,
    *,
    seed: int,
    now: datetime | None,
    real_now: datetime,
    port: int = 8000,
    faults: Sequence[tuple[str, str]] = (),
    report: Callable[[str], None],
) -> Iterator[Settings]:
    """Make the demo in an empty folder; its terminals answer until the block ends.

    `now` (naive, local) is the moment to stand still at, None to run from a good one; `real_now` is
    the machine's aware present. `report` gets the code of each step as it begins: `demo_generate`,
    `demo_import`, `demo_pull`, `demo_refresh`. The settings are also in `config.toml` in the folder,
    for the processes that serve. `faults` are pairs of a terminal's code and a fault of
    `devices.simulated.NAMED`, switched on once everything was read.

    Raises DemoError `demo_folder_used` when the folder is not empty, `demo_fault_unknown`, and
    `demo_import_refused` or `demo_pull_failed` when the product refuses its own made-up data.
    """
    _check(faults)
    settings = _settings(folder, port, now, real_now)
    clock = clock_of(settings)
    report("demo_generate")
    world = make_world(seed, datetime.fromisoformat(settings.demo.now))
    with DemoTerminals(world.logs, clock, world.lost_at) as terminals:
        _fill(settings, world, terminals, clock, report)
        for code, fault in faults:
            terminals.spoil(code, fault)
        yield settings


def _check(faults: Sequence[tuple[str, str]]) -> None:
    working = {device.code for device in TERMINALS} - {DOWN_TERMINAL}
    for code, fault in faults:
        if code not in working or fault not in NAMED:
            values = {"terminals": ", ".join(sorted(working)), "faults": ", ".join(NAMED)}
            raise DemoError("demo_fault_unknown", fault=f"{code}={fault}", **values)


def _fill(
    settings: Settings,
    world: World,
    terminals: DemoTerminals,
    clock: Clock,
    report: Callable[[str], None],
) -> None:
    """Make the database and bring everything into it."""
    migrate(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        report("demo_import")
        files = write_files(world, terminals.ports, settings.folder / "files")
        _import(engine, settings, files, clock())
        add_accounts(engine, world, clock(), ACTOR)
        report("demo_pull")
        _pull(engine, settings, terminals, clock)
        report("demo_refresh")
        refresh(engine, now=clock(), settings=settings)
        add_explanations(engine, settings, clock().astimezone(ZONE))
        refresh(engine, now=clock(), settings=settings)
        add_registrations(engine, clock().astimezone(ZONE))
        sign_months(engine, settings, clock().astimezone(ZONE))
        add_programs(engine, settings, clock().astimezone(ZONE))
        add_visit(engine, settings, clock().astimezone(ZONE))
        _campaigns(engine, settings, clock())
    finally:
        engine.dispose()


def _campaigns(engine: Engine, settings: Settings, now: datetime) -> None:
    """What the job would do at its first run: open the checks that the calendar asks for."""
    with transaction(engine) as session:
        keep_standing(session, By(actor=ACTOR, now=now, settings=settings))


def _settings(folder: Path, port: int, now: datetime | None, real_now: datetime) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise DemoError("demo_folder_used", folder=str(folder))
    local = real_now.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    start, frozen = demo_start(now, local, national_calendar())
    text = CONFIG.format(
        name=f"Giám sát giờ làm việc – {PROVINCE}",
        port=port,
        push_port=port + 1,
        now=start,
        frozen=str(frozen).lower(),
        started=real_now.timestamp(),
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "config.toml")


def _import(engine: Engine, settings: Settings, files: Mapping[str, Path], now: datetime) -> None:
    for kind, path in {"calendar": shipped_calendar(), **files}.items():
        done = import_file(engine, kind, path, now=now, zone=settings.site.timezone, actor=ACTOR)
        for error in done.errors:
            raise DemoError("demo_import_refused", file=path.name, place=error.place, why=error.code)


def _pull(engine: Engine, settings: Settings, terminals: DemoTerminals, clock: Clock) -> None:
    """Read every terminal once, the broken one on the evening before it went silent; then it does."""
    with reading(engine) as session:
        ids = {row.code: row.id for row in session.execute(select(col(Terminal.id), col(Terminal.code)))}
    terminals.add_oddities()
    call_of_a_stranger(engine, clock())
    clocks = dict.fromkeys(ids, clock) | {DOWN_TERMINAL: terminals.broken_clock}
    for code, terminal_id in ids.items():
        done = pull(engine, terminal_id, settings=settings, clock=clocks[code])
        if done.error_code:
            raise DemoError("demo_pull_failed", terminal=code, why=done.error_code)
    terminals.lose()
    pull(engine, ids[DOWN_TERMINAL], settings=settings, clock=clock)  # fails: so its page says why
    with transaction(engine) as session:
        # What the job would tell at its first look; a clock that stands still has no jobs.
        period = timedelta(minutes=settings.terminals.pull_every_minutes)
        keep(session, conditions(session, now=clock(), period=period), CONDITIONS, clock())
