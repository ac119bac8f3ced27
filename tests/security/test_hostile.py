"""A thousand hostile names through every page, every export and the log: they come out as text (F10)."""

import csv
import io
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from flask import Flask, render_template_string
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor import logs
from monitor.exports import formats
from monitor.groups import Group
from monitor.store.session import open_database, transaction
from monitor.store.tables import (
    Account,
    Excuse,
    ExcuseType,
    Person,
    RegulationVersion,
    SessionRecord,
    Terminal,
    Unit,
)
from monitor.text.vietnamese import fold, sort_key
from monitor.web.app import create_app
from monitor.web.policy import PUBLIC, policy
from tests.security.hostile import Read, payloads
from tests.security.malformed import addresses_of
from tests.web.cast import AT_WORK, GOOD_MORNING, NOW, furnish
from tests.web.conftest import settings_for

MANY = int(os.environ.get("MONITOR_HOSTILE", "1000"))
SMALL = ("kt", "vp", "pvhcc")
"""A board shows so many people and no more; these three hold a third each."""
BOARD = "/don-vi/ubnd/ngay/2026-02-24"

pytestmark = pytest.mark.slow

# PostgreSQL and UTF-8 take no surrogates; a NUL is refused at every entrance, and shown all the same.
HOSTILE = payloads(MANY)


def office_of(url: str, names: Callable[[int], str]) -> Engine:
    """The furnished office, with as many people as there are names; everything that is text is a name."""
    engine = open_database(url)
    with transaction(engine) as session:
        office = furnish(session)
        for place in range(MANY):
            code = f"NV{place:05}"
            office.person(code, "x", SMALL[place % len(SMALL)])
            office.day(code, GOOD_MORNING, {**AT_WORK, "time_in": "13:20:00"})
        for table, columns in TEXTS.items():
            for place, row in enumerate(session.scalars(select(table))):
                for column in columns:
                    setattr(row, column, names(place))
        for place, kind in enumerate(session.scalars(select(ExcuseType))):
            kind.name = names(place)
        for person in session.scalars(select(Person)):
            person.sort_key, person.search_key = sort_key(person.name), fold(person.name)
    return engine


TEXTS = {
    Person: ("name",),
    Unit: ("name",),
    Terminal: ("name",),
    Account: ("display_name",),
    RegulationVersion: ("title", "document"),
    SessionRecord: ("name", "symbol"),
    Excuse: ("document",),
}


NOBODY_WORKS = "/healthz/work"
"""Answers 503 while no scheduler runs: for a monitoring server, with one word and nobody's name."""
NAMES: dict[str, Callable[[int], str]] = {
    "hostile": lambda place: HOSTILE[place] if place < MANY else f"Người {place}",
    "harmless": lambda place: f"Lan {place}",
}


