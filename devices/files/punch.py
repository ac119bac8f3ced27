"""Punches one by one, as the layouts find them -> the columns of a reading."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np

from devices.base import BadRecord, PunchBatch
from devices.files.layout import FileReading

ABSENT = -1
BYTE = 255
_ID = re.compile(r"[!-~]([ -~]{0,22}[!-~])?")  # printable ASCII, as long as a terminal's own field
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a terminal's wall clock has no zone


class Punch(NamedTuple):
    """One punch of a file; `seconds` as in `PunchBatch`, -1 where the file has no such code."""

    device_user_id: str
    seconds: int
    raw: bytes
    verify: int = ABSENT
    state: int = ABSENT
    work_code: int = 0


def is_id(text: str) -> bool:
    """Whether a text can be a user's id on a terminal."""
    return _ID.fullmatch(text) is not None


def seconds_of(moment: datetime) -> int:
    """Seconds from 1970 to a naive wall-clock reading."""
    since = moment - _EPOCH
    return since.days * 86_400 + since.seconds


def reading_of(
    layout: str,
    records: Iterable[Punch | BadRecord],
    *,
    processed_pairs: bool = False,
    date_order: str = "",
    serials: tuple[str, ...] = (),
) -> FileReading:
    """The reading of a file, its records in their order (see `FileReading`)."""
    punches: list[Punch] = []
    bad: list[BadRecord] = []
    for record in records:
        if isinstance(record, BadRecord):
            bad.append(record)
        else:
            punches.append(record)
    return FileReading(
        layout=layout,
        lines=len(punches) + len(bad),
        batch=_batch(punches),
        bad=tuple(bad),
        processed_pairs=processed_pairs,
        date_order=date_order,
        serials=serials,
    )


def _batch(punches: list[Punch]) -> PunchBatch:
    return PunchBatch(
        device_user_id=np.array([punch.device_user_id for punch in punches], dtype=object),
        device_seconds=np.array([punch.seconds for punch in punches], dtype=np.int64),
        verify=np.array([punch.verify for punch in punches], dtype=np.int32),
        state=np.array([punch.state for punch in punches], dtype=np.int32),
        work_code=np.array([punch.work_code for punch in punches], dtype=np.int32),
        raw=np.array([punch.raw for punch in punches], dtype=object),
    )
