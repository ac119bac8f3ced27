"""The board of an office of 3,000 with a year of records: in a real server, and against an ORM per row.

    python -m benchmarks.bench_pages [--people 3000] [--days 250] [--larger 30000] [--no-orm]

With `--larger`, the whole office's board is also read with so many people, over a few days only.
"""

import re
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from benchmarks.measured import empty_database, keep, machine, parser, processor_seconds, verdict
from benchmarks.orm_board import row_by_row
from benchmarks.page_server import (
    committed_before,
    fetch,
    log_in,
    of_family,
    percentile,
    readers,
    server,
    settings,
    spent_in_server,
)
from benchmarks.year_of_records import NOW, ON, Size, fill
from monitor.pauses import settle
from monitor.store.session import open_database
from monitor.web.app import create_app

READERS = 8
GOAL_MEDIAN, GOAL_P99, GOAL_RATIO = 15.0, 50.0, 5.0
WHOLE = "whole office"
BOARDS = {"room of 30": "p0", "department of 150": "d0", WHOLE: "so"}
FEW_DAYS = 5
GOAL_LARGER = 1.2
"""How much longer the board of ten times the people may take."""
ROUNDS = 5
Way = tuple[Callable[[], AbstractContextManager[None]], Callable[[], AbstractContextManager[None]]]
"""Whether anything that was kept is of use, and how rows are loaded."""


def address(code: str) -> str:
    """A board today."""
    return f"/don-vi/{code}/ngay/{ON.isoformat()}"


def in_server(url: str, folder: Path, *, keeps: bool) -> dict[str, dict[str, float]]:
    """Each board read by all readers at once."""
    figures = {}
    with server(url, folder, keeps=keeps) as (port, pid):
        cookies = [log_in(port) for _ in range(READERS)]
        for name, code in BOARDS.items():
            for cookie in cookies:  # the first look within the hour writes the trail
                fetch(port, address(code), cookie)
            spent_in_server(port, folder)
            before, began = of_family(pid), time.perf_counter()
            waited = readers(port, address(code), cookies)
            lasted, used = time.perf_counter() - began, of_family(pid) - before
            spent = spent_in_server(port, folder)
            spent = sorted(spent)[-len(waited) :]  # without the little answers of the asking itself
            figures[name] = {
                "requests": len(waited),
                "per_second": round(len(waited) / lasted, 1),
                "waited_median_ms": round(statistics.median(waited), 2),
                "waited_p99_ms": round(percentile(waited, 0.99), 2),
                "server_median_ms": round(statistics.median(spent), 2),
                "server_p99_ms": round(percentile(spent, 0.99), 2),
                "cpu_ms_per_request": round(1000 * used / len(waited), 2),
            }
    return figures


def of_more(people: int, *, keeps: bool) -> dict[str, float]:
    """The whole office's board with so many people."""
    with TemporaryDirectory(prefix="monitor-bench-") as place, empty_database(Path(place), "larger") as url:
        engine = open_database(url)
        fill(engine, Size(people=people, days=FEW_DAYS))
        engine.dispose()
        return in_server(url, Path(place), keeps=keeps)[WHOLE]


def facts(html: str) -> list[tuple[str, ...]]:
    """What the rows of a board say: person, words of the state, times, and the shapes of the bar."""
    found = []
    for row in re.findall(r'<li class="person.*?</li>', html, re.DOTALL):
        words = re.sub(r"<svg.*?</svg>", " ", row, flags=re.DOTALL)
        plain = " ".join(re.sub(r"<[^>]+>", " ", words).split())
        found.append((plain, *re.findall(r"<(?:rect|line) [^>]+>", row)))
    return found


def against_orm(engine: Engine, folder: Path) -> dict[str, dict[str, float]]:
    """Milliseconds of the processor for a board, ours and one query per row by the ORM, taking turns."""
    app = create_app(engine, settings(folder), lambda: NOW)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    settle()  # as the server does
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "nhansu"})
    ways: dict[str, Way] = {
        "kept": (nullcontext, nullcontext),
        "anew": (committed_before, nullcontext),
        "orm": (committed_before, row_by_row),
    }
    figures: dict[str, dict[str, float]] = {}
    for name, code in BOARDS.items():
        shown = {name: facts(_by(client, code, way)[0]) for name, way in ways.items()}
        assert shown["kept"] == shown["anew"] == shown["orm"], f"{name}: other facts"
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, parts in ways.items():
                _by(client, code, parts)  # the first may have to be made
                taken[way].append(_by(client, code, parts)[1])
        best = {way: round(1000 * statistics.median(times), 2) for way, times in taken.items()}
        ratios = {f"orm_to_{way}": round(best["orm"] / best[way], 1) for way in ("kept", "anew")}
        spent = {f"{way}_cpu_ms": milliseconds for way, milliseconds in best.items()}
        figures[name] = {"rows": len(shown["orm"]), **spent, **ratios}
    return figures


def _by(client: FlaskClient, code: str, way: Way) -> tuple[str, float]:
    """A board and its seconds of the processor, with this way to keep parts and to load rows."""
    keeping, loading = way
    with keeping(), loading():
        began = processor_seconds()
        found = client.get(address(code)).text
        return found, processor_seconds() - began


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--people", type=int, default=Size().people)
    options.add_argument("--days", type=int, default=Size().days)
    options.add_argument("--larger", type=int, default=0, help="people of a second, larger office")
    options.add_argument("--no-orm", action="store_true", help="only what the server does")
    asked = options.parse_args()
    size = Size(people=asked.people, days=asked.days)
    with (
        TemporaryDirectory(prefix="monitor-bench-") as place,
        empty_database(Path(place), "pages") as url,
    ):
        engine = open_database(url)
        fill(engine, size)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT count(*) FROM day_record")).scalar_one()
        about = machine("flask", "granian")
        orm = {} if asked.no_orm else against_orm(engine, Path(place))
        served = {way: in_server(url, Path(place), keeps=way == "kept") for way in ("kept", "anew")}
        engine.dispose()
    larger = {way: of_more(asked.larger, keeps=way == "kept") for way in served} if asked.larger else {}
    print(f"{size.people:,} people, {rows:,} day rows; {READERS} readers at once, 2 workers")
    for way, words in (("kept", "nothing committed meanwhile"), ("anew", "everything made anew")):
        print(f" {words}:")
        for name, found in served[way].items():
            print(verdict(f"{name}: in the server, median", found["server_median_ms"], GOAL_MEDIAN, "ms"))
            print(verdict(f"{name}: in the server, p99", found["server_p99_ms"], GOAL_P99, "ms"))
            print(
                f"    {found['per_second']} a second, {found['cpu_ms_per_request']} ms of the processor each"
            )
    for name, found in orm.items():
        anew, when_kept = found["orm_to_anew"], found["orm_to_kept"]
        print(f"  {name}: an ORM per row takes {anew} × as long, {when_kept} × when kept")
    for way, found in larger.items():
        ratio = found["server_median_ms"] / served[way][WHOLE]["server_median_ms"]
        print(verdict(f"{asked.larger:,} people, {way}, against {size.people:,}", ratio, GOAL_LARGER, "x"))
    figures = {"people": size.people, "day_rows": rows, "orm": orm, "larger": larger, **served}
    keep(asked.record, about, figures)


if __name__ == "__main__":
    main()
