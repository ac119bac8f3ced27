"""Proving a backup: opened as a restore would open it, put together apart, compared with what it says."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from monitor import audit
from monitor.backup.errors import BackupRefused
from monitor.backup.manifest import About, Facts, about_in, facts_in, facts_of
from monitor.backup.parts import Unpacker
from monitor.backup.sealed import unsealed
from monitor.backup.storage import Scratch, Storage
from monitor.doctor import damage
from monitor.periods import verify_periods
from monitor.store.driver import sqlite3
from monitor.store.schema import migrate, versions
from monitor.store.session import open_database, reading

ABOUT, FACTS, FILES = "about.json", "facts.json", "files/"
LARGEST_TEXT = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a backup holds, found whole; `files` are the configuration, by name within its folder."""

    about: About
    facts: Facts
    seconds: float
    files: dict[str, bytes] = field(default_factory=dict, repr=False)


def prove(path: Path, secret: bytes, storage: Storage, scratch: Scratch) -> Proof:
    """Put a backup together in a place apart, brought to today's schema, and check all of it.

    Raises BackupRefused: what `sealed.unsealed` raises, `backup_other_storage`, `backup_newer` for one of
    a later program, and `backup_unsound` with what does not agree.
    """
    began = time.monotonic()
    try:
        about, facts, files = _proven(path, secret, storage, scratch)
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        # What a damaged copy makes the database say; it may quote rows, so only its kind is told.
        raise BackupRefused("backup_unsound", why=type(error).__name__) from error
    return Proof(about=about, facts=facts, files=files, seconds=time.monotonic() - began)


def _proven(
    path: Path, secret: bytes, storage: Storage, scratch: Scratch
) -> tuple[About, Facts, dict[str, bytes]]:
    with path.open("rb") as file:
        about, facts, files = _unpacked(Unpacker(unsealed(file, secret)).parts(), storage, scratch)
    _compare(scratch, facts)
    migrate(scratch.url, anywhere=True)
    engine = open_database(scratch.url, anywhere=True)
    try:
        with reading(engine) as session:
            wrong = found_wrong(session, facts)
    finally:
        engine.dispose()
    if wrong:
        raise BackupRefused("backup_unsound", why=wrong)
    return about, facts, files


def _unpacked(
    parts: Iterator[tuple[str, Iterator[bytes]]], storage: Storage, scratch: Scratch
) -> tuple[About, Facts, dict[str, bytes]]:
    name, blocks = next(parts, ("", iter(())))
    if name != ABOUT:
        raise BackupRefused("backup_damaged")
    about = about_in(_text(blocks))
    _require_fit(about, storage)
    scratch.begin(about)
    files: dict[str, bytes] = {}
    facts = None
    for name, blocks in parts:
        if name == FACTS:
            facts = facts_in(_text(blocks))
        elif name.startswith(FILES):
            files[name.removeprefix(FILES)] = _text(blocks)
        else:
            scratch.take(name, blocks)
    if facts is None:
        raise BackupRefused("backup_damaged")
    scratch.end()
    return about, facts, files


def files_in(path: Path, secret: bytes) -> dict[str, bytes]:
    """The configuration in a backup, by name within its folder. Raises BackupRefused."""
    found: dict[str, bytes] = {}
    with path.open("rb") as file:
        for name, blocks in Unpacker(unsealed(file, secret)).parts():
            if name.startswith(FILES):
                found[name.removeprefix(FILES)] = _text(blocks)
            for _ in blocks:
                pass  # a part must be read to the end before the next one
    return found


def _require_fit(about: About, storage: Storage) -> None:
    if about.storage != storage.kind:
        raise BackupRefused("backup_other_storage", made=about.storage, here=storage.kind)
    if about.schema not in versions():
        raise BackupRefused("backup_newer", schema=about.schema, program=about.program)


def _text(blocks: Iterator[bytes]) -> bytes:
    content = b"".join(blocks)
    if len(content) > LARGEST_TEXT:
        raise BackupRefused("backup_damaged")
    return content


def _compare(scratch: Scratch, facts: Facts) -> None:
    """Rows as they came, before a migration adds or moves any."""
    engine = open_database(scratch.url, anywhere=True)
    try:
        with reading(engine) as session:
            found = facts_of(session)
    finally:
        engine.dispose()
    differing = [name for name in found.rows | facts.rows if found.rows.get(name) != facts.rows.get(name)]
    if differing:
        raise BackupRefused("backup_unsound", why=f"rows: {', '.join(sorted(differing))}")


def found_wrong(session: Session, facts: Facts) -> str:
    """What is wrong with the copy, '' when it is whole: pages, references, trail, shown people, seals."""
    if broken := damage(session):
        return broken
    chain = audit.examine_chain(session)
    if chain.broken is not None:
        return f"audit: {chain.broken}"
    if chain.head != facts.head:
        return "audit: head"
    view = audit.first_broken_view(session)
    if view is not None:
        return f"audit: {view}"
    period = verify_periods(session)
    return "" if period is None else f"period: {period.unit} {period.month} {period.what}"
