"""badges.csv."""

import pytest

from tests.setup.conftest import BADGES, LAST_MARKED, Fault, Office

HEADER = "person,terminal,device_user_id,valid_from,valid_to\n"


def test_ids_keep_their_leading_zeros_and_lose_the_spaces_around(every_office: Office) -> None:
    assert every_office.load("badges", HEADER + "NV1,*,  007 ,,\n").applied
    query = "SELECT device_user_id FROM badge WHERE device_user_id LIKE '%7%'"
    assert every_office.rows(query) == [("007",)]


def test_a_terminals_own_badge_may_stand_beside_one_for_all(office: Office) -> None:
    assert office.load("badges", HEADER + "NV1,T2,2,,\n").applied


def test_an_id_may_pass_on_the_day_after_it_was_given_up(office: Office) -> None:
    file = HEADER + "NV1,T1,1,2020-01-01,2025-12-31\nNV2,T1,1,2026-01-01,\n"
    report = office.load("badges", file)
    assert (report.added, report.changed) == (1, 1)
    assert office.marks() == {
        ("NV1", "2019-12-31", "2026-01-01"),
        ("NV1", "2019-12-31", LAST_MARKED),
        ("NV2", "2025-12-31", LAST_MARKED),
    }


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("XX,T1,9,,\n", ("2", "person", "unknown_person")),
        ("NV1,XX,9,,\n", ("2", "terminal", "unknown_terminal")),
        ("NV1,,9,,\n", ("2", "terminal", "cell_empty")),
        ("NV1,T1,,,\n", ("2", "device_user_id", "cell_empty")),
        ("NV1,T1,9,2026-02-01,2026-01-31\n", ("2", "valid_to", "ends_before_start")),
        ("NV2,T1,1,2026-01-01,\n", ("2", "device_user_id", "badge_ambiguous")),
        ("NV2,T1,1,,2020-01-01\n", ("2", "device_user_id", "badge_ambiguous")),
        ("NV1,*,2,,\n", ("2", "device_user_id", "badge_ambiguous")),
        ("NV1,T1,9,,\nNV2,T1,9,2026-01-01,\n", ("3", "device_user_id", "badge_ambiguous")),
        ("NV1,T1,9,,\nNV1,T1,9,,\n", ("3", "device_user_id", "row_twice")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, rows: str, fault: Fault) -> None:
    assert office.faults("badges", HEADER + rows) == [fault]


def test_an_ambiguous_badge_names_the_other_person(office: Office) -> None:
    error = office.fault("badges", HEADER + "NV2,T1,1,,\n")
    assert error.values == {"device_user_id": "1", "terminal": "T1", "other": "NV1"}
    assert "NV1" in error.text("vi")


def test_the_same_file_again_changes_nothing(every_office: Office) -> None:
    report = every_office.load("badges", BADGES)
    assert (report.rows, report.unchanged, report.applied) == (2, 2, True)
    assert every_office.marks() == set()
