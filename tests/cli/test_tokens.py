"""`monitor token …`: shown once, listed without themselves, revoked at once."""

import json
from pathlib import Path

from monitor.store.session import open_database
from tests.cli.conftest import Run
from tests.office import rows


def test_a_token_is_made_listed_and_revoked(run: Run, office: Path) -> None:
    run("account", "add", "nhansu", "--name", "Phòng Nội vụ", "--role", "hr", "--unit", "XA", "--json")
    made = run("token", "add", "Phần mềm lương", "--role", "hr", "--unit", "XA-VP", "--owner", "nhansu")
    token = made.out.strip()

    listed = run("token", "list", "--json").out
    engine = open_database(f"sqlite:///{office / 'monitor.db'}")
    stored = str(rows(engine, "SELECT * FROM api_token"))
    engine.dispose()

    assert token.startswith("chamcong_")
    assert [(one["name"], one["unit"], one["state"]) for one in json.loads(listed)] == [
        ("Phần mềm lương", "XA-VP", "live")
    ]
    assert token not in listed + stored + run("trail").out
    assert run("token", "revoke", "1").code == 0
    assert json.loads(run("token", "list", "--json").out)[0]["state"] == "revoked"
    assert run("token", "revoke", "1").code == 1
