"""Whether the trail is whole: every link, every erasure, everybody shown, and the end by an earlier head."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, exists, select
from sqlmodel import Session, col

from monitor.audit.chain import DIGESTED, GENESIS, PLAIN, digest_of, digested_link, link
from monitor.audit.erasure import ERASURE
from monitor.audit.views import ShownRow, people_sha256
from monitor.store.tables import AuditEntry, metadata

ENTRIES = metadata.tables["audit_entry"]
AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The trail as it stands. `head` is the last hash, to be kept elsewhere with `entries`.

    `broken` is the id of the first entry that does not follow, None when all do. `erased` payloads were
    erased by the program itself.
    """

    entries: int
    erased: int
    head: str
    broken: int | None


def first_broken_link(session: Session) -> int | None:
    """The id of the first entry that is not as it was recorded; None when the chain is whole.

    An emptied payload counts as broken unless a later entry of the chain says that it was erased. Entries
    cut off at the end are missed only by comparing with a head kept elsewhere (`knows_head`).
    """
    return examine_chain(session).broken


def examine_chain(session: Session) -> Chain:
    """Follow the whole chain, a portion at a time."""
    previous, entries = GENESIS, 0
    erased: set[int] = set()
    told: set[int] = set()
    for row in _rows(session):
        if row["previous_hash"] != previous or not _sound(row):
            return Chain(entries=entries, erased=len(erased), head=previous, broken=row["id"])
        if row["actor"] == "":
            erased.add(row["id"])
        elif row["action"] == ERASURE:
            told.update(_ids_of(row["detail"]))
        previous, entries = row["hash"], entries + 1
    broken = min(erased - told, default=None)
    return Chain(entries=entries, erased=len(erased), head=previous, broken=broken)


def _rows(session: Session) -> Iterator[RowMapping]:
    for page in _pages(session):
        yield from page


def _pages(session: Session) -> Iterator[Sequence[RowMapping]]:
    after = 0
    while True:
        page = select(ENTRIES).where(ENTRIES.c.id > after).order_by(ENTRIES.c.id).limit(AT_ONCE)
        rows = session.connection().execute(page).mappings().all()
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _sound(row: RowMapping) -> bool:
    """Whether the entry's hash follows from what it says, as far as it still says it."""
    payload = row["salt"], row["actor"], row["subject"], row["detail"]
    erased = payload == ("",) * 4
    previous, at, action = row["previous_hash"], row["at"], row["action"]
    if row["form"] == PLAIN:
        plain = link(previous, at, row["actor"], action, row["subject"], row["detail"])
        # Of an old link without its fields only the next one still vouches.
        return erased or row["hash"] == plain
    if row["form"] != DIGESTED or row["hash"] != digested_link(previous, at, action, row["payload_sha256"]):
        return False
    return erased or row["payload_sha256"] == digest_of(*payload)


def _ids_of(detail: str) -> Iterator[int]:
    for first, last in json.loads(detail)["ids"]:
        yield from range(first, last + 1)


def knows_head(session: Session, head: str) -> bool:
    """Whether the trail still holds the entry that was its last one when `head` was written down.

    With a whole chain that means: nothing up to it was cut off or replaced since.
    """
    known = select(exists().where(col(AuditEntry.hash) == head))
    return head == GENESIS or bool(session.connection().execute(known).scalar())


def first_broken_view(session: Session) -> int | None:
    """The id of the first entry whose list of people shown is not the one it was recorded with."""
    for page in _pages(session):
        shown = _shown(session, page[0]["id"], page[-1]["id"])
        for row in page:
            if not _shows(row, shown.get(row["id"], [])):
                return int(row["id"])
    return None


def _shows(row: RowMapping, people: list[ShownRow]) -> bool:
    if row["actor"] == "":
        return not people
    told = json.loads(row["detail"]).get("people_sha256")
    return bool(told == (people_sha256(people) if people else None))


def _shown(session: Session, first: int, last: int) -> dict[int, list[ShownRow]]:
    """Whom the entries of a run of ids showed."""
    table = metadata.tables["shown"]
    found: defaultdict[int, list[ShownRow]] = defaultdict(list)
    for row in session.connection().execute(select(table).where(table.c.entry_id.between(first, last))):
        found[row.entry_id].append((row.person_id, row.first_day, row.last_day))
    return found
