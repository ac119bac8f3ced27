"""Why somebody is away for their health is told to HR and to the person; to all others as a symbol alone."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from sqlmodel import col, select

from monitor.access import ALLOWED, Action
from monitor.rules.codes import Status
from monitor.store.session import transaction
from monitor.store.tables import Account, Allowance, Excuse, Person, SessionRecord
from tests.access.months import text_of
from tests.web.cast import DAY, at
from tests.web.conftest import LogIn

ACCOUNTS = ("admin", "hanh", "huong", "nhansu", "thanhtra", "giamsat", "kythuat", "duc")
PEOPLE = {"CB005": ("kt", "maternity", "Thai sản", "Ts"), "CB002": ("vp", "sick", "Ốm, điều dưỡng", "Ô")}
OWN = {"duc": "CB002", "huong": "CB005"}
DOCUMENT = "Giấy ra viện số 99, khoa phụ sản"


@pytest.fixture
def ill(engine: Engine) -> Engine:
    """Hường on maternity leave, Đức ill, both with papers; Hường with an allowance for a pregnancy."""
    with transaction(engine) as session:
        for code, (_unit, kind, _name, symbol) in PEOPLE.items():
            person = session.scalars(select(Person).where(col(Person.code) == code)).one()
            excuse = Excuse(
                person_id=person.id or 0,
                type_code=kind,
                starts=at("00:00"),
                ends=at("23:59:59"),
                document=DOCUMENT,
            )
            session.add(excuse)
            session.add(
                Allowance(
                    person_id=person.id or 0,
                    kind="pregnancy",
                    minutes=60,
                    place="either",
                    valid_from=date(2026, 1, 1),
                    document=DOCUMENT,
                )
            )
            mine = col(SessionRecord.person_id) == person.id, col(SessionRecord.day) == DAY
            afternoon = col(SessionRecord.seq) == 1
            excused = {"status": int(Status.EXCUSED), "symbol": symbol}
            session.connection().execute(update(SessionRecord).where(*mine, ~afternoon).values(**excused))
    return engine


def addresses(app: Flask) -> list[str]:
    """Every page that can be asked for, for every person and unit of the cast."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static"):
            values = [
                {"code": code, "day": DAY, "month": "2026-02"} for code in ("ubnd", "vp", "kt", *PEOPLE)
            ]
            with app.test_request_context():
                wanted: list[dict[str, Any]] = [
                    {k: v for k, v in one.items() if k in rule.arguments} for one in values
                ]
                found += [app.url_for(rule.endpoint, **one) for one in wanted if one.keys() == rule.arguments]
    return sorted(set(found))


def leaked(text: str) -> list[str]:
    words = [DOCUMENT, "mang thai", "pregnan", *(name for _unit, _kind, name, _symbol in PEOPLE.values())]
    words += ["maternity", "Thai sản", "sick"]
    return [word for word in words if word in text]


def without_legend(address: str, text: str) -> str:
    """A month's sheet says below what each symbol of the official form means, once, whoever is on it."""
    if not address.startswith("/bang-cong/"):
        return text
    for word in ("Ốm, điều dưỡng", "Thai sản"):
        text = text.replace(word, "", 1)
    return text


@pytest.mark.parametrize("user_name", ACCOUNTS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_tells_a_sensitive_reason_to_whom_it_does_not_concern(
    ill: Engine, app: Flask, log_in: LogIn, user_name: str, language: str
) -> None:
    reader = log_in(user_name)
    reader.get(f"/?lang={language}")
    with transaction(ill) as session:
        role = session.scalars(select(Account.role).where(col(Account.user_name) == user_name)).one()
    told: set[str] = set()
    for address in addresses(app):
        about_self = OWN.get(user_name, "-") in address
        if Action.SEE_SENSITIVE_EXCUSES in ALLOWED[role] or about_self or "dang-xuat" in address:
            continue
        answer = reader.get(address)
        text = without_legend(address, text_of(answer.data))
        told |= {f"{address}: {word}" for word in leaked(text)}
    assert told == set()


@pytest.mark.parametrize(("user_name", "code"), [("nhansu", "CB005"), ("nhansu", "CB002"), ("duc", "CB002")])
def test_hr_and_the_person_are_told_the_reason(ill: Engine, log_in: LogIn, user_name: str, code: str) -> None:
    text = log_in(user_name).get(f"/nguoi/{code}/ngay/2026-02-24").text
    assert PEOPLE[code][2] in text
    assert DOCUMENT in text


def test_a_head_sees_the_symbol(ill: Engine, log_in: LogIn) -> None:
    text = log_in("hanh").get("/nguoi/CB002/ngay/2026-02-24").text
    assert PEOPLE["CB002"][3] in text
    assert not leaked(text)


def test_the_check_notices_a_reason_that_leaks(
    ill: Engine, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: the page forgets to ask what the role may know."""
    monkeypatch.setitem(ALLOWED, "head", ALLOWED["head"] | {Action.SEE_SENSITIVE_EXCUSES})
    assert leaked(log_in("hanh").get("/nguoi/CB002/ngay/2026-02-24").text)
