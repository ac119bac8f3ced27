"""After the visit: a finding goes step by step until it is closed; none is skipped, what is late is told."""

import io
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from jobs.context import JobContext
from jobs.escalate_findings import run
from jobs.registry import JOBS
from monitor.access import scope_of
from monitor.cases import Reminding
from monitor.cases.papers import Paper
from monitor.config import Settings
from monitor.exports.timesheet.form import load_forms
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.findings import candidates, open_of_visit, sides_of
from monitor.inspections.followup import Step, take
from monitor.inspections.letter_docx import as_docx
from monitor.inspections.letter_paper import LetterPaper, Source, letter_paper
from monitor.inspections.letter_pdf import as_pdf
from monitor.inspections.reminding import issue, issued
from monitor.inspections.responsible import responsible_for
from monitor.inspections.wish import By
from monitor.privacy import copy_of
from monitor.privacy.followed import forget_followed
from monitor.store.queries.findings import Reader, findings, reminders_because_of, steps_of, still_late
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import (
    Account,
    AuditEntry,
    Finding,
    FindingEscalation,
    FindingStep,
    Person,
    Posting,
)
from monitor.text import sentence
from monitor.text.sentences import SENTENCES
from tests.inspections.test_minutes import marked, signed, written
from tests.inspections.test_visits import T, by, campaign, furnished_file, office, roll
from tests.pdf_text import pdf_text
from tests.web.cast import ON

__all__ = ["furnished_file", "office"]

DUNG, NAMESAKE = "CB007", "CB008"
"""Not seen at the visit, of the unit kt that Hường (CB005) heads; the first is followed up."""
EVIDENCE = Paper(name="anh.pdf", media_type="application/pdf", content=b"%PDF-1.7 e", sha256="e" * 64)
NEXT_DAY = ON + timedelta(days=1)
DUE = ON + timedelta(days=5)
REQUEST = Step(
    kind="request", number="12/ĐKT", body="Sở Nội vụ", addressee="Vũ Quốc Dũng", dated_on=ON, due_on=DUE
)
SAID = Step(kind="explanation", words="Tôi đi họp ở tỉnh.", outcome="given")
REFUSED = Step(kind="conclusion", outcome="not_accepted", words="Không có giấy mời.")
ACCEPTED = replace(REFUSED, outcome="accepted", words="Giấy mời số 4 nêu tên.")
NOTICE = Step(
    kind="notice", number="20/TB-ĐKT", body="Sở Nội vụ", addressee="Phòng Kinh tế", dated_on=ON, due_on=DUE
)
PLAN = Step(kind="plan", words="Niêm yết lịch trực, phân công người thay.", due_on=DUE)
DONE = Step(kind="done", words="Đã niêm yết.", done_on=ON, paper=EVIDENCE)
CLOSE = Step(kind="close")
WHOLE = (REQUEST, SAID, REFUSED, NOTICE, PLAN, DONE, CLOSE)
REMINDER = Reminding(
    issuer="Phòng Kinh tế", number="03/TB", issued_on=ON, rule_cited="Điều 5 Nội quy cơ quan"
)


@pytest.fixture
def found(office: Engine) -> Engine:
    """A signed visit of kt; Dũng was not seen, and is followed up."""
    with transaction(office) as session:
        visit = marked(session)
        written(session, visit)
        signed(session, visit)
        people = candidates(session, visit, list(roll(session, visit).values()))
        open_of_visit(session, visit, people[:1], "", by(session), ["viec-1"])
    return office


def the_finding(session: Session) -> Finding:
    return session.scalars(select(Finding)).one()


def acting(session: Session, name: str, now: datetime = T) -> By:
    """An account of the cast as the pages act for it."""
    account = session.scalars(select(Account).where(col(Account.user_name) == name)).one()
    scope = scope_of(session, account, now.date())
    return By(actor=name, now=now, settings=Settings(), account_id=account.id, scope=scope)


