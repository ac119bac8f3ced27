"""One account asks for months: the grid, and files of every kind, searched for names inside and out."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

from flask.testing import FlaskClient

from tests.access.matrix import Leak, Tally, looks_after_units
from tests.access.oracle import sees_unit
from tests.access.organisation import Organisation, PlainAccount, unit_on
from tests.pdf_text import pdf_text

MONTH = "2026-03"
MONTH_DAYS = tuple(date(2026, 3, 1) + timedelta(days=number) for number in range(31))
OPEN_KINDS = ("csv", "json", "xlsx")
HANDS_OVER = frozenset({"hr", "inspector", "head"})


def month_leaks(
    client: FlaskClient, made: Organisation, account: PlainAccount, units: list[str], tally: Tally
) -> Iterator[Leak]:
    """What is shown of some units' months and should not be, or is refused and should not be."""
    for unit in units:
        allowed = looks_after_units(made, account) and _whole(made, account, unit)
        address = f"/bang-cong/{unit}/{MONTH}"
        answer = client.get(address)
        mine = _people(made, {unit}) if allowed else set()
        yield from _answered(account, address, answer.status_code, 200 if allowed else 404)
        yield from _named(made, account, address, answer.text, mine, tally)
        for kind in OPEN_KINDS:
            yield from _file(client, made, account, f"{address}/tep?loai={kind}&ca=1", unit, tally)
        yield from _records(client, made, account, unit, tally)
    yield from _file(client, made, account, f"/bang-cong/{units[0]}/{MONTH}/tep?loai=pdf", units[0], tally)


def _file(
    client: FlaskClient, made: Organisation, account: PlainAccount, address: str, unit: str, tally: Tally
) -> Iterator[Leak]:
    answer = client.get(address)
    allowed = _may_hand_over(made, account) and _whole(made, account, unit)
    below = {one for one in _subtree(made, unit) if _whole(made, account, one)}
    whole = "ca=1" in address or not _people(made, {unit})
    mine = _people(made, below if whole else {unit}) if allowed else set()
    expected = 404 if not allowed else 200 if mine else 302
    if allowed and not mine and answer.status_code == 404:  # only units out of scope have people
        expected = 404
    yield from _answered(account, address, answer.status_code, expected)
    yield from _named(made, account, address, text_of(answer.data), mine, tally)


def _records(
    client: FlaskClient, made: Organisation, account: PlainAccount, unit: str, tally: Tally
) -> Iterator[Leak]:
    """Verdicts name nobody but by staff code; those of the days asked for alone."""
    on = date(2026, 3, 5)
    address = f"/ket-qua/{unit}/tep?tu={on}&den={on}&loai=json"
    answer = client.get(address)
    allowed = _may_hand_over(made, account) and sees_unit(made, account, unit, on)
    yield from _answered(account, address, answer.status_code, 200 if allowed else 404)
    below = {one for one in _subtree(made, unit) if sees_unit(made, account, one, on)}
    mine = {person for person in made.canaries if allowed and unit_on(made, person, on) in below}
    found = {row["person"] for row in json.loads(answer.data)} if answer.status_code == 200 else set()
    tally.checks += len(made.canaries)
    for person in sorted(found ^ mine):
        yield Leak(account=account.name, address=address, what=f"shows or leaves out {person}")


def text_of(content: bytes) -> str:
    """The text of a file, whatever it is packed in."""
    if content.startswith(b"%PDF"):
        return pdf_text(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return content.decode("utf-8", "replace")


def _may_hand_over(made: Organisation, account: PlainAccount) -> bool:
    return account.role in HANDS_OVER | {"staff"} and (
        account.role not in {"staff", "head"} or looks_after_units(made, account)
    )


def _whole(made: Organisation, account: PlainAccount, unit: str) -> bool:
    return all(sees_unit(made, account, unit, day) for day in MONTH_DAYS)


def _people(made: Organisation, units: set[str]) -> set[str]:
    return {
        person for person in made.canaries if any(unit_on(made, person, day) in units for day in MONTH_DAYS)
    }


def _subtree(made: Organisation, top: str) -> set[str]:
    found = {top}
    for unit, parent in made.parents.items():
        if parent in found:
            found.add(unit)
    return found


def _answered(account: PlainAccount, address: str, status: int, expected: int) -> Iterator[Leak]:
    if status != expected:
        yield Leak(account=account.name, address=address, what=f"answered {status}, expected {expected}")


def _named(
    made: Organisation, account: PlainAccount, address: str, text: str, mine: set[str], tally: Tally
) -> Iterator[Leak]:
    tally.checks += len(made.canaries)
    found = {person for person, name in made.canaries.items() if name.split()[1] in text}
    own = {account.person} if account.person else set()
    for person in sorted((found ^ mine) - (own - mine)):
        yield Leak(account=account.name, address=address, what=f"shows or leaves out {person}")
