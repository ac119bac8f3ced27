"""The month grid of 500 people, from the request to the last byte: `python -m benchmarks.bench_month`.

The other side reads the same rows as ORM objects and fills a dictionary, the least that any page made of
objects does; it counts no totals, hashes nothing and makes no page.
"""

import statistics
import time
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, event, select
from sqlmodel import col

from benchmarks.bench_sheets import MONTH, NOW, fill
from monitor.config import Settings
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Account, Person, SessionRecord
from monitor.web.app import create_app

PAGE = f"/bang-cong/S000/{MONTH.text}"


def objects(engine: Engine) -> int:
    """The same cells by objects; gives how many there are."""
    cells: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    with reading(engine) as session:
        people = {person.id: person.code for person in session.scalars(select(Person))}
        days = col(SessionRecord.day).between(MONTH.first_day, MONTH.last_day)
        for row in session.scalars(select(SessionRecord).where(days, col(SessionRecord.unit_id) == 2)):
            cells[people[row.person_id], row.day].append(row.symbol)
    return len(cells)


def main() -> None:
    """Print processor time of both sides, median and best, the page's size and how many queries it takes."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--times", type=int, default=15)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/monitor.db"
        fill(url, asked.people)
        engine = open_database(url)
        with transaction(engine) as session:
            session.add(Account(user_name="hr", display_name="HR", role="hr", unit_id=1))
        _measure(engine, Path(folder), asked.times)
        engine.dispose()


def _measure(engine: Engine, folder: Path, times: int) -> None:
    web = {"secret_key": "k" * 32, "development_login": True}
    app = create_app(engine, Settings.model_validate({"web": web, "folder": folder}), lambda: NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    client, statements = app.test_client(), list[str]()
    client.post("/dang-nhap", data={"user_name": "hr"})
    client.get(PAGE)  # the first look writes the trail and compiles the template
    event.listen(engine, "before_cursor_execute", lambda *found: statements.append(found[2]))
    size = len(client.get(PAGE).data)
    queries = len(statements)
    page = _seconds(lambda: client.get(PAGE), times)
    plain = _seconds(lambda: objects(engine), times)
    print(f"page:    median {statistics.median(page) * 1000:.0f} ms, best {min(page) * 1000:.0f} ms, "
          f"{size / 1024:.0f} KB, {queries} queries")  # fmt: skip
    print(f"objects: median {statistics.median(plain) * 1000:.0f} ms, best {min(plain) * 1000:.0f} ms")


def _seconds(task: object, times: int) -> list[float]:
    assert callable(task)
    found = []
    for _ in range(times):
        started = time.process_time()
        task()
        found.append(time.process_time() - started)
    return found


if __name__ == "__main__":
    main()
