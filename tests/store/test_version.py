"""A token of the database stands exactly as long as nothing is committed."""

from sqlalchemy import Engine

from monitor.store.session import open_database, transaction
from monitor.store.tables import Unit
from monitor.store.version import DataVersion


def add(engine: Engine, name: str) -> None:
    """Commit a change."""
    with transaction(engine) as session:
        session.add(Unit(code=name, name=name))


def test_a_token_stands_until_anything_is_committed_by_anybody(engine: Engine) -> None:
    version = DataVersion(engine)
    first = version.token()
    assert version.token() == first

    add(engine, "B")
    second = version.token()
    assert second != first

    other = open_database(engine.url.render_as_string(hide_password=False))  # as another process has it
    add(other, "C")
    other.dispose()
    assert version.token() != second


def test_no_token_comes_again(engine: Engine) -> None:
    version = DataVersion(engine)
    seen = {version.token()}
    for name in ("A", "B", "D", "E"):
        add(engine, name)
        assert version.token() not in seen
        seen.add(version.token())


def test_after_a_disposal_no_old_token_comes_again(engine: Engine) -> None:
    version = DataVersion(engine)
    first = version.token()
    engine.dispose()
    # A snapshot is the same whoever looks at it; a count is of one connection.
    assert (version.token() == first) == (engine.dialect.name == "postgresql")
