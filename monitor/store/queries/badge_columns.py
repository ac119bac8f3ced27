"""Badges that may mean some people, as columns; and whose punches, at which terminals, they may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlmodel import Session, col

from monitor.rules.columns import Badges
from monitor.store.asking import Question, among
from monitor.store.queries.arrays import Positions, int32s, valid_days
from monitor.store.tables import Badge

SHARED = 4
"""Badges for one id, on the average, up to which everything of an id is read, wherever it stands."""

_OWN = Question(
    select(col(Badge.device_user_id), col(Badge.terminal_id)).where(among(col(Badge.person_id), "people"))
)
_ALIKE = (
    select(literal(1).label("one"))
    .where(among(col(Badge.device_user_id), "ids"))
    .limit(bindparam("most"))
    .subquery()
)
_SHARING = Question(select(func.count(_ALIKE.c.one)))
_BADGES = select(
    col(Badge.person_id),
    col(Badge.terminal_id),
    col(Badge.device_user_id),
    col(Badge.valid_from),
    col(Badge.valid_to),
).where(among(col(Badge.device_user_id), "ids"))
_ANYWHERE = Question(_BADGES)
# Two parts, because one with "or" would not be answered from the index.
_HERE = Question(
    union_all(
        _BADGES.where(among(col(Badge.terminal_id), "terminals")),
        _BADGES.where(col(Badge.terminal_id).is_(None)),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Which punches may be meant: those of some device user ids anywhere, of others at some terminals.

    `vocabulary` numbers all of these ids in their order.
    """

    vocabulary: dict[str, int]
    anywhere: list[str]
    here: list[str]
    terminal_ids: list[int]


def badges_of(session: Session, people: Positions, terminals: Positions) -> tuple[Badges, Meant]:
    """Badges of these people, and of others who share one of their ids: who is meant is one question.

    Where every terminal counts its people from 1, an id has somebody at each of a thousand: only the
    terminals of these people are asked for then, but for a badge that holds at any.
    """
    meant = _meant(session, people)
    found = joined(
        _ANYWHERE.columns(session, ids=meant.anywhere) if meant.anywhere or not meant.here else None,
        _HERE.columns(session, ids=meant.here, terminals=meant.terminal_ids) if meant.here else None,
    )
    person, terminal, text, start, end = found
    first_day, last_day = valid_days(start, end)
    badges = Badges(
        person=people.find(person),
        terminal=terminals.find(terminal),
        device_user=int32s([meant.vocabulary[value] for value in text]),
        first_day=first_day,
        last_day=last_day,
    )
    return badges, meant


def _meant(session: Session, people: Positions) -> Meant:
    own = _OWN.rows(session, people=people.ids.tolist())
    ids = sorted({text for text, _ in own})
    most = SHARED * len(ids)
    alone = _SHARING.rows(session, ids=ids, most=most + 1)[0][0] <= most
    anywhere = set(ids) if alone else {text for text, terminal in own if terminal is None}
    return Meant(
        vocabulary={text: code for code, text in enumerate(ids)},
        anywhere=sorted(anywhere),
        here=[text for text in ids if text not in anywhere],
        terminal_ids=sorted({terminal for text, terminal in own if text not in anywhere}),
    )


def joined(*parts: list[Sequence[Any]] | None) -> list[Sequence[Any]]:
    """The columns of all parts that are there, one part after the other."""
    there = [part for part in parts if part is not None]
    return there[0] if len(there) == 1 else [[*chain(*each)] for each in zip(*there, strict=True)]
