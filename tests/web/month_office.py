"""The cast's February, over and decided, with the accounts that a month takes; for the tests of months."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlmodel import col

from monitor.store.session import transaction
from monitor.store.tables import Account, Person, Unit
from monitor.web.app import create_app
from tests.web.cast import ZONE
from tests.web.conftest import settings_for

LATER = datetime(2026, 3, 3, 9, 0, tzinfo=ZONE)
"""Tuesday after the month: it is over, and people may still look at their own rows."""
HALL = "/bang-cong/vp/2026-02"
STEPS = f"{HALL}/ky"
HASH = re.compile(r'name="noi-dung" value="([0-9a-f]{64})"')
SHOWN = re.compile(r"<code>([0-9a-f]{64})</code>")


@dataclass(slots=True)
class Months:
    """The pages after the month, and browsers in them."""

    engine: Engine
    folder: Path
    now: datetime = LATER
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def app(self, **periods: object) -> Flask:
        """The application, with settings of `[periods]`."""
        settings = settings_for(self.folder)
        settings = settings.model_copy(update={"periods": settings.periods.model_copy(update=periods)})
        app = create_app(self.engine, settings, lambda: self.now)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        return app

    def browser(self, user_name: str, **periods: object) -> FlaskClient:
        """A browser in which an account is logged in; the same one again where nothing else is asked for."""
        key = f"{user_name} {periods} {self.now}"
        if key not in self.browsers:
            same = next(
                (one for known, one in self.browsers.items() if known.endswith(key.partition(" ")[2])), None
            )
            client = (same.application if same else self.app(**periods)).test_client()
            assert client.post("/dang-nhap", data={"user_name": user_name}).status_code == 302
            self.browsers[key] = client
        return self.browsers[key]

    def shown(self, user_name: str, unit: str = HALL) -> str:
        """The hash that the page of steps shows."""
        found = SHOWN.search(self.browser(user_name).get(f"{unit}/ky").text)
        assert found is not None
        return found[1]

    def take(self, user_name: str, step: str, unit: str = HALL, **form: Any) -> int:
        """Take a step as the page shows it, or as `shown` says; gives the status."""
        form = {"noi-dung": form.pop("shown", None) or self.shown(user_name, unit), **form}
        return self.browser(user_name).post(f"{unit}/{step}", data=form).status_code

    def sign(self, *steps: str) -> None:
        """Take steps in the names of those whose they are."""
        who = {"gui": "nhansu", "xac-nhan": "hanh", "duyet": "chutich", "chot": "nhansu2"}
        for step in steps:
            assert self.take(who[step], step) == 302, step

    def change(self, statement: str, **values: object) -> None:
        """Change the database behind the program's back."""
        with transaction(self.engine) as session:
            session.connection().execute(text(statement), values)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What is stored."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


def furnish_months(engine: Engine) -> None:
    """Decide everything of the hall, and add the head of the agency and a second person of HR."""
    with transaction(engine) as session:
        unit = session.scalars(select(Unit).where(col(Unit.code) == "ubnd")).one()
        head = session.scalars(select(Person).where(col(Person.code) == "CB012")).one()
        session.add(Account(user_name="chutich", display_name="Đỗ Minh Châu", role="head", person_id=head.id))
        session.add(Account(user_name="nhansu2", display_name="Lê Nhân Sự", role="hr", unit_id=unit.id))
        for statement in (
            "UPDATE session_record SET status = 9, reasons = 0, symbol = '+' "
            "WHERE status = 6 AND unit_id = (SELECT id FROM unit WHERE code = 'vp')",
            "UPDATE session_record SET symbol = '+' WHERE status IN (4, 5, 9)",
        ):
            session.connection().execute(text(statement))


@pytest.fixture
def months(engine: Engine, tmp_path: Path) -> Months:
    """The office after February."""
    furnish_months(engine)
    return Months(engine=engine, folder=tmp_path)