def go(engine: Engine, step: Step, name: str = "thanhtra", now: datetime = T) -> None:
    """Take a step in the name of an account of the cast, on the side that is the account's."""
    with transaction(engine) as session:
        who = acting(session, name, now)
        (row,) = findings(session, Reader(reach=EVERYBODY, everything=True))
        take(session, row.finding, step, who, sides_of(session, row, who))


def go_through(engine: Engine, *steps: Step) -> None:
    for step in steps:
        go(engine, step)


def kinds(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(col(FindingStep.kind)).order_by(col(FindingStep.seq))))


def test_the_minutes_say_who_is_followed_up_and_only_once_they_are_signed(office: Engine) -> None:
    with transaction(office) as session:
        visit = marked(session)
        written(session, visit)
        assert candidates(session, visit, list(roll(session, visit).values())) == []
        with pytest.raises(InspectionRefused, match="finding_unsigned"):
            open_of_visit(session, visit, [], "Không niêm yết lịch", by(session), ["v"])
        signed(session, visit)
        people = candidates(session, visit, list(roll(session, visit).values()))
        assert [(one.line.person.code, one.kinds) for one in people] == [
            (DUNG, ("not_seen",)),
            (NAMESAKE, ("not_seen",)),
        ]
        open_of_visit(session, visit, people[:1], "Không niêm yết lịch", by(session), ["v1", "v2"])
        again = candidates(session, visit, list(roll(session, visit).values()))
        assert [one.followed for one in again] == [True, False]
        with pytest.raises(InspectionRefused, match="finding_followed"):
            open_of_visit(session, visit, again, "", by(session), ["v3"])
        made = session.scalars(select(Finding).order_by(col(Finding.id))).all()
    assert [(one.person_id is None, one.kinds) for one in made] == [
        (False, "not_seen"),
        (True, "unit"),
    ]


def test_the_whole_chain_is_taken_by_those_whose_turn_it_is(found: Engine) -> None:
    go(found, REQUEST)
    go(found, replace(SAID, paper=EVIDENCE))  # Dũng has no account: the team enters the paper
    go(found, REFUSED)
    go(found, NOTICE)
    go(found, PLAN, "huong")
    go(found, DONE, "huong")
    go(found, CLOSE)
    with reading(found) as session:
        steps = session.scalars(select(FindingStep).order_by(col(FindingStep.seq))).all()
        told = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "finding_step")).all()
    assert [(one.kind, one.source) for one in steps] == [
        ("request", ""),
        ("explanation", "paper"),
        ("conclusion", ""),
        ("notice", ""),
        ("plan", "product"),
        ("done", "product"),
        ("close", ""),
    ]
    assert len(told) == 7
    assert '"before": "request"' in told[1].detail
    assert "đi họp" not in "".join(one.detail for one in told)  # words stay out of the trail
    with pytest.raises(InspectionRefused, match="finding_closed"):
        go(found, CLOSE)


@pytest.mark.parametrize("wrong", [step for step in WHOLE if step.kind != "conclusion"], ids=lambda s: s.kind)
def test_no_step_is_skipped_or_taken_twice(found: Engine, wrong: Step) -> None:
    go_through(found, REQUEST, SAID)
    with pytest.raises(InspectionRefused, match="finding_order"):
        go(found, wrong)
    assert kinds(found) == ["request", "explanation"]


def test_after_an_accepted_explanation_nothing_is_left_to_put_right(found: Engine) -> None:
    go_through(found, REQUEST, SAID, ACCEPTED, replace(NOTICE, due_on=None))
    with pytest.raises(InspectionRefused, match="finding_order"):
        go(found, PLAN)
    go(found, CLOSE)
    assert kinds(found)[-1] == "close"


@pytest.mark.parametrize("name", ["huong", "hanh", "nhansu", "admin", "duc"])
def test_what_is_the_team_s_turn_is_nobody_else_s(found: Engine, name: str) -> None:
    with pytest.raises(InspectionRefused, match="finding_not_yours"):
        go(found, REQUEST, name)


