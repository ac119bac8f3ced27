"""What is given out of each kind of file comes back in unchanged, and samples are files that import."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from monitor.exports.samples import sample_file
from monitor.exports.stored import ROWS, SECRET, TOML, stored_file
from monitor.setup import ImportReport, import_into, read_bytes
from monitor.store.session import open_database, reading, transaction
from tests.conftest import NOW

KINDS = ("units", "people", "terminals", "badges", "calendar", "leave_types", "staffing", "regulations")
ZONE = "Asia/Ho_Chi_Minh"
FURTHER = {
    "units": "code,name,parent,valid_to\nCU,=1+1 tên lạ,,2025-06-30\n",
    "people": "code,name,unit,role,valid_from,valid_to\n"
    "CB001,Nguyễn Thị Hạnh,CU,staff,2020-01-01,2025-06-30\n",
    "terminals": "code,kind,host,comm_key,serial,push_key\nM2,zk,10.0.0.9,4711,ABC-1,khoa\n",
    "badges": "person,terminal,device_user_id,valid_from,valid_to\nCB002,M2,007,2025-01-01,2025-12-31\n",
    "calendar": "date,kind,name,scope,status\n2031-04-01,off,Ngày truyền thống,UBND-VP,P\n",
    "leave_types": "code,name,symbol,paid,counts_cong,sensitive\nblood,Hiến máu,HM,0,0,1\n",
    "staffing": "unit,session,people\nUBND-PVHCC,Sáng,3\n",
    "regulations": """
[[regulation]]
code = "truc-dem"
document = 'Số "7" \\ QĐ'
valid_from = 2026-04-16
applies_to = ["unit:UBND-VP", "person:CB003"]
marks = 2
late_is_absent_after_minutes = 120
truncate_to_minute = true
[[regulation.session]]
name = "Đêm"
weekdays = [5, 7]
start = "22:00"
end = "06:00"
cong = 1.5
[[regulation.session]]
name = "Cả ngày"
weekdays = [6]
start = "08:00"
end = "08:00"
""",
}


def load(engine: Engine, kind: str, data: bytes) -> ImportReport:
    with transaction(engine) as session:
        return import_into(session, read_bytes(kind, data, kind), now=NOW, zone=ZONE, actor="cli:test")


@pytest.fixture(scope="module")
def office(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that holds the samples and rows with every kind of value; no test changes it."""
    path = tmp_path_factory.mktemp("stored") / "office.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    for kind in KINDS:
        report = load(engine, kind, sample_file(kind, "vi")[0])
        assert report.applied, [error.text() for error in report.errors]
        assert report.unchanged == 0
        report = load(engine, kind, FURTHER[kind].encode())
        assert report.applied, [error.text() for error in report.errors]
    yield engine
    engine.dispose()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_given_out_comes_back_unchanged(office: Engine, kind: str) -> None:
    with reading(office) as session:
        given = stored_file(session, kind, None)
    report = load(office, kind, given.content)
    assert report.applied, [error.text() for error in report.errors]
    assert (report.added, report.changed, report.unchanged) == (0, 0, given.rows)
    assert given.rows > 1


def test_an_empty_installation_filled_from_what_was_given_out_gives_out_the_same(
    office: Engine, migrated_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "second.db"
    path.write_bytes(migrated_file.read_bytes())
    second = open_database(f"sqlite:///{path}")
    for kind in KINDS:
        with reading(office) as session:
            given = stored_file(session, kind, None).content
        assert load(second, kind, given).applied
        with reading(second) as session:
            assert _cells(stored_file(session, kind, None).content) == _cells(given)
    second.dispose()


def _cells(content: bytes) -> object:
    if not content.startswith(b"PK"):
        return content
    return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0].values]


def test_keys_of_terminals_never_leave_and_stay_when_the_file_comes_back(office: Engine) -> None:
    with reading(office) as session:
        given = stored_file(session, "terminals", None)
    cells = str(_cells(given.content))
    assert "4711" not in cells
    assert "khoa" not in cells
    assert not any(name in cells for name in SECRET)
    load(office, "terminals", given.content)
    with office.connect() as connection:
        kept = connection.exec_driver_sql("SELECT comm_key, push_key FROM terminal WHERE code = 'M2'").one()
    assert tuple(kept) == ("4711", "khoa")


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_sample_explains_every_column_of_its_first_sheet(kind: str) -> None:
    book = openpyxl.load_workbook(BytesIO(sample_file(kind, "vi")[0]))
    assert book.sheetnames == [kind, "Giải thích"]
    names = [cell.value for cell in book[kind][1]]
    explained = {
        str(row[0]): row[1] for row in book["Giải thích"].iter_rows(min_row=2, values_only=True) if row[0]
    }
    assert all(explained[str(name)] for name in names)
    assert TOML not in book.sheetnames


def test_what_belongs_to_other_units_is_not_given_out(office: Engine) -> None:
    with office.connect() as connection:
        row = connection.exec_driver_sql("SELECT id FROM unit WHERE code = 'UBND-PVHCC'").one()
    found = {}
    for kind in ("units", "people", "badges", "staffing", "regulations"):
        with reading(office) as session:
            found[kind] = stored_file(session, kind, frozenset({row[0]}))
    assert found["people"].people == ("CB003",)
    assert found["badges"].people == ("CB003",)
    assert found["units"].rows == 1
    assert found["staffing"].rows == 2
    assert found["regulations"].rows == 0  # one is everybody's, the other touches another office
