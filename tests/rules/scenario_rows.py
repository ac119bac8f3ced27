"""Verdicts in the words of scenarios, and where they are not what a scenario expects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from monitor.exports.records import number, rounded_up
from monitor.rules.codes import Status, reason_codes
from monitor.rules.columns import DAY_SECONDS, NO_TIME, DayRecords, OvertimeRecords, SessionRecords, World
from tests.rules.scenario import Scenario, Table
from tests.rules.scenario_engine import Engine

EPOCH = datetime(1970, 1, 1)
ALWAYS = {"in": "", "out": "", "late": 0, "early": 0, "reasons": ""}
"""What a row says by saying nothing; the other cells are compared where they are given."""
SHIFTS = {-1: "-", 0: "", 1: "+"}
BY_HAND = "tay"
"""Stands for the terminal of a manual punch."""
MINUTES = {"late_minutes": "late", "early_minutes": "early", "worked_minutes": "worked"}

PunchPlaces = Mapping[int, tuple[int, str]]
"""Time and terminal of each punch by its id."""


def clock(seconds: int, day: int) -> str:
    """A moment as scenarios write it, seen from a day."""
    if seconds == NO_TIME:
        return ""
    shift = seconds // DAY_SECONDS - day
    moment = EPOCH + timedelta(seconds=seconds)
    time = f"{moment:%H:%M:%S}".removesuffix(":00")
    return f"{SHIFTS[shift]}{time}" if shift in SHIFTS else f"{moment:%Y-%m-%d} {time}"


def rows_of(world: World, records: SessionRecords, engine: Engine) -> list[dict[str, Any]]:
    """Every row in words: the cells of the export, and what a page shows besides."""
    places = _punch_places(world)
    exported = engine.sessions_table(_stored(world, records)).to_dict("records")
    return [_row(records, i, row) | _beside(world, records, i, places) for i, row in enumerate(exported)]


def _stored(world: World, records: SessionRecords) -> pd.DataFrame:
    """The records as they are read from storage."""
    return pd.DataFrame(
        {
            "person": world.people[records.person],
            "day": records.day,
            "unit": world.units.code[records.unit],
            "session": records.name,
            "starts": records.start,
            "ends": records.end,
            "time_in": pd.Series([_known(time) for time in records.time_in.tolist()], dtype=object),
            "time_out": pd.Series([_known(time) for time in records.time_out.tolist()], dtype=object),
            "status": records.status,
            "late_seconds": records.late_seconds,
            "early_seconds": records.early_seconds,
            "worked_seconds": records.worked_seconds,
            "symbol": records.symbol,
            "cong": records.cong,
            "reasons": records.reasons.astype("int64"),
            "rule_version": records.rule_version,
        }
    )


def _known(time: int) -> int | None:
    return None if time == NO_TIME else time


def _row(records: SessionRecords, i: int, exported: Mapping[Any, Any]) -> dict[str, Any]:
    """An exported row with clock times instead of moments."""
    day = int(records.day[i])
    row = {MINUTES.get(name, name): value for name, value in exported.items()}
    for mark in ("in", "out"):
        moment = row[mark] and int((datetime.fromisoformat(row[mark]) - EPOCH).total_seconds())
        row[mark] = clock(moment, day) if row[mark] else ""
    return row | {"version": row["rule_version"]}


def _punch_places(world: World) -> PunchPlaces:
    names = [world.terminals.code[terminal] for terminal in world.punches.terminal]
    times = zip(world.punches.time.tolist(), names, strict=True)
    by_id = dict(zip(world.punches.id.tolist(), times, strict=True))
    by_hand = zip(world.manual.id.tolist(), world.manual.time.tolist(), strict=True)
    return by_id | {identity: (time, BY_HAND) for identity, time in by_hand}


def _beside(world: World, records: SessionRecords, i: int, places: PunchPlaces) -> dict[str, str]:
    """What the export does not say: bounds, terminals of the punches used, punches not used."""
    day = int(records.day[i])

    def listed(ids: Iterable[int]) -> str:
        return " ".join(clock(places[identity][0], day) for identity in ids)

    def interval(first: Any, last: Any) -> str:
        return "" if first[i] == NO_TIME else f"{clock(int(first[i]), day)} to {clock(int(last[i]), day)}"

    return {
        "hours": interval(records.start, records.end),
        "due": interval(records.due_from, records.due_to),
        "window": interval(records.window_from, records.window_to),
        "in_at": places.get(int(records.punch_in[i]), (0, ""))[1],
        "out_at": places.get(int(records.punch_out[i]), (0, ""))[1],
        "extras": listed(records.extras.of(i).tolist()),
        "outside": listed(records.outside.of(i).tolist()),
        "uncovered": " ".join(world.terminals.code[t] for t in records.uncovered.of(i).tolist()),
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


def overtime_of(world: World, records: OvertimeRecords, engine: Engine) -> list[dict[str, Any]]:
    """Every overtime row in words: the cells of the export, with clock times instead of moments."""
    stored = pd.DataFrame(
        {
            "person": world.people[records.person],
            "day": records.day,
            "unit": world.units.code[records.unit],
            "kind": records.kind,
            "starts": records.start,
            "ends": records.end,
            "present_from": pd.Series([_known(t) for t in records.present_from.tolist()], dtype=object),
            "present_to": pd.Series([_known(t) for t in records.present_to.tolist()], dtype=object),
            "seconds": records.seconds,
            "night_seconds": records.night_seconds,
        }
    )
    rows = engine.overtime_table(stored).to_dict("records")
    return [_overtime_row(row, int(records.day[i])) for i, row in enumerate(rows)]


def _overtime_row(exported: Mapping[Any, Any], day: int) -> dict[str, Any]:
    def span(first: str, last: str) -> str:
        texts = (exported[first], exported[last])
        moments = [int((datetime.fromisoformat(t) - EPOCH).total_seconds()) for t in texts if t]
        return " to ".join(clock(moment, day) for moment in moments)

    return {
        "person": exported["person"],
        "date": exported["date"],
        "unit": exported["unit"],
        "class": exported["class"],
        "hours": span("from", "to"),
        "present": span("present_from", "present_to"),
        "minutes": exported["overtime_minutes"],
        "night": exported["night_minutes"],
    }


def mismatches(scenario: Scenario, engine: Engine) -> list[str]:
    """What the engine's rows say otherwise than the scenario; nothing if they agree."""
    verdicts = engine.verdicts(scenario)
    rows = rows_of(engine.world(scenario), verdicts.sessions, engine)
    found, wanted = [row["session"] for row in rows], [row["session"] for row in scenario.expect]
    if found != wanted:
        return [f"sessions: expected {wanted}, found {found}"]
    wrong = []
    for want, row in zip(scenario.expect, rows, strict=True):
        wrong += _differing(row["session"], {**ALWAYS, **want}, row)
    wrong += _versions(scenario.expect, rows)
    if "total" in scenario.given:
        wrong += _differing("total", scenario.given["total"], total_of(verdicts.days))
    if "overtime" in scenario.given:
        wrong += _overtime_differing(scenario, overtime_of(engine.world(scenario), verdicts.overtime, engine))
    return wrong


def _overtime_differing(scenario: Scenario, rows: Sequence[Table]) -> list[str]:
    wanted = scenario.given["overtime"]
    if len(wanted) != len(rows):
        return [f"overtime: expected {len(wanted)} rows, found {len(rows)}"]
    pairs = zip(wanted, rows, strict=True)
    return [
        wrong
        for want, row in pairs
        for wrong in _differing("overtime", {"present": "", "night": 0, **want}, row)
    ]


def _differing(place: str, want: Table, row: Table) -> list[str]:
    """Cells that are not as wanted; versions are compared with each other, not with a text."""
    return [
        f"{place}: {cell}: expected {value!r}, found {row[cell]!r}"
        for cell, value in want.items()
        if cell != "version" and row[cell] != value
    ]


def _versions(wanted: Sequence[Table], rows: Sequence[Table]) -> list[str]:
    """Rows that are to have the same rule version have it, and those that are not have not (rules 8)."""
    both = zip(wanted, rows, strict=True)
    pairs = {(want["version"], row["version"]) for want, row in both if "version" in want}
    names, versions = {name for name, _ in pairs}, {version for _, version in pairs}
    return [] if len(pairs) == len(names) == len(versions) else [f"versions: {sorted(pairs)}"]
