"""Every account of random organisations asks for every unit, person and day: nothing leaks."""

import os
from pathlib import Path

import pytest

from tests.access.conftest import browser, serving
from tests.access.matrix import Leak, Tally, leaks
from tests.access.organisation import draw

WORLDS = int(os.environ.get("MONITOR_ACCESS_WORLDS", "3"))
"""Organisations drawn in a run; 3 settle about 100,000 questions."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, WORLDS + 1))
def test_no_answer_shows_what_is_out_of_scope(seed: int, migrated_file: Path, tmp_path: Path) -> None:
    made, tally, found = draw(seed), Tally(), list[Leak]()

    with serving(made, migrated_file, tmp_path / "site") as app:
        for account in made.accounts:
            found.extend(leaks(browser(app, account.name), made, account, tally))

    assert found[:20] == []
    assert tally.checks > 10_000
