"""`monitor move` and `monitor database roles`, as a person runs them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from tests.cli.conftest import Run

HEAD = "Đầu nhật ký"


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    """An empty database of the server, without any table."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE typed TEMPLATE template0"))
    yield make_url(postgres_server).set(database="typed").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE typed WITH (FORCE)"))
    admin.dispose()


@pytest.mark.postgres
def test_a_move_is_rehearsed_and_told(
    office: Path, run: Run, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_MOVE_TO", empty_url)
    told = run("move", "--check")

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Diễn tập: ")
    assert HEAD in told.out
    engine = create_engine(empty_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_only_postgresql_is_moved_to(office: Path, run: Run) -> None:
    refused = run("move", "--to", "sqlite:///other.db")

    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Chỉ chuyển được từ SQLite sang PostgreSQL")
    assert not (office / "other.db").exists()


def test_roles_are_printed_with_their_names_quoted(run: Run) -> None:
    told = run("database", "roles", "--database", 'a"b', "--reader", "chỉ đọc")

    assert told.code == 0
    assert told.out.startswith("BEGIN;\nCREATE ROLE ")
    assert 'GRANT CONNECT ON DATABASE "a""b" TO "chỉ đọc";' in told.out
