"""The made-up province is the same each time, believable, and has something to show on every morning."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor.demo.files import write_files
from monitor.demo.logs import TerminalLog
from monitor.demo.organisation import DOWN_TERMINAL, OFFICES, TERMINALS, TOP_UNITS
from monitor.demo.province import top_unit
from monitor.demo.span import present_workday
from monitor.demo.workdays import WorkCalendar, hours_on
from monitor.demo.world import World, make_world
from monitor.rules.wallclock import DAY_SECONDS, day_of, seconds_of
from tests.demo.conftest import MORNING

pytestmark = pytest.mark.slow

PORTS = {device.code: 4370 + place for place, device in enumerate(TERMINALS)}
GRACE = 5 * 60


def _written(world: World, folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in write_files(world, PORTS, folder).values()}


def _bytes(log: TerminalLog) -> tuple[bytes, ...]:
    ids = "\n".join(log.device_user_id).encode()
    return ids, log.device_seconds.tobytes(), log.verify.tobytes(), log.state.tobytes()


def _before(log: TerminalLog, on: date) -> list[tuple[str, int]]:
    rows = log.device_seconds < day_of(on) * DAY_SECONDS
    return list(zip(log.device_user_id[rows], log.device_seconds[rows].tolist(), strict=True))


def _id_at(world: World, person: int, terminals: tuple[str, ...]) -> str:
    code = world.people[person].code
    return next(
        b.device_user_id for b in world.badges if b.person == code and b.terminal in (*terminals, "*")
    )


def _first_punches(world: World, on: date) -> Iterator[tuple[str, int]]:
    """Person's top unit and first punch of a date, in seconds after midnight, terminals' clocks put right."""
    midnight = day_of(on) * DAY_SECONDS
    for device in TERMINALS:
        log = world.logs[device.code]
        seconds = log.device_seconds - device.offset_seconds - midnight
        of_day = (seconds >= 5 * 3600) & (seconds < DAY_SECONDS)
        firsts: dict[str, int] = {}
        for one, at in zip(log.device_user_id[of_day], seconds[of_day].tolist(), strict=True):
            firsts.setdefault(one, at)
        yield from ((top_unit(device.unit), at) for one, at in firsts.items() if not one.startswith("900"))


def test_the_same_seed_and_moment_give_identical_files_and_logs(world: World, tmp_path: Path) -> None:
    again = make_world(1, MORNING)
    assert _written(world, tmp_path / "a") == _written(again, tmp_path / "b")
    for code, log in world.logs.items():
        assert _bytes(log) == _bytes(again.logs[code])


def test_another_seed_gives_other_people(world: World) -> None:
    other = make_world(2, MORNING)
    assert [person.name for person in other.people] != [person.name for person in world.people]


def test_what_happened_long_before_does_not_depend_on_the_moment_shown(world: World) -> None:
    earlier = make_world(1, datetime(2026, 10, 1, 8, 20))
    until = date(2026, 9, 14)
    for code, log in world.logs.items():
        assert _before(log, until) == _before(earlier.logs[code], until)


def test_there_are_about_three_hundred_people_with_a_head_and_a_deputy_in_every_unit(world: World) -> None:
    assert 290 <= len(world.people) <= 320
    roles = {(person.unit_on(MORNING.date()), person.role) for person in world.people}
    for office in OFFICES:
        if office.posts:
            assert {(office.code, "head"), (office.code, "deputy")} <= roles


def test_both_sexes_and_the_commonest_surname_are_met_as_often_as_expected(world: World) -> None:
    surnames = Counter(person.name.split()[0] for person in world.people)
    assert 0.28 <= surnames["Nguyễn"] / len(world.people) <= 0.48
    assert 0.35 <= sum(person.woman for person in world.people) / len(world.people) <= 0.6


def test_two_people_of_one_commune_have_the_same_name(world: World) -> None:
    names = Counter(p.name for p in world.people if top_unit(p.postings[-1].unit) == "XDL")
    assert names["Nguyễn Thị Hương"] >= 2


def test_somebody_moves_somebody_joins_and_somebody_leaves(world: World) -> None:
    spring, now = date(2026, 2, 2), MORNING.date()
    then = {person.code: person.unit_on(spring) for person in world.people}
    today = {person.code: person.unit_on(now) for person in world.people}
    moved = [code for code in then if then[code] and today[code] and then[code] != today[code]]
    assert len([code for code in moved if top_unit(then[code]) != top_unit(today[code])]) == 1
    assert any(then[code] == "" != today[code] for code in then)
    assert any(today[code] == "" != then[code] for code in then)


def test_each_office_sees_enough_to_do_this_morning(world: World) -> None:
    on, start = MORNING.date(), hours_on(MORNING.date()).starts[0]
    firsts = list(_first_punches(world, on))
    for top in TOP_UNITS:
        arrivals = np.array([at for unit, at in firsts if unit == top])
        by_now = arrivals <= 8 * 3600 + 20 * 60
        assert ((arrivals > start + GRACE) & by_now).sum() >= 2, top
        assert ((arrivals > 9 * 3600) & (arrivals < 10 * 3600)).sum() >= 2, top


@pytest.mark.parametrize(
    "now", ["2026-02-23 08:20", "2026-06-15 07:50", "2026-11-21 10:00", "2027-01-04 08:20"]
)
def test_each_office_has_two_people_away_with_a_reason_on_any_working_day(
    now: str, calendar: WorkCalendar
) -> None:
    shown = make_world(1, datetime.fromisoformat(now))
    noon = datetime.combine(present_workday(calendar, shown.span.now), datetime.min.time().replace(hour=9))
    away = Counter(
        top_unit(shown.people[one.person].unit_on(noon.date()))
        for one in shown.excuses
        if one.starts <= noon <= one.ends and one.status == "approved"
        if shown.people[one.person].unit_on(noon.date())
    )
    assert all(away[top] >= 2 for top in TOP_UNITS)


def test_nobody_passes_a_terminal_while_wholly_on_leave(world: World) -> None:
    rows = {
        (one, at // DAY_SECONDS)
        for log in world.logs.values()
        for one, at in zip(log.device_user_id, log.device_seconds.tolist(), strict=True)
    }
    for excuse in world.excuses:
        whole = excuse.type == "leave" and (excuse.ends - excuse.starts).seconds == DAY_SECONDS - 1
        person = world.people[excuse.person]
        if whole and excuse.starts.date() >= world.span.begins and len(person.postings) == 1:
            terminals = tuple(
                d.code for d in TERMINALS if top_unit(d.unit) == top_unit(person.postings[0].unit)
            )
            assert (_id_at(world, excuse.person, terminals), day_of(excuse.starts.date())) not in rows


def test_few_are_late_on_ordinary_days_and_more_on_the_first_day_after_tet(world: World) -> None:
    def late_share(on: date) -> float:
        start = hours_on(on).starts[0]
        firsts = np.array([at for _, at in _first_punches(world, on) if at < start + 2 * 3600])
        return float((firsts > start + GRACE).mean())

    ordinary = [
        late_share(date(2026, month, day))
        for month in (3, 4, 5, 6, 7)
        for day in (10, 17, 24)
        if date(2026, month, day).weekday() < 5
    ]
    assert 0.015 <= np.mean(ordinary) <= 0.07
    assert late_share(date(2026, 2, 23)) > 1.5 * np.mean(ordinary)


def test_no_week_is_like_another(world: World) -> None:
    weeks = [sorted(_first_punches(world, date(2026, 6, day))) for day in (1, 8, 15, 22)]
    assert all(weeks[0] != later for later in weeks[1:])
    shared = set(weeks[0]) & set(weeks[1])
    assert len(shared) < len(weeks[0]) / 4


def test_nobody_comes_during_tet_but_the_night_is_guarded(world: World) -> None:
    tet = seconds_of(datetime(2026, 2, 14, 12)), seconds_of(datetime(2026, 2, 22, 12))
    for code, log in world.logs.items():
        within = (log.device_seconds > tet[0]) & (log.device_seconds < tet[1])
        staff = within & ~np.char.startswith(log.device_user_id.astype(str), "900")
        if code in ("SNV-1", "HCC-1"):
            assert not staff.any()
        if code == "PTG-1":
            assert 14 <= staff.sum() <= 24


def test_the_makeup_saturday_is_worked(world: World) -> None:
    assert len(list(_first_punches(world, date(2026, 8, 22)))) > 200
    assert len(list(_first_punches(world, date(2026, 8, 31)))) <= 4


def test_one_officer_guards_each_night_and_is_not_on_two_nights_running(world: World) -> None:
    duties = [one for one in world.roster if one.kind == "duty"]
    nights = Counter((one.day, one.place) for one in duties)
    assert set(nights.values()) == {1}
    assert len(nights) == 2 * (world.span.days - 1)
    held = {(one.person, one.day) for one in duties}
    assert not any((person, day + 1) in held for person, day in held)


def test_logs_are_in_order_of_time_and_hold_no_identity_twice(world: World) -> None:
    for log in world.logs.values():
        assert (np.diff(log.device_seconds) >= 0).all()
        assert len(set(zip(log.device_user_id, log.device_seconds.tolist(), strict=True))) == len(log)


def test_logs_go_on_for_two_weeks_so_that_the_clock_can_run(world: World) -> None:
    end = seconds_of(MORNING + timedelta(days=15))
    for code, log in world.logs.items():
        if code != DOWN_TERMINAL:
            assert seconds_of(MORNING) < log.device_seconds[-1] <= end
            assert (log.device_seconds > seconds_of(MORNING)).sum() > 100


def test_the_broken_terminal_ends_on_the_evening_before(world: World) -> None:
    last = int(world.logs[DOWN_TERMINAL].device_seconds[-1])
    assert seconds_of(datetime(2026, 11, 19, 16)) < last <= seconds_of(world.lost_at)
    assert world.lost_at == datetime(2026, 11, 19, 18, 30)


def test_every_record_is_of_an_enrolled_user(world: World) -> None:
    for log in world.logs.values():
        assert set(log.device_user_id) <= {user.device_user_id for user in log.users}
        assert len({user.uid for user in log.users}) == len(log.users)


def test_some_ids_mean_nobody(world: World, tmp_path: Path) -> None:
    badges = _written(world, tmp_path)["badges.csv"].decode()
    unknown = {
        one for log in world.logs.values() for one in set(log.device_user_id) if f",{one}," not in badges
    }
    assert {"9001", "9002"} < unknown  # and a newcomer's


def test_a_few_in_a_hundred_punches_are_repeated_within_seconds(world: World) -> None:
    log = world.logs["HCC-1"]
    near = 0
    for one in set(log.device_user_id):
        gaps = np.diff(log.device_seconds[log.device_user_id == one])
        near += int((gaps <= 30).sum())
    assert 0.02 <= near / len(log) <= 0.07
