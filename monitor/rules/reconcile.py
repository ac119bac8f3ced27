"""The rule book in one go: who is expected, which punches are whose marks, and the verdict."""

import numpy as np

from monitor.rules.approved import approved_overtime
from monitor.rules.attendance import attendance_of
from monitor.rules.columns import PersonDays, Verdicts, World
from monitor.rules.context import asked_rows, reach
from monitor.rules.evidence import evidence_of
from monitor.rules.overtime import overtime_of
from monitor.rules.overtime_presence import Matched
from monitor.rules.plan import plan_of
from monitor.rules.punches import known_punches
from monitor.rules.records import day_records, session_records
from monitor.rules.runs import runs_of
from monitor.rules.settings import settings_of
from monitor.rules.verdict import judge
from monitor.rules.windows import punches_in_windows


def reconcile(world: World, asked: PersonDays, now: int) -> Verdicts:
    """Verdicts of the person-days asked, as known at the instant `now`; pure (rules 8).

    The days around them are looked at as far as they matter, so a person-day gets the same rows in
    whichever batch it is asked. `world` has to hold `CONTEXT_DAYS` around the days asked.
    """
    # Expectation: sessions in blocks, windows and stretches (rules 2, 3).
    plan = plan_of(world, reach(world, asked).days(), settings_of(world.regulations))

    # Matching: punches in windows, repeats made one, marks given to sessions (rules 3).
    people = np.zeros(len(world.people), bool)
    people[asked.person] = True
    punches = known_punches(world, people, now)
    group, punch = punches_in_windows(plan.groups, punches)
    runs, run = runs_of(punches, group, punch, plan.groups.regulation, plan.settings)
    rows = asked_rows(plan, asked)
    approved = approved_overtime(world, asked)
    people[:] = False
    people[approved.person] = True
    attendance = attendance_of(plan, runs, rows, people)

    # Verdict: what each session asked comes to, and why (rules 4 to 8).
    judgement = judge(world, plan, attendance, runs, rows, now)
    evidence = evidence_of(plan, punches, runs, (punch, run), attendance, rows)
    sessions = session_records(world, plan, rows, judgement, evidence)

    # Overtime: presence inside what was approved, apart from every verdict (rules 4.1).
    matched = Matched(punches=punches, runs=runs, held=(punch, run), attendance=attendance)
    overtime = overtime_of(world, plan, asked, approved, matched)
    return Verdicts(sessions=sessions, days=day_records(sessions), overtime=overtime)
