"""regulations.toml."""

import pytest

from tests.setup.conftest import LAST_MARKED, Office

HEAD = """
[[regulation]]
code = "hanh-chinh"
title = "Giờ hành chính"
document = "Quyết định 12"
valid_from = 2026-01-01
applies_to = ["*"]
marks = 4
grace_late_minutes = 5
"""
MORNING = """
[[regulation.session]]
name = "Sáng"
weekdays = [1, 2, 3, 4, 5]
start = "07:30"
end = "11:30"
cong = 0.5
"""
AFTERNOON = """
[[regulation.session]]
name = "Chiều"
weekdays = [1, 2, 3, 4, 5]
start = "13:30"
end = "17:00"
"""
OFFICE = HEAD + MORNING + AFTERNOON
NIGHT = """
[[regulation.session]]
name = "Đêm"
weekdays = [7, 1]
start = "22:00"
end = "06:00"
"""


def test_a_version_is_stored_with_targets_settings_and_sessions(every_office: Office) -> None:
    content = OFFICE.replace('["*"]', '["unit:VP", "person:NV2"]')
    assert every_office.load("regulations", content).added == 1
    query = (
        "SELECT code, marks, grace_late_minutes, open_before_minutes, grace_counts FROM regulation_version"
    )
    assert every_office.rows(query) == [("hanh-chinh", 4, 5, 120, "whole")]
    query = (
        "SELECT u.code, p.code FROM regulation_target t LEFT JOIN unit u ON u.id = t.unit_id "
        "LEFT JOIN person p ON p.id = t.person_id"
    )
    assert set(every_office.rows(query)) == {("VP", None), (None, "NV2")}
    query = "SELECT name, weekdays, start_seconds, end_seconds, cong FROM regulation_session ORDER BY id"
    assert every_office.rows(query) == [
        ("Sáng", "12345", 27_000, 41_400, 0.5),
        ("Chiều", "12345", 48_600, 61_200, None),
    ]


def test_blocks_up_to_twelve_hours_apart_may_be_chained(office: Office) -> None:
    assert office.load("regulations", OFFICE.replace("marks = 4", "chain_within_minutes = 720")).applied


def test_a_session_whose_end_is_not_after_its_start_ends_on_the_next_day(office: Office) -> None:
    assert office.load("regulations", HEAD + NIGHT).applied
    assert office.rows("SELECT weekdays, end_seconds FROM regulation_session") == [("17", (24 + 6) * 3600)]


def test_a_night_session_may_run_into_the_next_morning(office: Office) -> None:
    assert office.load("regulations", HEAD + NIGHT.replace("06:00", "08:00") + MORNING).applied


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("marks = 4", "mark = 4", "regulation[1].mark", "unknown_key"),
        ("cong = 0.5", "worth = 0.5", "regulation[1].session[1].worth", "unknown_key"),
        ('document = "Quyết định 12"\n', "", "regulation[1].document", "missing_key"),
        ('document = "Quyết định 12"', 'document = " "', "regulation[1].document", "toml_not_text"),
        ('code = "hanh-chinh"\n', "", "regulation[1].code", "missing_key"),
        ("valid_from = 2026-01-01", "valid_from = 2026", "regulation[1].valid_from", "bad_date"),
        (
            "valid_from = 2026-01-01",
            "valid_from = 2026-01-01T00:00:00",
            "regulation[1].valid_from",
            "bad_date",
        ),
        ('applies_to = ["*"]', "applies_to = []", "regulation[1].applies_to", "bad_targets"),
        ('applies_to = ["*"]', 'applies_to = "*"', "regulation[1].applies_to", "bad_targets"),
        ('["*"]', '["*", "*"]', "regulation[1].applies_to", "bad_targets"),
        ('["*"]', '["*", "VP"]', "regulation[1].applies_to[2]", "bad_target"),
        ('["*"]', '["unit:XX"]', "regulation[1].applies_to[1]", "unknown_unit"),
        ('["*"]', '["person:XX"]', "regulation[1].applies_to[1]", "unknown_person"),
        ("marks = 4", "marks = 3", "regulation[1].marks", "bad_choice"),
        ("marks = 4", "marks = true", "regulation[1].marks", "bad_choice"),
        ("marks = 4", "marks = [4]", "regulation[1].marks", "bad_choice"),
        ("= 5\n", "= -5\n", "regulation[1].grace_late_minutes", "bad_number"),
        ("= 5\n", "= 5.5\n", "regulation[1].grace_late_minutes", "bad_number"),
        ("= 5\n", "= true\n", "regulation[1].grace_late_minutes", "bad_number"),
        ("marks = 4", 'grace_counts = "half"', "regulation[1].grace_counts", "bad_choice"),
        ("marks = 4", 'direction = "left"', "regulation[1].direction", "bad_choice"),
        ("marks = 4", "chain_within_minutes = 721", "regulation[1].chain_within_minutes", "bad_number"),
        ("marks = 4", "open_before_minutes = 721", "regulation[1].open_before_minutes", "bad_number"),
        ("marks = 4", "close_after_minutes = 1440", "regulation[1].close_after_minutes", "bad_number"),
        ("marks = 4", "truncate_to_minute = 1", "regulation[1].truncate_to_minute", "bad_choice"),
        ('start = "07:30"', 'start = "7:30"', "regulation[1].session[1].start", "bad_clock"),
        ('start = "07:30"', "start = 730", "regulation[1].session[1].start", "bad_clock"),
        ('end = "11:30"', 'end = "24:00"', "regulation[1].session[1].end", "bad_clock"),
        ('end = "11:30"\n', "", "regulation[1].session[1].end", "missing_key"),
        ("cong = 0.5", "cong = -1", "regulation[1].session[1].cong", "bad_number"),
        ("cong = 0.5", "cong = nan", "regulation[1].session[1].cong", "bad_number"),
        ('start = "13:30"', 'start = "11:29"', "regulation[1].session[2].start", "sessions_overlap"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    office: Office, old: str, new: str, place: str, code: str
) -> None:
    assert old in OFFICE
    assert office.faults("regulations", OFFICE.replace(old, new, 1)) == [(place, "", code)]


