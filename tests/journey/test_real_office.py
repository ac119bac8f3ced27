"""A real office's terminal log, 2020 to 2022: what it yields is what the rule book says, row by row.

11,902 punches of 90 device users, ids only, office hours 08:00–12:00 and 13:00–17:00: four punches a
day until March 2020, two from 2021, and months in which the clock was not in use. The operator declares
for which days the log is complete; everything else must stay undecided.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.exports.records import rounded_up
from monitor.intake import import_punches
from monitor.records import reconcile_range
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of, seconds_of, text_of
from monitor.setup import import_file
from monitor.store.queries.records import everybody
from monitor.store.queries.world import load_world
from monitor.store.session import open_database, reading
from tests.journey.hand_checked import HAND_CHECKED, Session
from tests.office import rows
from tests.rules.twin import reconcile_slowly

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent.parent / "data" / "office_a"
NOW = datetime(2022, 4, 1, 1, tzinfo=UTC)
FIRST, LAST = day_of(date(2020, 2, 24)), day_of(date(2022, 3, 8))
FIGURES = {
    ("2020", "absent"): 265,
    ("2020", "early"): 16,
    ("2020", "late"): 29,
    ("2020", "late_early"): 1,
    ("2020", "missing_in"): 149,
    ("2020", "missing_out"): 219,
    ("2020", "on_time"): 1086,
    ("2020", "pending"): 229,
    ("2021", "absent"): 860,
    ("2021", "early"): 1777,
    ("2021", "late"): 132,
    ("2021", "late_early"): 1,
    ("2021", "missing_in"): 190,
    ("2021", "missing_out"): 297,
    ("2021", "on_time"): 1776,
    ("2021", "pending"): 319,
    ("2022", "absent"): 893,
    ("2022", "early"): 2216,
    ("2022", "late"): 154,
    ("2022", "late_early"): 5,
    ("2022", "missing_in"): 247,
    ("2022", "missing_out"): 179,
    ("2022", "on_time"): 2084,
    ("2022", "pending"): 222,
}
"""Sessions by year and status; every one of them is also what the twin says, below."""
ORDER = ("units", "people", "terminals", "badges", "coverage", "regulations")


@pytest.fixture(scope="module")
def office(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The office imported from its files and judged."""
    path = tmp_path_factory.mktemp("office") / "monitor.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    settings = Settings()
    for kind in ORDER:
        file = DATA / f"{kind}.{'toml' if kind == 'regulations' else 'csv'}"
        done = import_file(engine, kind, file, now=NOW, zone=settings.site.timezone, actor="test")
        assert done.applied, done.errors
    report = import_punches(engine, DATA / "attlog.dat", "M1", now=NOW, actor="test")
    assert (report.intake.lines, report.intake.stored) == (11_902, 11_902)
    reconcile_range(engine, first_day=FIRST, last_day=LAST, now=NOW, settings=settings)
    yield engine
    engine.dispose()


def stored(engine: Engine) -> list[tuple[object, ...]]:
    """What the records say, as comparable rows."""
    return rows(
        engine,
        "SELECT p.code, r.day, r.name, r.starts, r.ends, r.time_in, r.time_out, r.status, r.late_seconds,"
        " r.early_seconds, r.worked_seconds, r.symbol, r.cong, r.reasons, r.rule_version, r.punch_in,"
        " r.punch_out, r.extras, r.outside FROM session_record r JOIN person p ON p.id = r.person_id"
        " ORDER BY p.code, r.day, r.starts",
    )


def expected(engine: Engine) -> list[tuple[object, ...]]:
    """What the rule book's slow twin says of the same inputs."""
    with reading(engine) as session:
        loaded = load_world(session, everybody(session), FIRST - 10, LAST + 10, zone="Asia/Ho_Chi_Minh")
    world = loaded.world
    asked = [(person, day) for person in range(len(world.people)) for day in range(FIRST, LAST + 1)]
    slow = reconcile_slowly(world, asked, seconds_of(NOW.replace(hour=8, tzinfo=None)))
    nothing = min(world.coverage.start) - 10**12
    return [
        (
            world.people[row.person],
            row.day,
            row.name,
            row.start,
            row.end,
            row.time_in if row.time_in > nothing else None,
            row.time_out if row.time_out > nothing else None,
            row.status,
            row.late_seconds,
            row.early_seconds,
            row.worked_seconds,
            row.symbol,
            row.cong,
            row.reasons,
            row.rule_version,
            row.punch_in or None,
            row.punch_out or None,
            " ".join(map(str, row.extras)),
            " ".join(map(str, row.outside)),
        )
        for row in slow
    ]


def test_every_row_is_what_the_twin_says(office: Engine) -> None:
    ours, theirs = stored(office), expected(office)
    assert len(ours) == len(theirs)
    assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


def test_the_figures_of_the_whole_log(office: Engine) -> None:
    found = Counter(
        (str(when), Status(int(str(status))).name.lower())
        for when, status in rows(
            office,
            f"SELECT CASE WHEN day < {day_of(date(2021, 1, 1))} THEN 2020"
            f" WHEN day < {day_of(date(2022, 1, 1))} THEN 2021 ELSE 2022 END, status FROM session_record",
        )
    )
    assert dict(found) == FIGURES


@pytest.mark.parametrize("case", HAND_CHECKED, ids=lambda case: f"{case[0]} {case[1]}")
def test_a_day_is_as_worked_by_hand(
    office: Engine, case: tuple[str, str, str, Session, Session, str]
) -> None:
    person, on, punches, morning, afternoon, _why = case
    day = day_of(date.fromisoformat(on))
    seen = rows(
        office,
        "SELECT u.device_time FROM punch u JOIN badge b ON b.device_user_id = u.device_user_id"
        " JOIN person p ON p.id = b.person_id"
        f" WHERE p.code = '{person}' AND u.device_time / 86400 = {day} ORDER BY 1",
    )
    assert " ".join(clock(row[0]) for row in seen) == punches
    found = rows(
        office,
        "SELECT status, time_in, time_out, late_seconds, early_seconds, worked_seconds"
        " FROM session_record r JOIN person p ON p.id = r.person_id"
        f" WHERE p.code = '{person}' AND day = {day} ORDER BY seq",
    )
    assert [as_session(*row) for row in found] == [morning, afternoon]


def clock(seconds: object) -> str:
    return "" if seconds is None else text_of(int(str(seconds)))[11:]


def as_session(*row: object) -> Session:
    status, time_in, time_out, late, early, worked = row
    minutes = [int(str(seconds)) for seconds in (late, early, worked)]
    name = Status(int(str(status))).name.lower()
    late_minutes, early_minutes = (rounded_up(seconds) for seconds in minutes[:2])
    return name, clock(time_in), clock(time_out), late_minutes, early_minutes, minutes[2] // 60