@pytest.fixture(scope="module")
def offices(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """The office with hostile names, and the same one with harmless names."""
    folder = tmp_path_factory.mktemp("hostile")
    found = {}
    for name, names in NAMES.items():
        (folder / name).mkdir()
        (folder / name / "office.db").write_bytes(migrated_file.read_bytes())
        found[name] = office_of(f"sqlite:///{folder / name / 'office.db'}", names)
    yield found
    for engine in found.values():
        engine.dispose()


@pytest.fixture(scope="module")
def sites(offices: dict[str, Engine], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    folder = tmp_path_factory.mktemp("sites")
    found = {name: create_app(engine, settings_for(folder), lambda: NOW) for name, engine in offices.items()}
    for app in found.values():
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return found


def page(app: Flask, address: str) -> Read:
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": "admin"})
    with client.get(address, buffered=True) as answer:
        assert answer.status_code < 500 or address == NOBODY_WORKS, address
        return Read(answer.get_data(as_text=True) if answer.mimetype == "text/html" else "")


def differs(sites: dict[str, Flask], address: str) -> list[object]:
    """Elements and attributes that hostile names brought into a page, or took out of it."""
    hostile, harmless = (Counter(page(sites[name], address).elements) for name in ("hostile", "harmless"))
    return [*(hostile - harmless), *(harmless - hostile)]


def addresses(app: Flask) -> list[str]:
    """Every page, and the days of people with each kind of name."""
    people = [f"/nguoi/NV{place:05}/ngay/2026-02-24" for place in range(0, MANY, max(1, MANY // 40))]
    pages = [one for one in addresses_of(app) if not one.startswith(("/static", "/bootstrap"))]
    return [*pages, BOARD, f"{BOARD}?nhom=late", *people, "/nguoi/CB005/ngay/2026-02-24"]


def test_no_name_becomes_an_element_an_attribute_or_a_comment_of_any_page(sites: dict[str, Flask]) -> None:
    found = {one: differs(sites, one)[:3] for one in addresses(sites["hostile"])}

    assert {one: elements for one, elements in found.items() if elements} == {}


def test_every_name_stands_on_the_board_as_it_is(sites: dict[str, Flask]) -> None:
    groups = [f"/don-vi/{unit}/ngay/2026-02-24?nhom={group}" for unit in SMALL for group in Group]
    boards = [page(sites["hostile"], address) for address in groups]
    seen = " ".join(plain(read.text) for read in boards)

    assert [name for name in HOSTILE if plain(name) not in seen] == []


def plain(name: str) -> str:
    """A name without what HTML itself does not keep: line ends and NUL."""
    return re.sub(r"[\x00\s]+", " ", name).strip()


def test_no_address_on_a_page_leads_elsewhere_or_runs(sites: dict[str, Flask]) -> None:
    for address in (BOARD, "/may", "/dang-nhap"):
        page_text = sites["hostile"].test_client().get(address).text
        for target in re.findall(r"""(?:href|src|action)=["']([^"']*)""", page_text):
            assert target.startswith(("/", "#", "?")), target
            assert not target.startswith(("//", "/\\"))


def test_what_is_searched_for_comes_back_as_text(sites: dict[str, Flask]) -> None:
    client = sites["hostile"].test_client()
    client.post("/dang-nhap", data={"user_name": "admin"})
    usual = Counter(Read(client.get(BOARD, query_string={"tim": "khongaica"}).text).elements)
    for name in HOSTILE[:: max(1, MANY // 20)]:
        answer = client.get(BOARD, query_string={"tim": f"khongaica{name}"})
        if answer.status_code == 200:
            assert Counter(Read(answer.text).elements) == usual, name
        else:
            assert "\0" in name


# Exports.


def table_of(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"person": names, "minutes": range(len(names)), "unit": names[::-1]}, dtype=object)


def formula_cells(content: bytes) -> list[object]:
    """Cells that a spreadsheet program would compute, or follow."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]


WORKBOOK_NAMES = [name for name in HOSTILE if not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", name)]


def test_a_workbook_holds_every_name_as_text_and_no_formula() -> None:
    assert formula_cells(formats.as_xlsx(table_of(HOSTILE))) == []
    sheet = openpyxl.load_workbook(io.BytesIO(formats.as_xlsx(table_of(WORKBOOK_NAMES)))).worksheets[0]
    kept = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert [name.replace("\r\n", "\n").replace("\r", "\n") for name in WORKBOOK_NAMES] == [
        name.replace("\r\n", "\n").replace("\r", "\n") for name in kept
    ]


def test_json_gives_every_name_back() -> None:
    rows = json.loads(formats.as_json(table_of(HOSTILE)))

    assert [row["person"] for row in rows] == HOSTILE


def test_the_exact_csv_gives_every_name_back() -> None:
    """Rules 9: scripts read it, so nothing is added to a cell."""
    content = formats.as_csv(table_of(HOSTILE)).decode()
    rows = list(csv.reader(io.StringIO(content, newline="")))

    assert [row[0] for row in rows[1:]] == HOSTILE


def runs_in_a_spreadsheet(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r\n\0") and cell[:1]]


def test_the_csv_for_people_begins_no_cell_as_a_formula_does() -> None:
    assert runs_in_a_spreadsheet(formats.as_csv_for_people(table_of(HOSTILE))) == []
    assert b"\n'=1+1,0," in formats.as_csv_for_people(table_of(["=1+1"]))
    numbers = pd.DataFrame({"hours": [-1, 2.5]}, dtype=object)
    assert formats.as_csv_for_people(numbers) == b"hours\n-1\n2.5\n"


# The log.


def logged(message: str, *arguments: object, error: BaseException | None = None) -> str:
    record = logging.LogRecord("monitor.x", logging.WARNING, __file__, 1, message, arguments, None)
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    return logs.OneLine(logs.FORM).format(record)


def test_a_name_in_the_log_stays_on_its_line() -> None:
    for name in HOSTILE:
        line = logged("terminal %s calls", name)
        assert len(line.splitlines()) == 1
        assert line.isprintable() or " " in line
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", line)


def test_a_trace_cannot_pass_for_other_entries() -> None:
    for name in HOSTILE[::10]:
        try:
            raise ValueError(name)
        except ValueError as error:
            lines = logged("failed", error=error).splitlines()
        assert all(line.startswith(logs.CONTINUED) for line in lines[1:])
        assert "ValueError" in "".join(lines)


def test_the_processes_write_their_logs_this_way(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    logs.install("WARNING")

    assert [type(handler.formatter) for handler in root.handlers] == [logs.OneLine]


# Planted: each check notices the bug it is there for.


def test_planted_an_unescaped_name_is_noticed(offices: dict[str, Engine], tmp_path: Path) -> None:
    def careless(app: Flask, engine: Engine) -> Flask:
        @app.get("/tho")
        @policy(PUBLIC)
        def names() -> str:
            with engine.connect() as connection:
                found = connection.execute(select(col(Person.name)).order_by(col(Person.id)))
                return render_template_string("{{ names|join|safe }}", names=[row[0] for row in found])

        return app

    settings = settings_for(tmp_path)
    sites = {
        name: careless(create_app(engine, settings, lambda: NOW), engine) for name, engine in offices.items()
    }
    for app in sites.values():
        app.config["WTF_CSRF_ENABLED"] = False
    assert ("script",) in differs(sites, "/tho")


def test_planted_a_formula_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlsxwriter.worksheet import Worksheet

    monkeypatch.setattr(Worksheet, "write_string", Worksheet.write)

    assert "=1+1" in formula_cells(formats.as_xlsx(table_of(["=1+1", "An"])))


def test_planted_a_line_break_in_the_log_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "plain", lambda text: text)

    with pytest.raises(AssertionError):
        test_a_name_in_the_log_stays_on_its_line()
