"""Who is expected when: postings, regulations, calendar and roster (rules 2)."""

from dataclasses import replace
from typing import ClassVar

import pytest

from monitor.rules.regulation import Target
from tests.rules.builder import (
    FRIDAY,
    MONDAY,
    NEXT_MONDAY,
    SATURDAY,
    SUNDAY,
    TUESDAY,
    TWO_SESSIONS,
    Office,
    day,
    office_session,
    regulation,
)


def hours(office: Office, *days: str) -> list[tuple[str, str]]:
    return [(row.session, row.hours) for row in office.rows(*days)]


USUAL = [("Sáng", "07:30-11:30"), ("Chiều", "13:30-17:00")]


def test_a_workday_has_the_sessions_of_its_weekday() -> None:
    assert hours(Office(), MONDAY) == USUAL


def test_a_plain_weekend_has_only_what_the_regulation_lists_for_it() -> None:
    reception = office_session("Tiếp dân 07:30-11:30", weekdays=[6])
    office = Office(regulations=[regulation(sessions=(*TWO_SESSIONS, reception))])
    assert hours(office, SATURDAY) == [("Tiếp dân", "07:30-11:30")]
    assert hours(office, SUNDAY) == []


def test_a_session_whose_end_is_not_after_its_start_ends_on_the_next_day() -> None:
    office = Office(regulations=[regulation(sessions=(office_session("Đêm 22:00-06:00"),))])
    (row,) = office.rows(MONDAY)
    assert (row.day, row.hours) == (MONDAY, "22:00-06:00")


class TestPostings:
    def test_without_a_posting_nobody_is_expected(self) -> None:
        office = Office(ready=False)
        office.post("an", since=TUESDAY)
        assert hours(office, MONDAY) == []
        assert hours(office, TUESDAY) == USUAL

    def test_the_last_day_of_a_posting_counts(self) -> None:
        office = Office(ready=False)
        office.post("an", until=MONDAY)
        assert hours(office, MONDAY, TUESDAY) == USUAL

    def test_of_two_postings_the_one_that_began_last_counts_then_the_smaller_code(self) -> None:
        office = Office(ready=False, units=[("c", ""), ("b", ""), ("a", "")])
        office.post("an", "a", since="2026-01-01")
        office.post("an", "c", since="2026-02-01")
        office.post("an", "b", since="2026-02-01")
        assert {row.unit for row in office.rows(MONDAY)} == {"b"}

    def test_a_posting_that_has_ended_gives_way_to_one_begun_before_it(self) -> None:
        office = Office(ready=False, units=[("a", ""), ("b", "")])
        office.post("an", "a")
        office.post("an", "b", since=MONDAY, until=MONDAY)
        assert [row.unit for row in office.rows(MONDAY, TUESDAY)] == ["b", "b", "a", "a"]


class TestRegulations:
    UNITS: ClassVar = [("so", ""), ("phong", "so"), ("to", "phong")]

    def sessions_of(self, *versions: tuple[str, Target, str]) -> str:
        office = Office(
            units=self.UNITS,
            ready=False,
            regulations=[
                regulation(
                    code=name,
                    targets=(target,),
                    valid_from=day(since),
                    sessions=(office_session(f"{name} 08:00-12:00"),),
                )
                for name, target, since in versions
            ],
        )
        office.post("an", "to")
        return " ".join(row.session for row in office.rows(MONDAY))

    everybody = ("all", Target(kind="*"), "2026-02-01")
    office_wide = ("so", Target(kind="unit", index=0), "2026-01-01")
    department = ("phong", Target(kind="unit", index=1), "2026-01-01")
    herself = ("an", Target(kind="person", index=0), "2025-01-01")

    def test_the_nearest_target_wins(self) -> None:
        assert self.sessions_of(self.everybody) == "all"
        assert self.sessions_of(self.everybody, self.office_wide) == "so"
        assert self.sessions_of(self.everybody, self.office_wide, self.department) == "phong"
        assert self.sessions_of(self.everybody, self.department, self.herself) == "an"

    def test_at_one_level_the_latest_version_that_has_begun_wins(self) -> None:
        winter = ("winter", Target(kind="*"), "2025-10-15")
        summer = ("summer", Target(kind="*"), "2026-04-15")
        assert self.sessions_of(summer, winter) == "winter"
        assert self.sessions_of(summer, winter, ("today", Target(kind="*"), MONDAY)) == "today"

    def test_without_any_only_roster_sessions_are_left_with_default_settings(self) -> None:
        office = Office(regulations=[])
        office.duty(f"{MONDAY} 17:00", f"{MONDAY} 21:00")
        office.punch(MONDAY, "17:00", "21:00")
        (row,) = office.rows(MONDAY)
        assert row.marks == ("duty", "17:00", "21:00", "on_time")
        assert row.reasons == ["no_regulation"]
        assert row.window == "15:00-01:00"


