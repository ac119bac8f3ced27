"""Every account of random organisations asks for months and their files: nothing leaks from any format."""

import random
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.store.session import transaction
from monitor.web.context import KEY
from tests.access.conftest import browser, serving
from tests.access.matrix import Leak, Tally
from tests.access.months import month_leaks, text_of
from tests.access.organisation import draw


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_no_month_and_no_file_holds_who_is_out_of_scope(
    seed: int, migrated_file: Path, tmp_path: Path
) -> None:
    made, tally, found = draw(seed, small=True), Tally(), list[Leak]()
    rng = random.Random(seed)  # noqa: S311 - a test's draw, repeatable on purpose

    with serving(made, migrated_file, tmp_path / "site") as app:
        for account in made.accounts:
            units = rng.sample(sorted(made.parents), 2)
            found.extend(month_leaks(browser(app, account.name), made, account, units, tally))

    assert found[:20] == []
    assert tally.checks > 1_000


def test_names_are_found_inside_packed_files(migrated_file: Path, tmp_path: Path) -> None:
    made = draw(11, small=True)
    posted = next(one for one in made.postings if one.last is None)
    name = made.canaries[posted.person].split()[1]

    with serving(made, migrated_file, tmp_path / "site") as app:
        with transaction(app.extensions[KEY].engine) as session:
            everything = "INSERT INTO account (user_name, display_name, role, unit_id, disabled) "
            root = "SELECT 'moi-don-vi', '', 'hr', id, false FROM unit WHERE code = 'u0'"
            session.connection().execute(text(everything + root))
            session.connection().execute(text("UPDATE unit SET bloc = ''"))
        client = browser(app, "moi-don-vi")
        for kind in ("csv", "json", "xlsx", "pdf"):
            answer = client.get(f"/bang-cong/{posted.unit}/2026-03/tep?loai={kind}")
            assert answer.status_code == 200, kind
            assert name in text_of(answer.data), kind
