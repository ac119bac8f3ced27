"""The form of a decision as a decision: the document of an excuse, the number and rule of a reminder."""

from datetime import date

from sqlmodel import Session

from monitor.cases import Decision, Paperwork, Reminding
from monitor.registers.meant import Meant, interval_of
from monitor.web import forms
from monitor.web.context import site
from monitor.web.forms import FormRefused, field

SHAPES = {"ca-ngay": "days", "sang": "first", "chieu": "last"}
KINDS = frozenset({"accept", "excuse", "manual", "refuse", "no_reason", "remind", "revoke"})


def decision_of_form(database: Session, person_id: int, day: int, seen: int | None) -> Decision:
    """What was chosen, for one person's day.

    Raises FormRefused `form_nothing_chosen`, `form_bad_day` and what half a day may raise (RegisterRefused).
    """
    kind = field("quyet-dinh")
    if kind not in KINDS:
        raise FormRefused("form_nothing_chosen")
    return Decision(
        kind=kind,
        reason=field("ly-do"),
        papers=_papers(database, person_id, day) if kind == "excuse" else None,
        reminding=_reminding() if kind == "remind" else None,
        seen=seen,
    )


def _papers(database: Session, person_id: int, day: int) -> Paperwork:
    shape = SHAPES.get(field("buoi"), "days")
    meant = Meant(shape=shape, first_day=day, last_day=day)  # type: ignore[arg-type]  # of the table above
    starts, ends = interval_of(database, person_id, meant, site().settings.site.timezone)
    return Paperwork(
        type_code=field("loai"),
        starts=starts,
        ends=ends,
        document=field("van-ban"),
        document_date=forms.day("ngay-van-ban"),
    )


def _reminding() -> Reminding:
    on: date | None = forms.day("ngay-nhac")
    return Reminding(
        issuer=field("co-quan"),
        number=field("so"),
        issued_on=on or site().now().date(),
        rule_cited=field("can-cu"),
        body=field("ly-do"),
    )
