"""The day bar: what is drawn where."""

from dataclasses import replace

import pytest

from monitor.rules.codes import Reason, Status
from monitor.store.queries.board import SessionRow
from monitor.web.daybar import axis_of, shapes, stays
from tests.web.cast import DAY, at

NOON = at("12:00")


def row(
    starts: str = "07:30",
    ends: str = "11:30",
    *,
    status: int = Status.ON_TIME,
    reasons: int = 0,
    marks: tuple[str | None, str | None] = (None, None),
    uncovered: tuple[int, ...] = (),
) -> SessionRow:
    """A session of the day."""
    time_in, time_out = (None if mark is None else at(mark) for mark in marks)
    return SessionRow(
        name="Sáng",
        kind=0,
        starts=at(starts),
        ends=at(ends),
        window_from=at("05:30"),
        window_to=at("21:00"),
        time_in=time_in,
        time_out=time_out,
        status=status,
        late_seconds=0,
        early_seconds=0,
        symbol="",
        reasons=reasons,
        extras=0,
        uncovered=uncovered,
    )


def test_the_axis_is_the_usual_day_and_grows_where_a_session_needs_it() -> None:
    usual = axis_of(DAY, [row()], NOON)
    night = axis_of(DAY, [row("17:00", "21:30")], NOON)

    assert (usual.first, usual.last) == (at("06:30"), at("18:30"))
    assert night.last == at("22:00")
    assert usual.now == NOON
    assert axis_of(DAY, [row()], at("23:00")).now is None


def test_positions_are_per_cent_of_the_axis() -> None:
    axis = axis_of(DAY, [], NOON)

    assert axis.at(at("06:30")) == 0
    assert axis.at(at("12:30")) == 50
    assert axis.ticks()[0] == (4.17, 7)


def test_an_in_finds_its_out_in_a_later_session() -> None:
    """With two marks the first session has the IN and the last the OUT (rules 3.4)."""
    two_marks = [row(marks=("07:20", None)), row("13:30", "17:00", marks=(None, "17:05"))]

    assert stays(two_marks) == [(at("07:20"), at("17:05"))]


def test_a_missing_out_ends_its_stay_where_it_began() -> None:
    missing = row(status=Status.MISSING_OUT, marks=("07:20", None))
    later = row("13:30", "17:00", marks=("13:25", "17:05"))

    assert stays([missing, later]) == [(at("07:20"), None), (at("13:25"), at("17:05"))]


def test_who_is_at_work_is_drawn_until_now() -> None:
    session = row(status=Status.PENDING, reasons=int(Reason.AT_WORK), marks=("07:30", None))
    drawn = shapes(axis_of(DAY, [session], NOON), [session], [], {})

    stay = next(shape for shape in drawn if shape.kind == "stay")
    assert stay.x + stay.width == pytest.approx(100 * 5.5 / 12, abs=0.02)


def test_who_forgot_to_punch_out_is_not_drawn_as_present() -> None:
    session = row(status=Status.MISSING_OUT, marks=("07:30", None))
    drawn = shapes(axis_of(DAY, [session], NOON), [session], [], {})

    assert [shape.kind for shape in drawn] == ["session", "punch"]


def test_an_excuse_is_drawn_only_where_somebody_was_expected() -> None:
    session = row()
    axis = axis_of(DAY, [session], NOON)
    drawn = shapes(axis, [session], [(at("00:00"), at("09:30"))], {})

    excuse = next(shape for shape in drawn if shape.kind == "excuse")
    assert excuse.x == axis.at(at("07:30"))
    assert excuse.width == pytest.approx(100 * 2 / 12, abs=0.02)


def test_gaps_are_drawn_for_undecided_sessions_only() -> None:
    gap = {3: [(at("09:00"), at("10:00"))]}
    waiting = row(status=Status.PENDING, reasons=int(Reason.NO_DATA), uncovered=(3,))
    decided = replace(waiting, status=Status.ON_TIME, reasons=0)
    axis = axis_of(DAY, [waiting], NOON)

    assert "gap" in {shape.kind for shape in shapes(axis, [waiting], [], gap)}
    assert "gap" not in {shape.kind for shape in shapes(axis, [decided], [], gap)}
    assert "gap" not in {shape.kind for shape in shapes(axis, [waiting], [], {4: gap[3]})}


def test_what_several_terminals_leave_open_is_drawn_once() -> None:
    waiting = row(status=Status.PENDING, reasons=int(Reason.NO_DATA), uncovered=(3, 4, 5))
    open_parts = {
        3: [(at("09:00"), at("10:00"))],
        4: [(at("09:00"), at("10:00")), (at("14:00"), at("15:00"))],
        5: [(at("09:30"), at("11:00"))],
    }
    axis = axis_of(DAY, [waiting], at("16:00"))

    drawn = [shape for shape in shapes(axis, [waiting], [], open_parts) if shape.kind == "gap"]

    assert [(one.x, round(one.x + one.width, 2)) for one in drawn] == [
        (axis.at(at("09:00")), axis.at(at("11:00"))),
        (axis.at(at("14:00")), axis.at(at("15:00"))),
    ]


def test_what_lies_beyond_the_axis_is_cut_or_left_out() -> None:
    duty = row("17:00", "21:30", marks=("16:58", None))
    drawn = shapes(axis_of(DAY, [], NOON), [duty], [], {})
    assert [round(shape.x + shape.width, 1) for shape in drawn if shape.kind == "session"] == [100.0]
    late = row("17:00", "21:30", marks=("20:00", None))
    assert [shape.kind for shape in shapes(axis_of(DAY, [], NOON), [late], [], {})] == ["session"]
