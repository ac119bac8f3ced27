"""What the load counts as a failure."""

from tests.assurance.load import ENDED, failures
from tests.assurance.serving import MEMORY_OF, PARTS, courses


def test_errors_and_answers_that_never_came_are_failures_and_slow_clients_are_not() -> None:
    answers = {"upload 200": 9, "upload 503": 2, "page 302": 1, "page 0": 3, "poll 0": 1, f"{ENDED} 0": 40}
    assert failures(answers) == ["upload 503: 2 times", "page 0: 3 times", "poll 0: 1 times"]


def test_the_course_of_memory_is_told_for_each_process() -> None:
    samples = [{f"{MEMORY_OF}jobs": 100.0 + n, f"{MEMORY_OF}pages": 50.0, "threads": 9.0} for n in range(24)]
    told = courses(samples)
    assert set(told) == {"jobs", "pages"}
    assert told["pages"] == [50.0] * PARTS
    assert told["jobs"] == [100.5 + 2 * n for n in range(PARTS)]
