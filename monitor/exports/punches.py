"""The export of raw punches (rules 9): unknown ids and what was set aside included."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from monitor.rules.wallclock import DAY_SECONDS, date_of, text_of

COLUMNS = ("terminal", "device_user_id", "time", "verify", "state", "person", "received_at", "flags")
BADGE_COLUMNS = ("device_user_id", "badge_terminal_id", "valid_from", "valid_to", "person")
NOTHING_FLAGGED: Mapping[str, Collection[int]] = MappingProxyType({})
DAY_ZERO, DAY_LAST = date.min, date.max

Badge = tuple[int | None, date | None, date | None, str]


def punches_table(
    punches: pd.DataFrame,
    quarantined: pd.DataFrame,
    badges: pd.DataFrame,
    zone: str,
    flagged: Mapping[str, Collection[int]] = NOTHING_FLAGGED,
) -> pd.DataFrame:
    """Stored punches and records set aside -> the columns of rules 9, by terminal's time, terminal, id.

    `person` is asked at the punch's own time; a terminal's own badge goes before `*` (rules 7).
    `flagged` gives the ids of punches by flag: `unconfirmed` were pushed and the terminal's own log does
    not hold them; `readmitted` and `repaired` were set aside before; `undone` count for nobody, for only
    files that were undone brought them, so they name nobody.
    """
    undone = punches["punch_id"].isin(list(flagged.get("undone", ())))
    known = punches.assign(
        time=punches["device_time"].map(text_of),
        person=np.where(undone, "", _people(punches, badges)),
        flags=_flags(punches["punch_id"], flagged),
    )
    odd = quarantined.assign(
        time=quarantined["device_time"],
        person="",
        flags="quarantined;" + quarantined["reason"] + np.where(quarantined["dismissed"], ";dismissed", ""),
    )
    table = pd.concat([known, odd], ignore_index=True).astype(object)
    table["verify"], table["state"] = table["verify"].map(_code), table["state"].map(_code)
    table["received_at"] = table["received_at"].map(lambda seconds: _received(seconds, zone))
    return table[list(COLUMNS)].sort_values(["time", "terminal", "device_user_id"], kind="stable")


def _flags(punch_ids: "pd.Series[int]", flagged: Mapping[str, Collection[int]]) -> list[str]:
    """The flags of each punch, joined by `;`."""
    by_punch: dict[int, list[str]] = {}
    for flag in sorted(flagged):
        for punch_id in flagged[flag]:
            by_punch.setdefault(punch_id, []).append(flag)
    return [";".join(by_punch.get(punch_id, ())) for punch_id in punch_ids]


def _people(punches: pd.DataFrame, badges: pd.DataFrame) -> list[str]:
    """Code of the person each punch means, '' where no badge says."""
    by_id: dict[str, list[Badge]] = {}
    for device_user_id, *badge in zip(*(badges[name] for name in BADGE_COLUMNS), strict=True):
        by_id.setdefault(device_user_id, []).append((*badge,))
    asked = (punches[name] for name in ("device_user_id", "terminal_id", "device_time"))
    return [
        _person(by_id.get(device_user_id, []), terminal_id, date_of(device_time // DAY_SECONDS))
        for device_user_id, terminal_id, device_time in zip(*asked, strict=True)
    ]


def _person(badges: list[Badge], terminal_id: int, on: date) -> str:
    valid = [
        (terminal is None, person)
        for terminal, start, end, person in badges
        if terminal in {None, terminal_id} and (start or DAY_ZERO) <= on <= (end or DAY_LAST)
    ]
    return min(valid)[1] if valid else ""


def _code(value: int) -> int | str:
    """A raw code; empty where the source had none."""
    return "" if value < 0 else int(value)


def _received(seconds: int, zone: str) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
    return moment.strftime("%Y-%m-%d %H:%M:%S")
