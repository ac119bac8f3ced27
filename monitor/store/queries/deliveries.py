"""Which deliveries stand behind a punch: one that only undone files brought counts for nobody."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, or_, select, update
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.bulk import add_columns, columns_of
from monitor.store.queries.log import Identities
from monitor.store.tables import (
    FileImport,
    ImportUndo,
    Punch,
    PunchSupport,
    PunchVariant,
    Terminal,
    WithheldPunch,
    metadata,
)

TERMINAL_ITSELF = 0
"""Stands for the terminal's own log, pulled or pushed, where another delivery is a file."""
Variant = tuple[int, int, int]
"""Id of a punch, and the verify and state that a later delivery gave it."""
_Punch = tuple[int, str, int]
"""Id, device user id and time."""


def take_turns(session: Session, terminal_id: int) -> None:
    """Let no other delivery or undoing of this terminal go on before this transaction ends.

    PostgreSQL needs the lock; on SQLite writers wait for each other anyway.
    """
    if session.connection().dialect.name == "postgresql":
        wanted = select(col(Terminal.id)).where(col(Terminal.id) == terminal_id)
        session.connection().execute(wanted.with_for_update(key_share=True))


_ANY_WITHHELD = Question(select(col(WithheldPunch.punch_id)).limit(1))
_WITHHELD = Question(
    select(col(WithheldPunch.punch_id)).where(
        col(WithheldPunch.punch_id).between(bindparam("first"), bindparam("last"))
    )
)
_ANY_FILE = Question(
    select(col(FileImport.id)).where(col(FileImport.terminal_id) == bindparam("terminal")).limit(1)
)
COUNTED = ~exists().where(col(WithheldPunch.punch_id) == col(Punch.id))
"""The condition on `Punch` that leaves out what counts for nobody."""


def any_withheld(session: Session) -> bool:
    """Whether `COUNTED` leaves out anything at all; nearly always not, and then asking for it costs more."""
    return bool(_ANY_WITHHELD.rows(session))


def counted(session: Session) -> list[ColumnElement[bool]]:
    """Conditions on `Punch` that leave out what counts for nobody; none while nothing is withheld."""
    return [COUNTED] if any_withheld(session) else []


def withheld_between(session: Session, first: int, last: int) -> list[int]:
    """Ids of the withheld punches in a range of ids, both inclusive."""
    return [punch_id for (punch_id,) in _WITHHELD.rows(session, first=first, last=last)]


def note_support(session: Session, terminal_id: int, again: Identities, import_id: int) -> Identities:
    """Note which punches of files came again; gives those that were withheld and count from now on."""
    if not len(again) or not _has_imports(session, terminal_id):
        return Identities.of([])
    span = again.span()
    mine = (
        col(Punch.terminal_id) == terminal_id,
        col(Punch.device_time).between(span["first"], span["last"]),
        col(Punch.import_id) != import_id,
        ~exists().where(
            col(PunchSupport.punch_id) == col(Punch.id),
            col(PunchSupport.import_id).in_((import_id, TERMINAL_ITSELF)),
        ),
    )
    wanted = select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time)).where(*mine)
    alone = _punches(session, wanted)
    came = set(again.pairs()) if alone else set()
    found = [punch for punch in alone if punch[1:] in came]
    rows = [{"punch_id": punch_id, "import_id": import_id} for punch_id, *_ in found]
    add_columns(session.connection(), metadata.tables["punch_support"], columns_of(rows))
    return _give_back(session, found)


def _punches(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[_Punch]:
    return [(punch_id, user, time) for punch_id, user, time in session.connection().execute(wanted)]


def _has_imports(session: Session, terminal_id: int) -> bool:
    return bool(_ANY_FILE.rows(session, terminal=terminal_id))


def _give_back(session: Session, found: Sequence[_Punch]) -> Identities:
    """Withhold these no longer; gives those that were."""
    ids = {punch_id for punch_id, *_ in found}
    held = ids.intersection(withheld_between(session, min(ids), max(ids))) if ids else set()
    if held:
        gone = delete(WithheldPunch).where(col(WithheldPunch.punch_id).in_(held))
        session.connection().execute(gone)
    return Identities.of(punch[1:] for punch in found if punch[0] in held)


def withhold(session: Session, import_id: int) -> Identities:
    """Withhold the punches that only undone files brought, of those this undone file did; gives them."""
    undone = select(col(ImportUndo.import_id))
    by_this = exists().where(
        col(PunchSupport.punch_id) == col(Punch.id), col(PunchSupport.import_id) == import_id
    )
    stands = exists().where(
        col(PunchSupport.punch_id) == col(Punch.id), col(PunchSupport.import_id).not_in(undone)
    )
    terminal = select(col(FileImport.terminal_id)).where(col(FileImport.id) == import_id)
    wanted = select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time)).where(
        col(Punch.terminal_id) == terminal.scalar_subquery(),
        or_(col(Punch.import_id) == import_id, by_this),
        col(Punch.import_id).in_(undone),
        ~stands,
    )
    found = _punches(session, wanted)
    if found:
        rows = [{"punch_id": punch_id} for punch_id, *_ in found]
        add_columns(session.connection(), metadata.tables["withheld_punch"], columns_of(rows))
    return Identities.of(punch[1:] for punch in found)


def undone_variants() -> ColumnElement[bool]:
    """The condition on a `PunchVariant` that only an undone file says so."""
    return col(PunchVariant.import_id).in_(select(col(ImportUndo.import_id)))


def variants_of(session: Session, import_id: int) -> Identities:
    """Punches of which only this file gives another state."""
    wanted = (
        select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time))
        .join(PunchVariant, col(PunchVariant.punch_id) == col(Punch.id))
        .where(col(PunchVariant.import_id) == import_id)
    )
    return Identities.of(punch[1:] for punch in _punches(session, wanted))


def confirm_variants(session: Session, said: Collection[Variant], import_id: int | None) -> set[int]:
    """Note which variants of files were said again: by the terminal (None), or by a file after an undoing.

    Gives the ids of the punches of which one counts again.
    """
    if not said:
        return set()
    variant = PunchVariant
    punches = {punch_id for punch_id, _, _ in said}
    between = col(variant.punch_id).between(min(punches), max(punches))
    by_files = col(variant.import_id).is_not(None) if import_id is None else undone_variants()
    wanted = (col(variant.id), col(variant.punch_id), col(variant.verify), col(variant.state))
    rows = session.connection().execute(select(*wanted, undone_variants()).where(between, by_files))
    again = [row for row in rows if tuple(row[1:4]) in said]
    if again:
        these = col(variant.id).in_([row[0] for row in again])
        session.connection().execute(update(variant).where(these).values(import_id=import_id))
    return {row[1] for row in again if row[4]}
