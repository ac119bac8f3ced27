"""What the load counts as a failure."""

from tests.assurance.load import ENDED, failures


def test_errors_and_answers_that_never_came_are_failures_and_slow_clients_are_not() -> None:
    answers = {"upload 200": 9, "upload 503": 2, "page 302": 1, "page 0": 3, "poll 0": 1, f"{ENDED} 0": 40}
    assert failures(answers) == ["upload 503: 2 times", "page 0: 3 times", "poll 0: 1 times"]
