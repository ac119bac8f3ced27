"""The whole made-up province, put together from a seed and a moment."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from monitor.demo.absences import Allowance, book_families, draw_absences
from monitor.demo.agenda import Agenda, Excuse
from monitor.demo.habits import draw_habits
from monitor.demo.logs import Scene, TerminalLog, make_logs
from monitor.demo.organisation import OFFICES
from monitor.demo.passes import Plan, all_passes
from monitor.demo.province import Badge, Person, badges_of, draw_people, top_unit, units_by_day
from monitor.demo.roster import RosterEntry, draw_roster
from monitor.demo.span import Span, lost_at, span_until
from monitor.demo.stage import choose_cast
from monitor.demo.workdays import WorkCalendar, national_calendar

TWO_MARK_OFFICE = "SNV"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the demo shows. Excuses and roster name people by their place in `people`.

    `logs` go two weeks beyond `span.now`; `lost_at` is when the broken terminal was last heard of.
    """

    span: Span
    people: tuple[Person, ...]
    badges: tuple[Badge, ...]
    excuses: tuple[Excuse, ...]
    roster: tuple[RosterEntry, ...]
    allowances: tuple[Allowance, ...]
    logs: dict[str, TerminalLog]
    lost_at: datetime


def make_world(seed: int, now: datetime, calendar: WorkCalendar | None = None) -> World:
    """The province as of `now` (naive, local); the same arguments give the same world."""
    calendar = calendar or national_calendar()
    span = span_until(now)
    people = draw_people(seed, span)
    units = units_by_day(people, span)
    agenda = Agenda(people, span, calendar, units)
    allowances = book_families(agenda)
    draw_absences(agenda, seed)
    roster = draw_roster(agenda, units)
    cast = choose_cast(agenda, roster, units, seed)
    habits = draw_habits(seed, len(people))
    plan = Plan(
        agenda=agenda, roster=roster, cast=cast, habits=habits, two_marks=_two_marks(units), seed=seed
    )
    scene = Scene(
        people=people,
        badges=badges_of(people),
        span=span,
        units=units,
        other_door_share=habits.other_door_share,
        lost_at=lost_at(calendar, now),
        seed=seed,
    )
    logs = make_logs(scene, all_passes(plan))
    return _world(agenda, scene, roster, allowances, logs)


def _world(
    agenda: Agenda,
    scene: Scene,
    roster: tuple[RosterEntry, ...],
    allowances: tuple[Allowance, ...],
    logs: dict[str, TerminalLog],
) -> World:
    return World(
        span=scene.span,
        people=scene.people,
        badges=scene.badges,
        excuses=tuple(agenda.excuses),
        roster=roster,
        allowances=allowances,
        logs=logs,
        lost_at=scene.lost_at,
    )


def _two_marks(units: NDArray[np.int16]) -> NDArray[np.bool_]:
    """(days, people): works where the regulation asks for two marks a day."""
    offices = [office.parent != "" and top_unit(office.code) == TWO_MARK_OFFICE for office in OFFICES]
    return np.array(offices)[units]
