"""A scenario's conditions as the columns that the engine reads; what is not said is the usual."""

from functools import cache

from monitor.rules.columns import ANY_TERMINAL, DAY_MAX, DAY_MIN, DAY_SECONDS, NO_DAY, NO_TIME, World
from tests.rules.scenario import Scenario, Table
from tests.rules.scenario_words import instant, punches_in, regulation
from tests.rules.worlds.draft import EXCUSE_TYPES, Draft, on

KNOWN_DAYS = 30
"""Unless said otherwise the terminals' logs are complete for so many days around those asked."""
NOON = DAY_SECONDS // 2
TYPES = [code for code, _, _ in EXCUSE_TYPES]


def now_of(scenario: Scenario) -> int:
    """The instant of asking: noon after the last day, unless said otherwise."""
    if "now" in scenario.given:
        return instant(scenario.given["now"], scenario.days[0])
    return (on(max(scenario.days)) + 1) * DAY_SECONDS + NOON


def asked_of(scenario: Scenario) -> list[tuple[int, int]]:
    """The (person, day) pairs that are asked."""
    people = people_of(scenario)
    named = scenario.given.get("ask", people)
    return [(people.index(code), on(day)) for code in named for day in scenario.days]


def people_of(scenario: Scenario) -> list[str]:
    """Codes in order."""
    return sorted({row["code"] for row in scenario.given.get("people", [{"code": "an"}])})


@cache
def world_of(scenario: Scenario) -> World:
    """The scenario's world, built once for all who ask."""
    return Builder(scenario).world()


class Builder:
    """Fills a draft from a scenario, table by table."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.given = scenario.given
        self.day = scenario.days[0]
        self.people = people_of(scenario)
        self.units = [row["code"] for row in self.given.get("units", [{"code": "so"}])]
        self.terminals = [row["code"] for row in self.given.get("terminals", [{"code": "cong"}])]
        self.users: list[str] = []
        self.draft = Draft(people=self.people)

    def world(self) -> World:
        """Everything in columns."""
        for fill in (self.places, self.rules, self.clocks, self.badges, self.punches, self.away, self.known):
            fill()
        return self.draft.world()

    def places(self) -> None:
        for row in self.given.get("units", [{"code": "so"}]):
            self.draft.unit(row["code"], self.units.index(row["parent"]) if "parent" in row else -1)
        for row in self.given.get("people", [{"code": "an"}]):
            unit = self.units.index(row.get("unit", self.units[0]))
            self.draft.post(self.people.index(row["code"]), unit, validity(row))

    def rules(self) -> None:
        given = self.given
        single = {"preset": given.get("regulation", "bon-luot"), **given.get("settings", {})}
        if "sessions" in given:
            single["sessions"] = given["sessions"]
        self.draft.regulations += [
            regulation(words, self.units, self.people) for words in given.get("regulations", [single])
        ]
        for row in given.get("calendar", []):
            scope = self.units.index(row["scope"]) if "scope" in row else -1
            for_day = on(row["for_date"]) if "for_date" in row else NO_DAY
            status = row.get("status", "F")
            self.draft.calendar.append(
                (on(row["date"]), scope, row["kind"], for_day, "", status != "P", status == "C")
            )

    def clocks(self) -> None:
        for row in self.given.get("terminals", [{"code": "cong", "unit": self.units[0]}]):
            self.draft.terminal(
                row["code"],
                self.units.index(row["unit"]) if "unit" in row else -1,
                on(row["installed_on"]) if "installed_on" in row else NO_DAY,
                row.get("direction", ""),
            )

    def badges(self) -> None:
        everybody = [{"person": code, "device_user_id": code} for code in self.people]
        for row in self.given.get("badges", everybody):
            terminal = row.get("terminal", "*")
            at = ANY_TERMINAL if terminal == "*" else self.terminals.index(terminal)
            person = self.people.index(row["person"])
            self.draft.badge(person, self.user(row["device_user_id"]), at, validity(row))

    def user(self, text: str) -> int:
        """The position of a device user id, compared as text."""
        if text not in self.users:
            self.users.append(text)
        return self.users.index(text)

    def punches(self) -> None:
        for punch in punches_in(self.given.get("punches", ""), self.day):
            terminal = self.terminals.index(punch.terminal or self.terminals[0])
            self.draft.punch(self.user(punch.user or self.people[0]), punch.time, terminal, punch.states)
        for punch in punches_in(self.given.get("manual", ""), self.day):
            self.draft.manual_punch(self.people.index(punch.user or self.people[0]), punch.time)

    def away(self) -> None:
        given = self.given
        for number, row in enumerate(given.get("excuses", []), start=1):
            document = on(row["document_date"]) if "document_date" in row else NO_DAY
            entered = instant(row["entered_at"], self.day) if "entered_at" in row else NO_TIME
            kind, approved = TYPES.index(row["type"]), row.get("status", "approved") == "approved"
            self.draft.excuses.append(
                (number, self.who(row), kind, *self.span(row), approved, document, entered)
            )
        for row in given.get("roster", []):
            self.draft.roster_entry(self.who(row), row["kind"], self.span(row))
        for row in given.get("allowances", []):
            self.draft.allowance(self.who(row), row["minutes"] * 60, row["where"], validity(row))
        for row in given.get("findings", []):
            self.draft.findings.append((self.who(row), *self.span(row)))
        self.draft.explained += [(0, on(day)) for day in given.get("explained", [])]

    def who(self, row: Table) -> int:
        return self.people.index(row.get("person", self.people[0]))

    def span(self, row: Table) -> tuple[int, int]:
        return instant(row["from"], self.day), instant(row["to"], self.day)

    def known(self) -> None:
        days = [on(day) for day in self.scenario.days]
        usual = ((min(days) - KNOWN_DAYS) * DAY_SECONDS, (max(days) + KNOWN_DAYS) * DAY_SECONDS)
        declared = not self.given.get("observed", False)
        if "coverage" not in self.given:
            for terminal in range(len(self.terminals)):
                self.draft.covered(terminal, usual, declared=declared)
        for row in self.given.get("coverage", []):
            terminal = self.terminals.index(row.get("terminal", self.terminals[0]))
            self.draft.covered(terminal, self.span(row), declared=row.get("declared", declared))


def validity(row: Table) -> tuple[int, int]:
    """`valid_from` and `valid_to`, open where they are not given."""
    first = on(row["valid_from"]) if "valid_from" in row else DAY_MIN
    return first, on(row["valid_to"]) if "valid_to" in row else DAY_MAX
