"""Campaigns on the pages: what is sealed does not exist, rights follow, files are traced."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlmodel import col

from monitor.store.session import reading, transaction
from monitor.store.tables import AccessGrant, Account, AuditEntry, Campaign, CampaignDraw
from monitor.web.app import create_app
from monitor.web.language import percent_text
from tests.web.cast import NOW, ZONE
from tests.web.conftest import LogIn, settings_for

REPORT = "/dot-kiem-tra/dot-1/bao-cao"
CANARY = "Kế hoạch Chim Hoàng Yến"
SEALED_UNTIL = datetime(2026, 2, 26, 7, 30, tzinfo=ZONE)
FORM = {
    "ten": CANARY,
    "can-cu": "QĐ 15/QĐ-SNV",
    "co-quan": "Sở Nội vụ",
    "tu": "2026-02-23",
    "den": "2026-02-24",
    "gio": "08:00",
    "chon": "chosen",
    "don-vi": "kt",
    "niem": "2026-02-26T07:30",
    "vai-tro-thanhtra": "leader",
}


def shown(client: FlaskClient, address: str) -> str:
    answer = client.get(address, follow_redirects=True)
    return answer.get_data(as_text=True)


def code_of(engine: Engine, title: str = CANARY) -> str:
    with reading(engine) as session:
        return session.scalars(select(Campaign).where(col(Campaign.title) == title)).one().code


def make(client: FlaskClient, **changed: str) -> int:
    return client.post("/dot-kiem-tra/moi", data=FORM | changed).status_code


@pytest.fixture
def sealed(log_in: LogIn, engine: Engine) -> str:
    """A campaign of HR over the unit kt: open, sealed for two days; gives its code."""
    client = log_in("nhansu")
    assert make(client) == 302
    code = code_of(engine)
    assert client.post(f"/dot-kiem-tra/{code}/mo").status_code == 302
    return code


def test_until_the_seal_ends_nobody_but_the_team_and_its_maker_finds_it(sealed: str, log_in: LogIn) -> None:
    pages = (
        "/dot-kiem-tra",
        "/nhat-ky",
        "/nhat-ky?viec=campaign_open",
        "/tai-khoan",
        "/don-vi/kt/ngay/2026-02-24",
    )
    for name in ("admin", "giamsat", "huong", "hanh", "duc", "kythuat"):
        client = log_in(name)
        for address in pages:
            page = shown(client, address)
            assert CANARY not in page, (name, address)
            assert sealed not in page, (name, address)
        nowhere = client.get("/dot-kiem-tra/khong-co")
        for end in ("", "/bao-cao", "/bao-cao/in"):
            answer = client.get(f"/dot-kiem-tra/{sealed}{end}")
            assert answer.status_code == nowhere.status_code == 404
    for name in ("nhansu", "thanhtra"):
        assert CANARY in shown(log_in(name), "/dot-kiem-tra")


def test_once_the_seal_ends_those_who_see_the_unit_find_it(
    sealed: str, engine: Engine, tmp_path: Path
) -> None:
    app = at(engine, tmp_path, SEALED_UNTIL + timedelta(minutes=1))

    assert CANARY in shown(entered(app, "huong"), "/dot-kiem-tra")
    assert CANARY in shown(entered(app, "giamsat"), "/dot-kiem-tra")
    assert sealed in shown(entered(app, "admin"), "/nhat-ky")
    assert CANARY not in shown(entered(app, "hanh"), "/dot-kiem-tra")  # another unit's head


def at(engine: Engine, folder: Path, now: datetime) -> Flask:
    app = create_app(engine, settings_for(folder), lambda: now)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def entered(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    client.post("/dang-nhap", data={"user_name": name})
    return client


def test_the_team_s_rights_begin_when_the_seal_ends_and_end_with_the_campaign(
    sealed: str, engine: Engine, log_in: LogIn
) -> None:
    wanted = select(AccessGrant).where(col(AccessGrant.reason) == f"campaign:{sealed}")
    with reading(engine) as session:
        (grant,) = session.scalars(wanted)
        assert (grant.valid_from, grant.days_from, grant.days_to) == (
            SEALED_UNTIL.date(),
            date(2026, 2, 23),
            date(2026, 2, 24),
        )
    assert log_in("nhansu").post(f"/dot-kiem-tra/{sealed}/dong", data={"ly-do": "xong"}).status_code == 302
    with reading(engine) as session:
        (grant,) = session.scalars(wanted)
        assert grant.withdrawn_by == "nhansu"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("don-vi", "khong-co"),
        ("vai-tro-thanhtra", ""),
        ("vai-tro-thanhtra", "member"),
        ("ten", ""),
        ("tu", "2026-02-31"),
        ("den", "2026-02-20"),
        ("gio", "25:00"),
        ("chon", "moi-thu"),
        ("niem", "hom nay"),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(
    field: str, value: str, log_in: LogIn, engine: Engine
) -> None:
    client = log_in("nhansu")
    before = count(engine)

    assert make(client, **{field: value}) == 400
    assert count(engine) == before


def count(engine: Engine) -> tuple[int, ...]:
    with reading(engine) as session:
        tables = ("campaign", "campaign_day", "campaign_unit", "campaign_member", "audit_entry")
        return tuple(
            session.connection().execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables
        )


def test_an_inspector_cannot_have_units_checked_that_are_not_in_scope(log_in: LogIn) -> None:
    assert make(log_in("thanhtra"), **{"don-vi": "vp"}) == 400
    assert make(log_in("thanhtra"), den="2026-02-25") == 400  # the grant ends on the 24th
    assert make(log_in("thanhtra")) == 302


def test_a_seed_stays_unseen_until_it_is_drawn(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    drawing = {"chon": "sample", "don-vi": "kt vp pvhcc", "so-luong": "2", "so-hen": "XSMB 22/02"}
    assert make(client, **drawing, ten="Bốc thăm") == 302
    code = code_of(engine, "Bốc thăm")
    with reading(engine) as session:
        stored = session.scalars(select(CampaignDraw)).one()
    before = shown(client, f"/dot-kiem-tra/{code}")

    assert stored.commitment in before
    assert stored.seed not in before
    assert client.post(f"/dot-kiem-tra/{code}/mo").status_code == 400  # nothing is drawn yet
    assert client.post(f"/dot-kiem-tra/{code}/boc-tham").status_code == 400  # the public word is missing
    assert client.post(f"/dot-kiem-tra/{code}/boc-tham", data={"so-cong-khai": "12345"}).status_code == 302
    after = shown(client, f"/dot-kiem-tra/{code}")
    assert stored.seed in after
    assert after.count("<td>được bốc</td>") == 2
    assert client.post(f"/dot-kiem-tra/{code}/boc-tham", data={"so-cong-khai": "1"}).status_code == 400


def test_the_report_counts_what_the_board_shows(log_in: LogIn) -> None:
    """kt on 24/02: Hường on leave, Bình, Dũng and Dũng came."""
    page = shown(log_in("nhansu"), f"{REPORT}?ngay=2026-02-24")
    row = page.split("Phòng Kinh tế, Hạ tầng và Đô thị</th>")[1].split("</tr>")[0]
    cells = [cell.split("</td>")[0].rsplit(">", 1)[-1] for cell in row.split('<td class="num"')[1:]]

    assert cells[:2] == ["4", "3"]
    assert "Không đủ dữ liệu" in row  # four people
    assert "Nguyễn Thị Hường" not in page


def test_shares_are_written_as_the_reader_s_language_writes_them(app: Flask) -> None:
    with app.test_request_context():
        assert (percent_text(Decimal("78.5")), percent_text(None)) == ("78,50 %", "–")
        g.language = "en"
        assert percent_text(Decimal("78.5")) == "78.50 %"


def test_a_day_that_is_not_of_the_campaign_is_not_found(log_in: LogIn) -> None:
    assert log_in("nhansu").get(f"{REPORT}?ngay=2026-02-25").status_code == 404
    assert log_in("nhansu").get(f"{REPORT}?ngay=x").status_code == 404


def test_names_on_paper_are_remembered(log_in: LogIn, engine: Engine) -> None:
    without = shown(log_in("nhansu"), f"{REPORT}/in?ngay=2026-02-24")
    named = shown(log_in("nhansu"), f"{REPORT}/in?ngay=2026-02-24&ten=1")

    assert "Nguyễn Thị Hường" not in without
    assert "Nguyễn Thị Hường" in named
    assert "view_campaign" in actions(engine)


def actions(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(col(AuditEntry.action))))


def test_the_workbook_has_the_report_no_formula_and_a_trace(log_in: LogIn, engine: Engine) -> None:
    answer = log_in("nhansu").get(f"{REPORT}.xlsx?ngay=2026-02-24&ten=1")
    assert answer.status_code == 200, answer.location
    book = openpyxl.load_workbook(BytesIO(answer.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert all(cell.data_type != "f" for cell in cells)
    total = [cell.value for cell in book["Báo cáo"][7]]
    assert total[1] == "Tổng cộng"
    assert total[3:6] == [4, 0, 3]
    assert "Nguyễn Thị Hường" in [cell.value for cell in cells]
    assert "export" in actions(engine)


def test_the_pdf_is_one(log_in: LogIn) -> None:
    answer = log_in("nhansu").get(f"{REPORT}.pdf?ngay=2026-02-24")

    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_the_public_summary_hides_four_people(log_in: LogIn) -> None:
    answer = log_in("nhansu").get(f"{REPORT}.csv?ngay=2026-02-24")

    assert answer.get_data(as_text=True).splitlines()[1:] == [
        '2026-02-24,kt,"Phòng Kinh tế, Hạ tầng và Đô thị",,,,'
    ]


def test_disabled_inspectors_are_of_no_team(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "thanhtra")).one().disabled = True

    assert make(log_in("nhansu")) == 400


def test_the_present_of_these_tests_is_a_tuesday_after_tet() -> None:
    assert NOW.date() == date(2026, 2, 24)
