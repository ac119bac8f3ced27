"""Verdicts in the words of scenarios, and where they are not what a scenario expects."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.exports.records import number, rounded_up
from monitor.rules.codes import Status, reason_codes
from monitor.rules.columns import DAY_SECONDS, NO_TIME, DayRecords, SessionRecords, Verdicts, World
from tests.rules.scenario import Scenario, Table

EPOCH = datetime(1970, 1, 1)
ALWAYS = {"in": "", "out": "", "late": 0, "early": 0, "reasons": ""}
"""What a row says by saying nothing; the other cells are compared where they are given."""
SHIFTS = {-1: "-", 0: "", 1: "+"}
BY_HAND = "tay"
"""Stands for the terminal of a manual punch."""


def clock(seconds: int, day: int) -> str:
    """A moment as scenarios write it, seen from a day."""
    if seconds == NO_TIME:
        return ""
    shift = seconds // DAY_SECONDS - day
    moment = EPOCH + timedelta(seconds=seconds)
    time = f"{moment:%H:%M:%S}".removesuffix(":00")
    return f"{SHIFTS[shift]}{time}" if shift in SHIFTS else f"{moment:%Y-%m-%d} {time}"


def rows_of(world: World, records: SessionRecords) -> list[dict[str, Any]]:
    """Every row with all its cells in words, as an HR clerk would write them."""
    times = _times(world)
    return [_row(world, records, i, times) for i in range(len(records))]


def _times(world: World) -> dict[int, tuple[int, str]]:
    """Time and terminal of each punch by its id."""
    names = [world.terminals.code[terminal] for terminal in world.punches.terminal]
    by_id = dict(zip(world.punches.id.tolist(), zip(world.punches.time.tolist(), names, strict=True), strict=True))
    by_hand = zip(world.manual.id.tolist(), world.manual.time.tolist(), strict=True)
    return by_id | {id_: (time, BY_HAND) for id_, time in by_hand}


def _row(world: World, records: SessionRecords, i: int, times: dict[int, tuple[int, str]]) -> dict[str, Any]:
    day = int(records.day[i])

    def listed(ids: Iterable[int]) -> str:
        return " ".join(clock(times[id_][0], day) for id_ in ids)

    def interval(first: Any, last: Any) -> str:
        return "" if first[i] == NO_TIME else f"{clock(int(first[i]), day)} to {clock(int(last[i]), day)}"

    return {
        "person": world.people[records.person[i]],
        "date": f"{EPOCH + timedelta(days=day):%Y-%m-%d}",
        "unit": world.units.code[records.unit[i]],
        "session": records.name[i],
        "hours": interval(records.start, records.end),
        "due": interval(records.due_from, records.due_to),
        "window": interval(records.window_from, records.window_to),
        "in": clock(int(records.time_in[i]), day),
        "out": clock(int(records.time_out[i]), day),
        "in_at": times.get(int(records.punch_in[i]), (0, ""))[1],
        "out_at": times.get(int(records.punch_out[i]), (0, ""))[1],
        "status": Status(records.status[i]).name.lower(),
        "late": rounded_up(int(records.late_seconds[i])),
        "early": rounded_up(int(records.early_seconds[i])),
        "worked": int(records.worked_seconds[i]) // 60,
        "symbol": records.symbol[i],
        "cong": number(records.cong[i]),
        "reasons": ";".join(reason_codes(int(records.reasons[i]))),
        "extras": listed(records.extras.of(i).tolist()),
        "outside": listed(records.outside.of(i).tolist()),
        "uncovered": " ".join(world.terminals.code[t] for t in records.uncovered.of(i).tolist()),
        "version": records.rule_version[i],
    }


def total_of(days: DayRecords) -> dict[str, Any]:
    """The first day record in words."""
    return {
        "status": Status(days.status[0]).name.lower(),
        "late": rounded_up(int(days.late_seconds[0])),
        "early": rounded_up(int(days.early_seconds[0])),
        "worked": int(days.worked_seconds[0]) // 60,
        "cong": number(days.cong[0]),
        "reasons": ";".join(reason_codes(int(days.reasons[0]))),
    }


def mismatches(scenario: Scenario, world: World, verdicts: Verdicts) -> list[str]:
    """What the rows say otherwise than the scenario; nothing if they agree."""
    rows = rows_of(world, verdicts.sessions)
    found, wanted = [row["session"] for row in rows], [row["session"] for row in scenario.expect]
    if found != wanted:
        return [f"sessions: expected {wanted}, found {found}"]
    wrong = []
    for want, row in zip(scenario.expect, rows, strict=True):
        wrong += _differing(row["session"], {**ALWAYS, **want}, row)
    wrong += _versions(scenario.expect, rows)
    if "total" in scenario.given:
        wrong += _differing("total", scenario.given["total"], total_of(verdicts.days))
    return wrong


def _differing(place: str, want: Table, row: Table) -> list[str]:
    """Cells that are not as wanted; versions are compared with each other, not with a text."""
    return [
        f"{place}: {cell}: expected {value!r}, found {row[cell]!r}"
        for cell, value in want.items()
        if cell != "version" and row[cell] != value
    ]


def _versions(wanted: Sequence[Table], rows: Sequence[Table]) -> list[str]:
    """Rows that are to have the same rule version have it, and those that are not have not (rules 8)."""
    named = [(want["version"], row["version"]) for want, row in zip(wanted, rows, strict=True) if "version" in want]
    pairs = set(named)
    one_to_one = len(pairs) == len({name for name, _ in pairs}) == len({version for _, version in pairs})
    return [] if one_to_one else [f"versions: {named}"]