def test_the_person_explains_and_neither_concludes_nor_closes(found: Engine) -> None:
    with transaction(found) as session:
        person = session.scalars(select(Person).where(col(Person.code) == DUNG)).one()
        session.add(Account(user_name="dung", display_name="Dũng", role="staff", person_id=person.id))
    go(found, REQUEST)
    go(found, SAID, "dung")
    with pytest.raises(InspectionRefused, match="finding_not_yours"):
        go(found, ACCEPTED, "dung")
    with reading(found) as session:
        assert session.scalars(
            select(FindingStep).where(col(FindingStep.kind) == "explanation")
        ).one().source == ("product")


BAD = {
    "no number": (replace(REQUEST, number=" "), "finding_step_paper"),
    "before it was found": (replace(REQUEST, dated_on=ON - timedelta(days=1)), "finding_step_day"),
    "dated ahead": (replace(REQUEST, dated_on=NEXT_DAY), "finding_step_day"),
    "due before it is dated": (replace(REQUEST, due_on=ON - timedelta(days=3)), "finding_step_due_past"),
    "without a date due": (replace(REQUEST, due_on=None), "finding_step_due"),
    "too long": (replace(REQUEST, words="x" * 2_001), "finding_step_long"),
    "no such step": (replace(REQUEST, kind="penalty"), "finding_order"),
}


@pytest.mark.parametrize(("step", "code"), BAD.values(), ids=BAD)
def test_a_step_that_lacks_what_it_needs_is_refused(found: Engine, step: Step, code: str) -> None:
    with pytest.raises(InspectionRefused, match=code):
        go(found, step)
    assert kinds(found) == []


def test_rectified_means_with_evidence_and_a_conclusion_gives_its_reason(found: Engine) -> None:
    go_through(found, REQUEST, SAID)
    with pytest.raises(InspectionRefused, match="finding_step_words"):
        go(found, replace(REFUSED, words=""))
    with pytest.raises(InspectionRefused, match="finding_step_outcome"):
        go(found, replace(REFUSED, outcome="dismissed"))
    go_through(found, REFUSED, NOTICE, PLAN)
    with pytest.raises(InspectionRefused, match="finding_step_evidence"):
        go(found, replace(DONE, paper=None))


def test_silence_is_recorded_only_once_the_day_has_passed(found: Engine) -> None:
    go(found, REQUEST)
    silence = Step(kind="explanation", outcome="none")
    with pytest.raises(InspectionRefused, match="finding_not_due"):
        go(found, silence, now=T + timedelta(days=5))  # on the very day
    go(found, silence, now=T + timedelta(days=6))
    assert kinds(found) == ["request", "explanation"]


CHANGES = (
    "UPDATE finding_step SET outcome = 'accepted'",
    "UPDATE finding_step SET words = 'khác'",
    "DELETE FROM finding_step",
    "UPDATE finding SET person_id = NULL",
    "DELETE FROM finding",
)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_to_change_a_step(found: Engine, change: str) -> None:
    go(found, REQUEST)
    with pytest.raises(DatabaseError, match="append-only"), transaction(found) as session:
        session.connection().execute(text(change))


def told(engine: Engine) -> list[tuple[str, int | None]]:
    with reading(engine) as session:
        return [(one.step, one.unit_id) for one in session.scalars(select(FindingEscalation))]


def look(engine: Engine, now: datetime) -> str:
    return run(JobContext(engine=engine, settings=Settings(), clock=lambda: now))


def unit_id(engine: Engine, code: str) -> int:
    with reading(engine) as session:
        unit = tree(session).by_code(code)
        assert unit
        return unit.id


