"""Random organisations: units in blocs, people who move, heads who hand over, accounts of every role.

Every person bears a canary, a name that occurs nowhere else, so that a leak is found in the bytes of any
answer, whatever its format.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, SQLModel

from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.tables import AccessGrant, Account, DayRecord, Person, Posting, SessionRecord, Unit
from monitor.text.vietnamese import fold, sort_key

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 3, 0, tzinfo=UTC)
DAYS = tuple(date(2026, 2, 26) + timedelta(days=number) for number in range(0, 15, 7))
"""Three Thursdays: two weeks ago, a week ago, today."""
BLOCS = ("", "chính quyền", "Đảng")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPosting:
    """A posting as the oracle reads it."""

    person: str
    unit: str
    role: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainGrant:
    """A grant as the oracle reads it."""

    account: str
    unit: str
    role: str
    first: date
    last: date | None
    days_first: date | None
    days_last: date | None
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainAccount:
    """An account as the oracle reads it; '' for none."""

    name: str
    role: str
    unit: str
    person: str


@dataclass(slots=True, kw_only=True)
class Organisation:
    """Everything by its code."""

    parents: dict[str, str] = field(default_factory=dict)
    blocs: dict[str, str] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    postings: list[PlainPosting] = field(default_factory=list)
    accounts: list[PlainAccount] = field(default_factory=list)
    grants: list[PlainGrant] = field(default_factory=list)


def draw(seed: int, *, small: bool = False) -> Organisation:
    """The organisation of a seed: the same for the same seed."""
    rng, made = random.Random(seed), Organisation()  # noqa: S311 - a test's draw, repeatable on purpose
    for number in range(rng.randint(3, 6) if small else rng.randint(4, 12)):
        made.parents[f"u{number}"] = "" if number == 0 else f"u{rng.randrange(number)}"
        made.blocs[f"u{number}"] = "" if number == 0 else rng.choice(BLOCS)
    for number in range(rng.randint(8, 12) if small else rng.randint(15, 40)):
        code = f"nv{number:03d}"
        made.canaries[code] = f"Lê {_canary(rng)}"
        made.postings.extend(_career(rng, code, list(made.parents)))
    _accounts(rng, made)
    return made


def _canary(rng: random.Random) -> str:
    return "Q" + "".join(rng.choice("bcdghklmnpqrstvx") for _ in range(11))


def _career(rng: random.Random, code: str, units: list[str]) -> list[PlainPosting]:
    """One unit for good, a move in the middle, an end, or two posts at once."""
    first_unit, second_unit = rng.choice(units), rng.choice(units)
    role = rng.choice(("staff", "staff", "staff", "deputy", "head"))
    turn = date(2026, 3, rng.randint(1, 20))
    start = PlainPosting(person=code, unit=first_unit, role=role, first=date(2020, 1, 1), last=None)
    ended = PlainPosting(person=code, unit=first_unit, role=role, first=date(2020, 1, 1), last=turn)
    next_role = rng.choice(("staff", "head"))
    after = PlainPosting(
        person=code, unit=second_unit, role=next_role, first=turn + timedelta(days=1), last=None
    )
    careers = [[start], [ended], [ended, after]]
    if second_unit != first_unit:
        beside = PlainPosting(person=code, unit=second_unit, role="staff", first=turn, last=None)
        careers.append([start, beside])
    return rng.choice(careers)


def _accounts(rng: random.Random, made: Organisation) -> None:
    units = list(made.parents)
    for number, role in enumerate(
        ["admin", "technician", "hr", "hr", "supervisor", "inspector", "inspector"]
    ):
        unit = rng.choice([*units, ""])
        made.accounts.append(PlainAccount(name=f"a{number}", role=role, unit=unit, person=""))
    made.accounts.append(PlainAccount(name="byhand", role="head", unit=rng.choice(units), person=""))
    for code in rng.sample(sorted(made.canaries), 8):
        role = rng.choice(("staff", "staff", "head", "inspector", "hr"))
        unit = rng.choice([*units, ""])
        made.accounts.append(PlainAccount(name=f"p-{code}", role=role, unit=unit, person=code))
    for account in made.accounts:
        for _ in range(rng.choice((0, 1, 2))):
            made.grants.append(_grant(rng, account.name, units))


def _grant(rng: random.Random, account: str, units: list[str]) -> PlainGrant:
    first = TODAY + timedelta(days=rng.randint(-10, 3))
    bounded = rng.random() < 0.6
    return PlainGrant(
        account=account,
        unit=rng.choice(units),
        role=rng.choice(("head", "inspector")),
        first=first,
        last=rng.choice((None, first + timedelta(days=rng.randint(0, 12)))),
        days_first=rng.choice(DAYS[:-1]) if bounded else None,
        days_last=TODAY - timedelta(days=rng.choice((0, 7))) if bounded else None,
        withdrawn=rng.random() < 0.3,
    )


def furnish(session: Session, made: Organisation) -> None:
    """Write the organisation into the tables, with a record of every person for every day asked about."""
    keep = _Keep(session)
    units: dict[str, int] = {}
    for code, parent in made.parents.items():
        units[code] = keep(
            Unit(code=code, name=f"Phòng {code}", parent_id=units.get(parent), bloc=made.blocs[code])
        )
    people: dict[str, int] = {}
    for code, name in made.canaries.items():
        people[code] = keep(Person(code=code, name=name, sort_key=sort_key(name), search_key=fold(name)))
    for posting in made.postings:
        row = Posting(
            person_id=people[posting.person],
            unit_id=units[posting.unit],
            role=posting.role,
            valid_from=posting.first,
            valid_to=posting.last,
        )
        keep(row)
    _records(keep, made, units, people)
    _who_may_look(keep, made, units, people)


class _Keep:
    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        return int(getattr(row, "id", 0) or 0)


def unit_on(made: Organisation, person: str, day: date) -> str:
    """The unit that counts on a day (rules 2.1): the posting that began last, then the smaller code."""
    valid = [
        one
        for one in made.postings
        if one.person == person and one.first <= day and (one.last is None or day <= one.last)
    ]
    if not valid:
        return ""
    latest = max(one.first for one in valid)
    return min(one.unit for one in valid if one.first == latest)


def _records(keep: _Keep, made: Organisation, units: dict[str, int], people: dict[str, int]) -> None:
    for code, person_id in people.items():
        for day in DAYS:
            if unit := unit_on(made, code, day):
                keep.session.add(
                    DayRecord(
                        person_id=person_id,
                        day=day_of(day),
                        unit_id=units[unit],
                        status=int(Status.ON_TIME),
                        late_seconds=0,
                        early_seconds=0,
                        worked_seconds=28_800,
                        cong=1.0,
                        reasons=0,
                    )
                )
                keep.session.add(_session(person_id, day_of(day), units[unit]))


def _session(person_id: int, day: int, unit_id: int) -> SessionRecord:
    """The one session of a day."""
    starts, ends = day * 86_400 + 27_000, day * 86_400 + 61_200
    return SessionRecord(
        person_id=person_id,
        day=day,
        seq=0,
        unit_id=unit_id,
        kind=0,
        name="Sáng",
        starts=starts,
        ends=ends,
        due_from=starts,
        due_to=ends,
        status=int(Status.ON_TIME),
        late_seconds=0,
        early_seconds=0,
        worked_seconds=28_800,
        symbol="+",
        cong=1.0,
        reasons=0,
        rule_version="1",
        extras="",
        outside="",
        uncovered="",
    )


def _who_may_look(keep: _Keep, made: Organisation, units: dict[str, int], people: dict[str, int]) -> None:
    accounts: dict[str, int] = {}
    for account in made.accounts:
        accounts[account.name] = keep(
            Account(
                user_name=account.name,
                display_name=account.name,
                role=account.role,
                unit_id=units.get(account.unit),
                person_id=people.get(account.person),
            )
        )
    for grant in made.grants:
        keep(
            AccessGrant(
                account_id=accounts[grant.account],
                unit_id=units[grant.unit],
                role=grant.role,
                valid_from=grant.first,
                valid_to=grant.last,
                days_from=grant.days_first,
                days_to=grant.days_last,
                reason="Kế hoạch số 1",
                granted_by="a0",
                granted_at=NOW,
                withdrawn_by="a0" if grant.withdrawn else "",
                withdrawn_at=NOW if grant.withdrawn else None,
            )
        )
