"""Generated tables of the documentation are what the code says now."""

import pytest

from devices.registry import DRIVERS, KINDS
from monitor.setup.terminals import COLUMNS
from tests.docs_tables import PAGE, TABLES, filled, support


def test_the_generated_parts_of_the_page_are_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text) == text, "run: python -m tests.docs_tables"


def test_every_kind_has_a_row_and_every_driver_a_yes() -> None:
    rows = {line.split("`")[1]: line for line in support().splitlines()[2:]}
    assert tuple(rows) == KINDS
    assert {kind for kind, row in rows.items() if "| yes |" in row} == set(DRIVERS)


@pytest.mark.parametrize("name", TABLES)
def test_a_page_without_the_place_is_refused(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8").replace(f"<!-- {name} -->\n", "")
    with pytest.raises(ValueError, match=name):
        filled(text)


def test_every_column_of_terminals_csv_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [column.name for column in COLUMNS if f"| {column.name} |" not in text] == []