class TestCalendar:
    def test_a_holiday_has_no_sessions(self) -> None:
        office = Office()
        office.special(MONDAY, "off")
        assert hours(office, MONDAY) == []

    def test_a_proposed_row_never_applies(self) -> None:
        office = Office()
        office.special(MONDAY, "off", confirmed=False)
        assert hours(office, MONDAY) == USUAL

    def test_the_most_specific_scope_wins(self) -> None:
        office = Office(units=[("tinh", ""), ("ubnd", "tinh")])
        office.special(MONDAY, "off")
        office.special(MONDAY, "work", scope="tinh")
        assert hours(office, MONDAY) == USUAL
        office.special(MONDAY, "off", scope="ubnd")
        assert hours(office, MONDAY) == []

    def test_a_row_of_another_unit_does_not_matter(self) -> None:
        office = Office(units=[("ubnd", ""), ("khac", "")])
        office.special(MONDAY, "off", scope="khac")
        assert hours(office, MONDAY) == USUAL

    def test_a_makeup_saturday_has_the_sessions_of_the_day_swapped_away(self) -> None:
        short = office_session("Sớm 07:00-11:00", weekdays=[3])
        own = office_session("Tiếp dân 07:30-11:30", weekdays=[6])
        office = Office(regulations=[regulation(sessions=(*TWO_SESSIONS, short, own))])
        office.special(SATURDAY, "makeup", for_date="2026-03-11")
        assert hours(office, SATURDAY) == [("Sớm", "07:00-11:00"), *USUAL]

    def test_a_makeup_day_that_names_no_date_has_those_of_a_friday(self) -> None:
        office = Office(regulations=[regulation(sessions=(office_session("Sáu 08:00-12:00", [5]),))])
        office.special(SUNDAY, "makeup")
        assert hours(office, SUNDAY) == [("Sáu", "08:00-12:00")]

    def test_a_session_without_cong_is_an_equal_share_of_the_weekday_used(self) -> None:
        office = Office(regulations=[regulation(sessions=(office_session("Sáu 08:00-12:00", [5]),))])
        office.special(SATURDAY, "makeup")
        office.punch(SATURDAY, "08:00", "12:00")
        assert [row.cong for row in office.rows(SATURDAY)] == [1.0]


