"""Minutes: totals that reconcile or nothing, numbers, hostile names, and what is signed never changes."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from monitor.cases.papers import Paper
from monitor.exports.timesheet.form import load_forms
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.minutes import Words, facts_of, keep_signed, read_facts, write_version
from monitor.inspections.minutes_docx import as_docx
from monitor.inspections.minutes_paper import MinutesPaper, Source, minutes_paper
from monitor.inspections.minutes_pdf import as_pdf
from monitor.inspections.roll import RollLine
from monitor.inspections.visits import Said, add_reason
from monitor.store.queries.tree import tree
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import (
    CampaignUnit,
    ExemptFinding,
    Person,
    StaleSpan,
    Visit,
    VisitMark,
    VisitMinutes,
    VisitPerson,
    VisitReason,
    VisitScan,
)
from tests.inspections.test_visits import T, by, campaign, frozen, furnished_file, keep, office, roll, tap
from tests.pdf_text import pdf_text
from tests.web.cast import DAY, at

__all__ = ["furnished_file", "office"]

WORDS = Words(body="Sở Nội vụ", team="- Nguyễn Văn A: Trưởng đoàn", ended="15:10", proposals="Nhắc nhở")
SCAN = Paper(name="bb.pdf", media_type="application/pdf", content=b"%PDF-1.7 x", sha256="a" * 64)


def line(number: int, presence: str, *, excused: bool = False, kind: str = "expected") -> RollLine:
    """A person of a roll as it would be read."""
    marks = [
        VisitMark(
            id=f"{number:032}", visit_id=1, person_id=number, field="presence", value=presence,
            tapped_ms=1, received_ms=1, account_id=1,
        )
    ]  # fmt: skip
    reasons = [
        VisitReason(
            id=number, visit_id=1, person_id=number, words="Đi họp", document="GM 3", state="accepted",
            written_by=1, written_at=T,
        )
    ]  # fmt: skip
    return RollLine(
        frozen=VisitPerson(visit_id=1, person_id=number, unit_id=1, kind=kind, last_punch=at("07:20")),
        person=Person(id=number, code=f"N{number:03}", name=f"Người {number}", sort_key="", search_key=""),
        terminal="",
        marks=marks if presence else [],
        reasons=reasons if excused else [],
    )


def can_tho(present: int, excused: int, unexcused: int, unmarked: int = 0) -> list[RollLine]:
    """A roll of so many people."""
    kinds = ["present"] * present + ["not_seen"] * (excused + unexcused) + [""] * unmarked
    return [
        line(number, presence, excused=present <= number < present + excused)
        for number, presence in enumerate(kinds)
    ]


def source_of(session: Session, lines: Sequence[RollLine], facts: str, folder: Path = Path()) -> Source:
    minutes = VisitMinutes(
        visit_id=1,
        version=1,
        facts=facts,
        sha256=sha256(facts.encode()).hexdigest(),
        written_by=1,
        written_at=T,
    )
    visit = Visit(
        code="luot",
        campaign_id=1,
        unit_id=1,
        day=DAY,
        frozen_at=at("14:05"),
        made_by=1,
        made_at=T,
        body="Sở Nội vụ",
        year=2026,
        number=5,
    )
    return Source(
        visit=visit,
        campaign=campaign(session),
        minutes=minutes,
        roll=lines,
        units=tree(session),
        forms=load_forms(folder),
    )


def paper_of(
    session: Session, lines: Sequence[RollLine], words: Words = WORDS, folder: Path = Path()
) -> MinutesPaper:
    return minutes_paper(source_of(session, lines, facts_of(lines, words), folder))


def reopened(content: bytes) -> DocumentObject:
    return Document(io.BytesIO(content))


def cells(document: DocumentObject, table: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[table].rows]


def test_can_tho_2019_is_printed_with_computed_rates(office: Engine, tmp_path: Path) -> None:
    """333 of 424 present, 91 absent of whom 28 without reason: 78,54 % and 6,60 %, not the paper's 6,59."""
    with reading(office) as session:
        paper = paper_of(session, can_tho(333, 63, 28), folder=tmp_path)
    rows = {row[0]: row[1:] for row in cells(reopened(as_docx(paper)), 1)}

    assert rows["Phải có mặt"][0] == "424"
    assert rows["Có mặt"] == ["333", "78,54 %"]
    assert rows["Vắng"] == ["91", "21,46 %"]
    assert rows["– có lý do"][0] == "63"
    assert rows["– không lý do"] == ["28", "6,60 %"]


def test_can_tho_2018_is_refused_and_the_difference_is_named(office: Engine) -> None:
    with reading(office) as session, pytest.raises(InspectionRefused) as refused:
        paper_of(session, can_tho(185, 42, 9, unmarked=27))
    assert refused.value.code == "totals_presence"
    assert (refused.value.values["expected"], refused.value.values["difference"]) == (263, 27)


