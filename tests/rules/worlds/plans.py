"""What is planned and recorded about people in a random world: calendar, roster, excuses, allowances."""

import random
from collections.abc import Sequence

from monitor.rules.columns import DAY_SECONDS, NO_DAY, NO_TIME
from tests.rules.twin.expected import Session, iso_weekday, sessions_of
from tests.rules.twin.plain import PlainWorld
from tests.rules.worlds.draft import EXCUSE_TYPES
from tests.rules.worlds.making import HOUR, MINUTE, Making, chance, instant, nudge, some

Span = tuple[int, int]
DUTY_HOURS = ((17.5, 21.0), (18.0, 30.0), (7.0, 11.0), (7.5, 31.5), (22.0, 23.5), (5.0, 6.5))
SPLITTING_HOURS = ((11.5, 13.5), (12.0, 13.0), (11.5, 12.5), (12.5, 13.25))
OVERTIME_HOURS = (
    (17.0, 20.0),
    (17.5, 21.0),
    (19.0, 23.0),
    (22.0, 30.0),
    (11.5, 13.5),
    (8.0, 16.0),
    (5.0, 7.5),
)
JOINTS = (0, 0, 1, 30 * MINUTE, HOUR, HOUR + 1, 2 * HOUR)


def make_calendar(making: Making) -> None:
    """Days off, make-up days and days worked on a holiday; of one date and scope only one row."""
    if not making.has("calendar"):
        return
    dice = making.dice("calendar")
    scopes = [-1]
    if making.has("unit_calendar"):
        scopes += range(len(making.draft.units))
    for day in making.days:
        for scope in some(dice, scopes, 0.15):
            kind = "makeup" if iso_weekday(day) > 5 else dice.choice(("off", "off", "work", "makeup"))
            for_day = dice.choice((NO_DAY, day - 1, day - 3, day + 5)) if kind == "makeup" else NO_DAY
            confirmed = not (making.has("proposed_days") and chance(dice, 0.3))
            making.draft.calendar.append(
                (day, scope, kind, for_day, f"CV {day % 7}", confirmed, chance(dice, 0.2))
            )


def make_roster(making: Making, plain: PlainWorld) -> None:
    """Roster entries of every kind the features allow."""
    dice = making.dice("roster")
    for person in making.everybody:
        office = sessions_of(plain, person, making.first_day, making.last_day)
        for day in making.days:
            for kind, span in drawn_entries(making, dice, day, office):
                making.draft.roster_entry(person, kind, span)


def drawn_entries(
    making: Making, dice: random.Random, day: int, office: Sequence[Session]
) -> list[tuple[str, Span]]:
    """The roster entries of one person and day."""
    drawn: list[tuple[str, str, Span]] = []
    today = [session for session in office if session.day == day]
    kind = dice.choice(("duty", "extra"))
    drawn.append(("duty", "duty", hours_of(day, dice.choice(DUTY_HOURS))))
    drawn.append(("extra", "extra", hours_of(day, dice.choice(DUTY_HOURS))))
    drawn.append(("splitting_duty", kind, hours_of(day, dice.choice(SPLITTING_HOURS))))
    start = instant(day, dice.uniform(5, 23))
    drawn.append(("overlapping_duty", kind, (start, start + dice.choice((HOUR, 4 * HOUR, 10 * HOUR)))))
    drawn.append(("overtime", "overtime", (start, start + dice.choice((HOUR, 3 * HOUR, 12 * HOUR)))))
    drawn.append(("overtime", "overtime", hours_of(day, dice.choice(OVERTIME_HOURS))))
    if today:
        session = dice.choice(today)
        drawn.append(("adjoining_duty", kind, adjoining(dice, session)))
        drawn.append(("release", "release", released(dice, session)))
    return [(kind, span) for feature, kind, span in drawn if chance(dice, 0.15) and making.has(feature)]


def hours_of(day: int, hours: tuple[float, float]) -> Span:
    """The interval of the day from one hour to the other."""
    return instant(day, hours[0]), instant(day, hours[1])


def adjoining(dice: random.Random, session: Session) -> Span:
    """A duty right after or right before a session."""
    gap, length = dice.choice(JOINTS), dice.choice((HOUR, 4 * HOUR, 8 * HOUR))
    if chance(dice, 0.7):
        return session.end + gap, session.end + gap + length
    return session.start - gap - length, session.start - gap


