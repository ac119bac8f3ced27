"""The rule book in one go: who is expected, which punches are whose marks, and the verdict."""

import numpy as np

from monitor.rules.alike import alike, in_order
from monitor.rules.approved import approved_overtime
from monitor.rules.attendance import attendance_of
from monitor.rules.columns import PersonDays, Verdicts, World
from monitor.rules.context import asked_rows, reach
from monitor.rules.copies import copied
from monitor.rules.evidence import evidence_of, nearest_sessions
from monitor.rules.overtime import overtime_of
from monitor.rules.overtime_presence import Matched
from monitor.rules.plan import plan_of
from monitor.rules.punches import known_punches
from monitor.rules.records import day_records, session_records
from monitor.rules.runs import runs_of
from monitor.rules.settings import settings_of
from monitor.rules.verdict import judge
from monitor.rules.windows import in_groups, shares_of


def reconcile(world: World, asked: PersonDays, now: int) -> Verdicts:
    """Verdicts of the person-days asked, as known at the instant `now`; pure (rules 8).

    The days around them are looked at as far as they matter, so a person-day gets the same rows in
    whichever batch it is asked. `world` has to hold `CONTEXT_DAYS` around the days asked.
    """
    # Expectation: sessions in blocks, windows and stretches, once for all who are alike (rules 2, 3).
    asked = in_order(asked)
    people = alike(world, asked)
    models = people.models(asked)
    whole = plan_of(world, reach(world, models).days(), settings_of(world.regulations))
    approved = approved_overtime(world, asked)
    with_overtime = np.zeros(len(world.people), bool)
    with_overtime[approved.person] = True
    copies = copied(whole, asked_rows(whole, models), with_overtime, people)
    plan, rows = copies.plan, copies.rows

    # Matching: punches in windows, repeats made one, marks given to sessions (rules 3).
    punches = known_punches(world, people.asked(len(world.people)), now)
    model = people.by_person(people.like, len(world.people))[punches.person]
    share = shares_of(whole.groups).at(model, punches.time)
    group, punch = in_groups(copies.groups_of(share, punches.person))
    runs, run = runs_of(world, punches, group, punch, plan.groups.regulation, plan.settings)
    attendance = attendance_of(plan, runs)

    # Verdict: what each session asked comes to, and why (rules 4 to 8).
    judgement = judge(world, plan, attendance, runs, rows, now)
    outside = np.flatnonzero(share < 0)
    near = nearest_sessions(whole, model[outside], punches.time[outside])
    strays = copies.sessions_of(near, punches.person[outside]), outside
    matched = Matched(punches=punches, runs=runs, held=(punch, run), attendance=attendance)
    evidence = evidence_of(plan, matched, strays, rows)
    sessions = session_records(world, plan, rows, judgement, evidence)

    # Overtime: presence inside what was approved, apart from every verdict (rules 4.1).
    overtime = overtime_of(world, plan, asked, approved, matched)
    return Verdicts(sessions=sessions, days=day_records(sessions), overtime=overtime)