def test_stored_totals_that_do_not_add_up_are_never_printed(office: Engine) -> None:
    lines = can_tho(8, 2, 1)
    facts = json.loads(facts_of(lines, WORDS)) | {"totals": {"expected": 263, "present": 185, "absent": 51}}
    with reading(office) as session:
        source = source_of(session, lines, json.dumps(facts))
        with pytest.raises(InspectionRefused, match="totals_presence"):
            minutes_paper(source)


def test_the_layout_is_that_of_official_papers(office: Engine, tmp_path: Path) -> None:
    with reading(office) as session:
        paper = paper_of(session, can_tho(8, 2, 1), folder=tmp_path)
    content = as_docx(paper)
    document = reopened(content)
    heading = cells(document, 0)[0]
    section = document.sections[0]

    assert "SỞ NỘI VỤ" in heading[0]
    assert "Số: 05/BB-ĐKT" in heading[0]
    assert heading[1].startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc")
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins if one is not None] == [20, 20, 30, 15]
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert any(line.startswith("Hồi 14 giờ 05, ngày 24 tháng 02 năm 2026, tại") for line in lines)
    assert cells(document, -1)[0][2].startswith("TRƯỞNG ĐOÀN")
    with ZipFile(io.BytesIO(content)) as parts:
        body, styles = parts.read("word/document.xml").decode(), parts.read("word/styles.xml").decode()
    assert body.count('w:eastAsia="Times New Roman"') == body.count("<w:r>")
    assert 'w:eastAsia="Times New Roman"' in styles


HOSTILE = (
    '=HYPERLINK("http://x")',
    '{{ 7*7 }} {% for %} #read("/etc/passwd") $x$ *b*',
    "</w:t><w:instrText>DDEAUTO cmd</w:instrText>",
    "MERGEFIELD \\* x \x0b\x1f\u202e Nguyễn",
)


