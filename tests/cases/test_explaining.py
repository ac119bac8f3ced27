"""Asking and explaining: deadlines, one's own day only, what is for HR alone, who reads what."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from monitor.cases import CaseRefused, Decision, Thread, ask, examined, paper_of, thread_of
from monitor.cases.duties import duties_of, reminders_for
from monitor.store.session import reading, transaction
from tests.cases.cast import ACCOUNTS, DAY, NOW, asking, case, decided, grant, matter, person_named, said
from tests.cases.files import PDF
from tests.cases.test_deciding import REMIND
from tests.office import rows

PAPER = examined("giấy ra viện.pdf", PDF, 100_000)


def asked(engine: Engine, user_name: str, code: str, day: int = DAY) -> None:
    with transaction(engine) as session:
        ask(session, asking(session, user_name), matter(session, code, day), "Vì sao đến muộn?")


def thread(engine: Engine, user_name: str, code: str) -> Thread | None:
    with reading(engine) as session:
        return thread_of(session, asking(session, user_name), person_named(session, code), DAY)


def test_a_request_opens_a_case_with_a_deadline_at_the_end_of_a_day(office: Engine) -> None:
    asked(office, "hanh", "BINH")
    found = case(office, "BINH")
    assert found.state == "open"
    assert found.due_at is not None
    assert found.due_at.astimezone(NOW.tzinfo) == NOW.replace(day=2, month=3, hour=23, minute=59, second=59)
    assert found.decide_by == found.due_at + timedelta(days=3)


@pytest.mark.parametrize(
    ("user", "code", "day", "why"),
    [
        ("hanh", "HANH", DAY, "case_not_yours"),
        ("an", "BINH", DAY, "case_not_yours"),
        ("giamsat", "BINH", DAY, "case_not_yours"),
        ("hanh", "BINH", DAY + 5, "case_day_ahead"),
    ],
)
def test_a_request_comes_from_whoever_would_decide_and_about_what_has_been(
    office: Engine, user: str, code: str, day: int, why: str
) -> None:
    with pytest.raises(CaseRefused, match=why):
        asked(office, user, code, day)
    assert rows(office, "SELECT count(*) FROM day_case") == [(0,)]


def test_what_was_answered_is_not_asked_again(office: Engine) -> None:
    asked(office, "hanh", "BINH")
    asked(office, "hanh", "BINH")  # asking anew moves the deadline
    said(office, "binh")
    with pytest.raises(CaseRefused, match="case_answered"):
        asked(office, "hanh", "BINH")


def test_people_explain_of_their_own_accord_too_and_only_their_own_day(office: Engine) -> None:
    said(office, "binh")
    assert case(office, "BINH").state == "explained"
    from monitor.cases import Explanation, explain

    with pytest.raises(CaseRefused, match="case_not_own"), transaction(office) as session:
        explain(
            session, asking(session, "hanh"), matter(session, "BINH"), Explanation(kind="explain", body="x")
        )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"body": "   "}, "case_text_missing"),
        ({"kind": "excuse"}, "case_kind"),
        ({"body": "x" * 2001}, "case_text_long"),
        ({"body": "a\0b"}, "case_text_bad"),
        ({"kind": "forgot"}, "case_time_missing"),
        ({"kind": "forgot", "asked_time": (DAY - 1) * 86_400}, "case_time_elsewhere"),
        ({"kind": "forgot", "asked_time": (DAY + 2) * 86_400 + 9 * 3600}, "case_time_elsewhere"),
        (
            {"kind": "forgot", "asked_time": (DAY + 2) * 86_400 + 9 * 3600 + 1, "day": DAY + 2},
            "case_time_ahead",
        ),
        ({"day": DAY + 3}, "case_day_ahead"),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(office: Engine, more: dict[str, object], why: str) -> None:
    with pytest.raises(CaseRefused, match=why):
        said(office, "binh", **more)  # type: ignore[arg-type]  # a day among the values
    assert rows(office, "SELECT count(*) FROM case_note") == [(0,)]


def test_a_thread_and_its_papers_do_not_grow_without_end(office: Engine) -> None:
    for _ in range(10):
        said(office, "binh", paper=PAPER)
    with pytest.raises(CaseRefused, match="case_papers_full"):
        said(office, "binh", paper=PAPER)
    for _ in range(50):
        said(office, "binh")
    with pytest.raises(CaseRefused, match="case_full"):
        said(office, "binh")
    decided_all = thread(office, "hanh", "BINH")
    assert decided_all is not None
    assert len(decided_all.entries) == 60


@pytest.mark.parametrize(
    ("user", "reads"),
    [
        *((user, True) for user in ("binh", "hanh", "pho", "chutich", "nhansu")),
        *((user, False) for user in ("an", "duc", "giamsat", "quantri")),
    ],
)
def test_a_thread_is_for_the_person_and_for_those_who_may_decide(
    office: Engine, user: str, reads: bool
) -> None:
    said(office, "binh", paper=PAPER)
    found = thread(office, user, "BINH")
    assert (found is not None) == reads
    with reading(office) as session:
        paper = paper_of(session, asking(session, user), 1)
        assert (paper is not None) == reads
        assert paper_of(session, asking(session, user), 2) is None


@pytest.mark.parametrize(
    ("user", "reads"), [("binh", True), ("nhansu", True), ("hanh", False), ("chutich", False)]
)
@pytest.mark.parametrize("kind", ["sick", "maternity"])
def test_words_and_papers_of_sickness_are_for_the_person_and_hr(
    office: Engine, user: str, kind: str, reads: bool
) -> None:
    said(office, "binh", kind=kind, body="Chẩn đoán", paper=PAPER)
    found = thread(office, user, "BINH")
    assert found is not None
    (entry,) = found.entries
    assert (entry.kind, entry.body) == ((kind, "Chẩn đoán") if reads else ("sensitive", ""))
    assert (len(entry.papers), entry.hidden_papers) == ((1, 0) if reads else (0, 1))
    with reading(office) as session:
        assert (paper_of(session, asking(session, user), 1) is not None) == reads
    with reading(office) as session:
        waits = duties_of(session, asking(session, user)).to_decide
        assert len(waits) == (user == "nhansu")


def test_a_paper_may_be_for_hr_alone_while_the_words_are_not(office: Engine) -> None:
    said(office, "binh", paper=PAPER, paper_for_hr=True)
    found = thread(office, "hanh", "BINH")
    assert found is not None
    assert (found.entries[0].body, found.entries[0].hidden_papers) == ("Đường ngập", 1)


def test_forgotten_punches_of_the_month_stand_beside_the_request(office: Engine) -> None:
    for place, day in enumerate((DAY - 2, DAY - 1, DAY)):
        said(office, "binh", day=day, kind="forgot", asked_time=day * 86_400 + 7 * 3600)
        found = thread(office, "hanh", "BINH")
        assert found is not None
        assert found.manual_punches == place
        decided(office, "hanh", "BINH", Decision(kind="manual"), day=day)


def test_duties_are_what_waits_on_one_s_own_desk_and_what_one_was_asked(office: Engine) -> None:
    said(office, "binh")
    said(office, "duc", NOW - timedelta(days=1))
    asked(office, "hanh", "AN")
    asked(office, "chutich", "HANH")
    with reading(office) as session:
        duties = {name: duties_of(session, asking(session, name)) for name in ACCOUNTS}
    codes = {
        name: ([one.waiting.code for one in found.to_decide], len(found.asked), len(found.own))
        for name, found in duties.items()
    }
    assert codes == {
        "an": ([], 0, 1),
        "binh": ([], 0, 0),
        "duc": ([], 0, 0),
        "hanh": (["DUC", "BINH"], 1, 1),
        "pho": (["DUC", "BINH"], 1, 0),
        "chutich": ([], 1, 0),
        "nhansu": ([], 0, 0),
        "quantri": ([], 0, 0),
        "giamsat": ([], 0, 0),
    }
    with reading(office) as session:
        late = duties_of(session, asking(session, "hanh", NOW + timedelta(days=4)))
    assert [(one.waiting.code, one.overdue, one.unanswered) for one in late.to_decide] == [
        ("DUC", True, False), ("BINH", True, False), ("AN", False, True),
    ]  # fmt: skip


def test_whoever_stands_in_has_the_duties_of_the_head(office: Engine) -> None:
    said(office, "binh")
    with transaction(office) as session:
        grant(session, "duc", 2)
    with reading(office) as session:
        assert duties_of(session, asking(session, "duc")).count == 1


def test_reminders_are_read_by_the_reminded_and_by_those_above(office: Engine) -> None:
    decided(office, "hanh", "BINH", REMIND)
    decided(office, "chutich", "HANH", REMIND)
    with reading(office) as session:
        read = {
            name: {one.code for one in reminders_for(session, asking(session, name))} for name in ACCOUNTS
        }
    assert read == {
        "an": set(), "duc": set(), "quantri": set(), "giamsat": set(),
        "binh": {"BINH"}, "pho": {"BINH"}, "nhansu": {"BINH"},
        "hanh": {"BINH", "HANH"}, "chutich": {"BINH", "HANH"},
    }  # fmt: skip
