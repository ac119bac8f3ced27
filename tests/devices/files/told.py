"""What a reading says, in a form that a test can spell out."""

from datetime import datetime, timedelta

import pytest

from devices.errors import DeviceError
from devices.files import FileReading, read_punch_file


def told(reading: FileReading) -> list[tuple[str, str, int]]:
    """Id, time and state of every punch."""
    batch = reading.batch
    times = [
        str(datetime(1970, 1, 1) + timedelta(seconds=second)) for second in batch.device_seconds.tolist()
    ]
    return list(zip(batch.device_user_id.tolist(), times, batch.state.tolist(), strict=True))


def aside(reading: FileReading) -> list[tuple[int, str]]:
    """Line and reason of every bad record."""
    return [(record.line, record.reason) for record in reading.bad]


def refusal(data: bytes, layout: str = "auto") -> DeviceError:
    """The error with which a file is refused."""
    with pytest.raises(DeviceError) as caught:
        read_punch_file(data, layout)
    return caught.value