def test_hostile_names_are_text_and_nothing_else(office: Engine, tmp_path: Path) -> None:
    lines = can_tho(1, 0, 4)
    for one, name in zip(lines[1:], HOSTILE, strict=True):
        one.person.name = name
    with reading(office) as session:
        paper = paper_of(session, lines, replace(WORDS, other=HOSTILE[2]), tmp_path)
    content = as_docx(paper)
    names = [row[1] for row in cells(reopened(content), 2)[1:]]
    with ZipFile(io.BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode()
        assert not [name for name in parts.namelist() if "macro" in name.lower() or "embed" in name.lower()]
    printed = pdf_text(as_pdf(paper, style=load_forms(tmp_path).print, folder=tmp_path))

    assert names[:3] == list(HOSTILE[:3])
    assert names[3].split() == ["MERGEFIELD", "\\*", "x", "Nguyễn"]
    assert "<w:instrText" not in body
    assert "<w:fldChar" not in body
    assert "{{ 7*7 }}" in " ".join(printed.split())


def test_the_same_version_gives_the_same_pdf(office: Engine, tmp_path: Path) -> None:
    with reading(office) as session:
        paper = paper_of(session, can_tho(8, 2, 1), folder=tmp_path)
    style = load_forms(tmp_path).print
    made = as_pdf(paper, style=style, folder=tmp_path)
    assert made == as_pdf(paper, style=style, folder=tmp_path)
    assert "BIÊN BẢN" in pdf_text(made)


def marked(session: Session, unit: str = "kt") -> Visit:
    """A visit whose whole list is marked: one not seen, the rest present, one on leave."""
    visit = frozen(session, unit)
    expected = [code for code, one in roll(session, visit).items() if one.expected and not one.presence]
    keep(
        session,
        visit,
        *(tap(code, "not_seen" if place else "present", 1) for place, code in enumerate(expected)),
    )
    return visit


def written(session: Session, visit: Visit, words: Words = WORDS) -> VisitMinutes:
    lines = list(roll(session, visit).values())
    return write_version(session, visit, campaign(session), lines, words, by(session))


def signed(session: Session, visit: Visit) -> VisitScan:
    lines = list(roll(session, visit).values())
    return keep_signed(session, visit, campaign(session), lines, SCAN, by(session))


def test_numbers_count_per_body_and_year_and_a_new_version_keeps_its_number(office: Engine) -> None:
    with transaction(office) as session:
        first, second, third = marked(session), marked(session), marked(session)
        for visit in (first, second, first):
            written(session, visit)
        written(session, third, replace(WORDS, body="Thanh tra tỉnh"))
        assert [(one.number, one.year) for one in (first, second, third)] == [(1, 2026), (2, 2026), (1, 2026)]
        assert [one.version for one in session.scalars(select(VisitMinutes)).all()] == [1, 1, 2, 1]


def test_somebody_not_marked_stands_in_the_way_of_minutes(office: Engine) -> None:
    with transaction(office) as session:
        visit = frozen(session)
        with pytest.raises(InspectionRefused, match="totals_presence"):
            written(session, visit)
        assert visit.number is None


def test_only_the_last_findings_can_be_signed(office: Engine) -> None:
    with transaction(office) as session:
        visit = marked(session)
        with pytest.raises(InspectionRefused, match="minutes_none"):
            signed(session, visit)
        written(session, visit)
        keep(session, visit, tap("CB008", "off_post", 2))
        with pytest.raises(InspectionRefused, match="minutes_behind"):
            signed(session, visit)
        written(session, visit)
        assert signed(session, visit).sha256 == "a" * 64


@pytest.fixture
def locked(office: Engine) -> tuple[Engine, int]:
    with transaction(office) as session:
        visit = marked(session)
        person = roll(session, visit)["CB006"].frozen.person_id
        add_reason(session, visit, campaign(session), person, Said(words="Ốm"), by(session))
        written(session, visit)
        signed(session, visit)
        number = visit.id or 0
    return office, number


def test_after_the_signature_the_product_refuses_in_words(locked: tuple[Engine, int]) -> None:
    engine, number = locked
    with transaction(engine) as session:
        visit = session.get_one(Visit, number)
        for change in (
            lambda: keep(session, visit, tap("CB006", "present", 9)),
            lambda: written(session, visit),
            lambda: signed(session, visit),
            lambda: add_reason(session, visit, campaign(session), 6, Said(words="x"), by(session)),
        ):
            with pytest.raises(InspectionRefused, match="visit_signed"):
                change()


CHANGES = (
    "INSERT INTO visit_mark VALUES ('0123456789abcdef', {id}, 6, 'presence', 'present', '', '', 1, 1, 1)",
    "UPDATE visit SET frozen_at = 0 WHERE id = {id}",
    "UPDATE visit_reason SET state = 'accepted' WHERE visit_id = {id}",
    "UPDATE visit_minutes SET facts = '' WHERE visit_id = {id}",
    "UPDATE visit_scan SET sha256 = '' WHERE visit_id = {id}",
    "DELETE FROM visit_scan WHERE visit_id = {id}",
    "DELETE FROM visit_reason WHERE visit_id = {id}",
)


@pytest.mark.parametrize("change", CHANGES)
def test_after_the_signature_the_database_refuses_too(locked: tuple[Engine, int], change: str) -> None:
    engine, number = locked
    with pytest.raises(DatabaseError, match=r"signed|append-only"), transaction(engine) as session:
        session.connection().execute(text(change.format(id=number)))


def test_words_may_still_be_emptied_when_their_time_is_over(locked: tuple[Engine, int]) -> None:
    engine, number = locked
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE visit_reason SET words = '', document = ''"))
        session.connection().execute(text("UPDATE visit_person SET position = '', document = ''"))
        assert read_facts(session.scalars(select(VisitMinutes)).one())["totals"]["expected"] == 4
        assert session.get_one(Visit, number).number == 1


@pytest.mark.postgres
def test_on_postgresql_the_database_refuses_too(postgres_url: str) -> None:
    from tests.web.cast import furnish

    engine = open_database(postgres_url)
    with transaction(engine) as session:
        furnish(session)
    with transaction(engine) as session:
        visit = marked(session)
        written(session, visit)
        add_reason(session, visit, campaign(session), 6, Said(words="Ốm"), by(session))
        written(session, visit)
        signed(session, visit)
        number = visit.id or 0
    for change in CHANGES:
        with pytest.raises(DatabaseError, match=r"signed|append-only"), transaction(engine) as session:
            session.connection().execute(text(change.format(id=number)))
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE visit_reason SET words = '', document = ''"))
    engine.dispose()


def test_an_exempt_person_found_away_is_told_to_the_rules(office: Engine) -> None:
    with transaction(office) as session:
        session.add(CampaignUnit(campaign_id=campaign(session).id or 0, unit_id=1))
        session.flush()
        visit = frozen(session, "ubnd")
        lines = roll(session, visit)
        keep(session, visit, *(tap(code, "not_seen", 1) for code, one in lines.items() if one.expected))
        written(session, visit)
        chairman = lines["CB012"].frozen.person_id
        assert session.scalars(select(ExemptFinding)).all() == []  # only what is signed is confirmed
        session.connection().execute(text("DELETE FROM stale_span"))
        signed(session, visit)
        found = session.scalars(select(ExemptFinding)).all()
        days = session.scalars(select(StaleSpan)).all()
    assert [(one.person_id, one.starts, one.document) for one in found] == [
        (chairman, at("14:05"), f"BB {visit.number}/2026")
    ]
    assert [(one.person_id, one.first_day, one.last_day) for one in days] == [(chairman, DAY - 1, DAY + 1)]


def test_a_name_is_not_kept_in_the_minutes_so_that_it_can_go(office: Engine) -> None:
    with transaction(office) as session:
        visit = marked(session)
        keep(session, visit, tap("CB006", "", 3, field="note", note="Ghi riêng"))
        facts = written(session, visit).facts
    assert "Đặng Hoà Bình" not in facts
    assert "Ghi riêng" not in facts
