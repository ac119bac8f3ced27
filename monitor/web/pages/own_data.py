"""Dữ liệu của tôi: what is stored about oneself, and a copy of all of it at once."""

from flask import Blueprint, abort, render_template
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.privacy import copy_of, parts_of
from monitor.store.queries.campaigns import NOBODY, hidden_subjects
from monitor.store.session import reading
from monitor.store.tables import Person
from monitor.web.context import scope, signed_in, site
from monitor.web.language import language
from monitor.web.policy import Policy, policy

pages = Blueprint("own_data", __name__)


@pages.get("/ca-nhan/du-lieu")
@policy(Action.SEE_PEOPLE)
def overview() -> str:
    """Which tables hold something about the reader, and how much."""
    person = _own()
    with reading(site().engine) as database:
        hidden = hidden_subjects(database, NOBODY, site().now())
        parts = list(parts_of(database, person.id or 0, site().settings.site.timezone, hidden))
    return render_template("own_data.html", person=person, parts=parts)


def _own() -> Person:
    """The person behind the account."""
    own = scope().person_id
    if own is None:
        abort(404)
    with reading(site().engine) as database:
        person = database.get(Person, own)
    if person is None:
        abort(404)
    return person


@pages.post("/ca-nhan/du-lieu/ban-sao")
@policy(Policy(action=Action.SEE_PEOPLE, step_up=True))
def copy() -> Response:
    """Everything about oneself in one file; the trail tells of it."""
    person, account = _own(), signed_in()
    made = copy_of(
        site().engine,
        person.code,
        now=site().now(),
        actor="" if account is None else account.user_name,
        settings=site().settings,
        language=language(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, headers=headers, content_type="application/zip")
