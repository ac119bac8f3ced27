"""Counts for the public: whatever is subtracted from whatever, nobody is left alone."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from monitor.exports import suppression
from monitor.exports.aggregates import COLUMNS, aggregates_table
from monitor.exports.suppression import LEAST, Node, publishable
from monitor.rules.codes import Status
from monitor.store.session import reading, transaction

SMALLEST = 5


@st.composite
def trees(draw: st.DrawFn) -> dict[int, Node]:
    """Units with people of their own: each below an earlier one."""
    nodes: dict[int, Node] = {}
    for unit in range(draw(st.integers(1, 8))):
        strength = draw(st.integers(0, 12))
        own = draw(st.integers(0, strength))
        parent = draw(st.sampled_from([None, *range(unit)])) if unit else None
        nodes[unit] = Node(parent=parent, own=own, strength=strength)
    return nodes


def subtree(nodes: dict[int, Node], top: int) -> list[int]:
    def reaches(unit: int | None) -> bool:
        return unit == top or (unit is not None and reaches(nodes[unit].parent))

    return [unit for unit in nodes if reaches(unit)]


def told(nodes: dict[int, Node], shown: frozenset[int]) -> list[tuple[list[int], int, int]]:
    """Every group of units whose own people can be counted by adding and subtracting published counts.

    Asked of linear algebra, not of the tree: a group can be counted when its row lies in the span.
    """
    rows = np.array([[unit in subtree(nodes, top) for unit in nodes] for top in sorted(shown)], float)
    if not len(rows):
        return []
    rank = np.linalg.matrix_rank(rows)
    groups = []
    for picked in product([0.0, 1.0], repeat=len(nodes)):
        if any(picked) and np.linalg.matrix_rank(np.vstack([rows, picked])) == rank:
            units = [unit for unit, taken in zip(nodes, picked, strict=True) if taken]
            counted, people = sum(nodes[u].own for u in units), sum(nodes[u].strength for u in units)
            groups.append((units, counted, people))
    return groups


def singled_out(nodes: dict[int, Node], shown: frozenset[int]) -> list[list[int]]:
    """The groups that give somebody away: few counted, or few not counted."""
    return [
        units
        for units, counted, people in told(nodes, shown)
        if people and (counted < SMALLEST or 0 < people - counted < SMALLEST)
    ]


@given(trees())
@settings(max_examples=300, deadline=None)
def test_no_sum_or_difference_of_published_counts_is_about_few_people(nodes: dict[int, Node]) -> None:
    assert singled_out(nodes, publishable(nodes, frozenset(nodes))) == []


@given(trees())
@settings(max_examples=100, deadline=None)
def test_nothing_is_published_that_was_not_allowed(nodes: dict[int, Node]) -> None:
    half = frozenset(list(nodes)[::2])
    shown = publishable(nodes, half)
    assert shown <= half
    assert singled_out(nodes, shown) == []


def test_the_neighbour_of_a_small_count_is_hidden_with_it() -> None:
    nodes = {
        0: Node(parent=None, own=0, strength=0),
        1: Node(parent=0, own=9, strength=20),
        2: Node(parent=0, own=7, strength=20),
        3: Node(parent=0, own=2, strength=20),
    }
    assert publishable(nodes, frozenset(nodes)) == {0, 1}  # 0 minus 1 is 9 people of 40


def test_large_counts_are_all_published() -> None:
    nodes = {0: Node(parent=None, own=10, strength=30), 1: Node(parent=0, own=10, strength=30)}
    assert publishable(nodes, frozenset(nodes)) == {0, 1}


def test_a_count_of_nearly_everybody_is_hidden_too() -> None:
    assert not suppression.safe(18, 20)
    assert suppression.safe(20, 20)
    assert suppression.safe(LEAST, 2 * LEAST)


def plant(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    if bug == "no complement":
        monkeypatch.setattr(suppression, "_given_away", lambda *_: iter(()))
    else:
        monkeypatch.setattr(suppression, "safe", lambda counted, *_: counted >= LEAST)


@pytest.mark.parametrize("bug", ["no complement", "the others forgotten"])
def test_the_check_notices_a_planted_bug(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    plant(monkeypatch, bug)
    worlds = [
        {
            0: Node(parent=None, own=0, strength=0),
            1: Node(parent=0, own=9, strength=20),
            2: Node(parent=0, own=2, strength=20),
        },
        {0: Node(parent=None, own=18, strength=20)},
    ]
    assert any(singled_out(nodes, publishable(nodes, frozenset(nodes))) for nodes in worlds)


def person(number: int, unit: int, statuses: dict[int, int]) -> list[str]:
    """Statements: a person with one session of a status on each of some days."""
    made = [
        "INSERT INTO person (id, code, name, sort_key, search_key) VALUES "
        f"({number}, 'P{number}', 'Người {number}', '', '')"
    ]
    return made + [
        "INSERT INTO session_record (person_id, day, seq, unit_id, kind, name, starts, ends, due_from, "
        "due_to, status, late_seconds, early_seconds, worked_seconds, symbol, cong, reasons, rule_version, "
        f"extras, outside, uncovered) VALUES ({number}, {day}, 0, {unit}, 0, 'Sáng', 0, 1, 0, 1, {status}, "
        "0, 0, 0, '', 0, 0, '', '', '', '')"
        for day, status in statuses.items()
    ]


ON_TIME, LATE = int(Status.ON_TIME), int(Status.LATE)


@pytest.fixture
def province(engine: Engine) -> Engine:
    """Under XA: A with 12 people, 6 of them late once; B with 7, 2 of them late; one moved from A to B."""
    unit = "INSERT INTO unit (id, code, name, parent_id, public_facing, bloc) VALUES "
    statements = [
        f"{unit} (1, 'XA', 'Xã', NULL, false, '')",
        f"{unit} (2, 'A', 'A', 1, false, '')",
        f"{unit} (3, 'B', 'B', 1, false, '')",
    ]
    for number in range(1, 13):
        statements += person(number, 2, {20500: ON_TIME, 20501: LATE if number <= 6 else ON_TIME})
    for number in range(13, 20):
        statements += person(number, 3, {20500: ON_TIME, 20501: LATE if number <= 14 else ON_TIME})
    with transaction(engine) as session:
        for statement in statements:
            session.connection().execute(text(statement))
        session.connection().execute(
            text("UPDATE session_record SET unit_id = 2 WHERE person_id = 19 AND day = 20500")
        )
    return engine


def cells(engine: Engine, unit_ids: frozenset[int] | None = None) -> dict[tuple[str, str], object]:
    with reading(engine) as session:
        table = aggregates_table(session, "2026-02", 20485, 20512, unit_ids)
    assert tuple(table.columns) == COLUMNS
    return {(str(row.unit), str(row.status)): row.people for row in table.itertuples()}


def test_people_are_counted_once_in_the_unit_of_their_last_day(province: Engine) -> None:
    found = cells(province)
    assert (found["XA", "all"], found["A", "all"], found["B", "all"]) == (19, 12, 7)


def test_a_small_count_and_what_would_give_it_away_are_hidden(province: Engine) -> None:
    found = cells(province)
    assert (found["XA", "late"], found["A", "late"], found["B", "late"]) == (8, "", "")


def test_asking_for_one_unit_tells_no_more_than_asking_for_all(province: Engine) -> None:
    everything = cells(province)
    assert cells(province, frozenset({2})) == {
        key: value for key, value in everything.items() if key[0] == "A"
    }


def test_no_name_and_no_code_of_a_person_is_in_it(province: Engine) -> None:
    with reading(province) as session:
        table = aggregates_table(session, "2026-02", 20485, 20512, None).to_csv()
    assert "P1" not in table
    assert "Người" not in table
