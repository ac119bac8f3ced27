"""How far an installation is set up: counts, who still lacks something, what looks double."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from monitor.store.queries.tree import Tree
from monitor.store.tables import (
    Account,
    Badge,
    CalendarDay,
    ExcuseType,
    Person,
    Posting,
    RegulationTarget,
    RegulationVersion,
    Terminal,
)

Units = frozenset[int] | None
"""Ids of units; None: every unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody who is posted on the day, with the unit."""

    id: int
    code: str
    name: str
    search_key: str
    unit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """What there is; `starts` is each unit's first day under a regulation, None where there is none."""

    staff: tuple[Staff, ...]
    without_badge: tuple[Staff, ...]
    terminals: int
    versions: int
    starts: dict[int, date | None]
    calendar_days: int
    proposed: tuple[date, ...]
    shared_symbols: tuple[tuple[str, tuple[str, ...]], ...]
    types: int
    accounts: int

    @property
    def without_regulation(self) -> tuple[Staff, ...]:
        """Whoever is posted where no regulation holds, now or later."""
        return tuple(one for one in self.staff if self.starts.get(one.unit_id) is None)


def setup_state(session: Session, known: Tree, within: Units, on: date) -> SetupState:
    """The state on a day of some units; calendar, leave types and accounts are the installation's."""
    units = frozenset(known.units) if within is None else within
    staff = _staff(session, units, on)
    badged = set(session.scalars(select(col(Badge.person_id)).where(_holds(Badge, on))))
    here = col(Terminal.unit_id).in_(units) if within is not None else col(Terminal.id).is_not(None)
    year = col(CalendarDay.on_date).between(date(on.year, 1, 1), date(on.year, 12, 31))
    proposed = select(col(CalendarDay.on_date)).where(
        col(CalendarDay.status) == "P", col(CalendarDay.on_date) >= on
    )
    return SetupState(
        staff=staff,
        without_badge=tuple(one for one in staff if one.id not in badged),
        terminals=_count(session, Terminal, here),
        versions=_count(session, RegulationVersion),
        starts=_starts(session, known, units),
        calendar_days=_count(session, CalendarDay, year),
        proposed=tuple(session.scalars(proposed.order_by(col(CalendarDay.on_date)))),
        shared_symbols=shared_symbols(session),
        types=_count(session, ExcuseType),
        accounts=_count(session, Account, col(Account.disabled).is_(False)),
    )


def shared_symbols(session: Session) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Symbols that several types have, with the names of the types; capitals do not tell them apart."""
    named: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = select(col(ExcuseType.symbol), col(ExcuseType.name)).order_by(col(ExcuseType.code))
    for symbol, name in session.connection().execute(rows):
        named[symbol.casefold()].append((symbol, name))
    return tuple(
        (found[0][0], tuple(name for _, name in found)) for found in named.values() if len(found) > 1
    )


def look_alikes(staff: Sequence[Staff]) -> Iterator[tuple[Staff, Staff]]:
    """Two staff codes that may be one person: the same name in one unit, or with nearly the same code."""
    by_name: defaultdict[str, list[Staff]] = defaultdict(list)
    for one in {one.id: one for one in staff}.values():
        by_name[one.search_key].append(one)
    for group in by_name.values():
        for one, other in combinations(group, 2):
            if one.unit_id == other.unit_id or nearly_same(one.code, other.code):
                yield one, other


def nearly_same(one: str, other: str) -> bool:
    """Whether two codes differ in capitals, signs, leading zeros, or one letter or digit."""
    left, right = _bare(one), _bare(other)
    if left == right:
        return True
    if len(left) == len(right):
        return sum(a != b for a, b in zip(left, right, strict=True)) == 1
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return len(longer) - len(shorter) == 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )


def _bare(code: str) -> str:
    """Letters and digits; the zeros before a number do not count."""
    signs = [sign for sign in code.casefold() if sign.isalnum()]
    kept = [
        sign
        for place, sign in enumerate(signs)
        if sign != "0" or (place > 0 and signs[place - 1].isdigit() and any(map(_counts, signs[:place])))
    ]
    return "".join(kept)


def _counts(sign: str) -> bool:
    return sign.isdigit() and sign != "0"


def _staff(session: Session, units: frozenset[int], on: date) -> tuple[Staff, ...]:
    columns = (
        col(Person.id),
        col(Person.code),
        col(Person.name),
        col(Person.search_key),
        col(Posting.unit_id),
    )
    mine = (
        select(*columns)
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .where(_holds(Posting, on))
        .order_by(col(Person.sort_key), col(Person.code))
    )
    return tuple(
        Staff(id=row[0] or 0, code=row[1], name=row[2], search_key=row[3], unit_id=row[4])
        for row in session.connection().execute(mine)
        if row[4] in units
    )


def _holds(table: type[Badge] | type[Posting], on: date) -> ColumnElement[bool]:
    first, last = col(table.valid_from), col(table.valid_to)
    return and_(or_(first.is_(None), first <= on), or_(last.is_(None), last >= on))


def _starts(session: Session, known: Tree, units: frozenset[int]) -> dict[int, date | None]:
    """Each unit's first day under a version that names it, a unit above it, or everybody."""
    target = RegulationTarget
    mine = select(col(target.unit_id), func.min(col(target.valid_from)))
    rows = mine.where(col(target.person_id).is_(None)).group_by(col(target.unit_id))
    first = {row[0]: row[1] for row in session.connection().execute(rows)}
    return {
        unit: min((first[one] for one in (None, *known.path(unit)) if one in first), default=None)
        for unit in units
    }


def _count(session: Session, table: type, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0
