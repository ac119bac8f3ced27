"""The trail is one chain: whatever is changed, taken away, put elsewhere or forked is found (P8)."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from monitor import audit
from monitor.audit import chain
from monitor.store.schema import migrate, migrations
from monitor.store.session import open_database, reading, transaction
from tests.office import rows

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
GUARDS = ("append_only_audit_entry_update", "append_only_audit_entry_delete")
PAYLOAD = ("actor", "subject", "detail", "salt")
COLUMNS = ("at", "action", "previous_hash", "hash", "form", "payload_sha256", *PAYLOAD)


def tell(engine: Engine, count: int = 1, **more: object) -> int:
    with transaction(engine) as session:
        for number in range(count):
            last = audit.record(
                session,
                at=NOW,
                actor="lan",
                action="test",
                subject=f"unit:{number}",
                detail={"n": number, **more},
            )
    return last


def broken(engine: Engine) -> int | None:
    with reading(engine) as session:
        return audit.first_broken_link(session)


def tamper(engine: Engine, *statements: str) -> None:
    """What somebody with the database's own password may do."""
    with transaction(engine) as session:
        for name in GUARDS:
            on = " ON audit_entry" if engine.dialect.name == "postgresql" else ""
            session.connection().execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
        for statement in statements:
            session.connection().execute(text(statement))


def test_what_nobody_touched_is_whole(engine: Engine) -> None:
    tell(engine, 5)
    with reading(engine) as session:
        state = audit.examine_chain(session)
    assert (state.entries, state.erased, state.broken) == (5, 0, None)
    assert state.head == rows(engine, "SELECT hash FROM audit_entry WHERE id = 5")[0][0]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_found(engine: Engine, column: str) -> None:
    tell(engine, 4)
    changed = {"at": "'2026-03-02 03:00:01+00:00'", "form": "1 + 2"}.get(column, f"{column} || 'x'")
    tamper(engine, f"UPDATE audit_entry SET {column} = {changed} WHERE id = 2")
    assert broken(engine) == 2


@pytest.mark.parametrize(("gone", "found"), [(1, 2), (3, 4)])
def test_an_entry_taken_away_is_found(engine: Engine, gone: int, found: int) -> None:
    tell(engine, 5)
    tamper(engine, f"DELETE FROM audit_entry WHERE id = {gone}")
    assert broken(engine) == found


def test_entries_in_another_order_are_found(engine: Engine) -> None:
    tell(engine, 4)
    tamper(
        engine,
        "UPDATE audit_entry SET id = 99 WHERE id = 2",
        "UPDATE audit_entry SET id = 2 WHERE id = 3",
        "UPDATE audit_entry SET id = 3 WHERE id = 99",
    )
    assert broken(engine) == 2


def test_a_tail_cut_off_is_found_by_the_head_noted_before(engine: Engine) -> None:
    tell(engine, 5)
    with reading(engine) as session:
        head = audit.examine_chain(session).head
    tamper(engine, "DELETE FROM audit_entry WHERE id > 3")

    assert broken(engine) is None  # the rest is a chain like any other
    with reading(engine) as session:
        assert not audit.knows_head(session, head)
    tell(engine, 2, forged=True)
    with reading(engine) as session:
        assert not audit.knows_head(session, head)


def test_a_head_noted_before_is_known_while_the_trail_grows(engine: Engine) -> None:
    with reading(engine) as session:
        assert audit.knows_head(session, audit.examine_chain(session).head)
    tell(engine)
    with reading(engine) as session:
        head = audit.examine_chain(session).head
    tell(engine, 3)
    with reading(engine) as session:
        assert audit.knows_head(session, head)
        assert not audit.knows_head(session, "f" * 64)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET subject = 'unit:other' WHERE id = 1",
        "UPDATE audit_entry SET actor = '', subject = '', detail = '' WHERE id = 1",
        "UPDATE audit_entry SET actor = '', subject = '', detail = '', salt = '', action = 'x' WHERE id = 1",
        "DELETE FROM audit_entry WHERE id = 1",
    ],
)
def test_the_database_itself_refuses_all_but_emptying_a_payload(engine: Engine, statement: str) -> None:
    tell(engine)
    with pytest.raises(SQLAlchemyError, match="append-only"), transaction(engine) as session:
        session.connection().execute(text(statement))
    assert broken(engine) is None


