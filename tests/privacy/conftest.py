"""An office that An left eleven years before the present, with a closed month and an account."""

from datetime import date

import pytest
from sqlalchemy import Engine, text

from monitor import audit
from monitor.config import Privacy, Settings
from monitor.periods import close_period
from monitor.records import refresh
from monitor.store.session import transaction
from tests.office import at, cover, full_day, open_office, punch

LEFT, NOW = date(2026, 2, 27), at("2037-03-01 08:00")
TODAY = date(2037, 3, 1)
LIMITS = Privacy()
SICK = "Giấy ra viện số 99"


@pytest.fixture
def open_month(engine: Engine, settings: Settings) -> Engine:
    """An (id 1) and Bình (id 2) worked in February 2026; An was ill on the 26th and left on the 27th."""
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    for day in ("2026-02-23", "2026-02-24", "2026-02-25"):
        punch(engine, *full_day("1", day), *full_day("2", day))
    with transaction(engine) as session:
        for statement in (
            "UPDATE posting SET valid_to = '2026-02-27', position = 'Chuyên viên' WHERE person_id = 1",
            "INSERT INTO excuse (person_id, type_code, starts, ends, status, document) VALUES "
            f"(1, 'sick', {20510 * 86400}, {20511 * 86400 - 1}, 'approved', '{SICK}')",
            "INSERT INTO account (user_name, display_name, role, person_id, disabled) VALUES "
            "('an', 'Lê Văn An', 'staff', 1, false)",
            "INSERT INTO stale_span (person_id, first_day, last_day) SELECT id, 20500, 20515 FROM person",
        ):
            session.connection().execute(text(statement))
        for subject in ("person:AN", "account:an", "person:BINH"):
            audit.record(
                session, at=at("2026-02-25 08:00"), actor="hanh", action="test", subject=subject, detail={}
            )
    refresh(engine, now=at("2026-03-01 08:00"), settings=settings)
    return engine


@pytest.fixture
def left(open_month: Engine, settings: Settings) -> Engine:
    """The same, with February closed: nothing of An's can change any more."""
    now = at("2026-03-02 08:00")
    close_period(open_month, "XA-VP", "2026-02", now=now, actor="cli:lan", settings=settings)
    return open_month
