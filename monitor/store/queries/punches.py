"""Punches in bulk: adding them, and whose they are."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select, union_all
from sqlmodel import Session, col

from monitor.store.asking import Question, among
from monitor.store.bulk import Columns, add_columns, columns_of
from monitor.store.queries.deliveries import COUNTED, any_withheld
from monitor.store.queries.log import THEN
from monitor.store.tables import Badge, Punch, PunchVariant, QuarantinedRecord, metadata

Rows = list[dict[str, object]]
PUNCHES = metadata.tables["punch"]
_DAYS = select(col(Punch.device_time) // 86_400).where(*THEN).distinct()
_ALL_DAYS, _COUNTED_DAYS = Question(_DAYS), Question(_DAYS.where(COUNTED))
_HELD = select(col(Badge.device_user_id), col(Badge.terminal_id), col(Badge.person_id)).where(
    among(col(Badge.device_user_id), "ids")
)
# In two parts, because one with "or" would not be answered from the index.
_HOLDERS = Question(
    union_all(
        _HELD.where(among(col(Badge.terminal_id), "terminals")),
        _HELD.where(col(Badge.terminal_id).is_(None)),
    )
)
_CAME = Question(
    select(col(Punch.terminal_id), col(Punch.device_user_id), col(Punch.device_time) // 86_400)
    .where(
        among(col(Punch.terminal_id), "terminals"),
        col(Punch.device_time) > bindparam("after"),
        col(Punch.device_time) <= bindparam("until"),
    )
    .distinct()
)


_BROUGHT_BEFORE = Question(
    select(col(Punch.id)).where(*THEN, col(Punch.pull_id) <= bindparam("pull")).limit(1)
)


def add_punches(session: Session, columns: Columns) -> int:
    """Store punches; those already there stay as they are. Returns how many were new."""
    return add_columns(session.connection(), PUNCHES, columns)


def add_variants(session: Session, rows: Rows) -> None:
    """Note later deliveries of stored punches whose attributes differ."""
    add_columns(session.connection(), metadata.tables["punch_variant"], columns_of(rows))


def noted_variants(session: Session, punch_ids: list[int]) -> set[tuple[int, int, int]]:
    """(Punch id, verify, state) of what was noted of some punches already."""
    if not punch_ids:
        return set()
    wanted = set(punch_ids)
    rows = session.connection().execute(
        select(col(PunchVariant.punch_id), col(PunchVariant.verify), col(PunchVariant.state)).where(
            col(PunchVariant.punch_id).between(min(wanted), max(wanted))
        )
    )
    return {(punch, verify, state) for punch, verify, state in rows if punch in wanted}


def add_quarantined(session: Session, rows: Rows) -> None:
    """Keep records that are no punches; the same record of the same terminal is kept once."""
    add_columns(session.connection(), metadata.tables["quarantined_record"], columns_of(rows))


def count_quarantined(session: Session, terminal_id: int, reasons: Collection[str]) -> int:
    """How many records of a terminal were ever set aside for one of the reasons."""
    of_these = col(QuarantinedRecord.terminal_id) == terminal_id, col(QuarantinedRecord.reason).in_(reasons)
    return session.scalars(select(func.count()).select_from(QuarantinedRecord).where(*of_these)).one()


def days_with_punches(session: Session, terminal_id: int, first_day: int, last_day: int) -> set[int]:
    """Days of a terminal's own calendar on which it recorded anything, of any badge."""
    span = {"first": first_day * 86_400, "last": (last_day + 1) * 86_400 - 1}
    wanted = _COUNTED_DAYS if any_withheld(session) else _ALL_DAYS
    return {int(day) for (day,) in wanted.rows(session, terminal=terminal_id, **span)}


def holders_between(
    session: Session, terminal_ids: Collection[int], after: int, until: int
) -> set[tuple[int, int]]:
    """(Person id, day) of the badges behind terminals' punches later than one reading, up to another."""
    came = _CAME.rows(session, terminals=terminal_ids, after=after, until=until)
    holders = _holders(session, {row[0] for row in came}, {row[1] for row in came}) if came else {}
    return {
        (person, int(day))
        for terminal, user, day in came
        for place in (terminal, None)
        for person in holders.get((user, place), ())
    }


def pulled_before(session: Session, terminal_id: int, first: int, last: int, pull_id: int) -> bool:
    """Whether a contact up to one had brought a punch between two readings of the terminal's clock."""
    asked = {"terminal": terminal_id, "first": first, "last": last, "pull": pull_id}
    return bool(_BROUGHT_BEFORE.rows(session, **asked))


def badge_holders(session: Session, terminal_id: int, device_user_ids: set[str]) -> dict[str, set[int]]:
    """Ids of the people behind some device user ids at a terminal; nothing for those nobody has."""
    found: dict[str, set[int]] = {}
    for (user, _), people in _holders(session, {terminal_id}, device_user_ids).items():
        found.setdefault(user, set()).update(people)
    return found


def _holders(
    session: Session, terminal_ids: Collection[int], device_user_ids: Collection[str]
) -> dict[tuple[str, int | None], set[int]]:
    """The people behind each device user id at each of some terminals, and at any (None)."""
    found: dict[tuple[str, int | None], set[int]] = {}
    for user, terminal, person in _HOLDERS.rows(session, terminals=terminal_ids, ids=device_user_ids):
        found.setdefault((user, terminal), set()).add(person)
    return found
