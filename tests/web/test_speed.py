"""A page asks the database the same number of questions however many people it shows."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from monitor.store.session import transaction
from monitor.store.tables import Terminal, Unit
from tests.web.cast import AT_WORK, GOOD_MORNING, Office
from tests.web.conftest import LogIn

BOARD = "/don-vi/lon/ngay/2026-02-24"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def crowd(engine: Engine, first: int, last: int) -> None:
    """People of one unit who are at work."""
    with transaction(engine) as session:
        office = Office(session)
        office.units = {unit.code: unit for unit in session.scalars(select(Unit))}
        office.terminals = {terminal.code: terminal for terminal in session.scalars(select(Terminal))}
        if "lon" not in office.units:
            office.unit("lon", "Đơn vị lớn", "ubnd")
        for number in range(first, last):
            code = f"X{number:05}"
            office.person(code, f"Nguyễn Văn Số {number}", "lon")
            office.day(code, GOOD_MORNING, {**AT_WORK, "time_in": "13:22:10"})


def look_twice(client: FlaskClient, address: str) -> None:
    """The first look within the hour writes the trail, the next makes what is kept until the next commit."""
    client.get(address)
    client.get(address)


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    counts = []
    for first, last in ((0, 5), (5, 50)):
        crowd(engine, first, last)
        look_twice(client, BOARD)
        with counted(engine) as statements:
            assert client.get(BOARD).text.count('class="name"') == last
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[0] <= 18


@pytest.mark.parametrize("address", ["/nguoi/CB002/ngay/2026-02-24"])
def test_other_pages_ask_little_too(log_in: LogIn, engine: Engine, address: str) -> None:
    client = log_in("nhansu")
    look_twice(client, address)
    with counted(engine) as statements:
        assert client.get(address).status_code == 200

    assert len(statements) <= 32, "\n".join(statements)


def test_style_sheets_and_scripts_ask_the_database_nothing(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    with counted(engine) as statements, client.get("/static/app.css") as answer:
        assert answer.status_code == 200

    assert statements == []
