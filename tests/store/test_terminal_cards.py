"""What the page of the terminals asks: every terminal's state, in as many queries for one as for fifty."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from monitor.rules.wallclock import seconds_of
from monitor.store.queries.clocks import sight
from monitor.store.queries.terminal_cards import Card, terminal_cards
from monitor.store.queries.unknown_ids import Candidate, UnknownId, unknown_ids
from monitor.store.queries.watch import watched
from monitor.store.session import reading, transaction
from monitor.store.tables import Badge, Person, Pull, PushContact, Terminal
from tests.office import at, cover, open_office, punch

NOW = at("2026-03-02 10:00")
PERIOD = timedelta(minutes=10)


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    return engine


def cards(engine: Engine, now: datetime = NOW) -> dict[str, Card]:
    with reading(engine) as session:
        found = terminal_cards(session, watched(session, now), now=now, period=PERIOD)
        return {card.terminal.code: card for card in found}


def read(engine: Engine, at: datetime, error: str = "", **told: Any) -> None:
    with transaction(engine) as session:
        session.add(Pull(terminal_id=1, started_at=at, finished_at=at, error_code=error, **told))


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("reads", "state"),
    [
        ([], "lost"),
        ([(5, "")], "good"),
        ([(140, "")], "good"),
        ([(141, "")], "late"),
        ([(181, "")], "lost"),
        ([(19, ""), (9, "unreachable")], "late"),
        ([(20, ""), (9, "unreachable")], "lost"),
        ([(20, ""), (9, "unreachable"), (1, "")], "good"),
    ],
)
def test_the_state_tells_failing_readings_from_hours_in_which_nobody_reads(
    office: Engine, reads: list[tuple[float, str]], state: str
) -> None:
    for minutes, error in reads:
        read(office, ago(minutes), error)
    assert cards(office)["M1"].state == state


def test_a_pushing_terminal_is_judged_by_its_own_calls_and_one_that_is_off_by_nothing(office: Engine) -> None:
    with transaction(office) as session:
        for number, minutes in enumerate((1, 21, 61), start=2):
            session.add(Terminal(id=number, code=f"P{number}", name="", kind="zk_push", serial=f"PS{number}"))
            session.flush()
            session.add(
                PushContact(terminal_id=number, serial="", first_at=ago(minutes), last_at=ago(minutes))
            )
        session.get_one(Terminal, 1).switched_off = True
    states = {code: card.state for code, card in cards(office).items()}
    assert states == {"M1": "off", "P2": "good", "P3": "late", "P4": "lost"}


def test_a_card_holds_what_the_last_contacts_told(office: Engine) -> None:
    punch(office, ("1", "2026-03-02 07:25"), ("9", "2026-03-02 07:26"))
    told: dict[str, Any] = {
        "serial": "SN1",
        "firmware": "Ver 6.60",
        "count_after": 80,
        "capacity": 100,
        "users": 5,
    }
    read(office, ago(12), **told)
    read(office, ago(2), "unreachable", error_values='{"host": "x"}')
    with transaction(office) as session:
        sight(session, 1, 252, ago(12), exact=True)
    card = cards(office)["M1"]
    assert (card.records, card.stored, card.used) == (80, 2, 0.8)
    assert (card.users, card.badges, card.unknown_ids, card.quarantined) == (5, 4, 1, 0)
    assert (card.error_code, card.error_values) == ("unreachable", {"host": "x"})
    assert (card.last_good_at, card.last_tried_at) == (ago(12), ago(2))
    assert (card.clock_offset_seconds, card.clock_exact, card.firmware) == (252, True, "Ver 6.60")
    assert card.last_punch == seconds_of(datetime(2026, 3, 2, 7, 26))
    assert card.unit_name == "UBND xã Thanh Bình"


def test_readings_are_counted_by_the_hour_for_a_week(office: Engine) -> None:
    for minutes in (1, 2, 61, 7 * 24 * 60 + 1):
        read(office, ago(minutes))
    read(office, ago(3), "unreachable")
    hours = [(hour.starts_at, hour.good, hour.failed) for hour in cards(office)["M1"].hours]
    assert hours == [(at("2026-03-02 08:00"), 1, 0), (at("2026-03-02 09:00"), 2, 1)]


def test_gaps_are_what_is_not_covered_of_the_last_seven_days_by_the_terminals_own_clock(
    office: Engine,
) -> None:
    cover(office, "2026-02-20 00:00", "2026-02-27 11:59:59", source="pull")
    cover(office, "2026-02-27 13:00", "2026-03-02 09:58", source="pull")
    found = list(cards(office)["M1"].gaps)
    assert found == [
        (seconds_of(datetime(2026, 2, 27, 12)), seconds_of(datetime(2026, 2, 27, 12, 59, 59))),
        (seconds_of(datetime(2026, 3, 2, 9, 58, 1)), seconds_of(datetime(2026, 3, 2, 10))),
    ]


def test_fifty_terminals_take_as_many_queries_as_one(office: Engine) -> None:
    def queries() -> int:
        seen: list[str] = []
        event.listen(office, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        assert cards(office)
        return len(seen)

    read(office, ago(5), serial="SN1")
    punch(office, ("9", "2026-03-02 07:25"))
    few = queries()
    with transaction(office) as session:
        for number in range(2, 51):
            session.add(Terminal(id=number, code=f"M{number}", name="", kind="zk", host="127.0.0.1"))
            session.flush()
            session.add(Pull(terminal_id=number, started_at=NOW, finished_at=NOW, error_code="unreachable"))
            sight(session, number, 0, NOW, exact=True)
    assert queries() == few


def unknown(engine: Engine, since: datetime = datetime(2026, 1, 1)) -> list[UnknownId]:
    with reading(engine) as session:
        return unknown_ids(session, seconds_of(since))


def test_an_id_without_a_badge_is_listed_with_its_punches(office: Engine) -> None:
    punch(
        office,
        ("1", "2026-03-02 07:25"),
        ("9", "2026-02-24 07:25"),
        ("9", "2026-02-25 17:01"),
        ("8", "2026-02-25 17:02"),
    )
    assert [(one.device_user_id, one.punches) for one in unknown(office)] == [("9", 2), ("8", 1)]
    one = unknown(office)[0]
    assert (one.terminal, one.first, one.last) == (
        "M1",
        seconds_of(datetime(2026, 2, 24, 7, 25)),
        seconds_of(datetime(2026, 2, 25, 17, 1)),
    )


def test_an_id_is_unknown_on_the_days_before_and_after_its_badge_only(office: Engine) -> None:
    with transaction(office) as session:
        for first, last in ((date(2026, 2, 24), date(2026, 2, 25)), (date(2026, 2, 27), None)):
            session.add(
                Badge(person_id=1, terminal_id=1, device_user_id="9", valid_from=first, valid_to=last)
            )
    punch(office, *(("9", f"2026-02-{day} 07:25") for day in (23, 24, 25, 26, 27)))
    (one,) = unknown(office)
    assert (one.punches, one.first) == (2, seconds_of(datetime(2026, 2, 23, 7, 25)))


def test_a_badge_for_any_terminal_explains_an_id_and_one_of_another_terminal_suggests_it(
    office: Engine,
) -> None:
    with transaction(office) as session:
        session.add(Terminal(id=2, code="M2", name="", kind="zk"))
        session.add(Person(id=9, code="7001", name="Lê Văn An", sort_key="", search_key=""))
        session.flush()
        session.add(Badge(person_id=1, device_user_id="9"))
        session.add(Badge(person_id=2, terminal_id=2, device_user_id="77"))
    punch(office, *((user, "2026-03-02 07:25") for user in ("9", "77", "7001", "5")))
    assert {one.device_user_id: one.candidates for one in unknown(office)} == {
        "77": (Candidate(person_id=2, person="BINH", name="Trần Thị Bình", why="same_id_elsewhere"),),
        "7001": (Candidate(person_id=9, person="7001", name="Lê Văn An", why="staff_code"),),
        "5": (),
    }


def test_nothing_from_before_the_asked_time_is_listed(office: Engine) -> None:
    punch(office, ("9", "2026-02-24 07:25"))
    assert unknown(office, datetime(2026, 2, 24, 7, 26)) == []
