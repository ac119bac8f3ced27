"""The post-Tết report of a province, from the database: `python -m benchmarks.bench_inspection`.

110 units in 600 divisions, 9,000 people: the window, four normal weeks before, last year's window. The other
side is what a plain script does: fetch every verdict and count in Python. The counts are compared first.
Freezing moment T of one unit is measured among all 9,000, with the punches of the morning stored: as the
processor's time, for a shared machine stretches the clock's.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, insert, select
from sqlmodel import Session, col

from benchmarks.measured import keep, machine, parser, processor_seconds, verdict
from monitor.config import Settings
from monitor.inspections.report import Report, report_of
from monitor.inspections.snapshot import rows_of
from monitor.inspections.standing import keep_standing
from monitor.inspections.wish import By
from monitor.rules.codes import Status
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.setup import import_file, shipped_calendar
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.seats import seats
from monitor.store.queries.tree import tree
from monitor.store.schema import migrate
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Badge, Campaign, Person, Posting, Punch, SessionRecord, Terminal, Unit

NOW = datetime(2026, 3, 4, tzinfo=UTC)
UNITS, DIVISIONS, PEOPLE = 110, 600, 9_000
SPANS = ((date(2025, 1, 20), date(2025, 2, 20)), (date(2026, 1, 5), date(2026, 3, 2)))
STATUSES = (Status.ON_TIME, Status.LATE, Status.EXCUSED, Status.ABSENT, Status.MISSING_IN, Status.PENDING)
SHARES = (0.86, 0.06, 0.05, 0.01, 0.01, 0.01)
WEEKEND = 6
PUNCHED = date(2026, 2, 9), date(2026, 2, 27)
HOURS = ((27_000, 41_400), (48_600, 61_200))
GOAL_SECONDS, SNAPSHOT_GOAL_SECONDS = 1.0, 0.1
ZONE = "Asia/Ho_Chi_Minh"


def fill(url: str, people: int) -> None:
    """The province, and two sessions on every weekday of the spans."""
    migrate(url)
    engine = open_database(url)
    import_file(engine, "calendar", shipped_calendar(), now=NOW, zone="Asia/Ho_Chi_Minh", actor="cli:bench")
    with transaction(engine) as session:
        connection = session.connection()
        units = [{"id": 1, "code": "T", "name": "UBND tỉnh", "parent_id": None}]
        units += [{"id": n + 2, "code": f"S{n:03}", "name": f"Sở {n}", "parent_id": 1} for n in range(UNITS)]
        first = UNITS + 2
        units += [
            {"id": first + n, "code": f"P{n:03}", "name": f"Phòng {n}", "parent_id": 2 + n % UNITS}
            for n in range(DIVISIONS)
        ]
        connection.execute(insert(Unit), units)
        ids = range(1, people + 1)
        named = {"sort_key": "", "search_key": ""}
        connection.execute(
            insert(Person), [{"id": n, "code": f"{n:06}", "name": f"{n}", **named} for n in ids]
        )
        since = date(2020, 1, 1)
        rows = [
            {
                "person_id": n,
                "unit_id": first + n % DIVISIONS,
                "valid_from": since,
                "role": "staff" if n >= DIVISIONS else "head",
            }
            for n in ids
        ]
        connection.execute(insert(Posting), rows)
        records = _records(people, first)
        while part := list(islice(records, 50_000)):
            connection.execute(insert(SessionRecord), part)
        _punch(connection, people)
    engine.dispose()


def _punch(connection: Connection, people: int) -> None:
    """A terminal in every unit, a badge for everybody, and everybody's morning punch of some days."""
    terminals = [
        {"id": n + 1, "code": f"M{n:03}", "name": f"Máy {n}", "kind": "file", "unit_id": n + 2}
        for n in range(UNITS)
    ]
    connection.execute(insert(Terminal), terminals)
    everybody = range(1, people + 1)
    connection.execute(insert(Badge), [{"person_id": n, "device_user_id": str(n)} for n in everybody])
    usual = {"verify": 1, "state": 255, "work_code": 0, "source": "pull", "received_at": 0, "raw": b""}
    for day in range(day_of(PUNCHED[0]), day_of(PUNCHED[1]) + 1):
        opens = day * DAY_SECONDS + HOURS[0][0]
        rows = [
            {
                **usual,
                "terminal_id": n % UNITS + 1,
                "device_user_id": str(n),
                "device_time": opens - n % 1_200,
            }
            for n in everybody
        ]
        connection.execute(insert(Punch), rows)


def _records(people: int, first: int) -> Iterator[dict[str, Any]]:
    chance = np.random.default_rng(1)
    days = [
        day
        for begins, ends in SPANS
        for day in range(day_of(begins), day_of(ends) + 1)
        if (begins + timedelta(days=day - day_of(begins))).isoweekday() < WEEKEND
    ]
    for person in range(1, people + 1):
        found = iter(chance.choice(len(STATUSES), size=2 * len(days), p=SHARES).tolist())
        for day in days:
            for seq in (0, 1):
                key = {"person_id": person, "unit_id": first + person % DIVISIONS, "day": day, "seq": seq}
                yield key | _verdict(STATUSES[next(found)], day, *HOURS[seq])


