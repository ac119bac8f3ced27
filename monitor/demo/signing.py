"""How far the demo's offices have signed the previous month: one has confirmed it, one has only sent it."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import Month, PeriodRefused, take_step
from monitor.periods.signed import signed_content
from monitor.periods.steps import CONFIRM, SUBMIT
from monitor.store.queries.tree import tree
from monitor.store.session import reading

SIGNED = {"PTG": (("hr", SUBMIT), ("head-ptg", CONFIRM)), "XDL": (("hr", SUBMIT),)}
NOTE = {SUBMIT: "Đã đối chiếu với đơn nghỉ phép và giấy mời.", CONFIRM: ""}


def sign_months(engine: Engine, settings: Settings, now: datetime) -> int:
    """Take the steps of the month before `now` (aware, in the demo's zone); gives how many were taken."""
    month = f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
    taken = 0
    for unit_code, steps in SIGNED.items():
        with reading(engine) as session:
            unit = next(one for one in tree(session).units.values() if one.code == unit_code)
            shown = signed_content(session, unit.id, Month.of(month)).sha256
        for by, step in steps:
            try:
                take_step(
                    engine,
                    unit_code,
                    month,
                    step,
                    shown=shown,
                    by=by,
                    now=now,
                    settings=settings,
                    note=NOTE[step],
                )
            except PeriodRefused:
                break
            taken += 1
    return taken
