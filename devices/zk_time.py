"""The ZK terminal's coded time: 32 bits in which every month has 31 days."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

SECONDS_PER_DAY = 86_400
CODED_DAYS = 37_200  # 100 years of 12 months of 31 days, from 2000-01-01
_IMPOSSIBLE = -1


def _day_table() -> NDArray[np.int64]:
    """For each coded day the seconds from 1970 to its midnight, `_IMPOSSIBLE` for a 30 February."""
    coded = np.arange(CODED_DAYS)
    months = np.datetime64("2000-01", "M") + coded // 31
    days = months.astype("datetime64[D]") + coded % 31
    real = days < (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.where(real, days.astype(np.int64) * SECONDS_PER_DAY, _IMPOSSIBLE)


_MIDNIGHTS = _day_table()


def decode_times(coded: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Turn coded times into seconds from 1970-01-01 00:00:00 to the naive reading.

    Returns (seconds int64, possible, codable): `codable` is false beyond 2099, where no terminal can
    mean a date; `possible` is false there and for a 30 February, which terminals with a dead battery
    do write. `seconds` has no meaning where `possible` is false.
    """
    days = coded // SECONDS_PER_DAY
    codable = days < CODED_DAYS
    midnight = _MIDNIGHTS[np.minimum(days, CODED_DAYS - 1)]
    seconds = midnight + (coded - days * np.uint32(SECONDS_PER_DAY))
    return seconds, codable & (midnight != _IMPOSSIBLE), codable


def written_time(coded: int) -> str:
    """One coded time as text, impossible dates included ("2026-02-30 07:30:00"); "" beyond 2099."""
    days, second = divmod(coded, SECONDS_PER_DAY)
    if not 0 <= days < CODED_DAYS:
        return ""
    month, day = divmod(days, 31)
    hour, rest = divmod(second, 3600)
    return f"{2000 + month // 12}-{month % 12 + 1:02}-{day + 1:02} {hour:02}:{rest // 60:02}:{rest % 60:02}"


def decode_time(coded: int) -> datetime | None:
    """One coded time as a naive datetime; None for a date that does not exist."""
    try:
        return datetime.fromisoformat(written_time(coded))
    except ValueError:
        return None
