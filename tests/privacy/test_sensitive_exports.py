"""No export, and no entry of the trail, tells why somebody was away for their health."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.exports.aggregates import aggregates_table
from monitor.exports.formats import FORMATS
from monitor.exports.records import days_table, sessions_table
from monitor.setup import import_file
from monitor.store.queries.exports import session_frame
from monitor.store.session import reading, transaction
from tests.office import at, rows
from tests.privacy.conftest import SICK

NAMES = ("Ốm, điều dưỡng", "sick", SICK)


def exported(engine: Engine) -> str:
    with reading(engine) as session:
        records = session_frame(session, 20485, 20512, None)
        tables = (
            sessions_table(records),
            days_table(records),
            aggregates_table(session, "2026-02", 20485, 20512, None),
        )
    return "".join(FORMATS[form](table).decode() for table in tables for form in ("csv", "json"))


def told(text_of_all: str) -> list[str]:
    return [name for name in NAMES if name in text_of_all]


def test_exports_carry_the_symbol_alone(left: Engine) -> None:
    assert "Ô" in exported(left)
    assert told(exported(left)) == []


def test_the_check_notices_an_export_that_tells_the_reason(left: Engine) -> None:
    """The planted bug: the name of the leave stands where its symbol should."""
    with transaction(left) as session:
        session.connection().execute(
            text("UPDATE session_record SET symbol = 'Ốm, điều dưỡng' WHERE symbol = 'Ô'")
        )
    assert told(exported(left)) == ["Ốm, điều dưỡng"]


def test_an_import_tells_what_it_changed_but_no_reason(left: Engine, tmp_path: Path) -> None:
    path = tmp_path / "excuses.csv"
    path.write_text(
        "person,type,from,to,status,document,document_date,entered_at\n"
        "AN,sick,2026-02-26 00:00:00,2026-02-26 23:59:59,rejected,Giấy ra viện số 100,,\n",
        encoding="utf-8",
    )
    now = at("2026-03-10 08:00")
    report = import_file(left, "excuses", path, now=now, zone="Asia/Ho_Chi_Minh", actor="cli:lan")
    assert report.applied, report.errors
    ((detail,),) = rows(left, "SELECT detail FROM audit_entry WHERE action = 'import'")
    (change,) = json.loads(str(detail))["changes"]
    assert change["before"] == {"status": "approved", "document": "…"}
    assert change["after"] == {"status": "rejected", "document": "…"}
    assert told(str(detail)) == []


@pytest.mark.parametrize("name", ["Lê Văn An", "Lê Văn Ân"])
def test_an_import_tells_each_value_before_and_after(left: Engine, tmp_path: Path, name: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "code,name,unit,position,role,valid_from,valid_to\n"
        f"AN,{name},XA-VP,Chuyên viên,staff,2026-02-23,2026-02-27\n",
        encoding="utf-8",
    )
    now = at("2026-03-10 08:00")
    assert import_file(left, "people", path, now=now, zone="Asia/Ho_Chi_Minh", actor="cli:lan").applied
    ((detail,),) = rows(left, "SELECT detail FROM audit_entry WHERE action = 'import'")
    changes = json.loads(str(detail)).get("changes", [])
    told_names = [(one["before"]["name"], one["after"]["name"]) for one in changes if "name" in one["after"]]
    assert told_names == ([] if name == "Lê Văn An" else [("Lê Văn An", "Lê Văn Ân")])
