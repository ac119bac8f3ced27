"""Meetings: rules of the list, the door, and the excuses for its time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.registers import meetings
from monitor.registers.errors import RegisterRefused
from monitor.registers.meetings import Draft, Invited
from monitor.store.session import transaction
from monitor.store.tables import Meeting
from tests.office import rows
from tests.registers.conftest import CLERK, wall

DRAFT = Draft(
    unit_id=2,
    title="Giao ban",
    starts=wall("2026-03-02 07:30"),
    ends=wall("2026-03-02 09:00"),
    document="GM 1",
)
Change = Callable[[Session, Meeting], object]


@pytest.fixture
def meeting(office: Engine) -> int:
    """An and Bình are invited, Đức comes for Bình."""
    with transaction(office) as session:
        number = meetings.create_meeting(session, DRAFT, CLERK)
        made = session.get_one(Meeting, number)
        for invited in (
            Invited(person_id=1, role="chair"),
            Invited(person_id=2),
            Invited(person_id=3, role="substitute", instead_of_id=2),
        ):
            meetings.invite(session, made, invited, CLERK)
        return number


def refused(office: Engine, number: int, change: Change) -> str:
    with pytest.raises(RegisterRefused) as caught, transaction(office) as session:
        change(session, session.get_one(Meeting, number))
    return caught.value.code


def done(office: Engine, number: int, change: Change) -> None:
    with transaction(office) as session:
        change(session, session.get_one(Meeting, number))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "  "}, "meeting_title_needed"),
        ({"ends": DRAFT.starts}, "interval_empty"),
        ({"ends": DRAFT.starts + 32 * 86_400}, "meeting_too_long"),
        ({"open_before_minutes": -1}, "meeting_open_before"),
        ({"open_before_minutes": 241}, "meeting_open_before"),
        ({"place": "x" * 201}, "register_text_long"),
    ],
)
def test_a_meeting_that_makes_no_sense_is_refused(office: Engine, changes: dict[str, Any], code: str) -> None:
    with transaction(office) as session, pytest.raises(RegisterRefused) as caught:
        meetings.create_meeting(session, replace(DRAFT, **changes), CLERK)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "invited",
    [
        Invited(person_id=4, role="substitute"),
        Invited(person_id=4, role="member", instead_of_id=1),
        Invited(person_id=4, role="substitute", instead_of_id=4),
        Invited(person_id=4, role="substitute", instead_of_id=3),
    ],
)
def test_a_substitute_stands_for_another_invited_person(
    office: Engine, meeting: int, invited: Invited
) -> None:
    assert (
        refused(office, meeting, lambda s, m: meetings.invite(s, m, invited, CLERK)) == "meeting_instead_of"
    )


def test_whoever_is_replaced_stays_on_the_list(office: Engine, meeting: int) -> None:
    code = refused(office, meeting, lambda s, m: meetings.uninvite(s, m, 2, CLERK))
    assert code == "meeting_has_substitute"
    done(office, meeting, lambda s, m: meetings.uninvite(s, m, 3, CLERK))
    done(office, meeting, lambda s, m: meetings.uninvite(s, m, 2, CLERK))
    assert rows(office, "SELECT person_id FROM meeting_invitation") == [(1,)]


@pytest.mark.parametrize("moment", ["2026-03-02 03:29", "2026-03-02 08:01", "2026-03-02 09:01"])
def test_nobody_is_ticked_long_before_in_the_future_or_after_the_end(
    office: Engine, meeting: int, moment: str
) -> None:
    code = refused(office, meeting, lambda s, m: meetings.tick(s, m, 1, wall(moment), CLERK))
    assert code == "meeting_tick_time"


def test_a_second_tick_corrects_the_first_and_only_the_invited_are_ticked(
    office: Engine, meeting: int
) -> None:
    first, arrived = wall("2026-03-02 07:40"), wall("2026-03-02 07:28")
    done(office, meeting, lambda s, m: meetings.tick(s, m, 1, first, CLERK))
    done(office, meeting, lambda s, m: meetings.tick(s, m, 1, arrived, CLERK))
    assert rows(office, "SELECT arrived FROM meeting_arrival") == [(arrived,)]
    assert (
        refused(office, meeting, lambda s, m: meetings.tick(s, m, 4, arrived, CLERK)) == "meeting_not_invited"
    )
    assert refused(office, meeting, lambda s, m: meetings.untick(s, m, 2, CLERK)) == "meeting_not_ticked"


def test_an_excuse_of_the_meeting_goes_with_the_invitation(office: Engine, meeting: int) -> None:
    done(office, meeting, lambda s, m: meetings.excuse_invited(s, m, 3, CLERK))
    assert rows(office, "SELECT person_id, type_code, document, status FROM excuse") == [
        (3, "meeting", "GM 1", "approved")
    ]
    assert refused(office, meeting, lambda s, m: meetings.excuse_invited(s, m, 3, CLERK)) == "meeting_excused"
    done(office, meeting, lambda s, m: meetings.uninvite(s, m, 3, CLERK))
    assert rows(office, "SELECT status FROM excuse") == [("rejected",)]


def test_a_cancelled_meeting_stays_and_takes_nothing_more(office: Engine, meeting: int) -> None:
    done(office, meeting, lambda s, m: meetings.cancel_meeting(s, m, "Hoãn", CLERK))
    assert rows(office, "SELECT cancelled_by, cancelled_reason FROM meeting") == [("lan", "Hoãn")]
    for change in (
        lambda s, m: meetings.invite(s, m, Invited(person_id=4), CLERK),
        lambda s, m: meetings.tick(s, m, 1, wall("2026-03-02 07:30"), CLERK),
        lambda s, m: meetings.excuse_invited(s, m, 1, CLERK),
        lambda s, m: meetings.cancel_meeting(s, m, "Hoãn", CLERK),
    ):
        assert refused(office, meeting, change) == "meeting_cancelled"
