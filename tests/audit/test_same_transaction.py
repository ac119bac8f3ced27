"""A change and its entry stand or fall together (P8)."""

import pytest
from sqlalchemy import Connection, Engine, event

from monitor import audit, privacy
from monitor.store.session import open_database, transaction
from tests.office import at, open_office, rows

NOW = at("2026-03-02 08:00")


class PowerCut(Exception):
    """Everything ends before the commit."""


def left_after_a_power_cut(engine: Engine) -> tuple[int, int]:
    """How many holds and how many entries are there when the commit of a hold never comes."""

    def cut(_connection: Connection) -> None:
        raise PowerCut

    open_office(engine)
    event.listen(engine, "commit", cut)
    try:
        with pytest.raises(PowerCut):
            privacy.place_hold(engine, "AN", reason="x", now=NOW, actor="cli:lan")
    finally:
        event.remove(engine, "commit", cut)
    return len(rows(engine, "SELECT id FROM legal_hold")), len(rows(engine, "SELECT id FROM audit_entry"))


def test_a_change_that_is_not_committed_leaves_no_entry(engine: Engine) -> None:
    assert left_after_a_power_cut(engine) == (0, 0)


@pytest.mark.postgres
def test_the_check_notices_an_entry_outside_the_transaction(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: the entry is written over a connection of its own."""
    engine, other = open_database(postgres_url), open_database(postgres_url)
    told = audit.record

    def outside(_session: object, **values: object) -> int:
        with transaction(other) as session:
            return told(session, **values)  # type: ignore[arg-type]  # its own parameters

    monkeypatch.setattr(audit, "record", outside)
    assert left_after_a_power_cut(engine) == (0, 1)
    engine.dispose()
    other.dispose()