def test_an_erased_payload_leaves_the_chain_whole_and_nothing_to_guess_from(engine: Engine) -> None:
    tell(engine, 3, person="CB001")
    with transaction(engine) as session:
        gone = audit.erase_payloads(session, [2, 99], now=NOW, actor="lan", reason="retention")

    assert gone == (2,)
    assert rows(engine, "SELECT actor, subject, detail, salt FROM audit_entry WHERE id = 2") == [("",) * 4]
    assert broken(engine) is None
    (told,) = rows(engine, "SELECT detail FROM audit_entry WHERE action = 'erase_payloads'")
    assert json.loads(str(told[0])) == {"ids": [[2, 2]], "reason": "retention"}


def test_a_payload_emptied_behind_the_programs_back_is_found(engine: Engine) -> None:
    tell(engine, 3)
    with transaction(engine) as session:  # the database lets it pass: only the missing entry tells
        session.connection().execute(
            text("UPDATE audit_entry SET actor = '', subject = '', detail = '', salt = '' WHERE id = 2")
        )
    assert broken(engine) == 2


def test_what_vouches_for_closed_months_and_for_erasures_is_never_erased(engine: Engine) -> None:
    with transaction(engine) as session:
        for action in sorted(audit.NEVER_ERASED):
            audit.record(session, at=NOW, actor="lan", action=action, subject="XA", detail={"ids": []})
        assert audit.erase_payloads(session, [1, 2, 3], now=NOW, actor="lan", reason="x") == ()


def test_an_entry_shares_the_fate_of_its_transaction(engine: Engine) -> None:
    def half_done() -> None:
        with transaction(engine) as session:
            audit.record(session, at=NOW, actor="lan", action="x", subject="", detail={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert rows(engine, "SELECT id FROM audit_entry") == []


def at_once(engine: Engine, work: Callable[[Engine], None], people: int = 4) -> list[BaseException]:
    """Do some work in several threads, each with connections of its own, beginning together."""
    gate, failed = threading.Barrier(people), list[BaseException]()

    def one() -> None:
        gate.wait()
        try:
            work(engine)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def tell_often(engine: Engine) -> None:
    for _ in range(10):
        with transaction(engine) as session:
            for number in range(2):
                audit.record(session, at=NOW, actor="x", action="y", subject="", detail={"n": number})


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    assert at_once(engine, tell_often) == []
    with reading(engine) as session:
        state = audit.examine_chain(session)
    assert (state.entries, state.broken) == (80, None)


@pytest.mark.postgres
def test_without_the_lock_writers_at_the_same_time_fork(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: the database's unique keys still refuse the fork, but work is lost."""
    monkeypatch.setattr(chain, "_wait_for_the_end", lambda _session: None)
    engine = open_database(postgres_url)
    failed = at_once(engine, tell_often)
    assert failed
    assert {type(error) for error in failed} == {IntegrityError}
    assert broken(engine) is None
    engine.dispose()


def old_database(url: str) -> Engine:
    """A database of the version before, with two entries written by its program."""
    command.upgrade(migrations(url), "0004")
    engine = create_engine(url)
    previous = audit.GENESIS
    with engine.begin() as connection:
        for number in (1, 2):
            detail = json.dumps({"n": number})
            link = chain.link(previous, NOW, "lan", "old", "unit:XA", detail)
            connection.execute(
                text(
                    "INSERT INTO audit_entry (at, actor, action, subject, detail, previous_hash, hash) "
                    "VALUES ('2026-03-02 03:00:00.000000', 'lan', 'old', 'unit:XA', "
                    ":detail, :previous, :link)"
                ),
                {"detail": detail, "previous": previous, "link": link},
            )
            previous = link
    engine.dispose()
    migrate(url)
    return open_database(url)


def test_entries_of_the_version_before_stay_as_they_were_signed(tmp_path: object) -> None:
    engine = old_database(f"sqlite:///{tmp_path}/old.db")
    head = rows(engine, "SELECT hash FROM audit_entry WHERE id = 2")[0][0]
    tell(engine, 2)
    with reading(engine) as session:
        state = audit.examine_chain(session)
        assert audit.knows_head(session, str(head))
    assert (state.entries, state.broken) == (4, None)
    with transaction(engine) as session:
        audit.erase_payloads(session, [1], now=NOW, actor="lan", reason="retention")
    assert broken(engine) is None
    tamper(engine, "UPDATE audit_entry SET subject = 'unit:other' WHERE id = 2")
    assert broken(engine) == 2
    engine.dispose()
