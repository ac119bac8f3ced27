"""One account asks for everything; each answer is held against the oracle."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from flask.testing import FlaskClient

from tests.access.oracle import leads, sees_person, sees_unit
from tests.access.organisation import DAYS, Organisation, PlainAccount, unit_on

WITHOUT_A_NAME = (
    *("/", "/ca-nhan", "/ca-nhan/du-lieu", "/ca-nhan/ai-da-xem", "/tai-khoan", "/quan-tri/tai-khoan"),
    *("/nhat-ky", "/may", "/may-cho-duyet", "/don-vi?ma=u0", "/healthz"),
)
MISSING = "khong-co"
TOKEN = re.compile(rb'name="csrf_token" value="[^"]+"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What was wrong with an answer."""

    account: str
    address: str
    what: str


@dataclass(slots=True)
class Tally:
    """How many (account, object, address) questions were settled, and which kinds of files were given."""

    checks: int = 0
    files: set[str] = field(default_factory=set)


def leaks(client: FlaskClient, made: Organisation, account: PlainAccount, tally: Tally) -> Iterator[Leak]:
    """Everything that an account is shown and should not be, or is refused and should not be."""
    for day in DAYS:
        yield from _boards(client, made, account, day, tally)
        yield from _people(client, made, account, day, tally)
    yield from _others(client, made, account, tally)


def _boards(
    client: FlaskClient, made: Organisation, account: PlainAccount, day: date, tally: Tally
) -> Iterator[Leak]:
    nowhere = client.get(f"/don-vi/{MISSING}/ngay/{day}")
    for unit in made.parents:
        address = f"/don-vi/{unit}/ngay/{day}"
        answer = client.get(address)
        allowed = looks_after_units(made, account) and sees_unit(made, account, unit, day)
        yield from _status(account, address, answer.status_code, allowed)
        if not allowed and _without_token(answer.data) != _without_token(nowhere.data):
            yield Leak(account=account.name, address=address, what="differs from a unit that does not exist")
        below = _subtree(made, unit)
        expected = {
            person
            for person in made.canaries
            if allowed and unit_on(made, person, day) in below and sees_person(made, account, person, day)
        }
        tally.checks += len(made.canaries)
        yield from _shown(made, account, address, answer.data, exactly=expected)


def _people(
    client: FlaskClient, made: Organisation, account: PlainAccount, day: date, tally: Tally
) -> Iterator[Leak]:
    nobody = client.get(f"/nguoi/{MISSING}/ngay/{day}")
    for person in made.canaries:
        address = f"/nguoi/{person}/ngay/{day}"
        answer = client.get(address)
        allowed = sees_person(made, account, person, day)
        yield from _status(account, address, answer.status_code, allowed)
        if not allowed and _without_token(answer.data) != _without_token(nobody.data):
            yield Leak(account=account.name, address=address, what="differs from a person who does not exist")
        own = {account.person} - {""}
        tally.checks += len(made.canaries)
        yield from _shown(made, account, address, answer.data, at_most=own | ({person} if allowed else set()))


def _others(client: FlaskClient, made: Organisation, account: PlainAccount, tally: Tally) -> Iterator[Leak]:
    """Addresses that name nobody: whoever is shown must be visible on some day."""
    some_day = {
        person for person in made.canaries if any(sees_person(made, account, person, day) for day in DAYS)
    }
    for address in WITHOUT_A_NAME:
        answer = client.get(address, follow_redirects=True)
        tally.checks += len(made.canaries)
        yield from _shown(made, account, address, answer.data, at_most=some_day)


def _without_token(page: bytes) -> bytes:
    """The page without the token of its forms, which tells the second of its making."""
    return TOKEN.sub(b"", page)


def looks_after_units(made: Organisation, account: PlainAccount) -> bool:
    """Whether boards are for the account at all: staff who lead nothing and technicians have none."""
    if account.role in {"staff", "head"}:
        return leads(made, account)
    return account.role != "technician"


def _subtree(made: Organisation, top: str) -> set[str]:
    found = {top}
    for unit, parent in made.parents.items():
        if parent in found:
            found.add(unit)
    return found


def _status(account: PlainAccount, address: str, status: int, allowed: bool) -> Iterator[Leak]:
    expected = 200 if allowed else 404
    if status != expected:
        yield Leak(account=account.name, address=address, what=f"answered {status}, expected {expected}")


def _shown(
    made: Organisation,
    account: PlainAccount,
    address: str,
    body: bytes,
    *,
    exactly: set[str] | None = None,
    at_most: set[str] | None = None,
) -> Iterator[Leak]:
    found = {person for person, name in made.canaries.items() if name.split()[1].encode() in body}
    allowed = exactly if exactly is not None else at_most or set()
    for person in sorted(found - allowed):
        yield Leak(account=account.name, address=address, what=f"shows {person}")
    for person in sorted((exactly or set()) - found):
        yield Leak(account=account.name, address=address, what=f"leaves out {person}")
