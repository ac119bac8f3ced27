"""The installation on which all schedules of this process run."""

from collections.abc import Iterator

import pytest

from tests.simulation.installation import Installation, in_memory, unsynced


@pytest.fixture(scope="session")
def home() -> Iterator[Installation]:
    """Furnished once, in memory where the system has a place for it; every schedule has a fresh copy."""
    with in_memory() as folder, unsynced():
        found = Installation(folder)
        yield found
        found.close()
