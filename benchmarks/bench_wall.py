"""What the database's second wall costs a board on PostgreSQL: behind it, past it, and without it.

    python -m benchmarks.bench_wall [--days 60] [--rounds 40]

Three applications over one database take turns: as the program's role behind the wall; as the same role
without saying whose days may be seen; and as a superuser, whom no policy holds. Nothing is kept meanwhile.
"""

import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from benchmarks.bench_pages import BOARDS, address
from benchmarks.measured import empty_database, keep, machine, parser, verdict
from benchmarks.page_server import committed_before, settings
from benchmarks.year_of_records import NOW, Size, fill
from monitor.pauses import settle
from monitor.store.roles import Roles, role_statements
from monitor.store.session import open_database
from monitor.store.wall import beyond_wall
from monitor.web import app as web
from monitor.web.context import KEY, Site

GOAL = 1.25
WAYS = ("behind", "past", "superuser")


def browsers(url: str, folder: Path) -> dict[str, FlaskClient]:
    """A browser of HR of the whole office for each way."""
    program = make_url(url).set(username="monitor_app").render_as_string(hide_password=False)
    found = {}
    for way in WAYS:
        app = web.create_app(
            open_database(url if way == "superuser" else program), settings(folder), lambda: NOW
        )
        if way == "past":
            site: Site = app.extensions[KEY]
            app.extensions[KEY] = replace(site, engine=beyond_wall(site.engine))
        app.config.update(WTF_CSRF_ENABLED=False)
        found[way] = app.test_client()
        found[way].post("/dang-nhap", data={"user_name": "nhansu"})
    return found


def times(found: dict[str, FlaskClient], code: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each request, the ways in turn, after one that writes the trail."""
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    for round_ in range(rounds + 1):
        for way, browser in found.items():
            began = time.perf_counter()
            answer = browser.get(address(code))
            if answer.status_code != 200:
                raise SystemExit(f"{way}: {answer.status}")
            if round_:
                spent[way].append(1000 * (time.perf_counter() - began))
    return spent


def measured(url: str, folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Each board: medians, and the median ratio of requests that followed each other."""
    figures = {}
    with committed_before():
        found = browsers(url, folder)
        for name, code in BOARDS.items():
            spent = times(found, code, rounds)
            told = {f"{way}_ms": round(statistics.median(spent[way]), 2) for way in WAYS}
            for way in ("past", "superuser"):
                ratios = (one / other for one, other in zip(spent["behind"], spent[way], strict=True))
                told[f"behind_by_{way}"] = round(statistics.median(ratios), 3)
            figures[name] = told
    return figures


def furnish(url: str, days: int) -> None:
    """The office, its roles, and what the planner must know of it."""
    engine = create_engine(url)
    fill(engine, Size(days=days))
    with engine.begin() as connection:
        for statement in role_statements(Roles(database=engine.url.database or "")):
            connection.execute(text(statement))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def main() -> None:
    """Measure, and say whether the wall costs less than the goal."""
    arguments = parser(__doc__)
    arguments.add_argument("--days", type=int, default=60)
    arguments.add_argument("--rounds", type=int, default=40)
    asked = arguments.parse_args()
    about = machine("flask", "psycopg")
    with TemporaryDirectory() as folder, empty_database(Path(folder), "wall", postgres=True) as url:
        furnish(url, asked.days)
        settle()
        figures = measured(url, Path(folder), asked.rounds)
    for name, told in figures.items():
        print(name, told)
    worst = max(told["behind_by_superuser"] for told in figures.values())
    print(verdict("board behind the second wall / without any", worst, GOAL, "x"))
    keep(asked.record, about, {"boards": figures})


if __name__ == "__main__":
    main()
