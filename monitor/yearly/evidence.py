"""The evidence of a year of people: counts, papers and findings put side by side, nothing weighed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.figures import Figures
from monitor.rules.wallclock import date_of
from monitor.store.queries import year_papers as papers
from monitor.store.queries.figures import excused_by_symbol, figures_by_month
from monitor.store.queries.regulations import judged_since
from monitor.store.queries.stays import Named, Stay, named
from monitor.store.queries.year_papers import CommendationRow, DecisionRow
from monitor.yearly.counting import Here, MonthCount, Year, count_months, year_of
from monitor.yearly.findings import Finding, findings_of
from monitor.yearly.repeats import Reminder, with_repeats
from monitor.yearly.sight import Sight, in_period

Cells = Mapping[int, Figures]
"""Figures by the place of the month in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What was written about one person; all empty where the reader may not see it (`shown` false)."""

    shown: bool = False
    reminders: tuple[Reminder, ...] = ()
    decisions: Mapping[str, int]
    findings: tuple[Finding, ...] = ()

    @property
    def repeated(self) -> int:
        """How many reminders follow another within twelve months."""
        return sum(one.after is not None for one in self.reminders)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonYear:
    """One person's evidence; `excused` are sessions by symbol, `stays` the days in units that are shown."""

    who: Named
    stays: tuple[Stay, ...]
    months: tuple[MonthCount, ...]
    year: Year
    excused: Mapping[str, int]
    commendations: tuple[CommendationRow, ...]
    papers: Papers


def people_of(sight: Sight) -> list[PersonYear]:
    """Everybody's evidence by Vietnamese given name; the number of queries does not grow with the people."""
    cells, excused = _cells(sight), _excused(sight)
    stays = {person: in_period(of, sight.period) for person, of in sight.stays.items()}
    people = sorted(person for person in sight.people if stays.get(person) or person in cells)
    seen = sight.unit_ids or {stay.unit_id for of in stays.values() for stay in of}
    names = named(sight.session, people, seen, sight.period.days)
    here = _here(sight, stays)
    written, commended = _papers(sight, people), _commended(sight, people)
    found = []
    for person in sorted(people, key=lambda one: (names[one].sort_key, names[one].code)):
        months = count_months(
            sight.period.months, cells.get(person, {}), here.get(person, ()), sight.reader.today
        )
        found.append(
            PersonYear(
                who=names[person],
                stays=stays.get(person, ()),
                months=months,
                year=year_of(months),
                excused=excused.get(person, {}),
                commendations=tuple(commended.get(person, ())),
                papers=written[person],
            )
        )
    return found


def _cells(sight: Sight) -> dict[int, Cells]:
    """Figures by person and month; of several units together."""
    found: defaultdict[int, dict[int, Figures]] = defaultdict(dict)
    months = [piece.days for piece in sight.period.months]
    counted = figures_by_month(sight.session, sight.whose, months)
    for (person, _unit, place), figures in counted.items():
        before = found[person].get(place)
        found[person][place] = figures if before is None else before + figures
    return dict(found)


def _excused(sight: Sight) -> dict[int, Counter[str]]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for person, _unit, symbol, count in excused_by_symbol(sight.session, sight.whose, sight.period.days):
        found[person][symbol] += count
    return found


def _here(sight: Sight, stays: Mapping[int, Sequence[Stay]]) -> dict[int, list[Here]]:
    """The stays with the first day that each unit is judged: its go-live."""
    since = judged_since(sight.session, sight.units)
    return {
        person: [
            Here(days=range(stay.first_day, stay.last_day + 1), since=since.get(stay.unit_id)) for stay in of
        ]
        for person, of in stays.items()
    }


def _commended(sight: Sight, people: Sequence[int]) -> dict[int, list[CommendationRow]]:
    found: defaultdict[int, list[CommendationRow]] = defaultdict(list)
    for row in papers.commendations_of_people(sight.session, people, sight.dates):
        if row.person_id is not None and sight.sees(row.person_id, row.given_on):
            found[row.person_id].append(row)
    return found


def _papers(sight: Sight, people: Sequence[int]) -> dict[int, Papers]:
    allowed = [person for person in people if sight.reader.may_read_papers(person)]
    reminders, decisions = _reminders(sight, allowed), _decisions(sight, allowed)
    findings: defaultdict[int, list[Finding]] = defaultdict(list)
    reach, days = sight.reader.reach, sight.period.days
    for finding in findings_of(sight.session, reach, allowed, days, sight.hidden):
        if sight.sees(finding.person_id, date_of(finding.day)):
            findings[finding.person_id].append(finding)
    return dict.fromkeys(people, Papers(decisions={})) | {
        person: Papers(
            shown=True,
            reminders=tuple(reminders.get(person, ())),
            decisions=decisions.get(person, {}),
            findings=tuple(findings.get(person, ())),
        )
        for person in allowed
    }


def _reminders(sight: Sight, people: Sequence[int]) -> dict[int, list[Reminder]]:
    """Those of the period; what they follow may have been issued before it, but never out of sight."""
    found: defaultdict[int, list[papers.ReminderRow]] = defaultdict(list)
    for row in papers.standing_reminders(sight.session, people, (sight.earlier, sight.dates[1])):
        if sight.sees(row.person_id, row.issued_on):
            found[row.person_id].append(row)
    return {
        person: [one for one in with_repeats(rows) if one.row.issued_on >= sight.dates[0]]
        for person, rows in found.items()
    }


def _decisions(sight: Sight, people: Sequence[int]) -> dict[int, Counter[str]]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in _seen(sight, papers.decisions_in_force(sight.session, people, sight.dates)):
        found[row.person_id][row.kind] += 1
    return found


def _seen(sight: Sight, rows: Iterable[DecisionRow]) -> list[DecisionRow]:
    return [row for row in rows if sight.sees(row.person_id, row.on_date)]
