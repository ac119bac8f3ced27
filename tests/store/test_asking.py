"""Questions in the driver's own words: any number of values, columns as their types say, on both storages."""

from datetime import date

import pytest
from sqlalchemy import Engine, bindparam, select
from sqlmodel import col

from monitor.store.asking import Question, among
from monitor.store.session import reading, transaction
from monitor.store.tables import CalendarDay, ExcuseType, Person

PEOPLE = Question(
    select(col(Person.id), col(Person.code))
    .where(among(col(Person.code), "codes"))
    .order_by(col(Person.code))
)
DAYS = Question(
    select(col(CalendarDay.on_date), col(CalendarDay.for_date), col(CalendarDay.document))
    .where(col(CalendarDay.on_date) >= bindparam("first"))
    .limit(1)
)
HARD = ["", "'); --", 'Đ"\t\\u0041', "a,b", "[]", "🙂", "null", "007", "7"]


@pytest.fixture
def peopled(engine: Engine) -> Engine:
    with transaction(engine) as session:
        for number, code in enumerate(HARD, start=1):
            session.add(Person(id=number, code=code, name="", sort_key="", search_key=""))
    return engine


@pytest.mark.parametrize("codes", [[], ["7"], HARD, [f"none {n}" for n in range(40_000)] + HARD])
def test_values_are_asked_for_however_many_and_whatever_they_hold(peopled: Engine, codes: list[str]) -> None:
    with reading(peopled) as session:
        found = PEOPLE.rows(session, codes=codes)

    assert sorted(code for _, code in found) == sorted(set(codes) & set(HARD))
    assert all(HARD[number - 1] == code for number, code in found)


def test_values_may_be_numbers_and_their_list_a_set(peopled: Engine) -> None:
    numbers = Question(select(col(Person.id)).where(among(col(Person.id), "ids")))
    with reading(peopled) as session:
        assert sorted(numbers.rows(session, ids={2, 3, 2_000_000_000})) == [(2,), (3,)]


def test_columns_come_back_as_their_types_say(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(CalendarDay(on_date=date(2026, 3, 4), kind="off", name="", document="QĐ 1"))
        session.add(ExcuseType(code="zz", name="", symbol="Z", counts_cong=True, needs_document=False))
    typed = Question(select(col(ExcuseType.counts_cong)).where(col(ExcuseType.code) == bindparam("code")))
    with reading(engine) as session:
        assert DAYS.rows(session, first=date(2026, 3, 4)) == [(date(2026, 3, 4), None, "QĐ 1")]
        columns = [list(column) for column in DAYS.columns(session, first=date(2026, 3, 4))]
        assert columns == [[date(2026, 3, 4)], [None], ["QĐ 1"]]
        assert DAYS.columns(session, first=date(2026, 3, 5)) == [(), (), ()]
        (counts,) = typed.rows(session, code="zz")[0]
    assert counts is True


def test_a_list_that_is_part_of_the_statement_is_refused(engine: Engine) -> None:
    fixed = Question(select(col(Person.id)).where(col(Person.code).in_(["a", "b"])))
    with reading(engine) as session, pytest.raises(ValueError, match="among"):
        fixed.rows(session)