class TestRoster:
    def test_a_duty_adds_a_session_on_any_day(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 07:00", f"{NEXT_MONDAY} 07:00")
        assert hours(office, SUNDAY) == [("duty", "07:00-07:00")]

    def test_overtime_adds_none(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 07:00", f"{SUNDAY} 11:00", kind="overtime")
        assert hours(office, SUNDAY) == []

    def test_an_entry_needs_a_posting_on_the_date_it_begins(self) -> None:
        office = Office(ready=False)
        office.post("an", since=NEXT_MONDAY)
        office.duty(f"{SUNDAY} 17:00", f"{NEXT_MONDAY} 07:00")
        assert hours(office, SUNDAY, NEXT_MONDAY) == USUAL

    @pytest.mark.parametrize(
        ("since", "until", "left"),
        [
            ("07:30", "11:30", ["Chiều"]),
            ("07:31", "11:30", ["Sáng", "Chiều"]),
            ("07:30", "11:29:59", ["Sáng", "Chiều"]),
            ("07:00", "18:00", []),
        ],
    )
    def test_a_release_removes_sessions_that_lie_wholly_inside_it(
        self, since: str, until: str, left: list[str]
    ) -> None:
        office = Office()
        office.duty(f"{MONDAY} {since}", f"{MONDAY} {until}", kind="release")
        assert [row.session for row in office.rows(MONDAY)] == left

    def test_two_releases_that_touch_are_not_one(self) -> None:
        office = Office(regulations=[regulation(sessions=(office_session("Ngày 07:30-17:00"),))])
        office.duty(f"{MONDAY} 07:30", f"{MONDAY} 12:00", kind="release")
        office.duty(f"{MONDAY} 12:00", f"{MONDAY} 17:00", kind="release")
        assert len(office.rows(MONDAY)) == 1

    def test_a_release_removes_duties_too_and_reaches_other_dates(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 17:00", f"{TUESDAY} 07:00")
        office.duty(f"{MONDAY} 12:00", f"{TUESDAY} 12:00", kind="release")
        assert [(row.day, row.session) for row in office.rows(MONDAY, TUESDAY)] == [
            (MONDAY, "Sáng"),
            (TUESDAY, "Chiều"),
        ]

    def test_a_released_duty_cuts_nothing(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 16:00", f"{MONDAY} 20:00")
        office.duty(f"{MONDAY} 16:00", f"{MONDAY} 20:00", kind="release")
        assert hours(office, MONDAY) == USUAL


class TestOverlaps:
    def test_an_office_session_keeps_the_part_before_a_duty(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 16:00", f"{MONDAY} 20:00")
        rows = office.rows(MONDAY)
        assert [row.hours for row in rows] == ["07:30-11:30", "13:30-16:00", "16:00-20:00"]
        assert ["overlap_cut" in row.reasons for row in rows] == [False, True, False]

    def test_nothing_is_left_of_a_session_that_does_not_begin_before_the_duty(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 13:30", f"{MONDAY} 15:00")
        assert hours(office, MONDAY) == [("Sáng", "07:30-11:30"), ("duty", "13:30-15:00")]

    def test_a_duty_of_the_day_before_cuts_across_midnight(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 18:00", f"{TUESDAY} 08:00")
        assert [row.session for row in office.rows(TUESDAY)] == ["Chiều"]

    def test_a_duty_that_only_touches_cuts_nothing(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 11:30", f"{MONDAY} 13:30")
        assert len(office.rows(MONDAY)) == 3
        assert not any("overlap_cut" in row.reasons for row in office.rows(MONDAY))

    def test_of_two_duties_the_one_that_starts_first_then_ends_first_stays(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 08:00", f"{SUNDAY} 12:00")
        office.duty(f"{SUNDAY} 08:00", f"{SUNDAY} 10:00")
        office.duty(f"{SUNDAY} 09:00", f"{SUNDAY} 11:00", kind="extra")
        office.duty(f"{SUNDAY} 10:00", f"{SUNDAY} 13:00", kind="extra")
        assert hours(office, SUNDAY) == [("duty", "08:00-10:00"), ("extra", "10:00-13:00")]

    def test_a_duty_left_out_cuts_nothing_although_a_long_one_hides_behind_a_short_one(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 03:30", f"{SUNDAY} 11:30", kind="extra")
        office.duty(f"{SUNDAY} 05:00", f"{SUNDAY} 06:30", kind="extra")
        office.duty(f"{SUNDAY} 07:30", f"{NEXT_MONDAY} 07:30")
        office.duty(f"{SUNDAY} 19:00", f"{SUNDAY} 23:00", kind="extra")
        assert [row.hours for row in office.rows(SUNDAY)] == ["03:30-11:30", "19:00-23:00"]

    def test_office_sessions_that_overlap_stay_as_they_are(self) -> None:
        night = office_session("Đêm 22:00-08:00", weekdays=[1])
        office = Office(regulations=[regulation(sessions=(*TWO_SESSIONS, night))])
        assert [row.hours for row in office.rows(MONDAY, TUESDAY)][2:4] == ["22:00-08:00", "07:30-11:30"]


def test_the_rule_version_names_the_regulation_and_the_calendar_row_but_not_its_targets() -> None:
    office = Office()
    plain = {row.rule_version for row in office.rows(MONDAY, FRIDAY)}
    assert len(plain) == 1
    office.special(MONDAY, "work")
    on_special, on_plain = (office.rows(on)[0].rule_version for on in (MONDAY, FRIDAY))
    assert {on_plain} == plain
    assert on_special not in plain
    office.regulations = [replace(office.regulations[0], targets=(Target(kind="unit", index=0),))]
    assert office.rows(FRIDAY)[0].rule_version == on_plain
    office.regulations = [replace(office.regulations[0], grace_late=60)]
    assert office.rows(FRIDAY)[0].rule_version != on_plain
