"""The installation on which all schedules of this process run."""

from collections.abc import Iterator

import pytest

from tests.simulation.installation import Installation, installation


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Furnished once; every schedule begins with a fresh copy of its file."""
    found = installation(tmp_path_factory.mktemp("simulation"))
    yield found
    found.close()
