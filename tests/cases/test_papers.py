"""What is taken as a paper: by its content, whole, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import CaseRefused, examined
from tests.cases.files import JPEG, PDF, PNG, chunk, jpeg, pdf, png, segment

MOST = 100_000
HEAD = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [(PDF, "application/pdf", ".pdf"), (JPEG, "image/jpeg", ".jpg"), (PNG, "image/png", ".png")],
)
def test_a_file_is_what_its_content_says_whatever_its_name_does(
    content: bytes, media_type: str, ending: str
) -> None:
    paper = examined("Giấy mời.exe", content, MOST)
    assert (paper.name, paper.media_type, paper.content) == ("Giấy mời" + ending, media_type, content)
    assert len(paper.sha256) == 64


HOSTILE: dict[str, tuple[str, bytes]] = {
    "nothing": ("attachment_empty", b""),
    "too much": ("attachment_large", PNG + b"x" * MOST),
    "a page": ("attachment_kind", b"<!doctype html><script>alert(1)</script>"),
    "a drawing with scripts": ("attachment_kind", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
    "a program": ("attachment_kind", b"MZ\x90\x00" + b"\0" * 60),
    "a Word file with macros": ("attachment_kind", b"PK\x03\x04word/vbaProject.bin"),
    "a film": ("attachment_kind", b"GIF89a"),
    "spaces before": ("attachment_kind", b"\n" + PDF),
    "a page that claims to be a PDF": ("attachment_broken", b"%PDF-1.4<script>"),
    "a PDF of no version": ("attachment_broken", PDF.replace(b"1.4", b"x.y")),
    "a PDF cut short": ("attachment_broken", PDF[:-10]),
    "a PDF with a page behind it": ("attachment_broken", PDF + b"<script>alert(1)</script>"),
    "a PDF whose table lies outside": (
        "attachment_broken",
        pdf().replace(b"startxref\n45", b"startxref\n9999"),
    ),
    "a PDF that runs a script": (
        "attachment_active",
        pdf(b"1 0 obj\n<< /S /JavaScript /JS (x) >>\nendobj\n"),
    ),
    "a PDF that starts a program": ("attachment_active", pdf(b"1 0 obj\n<< /S /Launch >>\nendobj\n")),
    "a PDF that holds files": ("attachment_active", pdf(b"1 0 obj\n<< /Type /EmbeddedFile>>\nendobj\n")),
    "a PNG head alone": ("attachment_broken", HEAD),
    "a PNG cut short": ("attachment_broken", PNG[:-1]),
    "a PNG with a page behind it": ("attachment_broken", PNG + b"<script>"),
    "a PNG after a PNG": ("attachment_broken", PNG + PNG[8:]),
    "a PNG with a wrong checksum": ("attachment_broken", PNG[:30] + b"\0" + PNG[31:]),
    "a PNG without a picture": (
        "attachment_broken",
        HEAD + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0") + chunk(b"IEND", b""),
    ),
    "a PNG that unpacks to a house": ("attachment_broken", png(60_000, 60_000)),
    "a PNG of no size": ("attachment_broken", png(0, 5)),
    "a PNG of endless chunks": ("attachment_broken", HEAD + b"\xff\xff\xff\xffIHDR"),
    "a JPEG head alone": ("attachment_broken", b"\xff\xd8\xff\xe0"),
    "a JPEG cut short": ("attachment_broken", JPEG[:-2]),
    "a JPEG that is a page": ("attachment_broken", b"\xff\xd8\xff<script>alert(1)</script>"),
    "a JPEG without a frame": (
        "attachment_broken",
        b"\xff\xd8" + segment(0xE0, b"JFIF") + segment(0xDA, b"x") + b"\xff\xd9",
    ),
    "a JPEG that is too large to look at": ("attachment_broken", jpeg(65_535, 65_535)),
    "a JPEG with a segment of length 0": ("attachment_broken", b"\xff\xd8\xff\xe0\0\0" + JPEG[2:]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_anything_else_is_refused_with_the_reason(what: str) -> None:
    code, content = HOSTILE[what]
    with pytest.raises(CaseRefused) as refused:
        examined("tep.pdf", content, MOST)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\An\\giấy.PNG", "giấy.png"),
        ("gi\u00e2\u0301y.png", "giấy.png"),
        ("hoá\u202egnp.exe", "hoágnp.png"),
        ('a"b;c\r\nX-Evil: 1.png', "abcX-Evil 1.png"),
        ("", "tep.png"),
        (".png", "tep.png"),
        ("x" * 300 + ".png", "x" * 80 + ".png"),
        ("công.văn.15.pdf", "công.văn.15.png"),
    ],
)
def test_a_name_keeps_its_words_and_nothing_that_means_something_to_a_machine(name: str, kept: str) -> None:
    assert examined(name, PNG, MOST).name == kept


@given(st.sampled_from([PNG, JPEG, PDF]), st.data())
def test_no_damage_ends_in_anything_but_a_paper_or_a_reason(whole: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + data.draw(st.integers(0, 4)) :]
    try:
        kept = examined("x", damaged, MOST).content
    except CaseRefused as refused:
        kept = damaged if refused.code.startswith("attachment_") else b""
    assert kept == damaged
