"""Every address that can be read, filled in with every thing there is: nobody out of scope in any byte."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from monitor.rules.wallclock import day_of
from tests.access.matrix import Leak, Tally
from tests.access.months import text_of
from tests.access.objects import CAMPAIGN, ON, Things
from tests.access.oracle import sees_person
from tests.access.organisation import Organisation, PlainAccount

MONTH = "2026-03"
MOST = 3
EVERY_DAY = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(91))
WITHOUT_PEOPLE = frozenset(
    {
        *("static", "bootstrap.static", "login.form", "sign_on.start", "sign_on.back", "sign_on.start_again"),
        *("steps.factor", "steps.new_password", "steps.enrolment", "steps.slip", "keys.overview"),
        *("home.alive", "health.live", "health.ready", "health.work", "health.metrics", "step_up.form"),
    }
)
"""Pages that show no account's data; everything else that can be read is asked."""
BY_NUMBER = {
    "registers.one_excuse": "excuses",
    "roster.one_entry": "duties",
    "meetings.one": "meetings",
    "reminders.one": "reminders",
    "explaining.paper": "papers",
    "findings.paper": "finding_papers",
    "citizen_reports.paper": "report_papers",
}
OF_PEOPLE = frozenset({"person.day", "person_month.one", "explaining.form", "yearly.person"})
OF_CAMPAIGNS, OF_VISITS = "/dot-kiem-tra/", "/luot-kiem-tra/"
OF_FINDINGS, OF_REPORTS = "/theo-doi/", "/phan-anh/"
SUFFIXES = ("xlsx", "pdf", "csv", "docx")
ABOUT_A_PERSON = {
    "decisions.choose": "?chon={person}@{day}",
    "registers.new_excuse": "?ma={person}",
    "registers.overview": "?tim={person}&thang=2026-03",
    "trail.overview": "?nguoi={person}",
}
FILES = {
    "upward.one": ("?thang=2026-03&ten=1",),
    "upward.export": ("?thang=2026-03&ten=1",),
    "month_files.sheet": ("?loai=csv", "?loai=xlsx&ca=1"),
    "month_files.records": (f"?tu={ON}&den={ON}",),
    "yearly_files.export": ("?loai=json", "?loai=csv"),
    "overtime.export": ("?loai=csv",),
}

Part = dict[str, object]


def addresses(app: Flask, made: Organisation, things: Things, rng: random.Random) -> Iterator[str]:
    """Of every readable route up to `MOST` addresses; KeyError for one whose parts cannot be filled in."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in WITHOUT_PEOPLE:
            found = list(_of_rule(app, rule, made, things))
            yield from rng.sample(found, min(MOST, len(found)))


def _of_rule(app: Flask, rule: Rule, made: Organisation, things: Things) -> Iterator[str]:
    queries = ["", *FILES.get(rule.endpoint, ())]
    if query := ABOUT_A_PERSON.get(rule.endpoint):
        queries += [query.format(person=person, day=ON) for person in made.canaries]
    for part in _parts(rule, made, things):
        address = app.url_map.bind("localhost").build(rule.endpoint, part)
        yield from (address + query for query in queries)


def _parts(rule: Rule, made: Organisation, things: Things) -> Iterator[Part]:
    """The values of a rule's parts, one lot for each thing."""
    choices: dict[str, Iterable[object]] = {
        "day": [day_of(ON)],
        "month": [MONTH],
        "year": [ON.year],
        "kind": _kinds(rule),
        "suffix": SUFFIXES,
        "code": _codes(rule, made, things),
    }
    if "number" in rule.arguments:
        # A file's import hangs on a terminal, and these organisations have none.
        kind = BY_NUMBER.get(rule.endpoint, "" if rule.endpoint == "file_imports.confirm" else None)
        if kind is None:
            raise KeyError(rule.endpoint)
        choices["number"] = getattr(things, kind) if kind else [1]
    names = sorted(rule.arguments)
    yield from (dict(zip(names, values, strict=True)) for values in product(*(choices[n] for n in names)))


def _kinds(rule: Rule) -> Iterable[str]:
    """The words that a part of the address may be."""
    return sorted(getattr(rule._converters.get("kind"), "items", ()))


def _codes(rule: Rule, made: Organisation, things: Things) -> Iterable[str]:
    if rule.endpoint in OF_PEOPLE:
        return made.canaries
    if rule.rule.startswith(OF_VISITS):
        return things.visits
    if rule.rule.startswith(OF_FINDINGS):
        return things.findings
    if rule.rule.startswith(OF_REPORTS):
        return things.reports
    return [CAMPAIGN] if rule.rule.startswith(OF_CAMPAIGNS) else made.parents


def sweep(
    app: Flask, client: FlaskClient, made: Organisation, things: Things, account: PlainAccount, tally: Tally
) -> Iterator[Leak]:
    """Everybody whom an answer shows although the account may see nothing of them on any day."""
    hidden = {
        person: name.split()[1]
        for person, name in made.canaries.items()
        if not any(sees_person(made, account, person, day) for day in EVERY_DAY)
    }
    for address in addresses(app, made, things, random.Random(account.name)):  # noqa: S311 - repeatable
        answer = client.get(address)
        if answer.status_code >= 500:
            yield Leak(account=account.name, address=address, what=f"answered {answer.status_code}")
        if answer.status_code == 200:
            tally.files.add(answer.mimetype or "")
        body = text_of(answer.data)
        tally.checks += len(hidden)
        for person, name in hidden.items():
            if name in body:
                yield Leak(account=account.name, address=address, what=f"shows {person}")