def test_a_late_explanation_is_told_to_the_head_once_and_changes_nothing_else(found: Engine) -> None:
    go(found, REQUEST)
    assert look(found, T + timedelta(days=5)) == "0 findings"  # due today is not late
    assert look(found, T + timedelta(days=6)) == "1 findings"
    assert look(found, T + timedelta(days=7)) == "0 findings"
    assert told(found) == [("explanation", unit_id(found, "kt"))]
    assert kinds(found) == ["request"]
    with reading(found) as session:
        (late,) = still_late(session, T + timedelta(days=7))
        assert (late.unit, late.step, late.due_on) == ("Phòng Kinh tế, Hạ tầng và Đô thị", "explanation", DUE)
    go(found, replace(SAID, done_on=ON), now=T + timedelta(days=8))
    with reading(found) as session:
        assert still_late(session, T + timedelta(days=8)) == []
    assert "escalate_findings" in {job.name for job in JOBS}


def test_what_the_unit_is_late_with_is_told_to_the_level_above_its_head(found: Engine) -> None:
    go_through(found, REQUEST, SAID, REFUSED, NOTICE, PLAN)
    look(found, T + timedelta(days=6))
    assert told(found) == [("done", unit_id(found, "ubnd"))]


def test_what_the_team_is_late_with_is_told_to_no_unit(found: Engine) -> None:
    look(found, T + timedelta(days=11))
    assert told(found) == [("request", None)]


def test_a_sealed_campaign_is_told_to_nobody(found: Engine) -> None:
    go(found, REQUEST)
    with transaction(found) as session:
        campaign(session).sealed_until = T + timedelta(days=30)
    assert look(found, T + timedelta(days=6)) == "0 findings"
    assert look(found, T + timedelta(days=31)) == "1 findings"


def test_a_head_who_was_appointed_later_is_not_responsible(found: Engine) -> None:
    with transaction(found) as session:
        people = {one.code: one for one in session.scalars(select(Person))}
        old = session.scalars(select(Posting).where(col(Posting.person_id) == people["CB005"].id)).one()
        old.valid_to = ON  # the last day in office is the day of the finding
        new = Posting(
            person_id=people["CB006"].id or 0, unit_id=old.unit_id, role="head", valid_from=NEXT_DAY
        )
        session.add(new)
        session.flush()
        leaders = responsible_for(session, the_finding(session), tree(session))
    assert [(one.person.code, one.role) for one in leaders] == [("CB005", "head")]


def test_for_the_head_itself_the_level_above_answers(found: Engine) -> None:
    with reading(found) as session:
        people = {one.code: one.id for one in session.scalars(select(Person))}
        about_head = the_finding(session).model_copy(update={"person_id": people["CB005"]})
        leaders = responsible_for(session, about_head, tree(session))
    assert [one.person.code for one in leaders] == ["CB012"]


def remind(engine: Engine, said: Reminding, now: datetime = T) -> None:
    with transaction(engine) as session:
        (row,) = findings(session, Reader(reach=EVERYBODY, everything=True))
        who = acting(session, "thanhtra", now)
        issue(session, row.finding, said, who, sides_of(session, row, who))


def test_a_reminder_waits_for_the_conclusion_and_a_repeat_names_the_earlier_number(found: Engine) -> None:
    with pytest.raises(InspectionRefused, match="finding_not_concluded"):
        remind(found, REMINDER)
    go_through(found, REQUEST, SAID, REFUSED)
    remind(found, REMINDER)
    with pytest.raises(InspectionRefused, match="finding_reminded"):
        remind(found, REMINDER)
    for number, issued_on in (("09/TB", date(2027, 2, 24)), ("11/TB", date(2028, 2, 25))):
        later = replace(REMINDER, number=number, issued_on=issued_on)
        remind(found, later, T + timedelta(days=800))
    with reading(found) as session:
        shown = issued(session, reminders_because_of(session, the_finding(session).id or 0), Settings())
    assert [(one.reminder.number, [other.number for other in one.earlier]) for one in shown] == [
        ("03/TB", []),
        ("09/TB", ["03/TB"]),
        ("11/TB", []),  # more than twelve months after the one before
    ]