@pytest.mark.parametrize("days", ["[]", "[0]", "[8]", "[1, 1]", '["1"]', "[true]", "5"])
def test_weekdays_are_numbers_from_1_to_7_each_once(office: Office, days: str) -> None:
    error = office.fault("regulations", HEAD + MORNING.replace("[1, 2, 3, 4, 5]", days))
    assert (error.place, error.code) == ("regulation[1].session[1].weekdays", "bad_weekdays")


def test_an_unknown_key_is_named(office: Office) -> None:
    assert "grace_minutes" in office.fault("regulations", OFFICE + "[grace_minutes]\n").text("en")


def test_every_fault_of_a_file_is_told_at_once(office: Office) -> None:
    content = OFFICE.replace("marks = 4", "marks = 9").replace('"13:30"', '"noon"') + OFFICE
    places = [error.place for error in office.load("regulations", content).errors]
    assert places == ["regulation[1].session[2].start", "regulation[1].marks"]


def test_one_version_twice_in_a_file_is_refused(office: Office) -> None:
    error = office.fault("regulations", OFFICE + OFFICE)
    assert (error.place, error.code) == ("regulation[2].code", "row_twice")


def test_two_versions_with_one_target_and_start_are_refused_in_a_file(office: Office) -> None:
    error = office.fault("regulations", OFFICE + OFFICE.replace("hanh-chinh", "khac"))
    assert (error.place, error.code) == ("regulation[2].applies_to", "same_target_and_start")


def test_a_version_with_a_stored_ones_target_and_start_is_refused_naming_it(office: Office) -> None:
    office.load("regulations", OFFICE)
    error = office.fault("regulations", OFFICE.replace("hanh-chinh", "khac"))
    assert error.values == {"other": "hanh-chinh", "valid_from": "2026-01-01"}


def test_a_later_version_of_the_same_target_is_taken(office: Office) -> None:
    office.load("regulations", OFFICE)
    assert office.load("regulations", OFFICE.replace("2026-01-01", "2026-04-15")).added == 1


def test_a_changed_version_keeps_its_id_and_loses_its_old_parts(every_office: Office) -> None:
    every_office.load("regulations", OFFICE)
    before = every_office.rows("SELECT id FROM regulation_version")
    changed = HEAD.replace("marks = 4", "marks = 2").replace('["*"]', '["unit:SO"]') + MORNING
    assert every_office.load("regulations", changed).changed == 1
    assert every_office.rows("SELECT id FROM regulation_version") == before
    assert every_office.rows("SELECT name FROM regulation_session") == [("Sáng",)]
    assert every_office.rows("SELECT count(*) FROM regulation_target") == [(1,)]


def test_two_versions_may_swap_their_targets(office: Office) -> None:
    other = OFFICE.replace("hanh-chinh", "khac").replace('["*"]', '["unit:VP"]')
    office.load("regulations", OFFICE + other)
    swapped = OFFICE.replace('["*"]', '["unit:VP"]') + OFFICE.replace("hanh-chinh", "khac")
    assert office.load("regulations", swapped).changed == 2


def test_everybody_is_marked_from_the_first_day_of_a_version(office: Office) -> None:
    office.load("regulations", OFFICE)
    assert office.marks() == {(person, "2025-12-31", LAST_MARKED) for person in ("NV1", "NV2")}
    office.forget_marks()
    assert office.load("regulations", OFFICE).unchanged == 1
    assert office.marks() == set()


@pytest.mark.parametrize("change", [("marks = 4", "marks = 2"), ("17:00", "16:30"), ('"*"', '"unit:SO"')])
def test_any_change_of_a_version_marks_everybody(office: Office, change: tuple[str, str]) -> None:
    office.load("regulations", OFFICE)
    office.forget_marks()
    assert office.load("regulations", OFFICE.replace(*change)).changed == 1
    assert len(office.marks()) == 2
