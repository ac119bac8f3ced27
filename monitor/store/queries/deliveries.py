"""Which deliveries stand behind a punch: one that only undone files brought counts for nobody."""

import pandas as pd
from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.bulk import add_columns, columns_of
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
PunchColumns = ["punch_id", "device_user_id", "device_time"]
NOTHING = pd.DataFrame(columns=PunchColumns)


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


def note_support(session: Session, terminal_id: int, again: pd.DataFrame, import_id: int) -> pd.DataFrame:
    """Note which punches of files came again; columns of `again`: device_user_id, device_time.

    Gives those that were withheld and count from now on; columns punch_id, device_user_id, device_time.
    """
    if again.empty or not _has_imports(session, terminal_id):
        return NOTHING
    mine = (
        col(Punch.terminal_id) == terminal_id,
        col(Punch.device_time).between(int(again["device_time"].min()), int(again["device_time"].max())),
        col(Punch.import_id) != import_id,
        ~exists().where(
            col(PunchSupport.punch_id) == col(Punch.id),
            col(PunchSupport.import_id).in_((import_id, TERMINAL_ITSELF)),
        ),
    )
    wanted = select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time)).where(*mine)
    alone = pd.DataFrame(session.connection().execute(wanted).all(), columns=PunchColumns)
    if alone.empty:
        return NOTHING
    found = alone.merge(again[PunchColumns[1:]].drop_duplicates())
    rows = [{"punch_id": punch_id, "import_id": import_id} for punch_id in found["punch_id"].tolist()]
    add_columns(session.connection(), metadata.tables["punch_support"], columns_of(rows))
    return _give_back(session, found)


def _has_imports(session: Session, terminal_id: int) -> bool:
    return bool(_ANY_FILE.rows(session, terminal=terminal_id))


def _give_back(session: Session, found: pd.DataFrame) -> pd.DataFrame:
    """Withhold these no longer; gives those that were."""
    if found.empty:
        return found
    ids = found["punch_id"]
    held = set(withheld_between(session, int(ids.min()), int(ids.max()))) & set(ids.tolist())
    if held:
        gone = delete(WithheldPunch).where(col(WithheldPunch.punch_id).in_(held))
        session.connection().execute(gone)
    return found[ids.isin(held)]


def withhold(session: Session, import_id: int) -> pd.DataFrame:
    """Withhold the punches that only undone files brought, of those this undone file did.

    Columns of what is withheld now: punch_id, device_user_id, device_time.
    """
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
    found = pd.DataFrame(session.connection().execute(wanted).all(), columns=PunchColumns)
    if not found.empty:
        rows = [{"punch_id": punch_id} for punch_id in found["punch_id"].tolist()]
        add_columns(session.connection(), metadata.tables["withheld_punch"], columns_of(rows))
    return found


def undone_variants() -> ColumnElement[bool]:
    """The condition on a `PunchVariant` that only an undone file says so."""
    return col(PunchVariant.import_id).in_(select(col(ImportUndo.import_id)))


def variants_of(session: Session, import_id: int) -> pd.DataFrame:
    """Punches of which only this file gives another state; columns punch_id, device_user_id, device_time."""
    wanted = (
        select(col(Punch.id), col(Punch.device_user_id), col(Punch.device_time))
        .join(PunchVariant, col(PunchVariant.punch_id) == col(Punch.id))
        .where(col(PunchVariant.import_id) == import_id)
    )
    return pd.DataFrame(session.connection().execute(wanted).all(), columns=PunchColumns)


def confirm_variants(session: Session, said: pd.DataFrame, import_id: int | None) -> pd.DataFrame:
    """Note which variants of files were said again: by the terminal (None), or by a file after an undoing.

    Columns of `said`: id (of the punch), verify, state, and others. Gives the rows that count again.
    """
    if said.empty:
        return said
    variant = PunchVariant
    between = col(variant.punch_id).between(int(said["id"].min()), int(said["id"].max()))
    by_files = col(variant.import_id).is_not(None) if import_id is None else undone_variants()
    wanted = (col(variant.id), col(variant.punch_id), col(variant.verify), col(variant.state))
    rows = session.connection().execute(select(*wanted, undone_variants()).where(between, by_files))
    open_ones = pd.DataFrame(rows.all(), columns=["variant_id", "id", "verify", "state", "undone"])
    if open_ones.empty:
        return said.iloc[:0]
    again = said.merge(open_ones, on=["id", "verify", "state"])
    ids = again["variant_id"].tolist()
    session.connection().execute(update(variant).where(col(variant.id).in_(ids)).values(import_id=import_id))
    return again[again["undone"].astype(bool)]
