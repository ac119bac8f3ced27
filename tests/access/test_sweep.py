"""Every account asks for every address that can be read and every thing there is: nothing leaks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.session import transaction
from monitor.web.context import KEY
from tests.access.conftest import browser, serving
from tests.access.matrix import Leak, Tally
from tests.access.objects import furnish_things
from tests.access.organisation import draw
from tests.access.sweep import sweep

OFFICE = "application/vnd.openxmlformats-officedocument"
FILES = {
    *("text/html", "text/csv", "application/pdf"),
    *(f"{OFFICE}.spreadsheetml.sheet", f"{OFFICE}.wordprocessingml.document"),
}
"""Kinds of answers of which some account must have been handed at least one, or nothing was searched."""
WORLDS = int(os.environ.get("MONITOR_ACCESS_WORLDS", "1"))


def _swept(seed: int, migrated_file: Path, folder: Path, tally: Tally) -> Iterator[Leak]:
    made = draw(seed, small=True)
    with serving(made, migrated_file, folder) as app:
        with transaction(app.extensions[KEY].engine) as session:
            things = furnish_things(session, made)
        for account in made.accounts:
            yield from sweep(app, browser(app, account.name), made, things, account, tally)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(21, 21 + WORLDS))
def test_no_address_shows_anybody_who_is_never_in_scope(
    seed: int, migrated_file: Path, tmp_path: Path
) -> None:
    tally = Tally()

    found = list(_swept(seed, migrated_file, tmp_path / "site", tally))

    assert found[:20] == []
    assert tally.checks > 1_000
    assert FILES - tally.files == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [
        "monitor.web.pages.excuses.holds",
        "monitor.cases.desks.Desks.may_decide",
        "monitor.web.monthscope.sees_days",
    ],
)
def test_the_sweep_finds_a_check_that_always_says_yes(
    check: str, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, lambda *_given, **_named: True)

    assert next(_swept(21, migrated_file, tmp_path / "site", Tally()), None) is not None
