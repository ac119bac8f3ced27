"""Who asks: a token in the Authorization header, never a cookie; then how often, and what its role allows."""

import logging
from dataclasses import dataclass, field

from flask import Flask, current_app, g, request
from sqlalchemy.exc import OperationalError

from monitor.accounts.programs import Program, is_noted, note_use, program_of
from monitor.store.queries.budgets import Rule
from monitor.store.session import reading, transaction
from monitor.web.api.budget import Spending, budget_for
from monitor.web.api.problems import Problem, not_found
from monitor.web.context import site
from monitor.web.kept import units_now
from monitor.web.policy import policy_of
from monitor.web.prefix import is_asked
from monitor.web.push_limits import Budget

log = logging.getLogger(__name__)

KEY = "api_budgets"
SCHEME = "Bearer"
LONGEST_TOKEN = 200
WAIT_SECONDS = 30
REQUESTS = Rule(burst=240, per_second=2)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
TOO_LITTLE = {"WWW-Authenticate": 'Bearer realm="api", error="insufficient_scope"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Of each token, shared by all processes; and of each address for tokens that are no good.

    The latter guards a process's time and is its own: 256 random bits cannot be guessed, and what strangers
    send writes nothing.
    """

    requests: Spending
    strangers: Budget = field(default_factory=lambda: Budget(burst=30, per_second=0.1))


def install(app: Flask) -> None:
    """Check every request under the API's prefix, whether its address exists or not."""
    with app.app_context():
        about = site()
    app.extensions[KEY] = Budgets(requests=budget_for(about.engine, about.settings, REQUESTS))
    app.before_request(_admit)


def program() -> Program:
    """The program that asks; only views of the API may call this."""
    found: Program = g.program
    return found


def _admit() -> None:
    if not is_asked():
        return
    asking = _proven()
    if not _budgets().requests.spend(str(asking.number)):
        raise _too_many()
    g.program, g.scope = asking, asking.scope
    wanted = None if request.endpoint is None else policy_of(current_app, request.endpoint)
    if wanted is None or not wanted.program:
        if request.routing_exception is not None:
            raise request.routing_exception
        raise not_found()
    if wanted.action is not None and not asking.scope.may(wanted.action):
        raise Problem(403, "api_forbidden", TOO_LITTLE)


def _budgets() -> Budgets:
    found: Budgets = current_app.extensions[KEY]
    return found


def _too_many() -> Problem:
    return Problem(429, "api_too_many", {"Retry-After": str(WAIT_SECONDS)}, seconds=WAIT_SECONDS)


def _proven() -> Program:
    """Whose token came. Read anew for each request: what was revoked is over at once."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = _known(token.strip()) if scheme.lower() == SCHEME.lower() else None
    if found is not None:
        return found
    if not _budgets().strangers.spend(request.remote_addr or ""):
        raise _too_many()
    raise Problem(401, "api_unauthorized", CHALLENGE)


def _known(token: str) -> Program | None:
    if not (token.isascii() and 0 < len(token) <= LONGEST_TOKEN):
        return None
    now, units = site().now(), units_now()
    with reading(site().engine) as database:
        found = program_of(database, token, now, units)
        noted = found is None or is_noted(database, found, now)
    if found is not None and not noted:
        _note(found)
    return found


def _note(found: Program) -> None:
    try:
        with transaction(site().engine) as database:
            note_use(database, found, site().now())
    except OperationalError:  # a long import holds the database: the answer matters more
        log.warning("last use not noted", extra={"event": "use_not_noted"})
