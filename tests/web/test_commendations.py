"""Biểu dương: entered with a document for people and units in scope, withdrawn with a reason."""

import pytest
from sqlalchemy import Engine, select

from monitor.store.session import reading
from monitor.store.tables import Commendation
from tests.web.conftest import LogIn

FORM = {
    "don-vi": "vp",
    "cho": "CB002",
    "ngay": "2026-02-20",
    "van-ban": "15/QĐ-UBND",
    "nguoi-ky": "Chủ tịch UBND",
    "noi-dung": "Trực Tết đầy đủ",
}


def stored(engine: Engine) -> list[Commendation]:
    with reading(engine) as session:
        found = list(session.scalars(select(Commendation)))
        session.expunge_all()
    return found


def test_a_commendation_is_entered_shown_and_withdrawn(engine: Engine, log_in: LogIn) -> None:
    client = log_in("hanh")

    entered = client.post("/dang-ky/bieu-duong", data=FORM)

    assert entered.status_code == 302
    (row,) = stored(engine)
    assert (row.person_id, row.unit_id, row.document, row.entered_by) == (2, None, "15/QĐ-UBND", "hanh")
    assert "Trực Tết đầy đủ" in client.get(entered.location).text
    assert "15/QĐ-UBND, Chủ tịch UBND: Trực Tết đầy đủ" in log_in("duc").get("/nguoi/CB002/nam/2026").text
    nameless = client.post(f"/dang-ky/bieu-duong/{row.id}/rut", data={"don-vi": "vp"})
    assert nameless.status_code == 400
    gone = client.post(f"/dang-ky/bieu-duong/{row.id}/rut", data={"don-vi": "vp", "ly-do": "Ghi nhầm"})
    assert gone.status_code == 302
    assert "Trực Tết đầy đủ" not in client.get(gone.location).text
    assert stored(engine)[0].withdrawn_reason == "Ghi nhầm"
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT action, subject FROM audit_entry ORDER BY id").all()
    assert [tuple(one) for one in told if one[0].startswith("commendation")] == [
        ("commendation_enter", "person:CB002"),
        ("commendation_withdraw", "person:CB002"),
    ]


def test_a_whole_unit_may_be_commended(engine: Engine, log_in: LogIn) -> None:
    log_in("nhansu").post("/dang-ky/bieu-duong", data=FORM | {"cho": "*"})

    (row,) = stored(engine)
    assert (row.person_id, row.unit_id) == (None, 2)
    assert "15/QĐ-UBND" in log_in("nhansu").get("/don-vi/vp/nam/2026").text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"van-ban": " "}, 400),
        ({"noi-dung": ""}, 400),
        ({"ngay": "2026-02-25"}, 400),
        ({"ngay": "hom qua"}, 400),
        ({"cho": "CB006"}, 404),
        ({"cho": "CB999"}, 404),
        ({"cho": "CB001"}, 400),
        ({"cho": "*", "don-vi": "kt"}, 404),
    ],
    ids=["no-document", "no-text", "tomorrow", "no-day", "elsewhere", "nobody", "oneself", "another-unit"],
)
def test_what_may_not_be_entered_is_not(
    engine: Engine, log_in: LogIn, change: dict[str, str], status: int
) -> None:
    answer = log_in("hanh").post("/dang-ky/bieu-duong", data=FORM | change)

    assert (answer.status_code, stored(engine)) == (status, [])
