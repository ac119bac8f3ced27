"""Minh chứng năm as files, to those who just proved who they are; the trail is told first."""

from flask import Blueprint, Response, abort, request

from monitor.access import Action
from monitor.exports.trace import trace_export
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.web.context import site
from monitor.web.pages.month_files import TYPES
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.yearlypage import period_asked, year_of_unit
from monitor.yearly.files import SUFFIXES, content_of, file_name, handed

pages = Blueprint("yearly_files", __name__)


@pages.get("/don-vi/<path:code>/nam/<int:year>/tep")
@policy(Policy(action=Action.EXPORT, step_up=True))
def export(code: str, year: int) -> Response:
    """A unit's evidence with what lies below it, as far as it is in scope: `loai` a kind of file."""
    suffix = request.args.get("loai", SUFFIXES[0])
    if suffix not in SUFFIXES:
        abort(404)
    period = period_asked(year)
    with reading(site().engine) as database:
        units = tree(database)
        found = year_of_unit(database, units, code, period)
    content, name = content_of(found, units, suffix), file_name(found, suffix)
    told = handed(found, content, suffix, name)
    trace_export(site().engine, told, now=site().now(), actor=holder().user_name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, content_type=TYPES[f".{suffix}"])
