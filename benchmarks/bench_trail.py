"""The audit trail at a province's size of a year: who was shown a person, a new viewing, one that stands."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import Engine, insert, text

from benchmarks.measured import empty_database, keep, machine, parser, verdict
from monitor import audit
from monitor.audit import Viewing, tell_viewing
from monitor.audit.chain import DIGESTED, GENESIS, digest_of, digested_link
from monitor.audit.views import people_sha256
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.trail import TrailWanted, trail
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import AuditEntry, Person, Shown

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE, ON_A_BOARD, YEAR_SECONDS = 9_000, 15, 365 * 86_400
AT_ONCE = 5_000
GOAL_ANSWER, GOAL_VIEW = 5.0, 0.2


def fill(engine: Engine, viewings: int) -> None:
    """A year of boards: each showed fifteen people to one of 600 heads; a true chain."""
    names = [f"CB{number:05}" for number in range(1, PEOPLE + 1)]
    people = [{"code": n, "name": n, "sort_key": n, "search_key": n} for n in names]
    with transaction(engine) as session:
        session.connection().execute(insert(Person), people)
    draw, previous = np.random.default_rng(1), GENESIS
    for first in range(0, viewings, AT_ONCE):
        entries, shown = [], []
        for number in range(first, min(first + AT_ONCE, viewings)):
            head = int(draw.integers(600))
            at = START + timedelta(seconds=YEAR_SECONDS * number // viewings)
            day = 20_454 + number * 365 // viewings
            rows = [(head * ON_A_BOARD + place + 1, day, day) for place in range(ON_A_BOARD)]
            detail = f'{{"people": {ON_A_BOARD}, "people_sha256": "{people_sha256(rows)}"}}'
            actor, subject, salt = f"head{head}", f"unit:U{head}", f"{number:032x}"
            digest = digest_of(salt, actor, subject, detail)
            link = digested_link(previous, at, "view_board", digest)
            fields = {"actor": actor, "action": "view_board", "subject": subject, "detail": detail}
            chained = {"previous_hash": previous, "hash": link, "form": DIGESTED, "payload_sha256": digest}
            entries.append({"id": number + 1, "at": at, "salt": salt, **fields, **chained})
            shown += [
                {"person_id": p, "entry_id": number + 1, "first_day": a, "last_day": b} for p, a, b in rows
            ]
            previous = link
        with transaction(engine) as session:
            session.connection().execute(insert(AuditEntry), entries)
            session.connection().execute(insert(Shown), shown)
    if engine.dialect.name == "postgresql":
        with transaction(engine) as session:
            newest = "(SELECT max(id) FROM audit_entry)"
            count = f"SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), {newest})"
            session.connection().execute(text(count))


def seconds(work: object, times: int = 1) -> float:
    """The longest of some runs."""
    longest = 0.0
    for _ in range(times):
        began = time.perf_counter()
        work()  # type: ignore[operator]  # any of the little functions below
        longest = max(longest, time.perf_counter() - began)
    return longest


def measure(engine: Engine, check: bool) -> dict[str, float]:
    later = START + timedelta(days=365)

    def ask() -> None:
        with reading(engine) as session:
            found = trail(session, EVERYBODY, TrailWanted(person_id=4_321, limit=10**6), today=20_820)
            assert found

    def look(minute: int) -> None:
        board = frozenset(range(1, 401))
        tell_viewing(
            engine,
            Viewing(
                at=later + timedelta(minutes=minute),
                actor="head0",
                action="view_board",
                subject="unit:U0",
                people=board,
                first_day=20_820,
                last_day=20_820,
            ),
        )

    figures = {"answer_seconds": seconds(ask, 3), "new_viewing_of_400_seconds": seconds(lambda: look(0))}
    figures["viewing_that_stands_seconds"] = seconds(lambda: look(5), 3)
    if check:

        def verify() -> None:
            with reading(engine) as session:
                assert audit.first_broken_link(session) is None
                assert audit.first_broken_view(session) is None

        figures["verify_seconds"] = seconds(verify)
    return figures


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--viewings", type=int, default=333_000, help="15 people each: five million rows")
    options.add_argument("--postgres", action="store_true")
    options.add_argument("--verify", action="store_true", help="check the whole chain, too")
    asked = options.parse_args()
    with (
        TemporaryDirectory(prefix="monitor-bench-") as place,
        empty_database(Path(place), "trail", postgres=asked.postgres) as url,
    ):
        engine = open_database(url)
        fill(engine, asked.viewings)
        figures = measure(engine, asked.verify)
        engine.dispose()
    print(f"{asked.viewings:,} viewings of {ON_A_BOARD} people")
    print(verdict("who was shown this person", figures["answer_seconds"], GOAL_ANSWER, "s"))
    print(verdict("a new viewing of 400 people", figures["new_viewing_of_400_seconds"], GOAL_VIEW, "s"))
    print(verdict("a viewing that stands", figures["viewing_that_stands_seconds"], GOAL_VIEW, "s"))
    if asked.verify:
        print(f"  whole chain and everybody shown: {figures['verify_seconds']:.1f} s")
    keep(asked.record, machine(), {"viewings": asked.viewings, **figures})


if __name__ == "__main__":
    main()
