"""Quyết định: days of one or of many people decided together, with a result for each row."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Select, select
from sqlmodel import Session, col

from monitor.access import Action
from monitor.cases import CaseRefused, Decision, Desks, Thread, ask, decide
from monitor.cases import thread_of as thread_for
from monitor.groups import Group, group_of_status
from monitor.registers.errors import RegisterRefused
from monitor.store.queries.seats import Seat, seat_of
from monitor.store.session import reading, transaction
from monitor.store.tables import ExcuseType
from monitor.web.addresses import iso_day
from monitor.web.casepage import asking, matter_of
from monitor.web.context import scope, site
from monitor.web.decisionform import decision_of_form
from monitor.web.forms import FormRefused, field, small_number
from monitor.web.language import say
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("decisions", __name__)

MOST_ROWS = 200
Chosen = tuple[str, int]
"""Staff code and day (since 1970)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A chosen day as the page shows it; `thread` None: somebody else decides about it."""

    seat: Seat
    day: int
    group: Group | None
    thread: Thread | None

    @property
    def key(self) -> Chosen:
        """What was chosen."""
        return self.seat.code, self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a row: `done`, or the sentence that says why not. `name` '' : not found."""

    code: str
    name: str
    day: int
    done: bool
    sentence: str


@pages.get("/quyet-dinh")
@policy(Action.DECIDE)
def choose() -> str | tuple[str, int]:
    """The chosen rows and what can be decided about them."""
    texts = request.args.getlist("chon")
    if not texts:  # the board's button without scripts, and nobody ticked
        return render_template("deciding_nobody.html"), 400
    return _page(_chosen(texts))


def _chosen(texts: list[str]) -> list[Chosen]:
    """What the address names, each once; what is no `CODE@YYYY-MM-DD` is not found."""
    found: dict[Chosen, None] = {}
    for text in texts[:MOST_ROWS]:
        code, _at, on = text.rpartition("@")
        try:
            found[code, iso_day(on)] = None
        except ValueError:
            abort(404)
    return list(found) or abort(404)


def _page(chosen: list[Chosen], refusal: str = "") -> str:
    with reading(site().engine) as database:
        rows = _rows(database, chosen)
        types = list(database.scalars(_types()))
    if not rows:
        abort(404)
    days = [row.day for row in rows]
    people = [row.seat.person_id for row in rows]
    remember_shown("view_cases", "cases", people, min(days), max(days))
    threads = [row.thread for row in rows if row.thread is not None]
    return render_template(
        "deciding.html",
        rows=rows,
        types=types,
        kept=request.form,
        refusal=refusal,
        today=site().now().date().isoformat(),
        issuer=next((one.desk for one in threads if one.desk), ""),
        warn_from=site().settings.explanations.manual_punches_warn,
        may=_offered(threads),
        own_id=scope().person_id,
        left_out=max(0, len(request.values.getlist("chon")) - MOST_ROWS),
    )


def _rows(database: Session, chosen: list[Chosen]) -> list[Row]:
    """The chosen days in scope; others leave no trace."""
    desks = Desks.on(database, site().now().date())
    rows = []
    for code, day in chosen:
        seat = seat_of(database, scope().reach, code, day)
        if seat is not None:
            thread = thread_for(database, asking(), seat.person_id, day, desks)
            mine = thread if thread is not None and thread.may_decide else None
            rows.append(Row(seat=seat, day=day, group=_group(seat), thread=mine))
    return rows


def _group(seat: Seat) -> Group | None:
    return None if seat.status is None else group_of_status(seat.status, seat.reasons, seat.late_seconds)


def _types() -> Select[ExcuseType]:
    query = select(ExcuseType).order_by(col(ExcuseType.name))
    if scope().may(Action.SEE_SENSITIVE_EXCUSES):
        return query
    return query.where(col(ExcuseType.sensitive).is_(False))


def _offered(threads: list[Thread]) -> set[str]:
    """The choices that make sense for at least one row."""
    found = {"excuse", "no_reason", "remind"} if threads else set()
    if any(one.state in {"", "open"} for one in threads):
        found.add("ask")
    if any(one.has_explanation for one in threads):
        found |= {"accept", "refuse"}
    if any(one.asked for one in threads):
        found.add("manual")
    if any(one.in_force for one in threads):
        found.add("revoke")
    return found


@pages.post("/quyet-dinh")
@policy(Action.DECIDE)
def apply() -> str | tuple[str, int]:
    """Take the decision for each ticked row, each in a transaction of its own; then say what became of it."""
    if not request.form.getlist("chon"):
        return _page(_listed(), say("case_nobody_ticked")), 400
    chosen = _chosen(request.form.getlist("chon"))
    seen = _seen()
    try:
        results = [_applied(one, seen.get(one)) for one in chosen]
    except FormRefused as refused:
        # The form itself is as wrong for one row as for all, so nothing has been applied.
        return _page(_listed(), say(refused.code, **refused.values)), 400
    return render_template("decided.html", results=results)


def _listed() -> list[Chosen]:
    """All rows that the form showed, ticked or not."""
    return _chosen(request.form.getlist("hang") or request.form.getlist("chon"))


def _seen() -> dict[Chosen, int]:
    """The newest note that the form showed, by row."""
    found: dict[Chosen, int] = {}
    for text in request.form.getlist("da-xem")[:MOST_ROWS]:
        row, _at, note = text.rpartition("@")
        code, _at, on = row.rpartition("@")
        try:
            found[code, iso_day(on)] = small_number(note) or 0
        except ValueError:
            continue
    return found


def _applied(chosen: Chosen, seen: int | None) -> Result:
    code, day = chosen
    name = ""
    try:
        with transaction(site().engine) as database:
            seat = seat_of(database, scope().reach, code, day)
            if seat is None:
                raise CaseRefused("case_not_here")
            name = seat.name
            done = _decide(database, seat, day, seen)
    except (CaseRefused, RegisterRefused) as refused:
        return Result(code=code, name=name, day=day, done=False, sentence=say(refused.code, **refused.values))
    return Result(code=code, name=name, day=day, done=True, sentence=say(f"case_done_{done}"))


def _decide(database: Session, seat: Seat, day: int, seen: int | None) -> str:
    matter, kind = matter_of(seat, day), field("quyet-dinh")
    if kind == "ask":
        ask(database, asking(), matter, field("ly-do"))
        return kind
    made: Decision = decision_of_form(database, seat.person_id, day, seen)
    decide(database, asking(), matter, made)
    return made.kind
