"""The comparison's one rule as somebody who knows pandas would write it: merge, group, aggregate, choose."""

import numpy as np
import pandas as pd

from benchmarks.split_shift import A_END, B_END, CLOSES, OPENS, A, B
from monitor.rules.codes import Status
from monitor.rules.columns import DAY_SECONDS

MARKS = ("in_a", "out_a", "in_b", "out_b")
SESSIONS = (("a", A, A_END), ("b", B, B_END))


def with_pandas(punches: pd.DataFrame, badges: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Rules 3.3 and 4 for this one regulation; a row for each expected day, no mark is -1."""
    marks = _marks(_sides(punches.merge(badges, on="device_user")))
    found = days.merge(marks, on=["person", "day"], how="left")
    for name, start, end in SESSIONS:
        came, left = found[f"in_{name}"], found[f"out_{name}"]
        found[f"late_{name}"] = (came - start).clip(lower=0).fillna(0)
        found[f"early_{name}"] = (end - left).clip(lower=0).fillna(0)
        found[f"worked_{name}"] = (left.clip(upper=end) - came.clip(lower=start)).fillna(0)
        found[f"status_{name}"] = _status(found, name)
    return found.fillna(dict.fromkeys(MARKS, -1) | {"extras": 0}).astype(np.int64)


def _sides(timed: pd.DataFrame) -> pd.DataFrame:
    """Of each person and day: how many punches, the first and the last, before, within and after noon."""
    timed["day"] = (timed["time"] // DAY_SECONDS).astype(np.int32)
    timed["tod"] = timed["time"] % DAY_SECONDS
    timed = timed[timed["tod"].between(OPENS, CLOSES)]
    tod = timed["tod"]
    left, right = tod < A_END, tod > B
    parts = timed[["person", "day"]].assign(
        l=tod.where(left), g=tod.where(~left & ~right), r=tod.where(right)
    )
    sides = parts.groupby(["person", "day"]).agg(["count", "min", "max"])
    sides.columns = pd.Index(["_".join(pair) for pair in sides.columns])
    return sides


def _marks(sides: pd.DataFrame) -> pd.DataFrame:
    """IN and OUT of both sessions, in seconds of the day, and how many punches became neither."""
    left, gap, right = sides["l_count"], sides["g_count"], sides["r_count"]
    near = sides["g_min"] - A_END <= B - sides["g_min"]
    gave_out, gave_in = (gap > 1) | ((gap == 1) & near), (gap > 1) | ((gap == 1) & ~near)
    left_alone_in = sides["l_min"] - A <= A_END - sides["l_min"]
    right_alone_in = sides["r_min"] - B <= B_END - sides["r_min"]
    in_a = sides["l_min"].where(gave_out | (left > 1) | left_alone_in)
    out_a = sides["g_min"].where(gave_out, sides["l_max"].where((left > 1) | ~left_alone_in))
    in_b = sides["g_max"].where(gave_in, sides["r_min"].where((right > 1) | right_alone_in))
    out_b = sides["r_max"].where(gave_in | (right > 1) | ~right_alone_in)
    attended_a, attended_b = out_a.isna() | (out_a > A), in_b.isna() | (in_b < B_END)
    marks = pd.DataFrame(
        {
            "in_a": in_a.where(attended_a),
            "out_a": out_a.where(attended_a),
            "in_b": in_b.where(attended_b),
            "out_b": out_b.where(attended_b),
        }
    )
    marks["extras"] = left + gap + right - marks.notna().sum(axis=1)
    return marks


def _status(found: pd.DataFrame, name: str) -> pd.Series:
    """Rules 4, with every clock covered and all windows closed."""
    no_in, no_out = found[f"in_{name}"].isna(), found[f"out_{name}"].isna()
    late, early = found[f"late_{name}"] > 0, found[f"early_{name}"] > 0
    cases = {
        Status.ABSENT: no_in & no_out,
        Status.MISSING_IN: no_in,
        Status.MISSING_OUT: no_out,
        Status.LATE_EARLY: late & early,
        Status.LATE: late,
        Status.EARLY: early,
    }
    codes = [int(status) for status in cases]
    return pd.Series(np.select(list(cases.values()), codes, int(Status.ON_TIME)), index=found.index)