def released(dice: random.Random, session: Session) -> Span:
    """A release around a session, sometimes a second too short, sometimes for two days."""
    spans = (
        (session.start, session.end),
        (session.start + 1, session.end),
        (session.start, session.end - 1),
        (session.start - 6 * HOUR, session.end + 12 * HOUR),
        (session.start - 1, session.end + 2 * DAY_SECONDS),
    )
    return dice.choice(spans)


def make_excuses(making: Making, plain: PlainWorld) -> None:
    """Excuses around the sessions that people have."""
    dice = making.dice("excuses")
    for person in making.everybody:
        for session in sessions_of(plain, person, making.first_day - 1, making.last_day):
            for span in drawn_excuses(making, dice, session):
                add_excuse(making, dice, person, span)


def drawn_excuses(making: Making, dice: random.Random, session: Session) -> list[Span]:
    """The excuses around one session."""
    start, end = session.start, session.end
    middle = dice.randint(start, end) if chance(dice, 0.5) else (start + end) // 2
    near_start, near_end = start + nudge(dice), end + nudge(dice)
    full = [
        [(start, end)],
        [(start - HOUR, end + HOUR)],
        [(start, middle), (middle, end)],
        [(start, end + DAY_SECONDS)],
    ]
    partial = [
        [(start, middle)],
        [(middle, end)],
        [(middle, (middle + end) // 2 + 1)],
        [(start - HOUR, start)],
    ]
    messy = [
        [(near_start, near_end)],
        [(start, middle + HOUR), (middle, end)],
        [(start, middle), (middle + 1, end)],
        [(start, middle), (start, end)],
        [(middle, near_end + 3 * HOUR)],
        [(near_start, start + 600), (end - 600, near_end)],
    ]
    drawn: list[Span] = []
    for feature, choices in (("full_excuses", full), ("partial_excuses", partial), ("messy_excuses", messy)):
        spans = dice.choice(choices)
        if chance(dice, 0.1) and making.has(feature):
            drawn += [span for span in spans if span[0] < span[1]]
    return drawn


def add_excuse(making: Making, dice: random.Random, person: int, span: Span) -> None:
    """One excuse of a random type, with documents before, at or after the end."""
    document_day, entered_at = NO_DAY, NO_TIME
    if making.has("late_documents"):
        document_day = dice.choice((NO_DAY, NO_DAY, span[1] // DAY_SECONDS + dice.choice((-1, 0, 1))))
        entered_at = dice.choice((NO_TIME, NO_TIME, span[1] + dice.choice((-1, 0, 1, HOUR))))
    approved = not (making.has("not_approved") and chance(dice, 0.3))
    kind = dice.randrange(len(EXCUSE_TYPES))
    number = len(making.draft.excuses) + 1
    making.draft.excuses.append((number, person, kind, *span, approved, document_day, entered_at))


def make_allowances(making: Making) -> None:
    """Allowances of single people, sometimes several at once."""
    dice = making.dice("allowances")
    for person in making.everybody:
        for where in ("start", "end", "either", "either"):
            feature = "either_allowance" if where == "either" else "allowances"
            seconds = MINUTE * dice.choice((1, 10, 30, 60, 60, 300))
            valid = sorted((dice.choice(making.days), dice.choice(making.days)))
            if chance(dice, 0.4) and making.has(feature):
                making.draft.allowance(person, seconds, where, (valid[0], valid[1]))


def make_explanations(making: Making) -> None:
    """Accepted explanations of some days."""
    dice = making.dice("explained")
    if making.has("explained"):
        pairs = [(person, day) for person in making.everybody for day in making.days]
        making.draft.explained += some(dice, pairs, 0.2)


def make_findings(making: Making, plain: PlainWorld) -> None:
    """Findings of inspections, at and around the bounds of sessions."""
    dice = making.dice("findings")
    if not making.has("findings"):
        return
    for person in making.everybody:
        for session in some(dice, sessions_of(plain, person, making.first_day, making.last_day), 0.3):
            start = dice.choice((session.start, session.end, session.end - 1, session.start - HOUR))
            making.draft.findings.append((person, start, start + dice.choice((0, 1, HOUR))))