def paper(engine: Engine, kind: str, folder: Path) -> LetterPaper:
    with reading(engine) as session:
        (row,) = findings(session, Reader(reach=EVERYBODY, everything=True))
        steps = steps_of(session, [row.finding.id or 0])[row.finding.id or 0]
        source = Source(row=row, steps=steps, units=tree(session), forms=load_forms(folder))
        made = letter_paper(source, kind)
        assert made
        return made


def test_the_papers_have_number_date_addressee_and_the_layout_of_official_ones(
    found: Engine, tmp_path: Path
) -> None:
    go_through(found, REQUEST, SAID, REFUSED, NOTICE)
    for kind, expected in {
        "request": ("Số: 12/ĐKT", "Kính gửi: Vũ Quốc Dũng", "trước hết ngày 01/03/2026"),
        "notice": ("Số: 20/TB-ĐKT", "Kính gửi: Phòng Kinh tế", "không chấp nhận giải trình"),
    }.items():
        made = paper(found, kind, tmp_path)
        document = Document(io.BytesIO(as_docx(made)))
        told_in_word = "\n".join(
            [
                *(one.text for one in document.paragraphs),
                *(c.text for r in document.tables[0].rows for c in r.cells),
            ]
        )
        printed = pdf_text(as_pdf(made, style=load_forms(tmp_path).print, folder=tmp_path))
        told_in_pdf = "".join(printed.split())
        for words in (
            *expected,
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            ", ngày 24 tháng 02 năm 2026",
            "SỞ NỘI VỤ",
        ):
            assert words in told_in_word, words
        for words in expected:
            assert "".join(words.split()) in told_in_pdf, words


PENALTIES = r"khiển trách|cảnh cáo|cách chức|buộc thôi việc|hạ bậc lương|giáng chức|hình thức kỷ luật|xử phạt"


def test_no_text_of_the_product_proposes_a_penalty() -> None:
    assert [code for code, words in SENTENCES.items() if re.search(PENALTIES, words, re.IGNORECASE)] == []
    pages = Path(sentence.__code__.co_filename).parent.parent / "web" / "templates"
    shown = [
        one.name
        for one in pages.glob("*.html")
        if re.search(PENALTIES, one.read_text("utf-8"), re.IGNORECASE)
    ]
    assert shown == []
    assert re.search(PENALTIES, "Đề nghị khiển trách")


def test_a_copy_tells_the_person_the_chain_and_waits_for_a_seal(found: Engine, tmp_path: Path) -> None:
    go_through(found, REQUEST, replace(SAID, paper=EVIDENCE))

    def copied(now: datetime) -> bytes:
        made = copy_of(found, DUNG, now=now, actor="dung", settings=Settings(), language="vi")
        return made.content

    from zipfile import ZipFile

    def texts(content: bytes) -> tuple[str, list[str]]:
        with ZipFile(io.BytesIO(content)) as folder:
            return folder.read("data.json").decode(), folder.namelist()

    data, names = texts(copied(T))
    assert "12/ĐKT" in data
    assert "Tôi đi họp ở tỉnh." in data
    assert any("theo-doi" in name for name in names)
    with transaction(found) as session:
        campaign(session).sealed_until = T + timedelta(days=30)
    data, names = texts(copied(T))
    assert "12/ĐKT" not in data
    assert not any("theo-doi" in name for name in names)


def test_words_and_papers_go_when_their_time_is_over_and_the_steps_stay(found: Engine) -> None:
    go_through(found, REQUEST, replace(SAID, paper=EVIDENCE))
    with transaction(found) as session:
        forget_followed(session, the_finding(session).person_id or 0)
    with reading(found) as session:
        kept = (
            session.connection()
            .execute(text("SELECT name, length(content), sha256 FROM finding_paper"))
            .one()
        )
        words = session.scalars(select(col(FindingStep.words)).where(col(FindingStep.words) != "")).all()
    assert (tuple(kept), words) == (("", 0, "e" * 64), [])