def _verdict(status: Status, day: int, opens: int, closes: int) -> dict[str, Any]:
    midnight, late = day * DAY_SECONDS, 900 if status == Status.LATE else 0
    came = status in {Status.ON_TIME, Status.LATE}
    return {
        "kind": 0,
        "name": "",
        "starts": midnight + opens,
        "ends": midnight + closes,
        "due_from": midnight + opens,
        "due_to": midnight + closes,
        "time_out": None,
        "time_in": midnight + opens + late if came else None,
        "status": int(status),
        "late_seconds": late,
        "early_seconds": 0,
        "worked_seconds": 0,
        "symbol": "",
        "cong": 0.5,
        "reasons": 0,
        "rule_version": "",
        "extras": "",
        "outside": "",
        "uncovered": "",
    }


def report(session: Session) -> Report:
    """The report of Tết 2026 for somebody who sees everything."""
    campaign = session.scalars(select(Campaign).where(col(Campaign.code) == "sau-tet-2026")).one()
    made = report_of(session, campaign, tree(session), EVERYBODY)
    if made is None:
        raise LookupError(campaign.code)
    return made


def plainly(session: Session, days: Iterable[int]) -> Counter[tuple[int, int]]:
    """How often each status was, day by day, by fetching every verdict."""
    wanted = select(col(SessionRecord.day), col(SessionRecord.status), col(SessionRecord.seq))
    rows = session.connection().execute(wanted.where(col(SessionRecord.day).in_(list(days)))).all()
    return Counter((day, status) for day, status, seq in rows if seq == 0)


def agrees(made: Report, session: Session) -> bool:
    """Whether both say the same of every day of the window."""
    plain = plainly(session, made.days)
    return all(
        made.whole(day).unexcused == plain[day, Status.ABSENT]
        and made.whole(day).expected == sum(n for (on, _), n in plain.items() if on == day)
        for day in made.days
    )


def measure(engine: Engine, rounds: int) -> dict[str, float]:
    """Seconds of the best of some rounds."""
    taken, plain = [], []
    for _ in range(rounds):
        with reading(engine) as session:
            started = time.perf_counter()
            made = report(session)
            made.lines(made.first_day)
            taken.append(time.perf_counter() - started)
            days = {
                *made.days,
                *made.last_days.values(),
                *(day for found in made.twins.values() for day in found),
            }
            started = time.perf_counter()
            plainly(session, days)
            plain.append(time.perf_counter() - started)
            if not agrees(made, session):
                raise AssertionError("the counts differ")
    return {"seconds": round(min(taken), 3), "plain_seconds": round(min(plain), 3)}


def snapshot_seconds(engine: Engine, rounds: int) -> float:
    """Processor seconds of the best of some rounds: moment T of one first-level unit, as rows."""
    moment, taken = day_of(date(2026, 2, 23)) * DAY_SECONDS + 29_700, []
    for _ in range(rounds):
        with reading(engine) as session:
            started = processor_seconds()
            units = tree(session)
            below = units.below_in_bloc(2)
            rows = rows_of(session, seats(session, EVERYBODY, below, moment // DAY_SECONDS), moment, ZONE)
            taken.append(processor_seconds() - started)
            if not all(row["last_punch"] for row in rows):
                raise AssertionError("a punch is missing")
    return round(min(taken), 4)


def main() -> None:
    """Fill a database, measure, keep the result."""
    options = parser(__doc__)
    options.add_argument("--people", type=int, default=9_000)
    told = options.parse_args()
    with TemporaryDirectory(prefix="monitor-bench-") as place:
        url = f"sqlite:///{place}/inspection.db"
        fill(url, told.people)
        engine = open_database(url)
        with transaction(engine) as session:
            keep_standing(session, By(actor="cli:bench", now=NOW, settings=Settings()))
        figures = measure(engine, rounds=3)
        figures["snapshot_seconds"] = snapshot_seconds(engine, rounds=5)
        engine.dispose()
    print(f"{told.people:,} people in {UNITS} units, {DIVISIONS} divisions")
    print(verdict("the report with baseline and last year", figures["seconds"], GOAL_SECONDS, "s"))
    print(
        verdict(
            "freezing moment T of one unit (processor)",
            figures["snapshot_seconds"],
            SNAPSHOT_GOAL_SECONDS,
            "s",
        )
    )
    print(f"  fetching every verdict and counting: {figures['plain_seconds']:.2f} s")
    keep(told.record, machine(), {"people": told.people, **figures})


if __name__ == "__main__":
    main()
