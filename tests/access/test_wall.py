"""PostgreSQL holds the scope a second time: what the program forgets to keep back, the database does."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, has_request_context, request
from sqlalchemy import Connection, Engine, event, insert, text, true
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import col, select
from werkzeug.test import TestResponse

from monitor import fanout
from monitor.access import Scope, scope_of
from monitor.config import Fanout
from monitor.exports import spread
from monitor.fanout.database import opened_at, reading_at
from monitor.rules.wallclock import day_of
from monitor.store.bulk import COPIED_FROM, insert_rows
from monitor.store.queries.reach import EVERYBODY, NOBODY, Reach
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Account, DayRecord, Excuse, metadata
from monitor.store.wall import UNWALLED, behind_wall, said_in, seeing_all
from monitor.web.app import create_app
from tests.access import sweep
from tests.access.conftest import browser
from tests.access.months import text_of
from tests.access.objects import ON, Things, furnish_things
from tests.access.oracle import sees_person
from tests.access.organisation import (
    DAYS,
    NOW,
    TODAY,
    Organisation,
    PlainAccount,
    PlainPosting,
    draw,
    furnish,
    unit_on,
)
from tests.conftest import postgres_copy
from tests.installed import as_role, installed
from tests.web.conftest import settings_for

pytestmark = pytest.mark.postgres
MOVED = date(2026, 3, 6)
"""The first day of the person who changes units in the middle of the month."""
RECORDS = ("session_record", "day_record")
ABOUT_A_DAY = ("excuse", "roster_entry", "day_case")
HANGING = ("case_note", "attachment", "case_decision")
SWEPT = ("head-from", "a6")
"""A head, and an inspector with a grant for some days."""
OF_THE_LOG_IN = "/tai-khoan"
"""Pages about the log-in that asks: two of them differ."""
PAST_IT = {"sheet_code.check"}
"""Pages that read beyond the wall on an engine of its own: the sums behind a sheet's code, for anybody."""
TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{4,}\.[\w-]{10,}")


def _organisation() -> Organisation:
    """A random one, and beside it two departments with somebody who goes from the one to the other."""
    made = draw(12, small=True)
    for unit in ("from", "to"):
        made.parents[unit], made.blocs[unit] = "u0", ""
        made.accounts.append(PlainAccount(name=f"head-{unit}", role="head", unit=unit, person=""))
    made.canaries["goes"] = "Lê Qgoes"
    before = PlainPosting(
        person="goes", unit="from", role="staff", first=date(2020, 1, 1), last=date(2026, 3, 5)
    )
    after = PlainPosting(person="goes", unit="to", role="staff", first=MOVED, last=None)
    made.postings += [before, after]
    made.accounts.append(PlainAccount(name="goes", role="staff", unit="", person="goes"))
    made.accounts.append(PlainAccount(name="province", role="hr", unit="u0", person=""))
    return made


class Province:
    """The furnished database, as the program's role reaches it."""

    def __init__(self, url: str, plain_url: str, made: Organisation, things: Things) -> None:
        """Open it; `plain_url` is the superuser's, for whom no wall stands."""
        self.made, self.things, self.url, self.plain_url = made, things, url, plain_url
        self.engine = open_database(url)
        self.codes = {row[1]: str(row[0]) for row in self.rows(EVERYBODY, "SELECT code, id FROM person")}

    def scope(self, name: str) -> Scope:
        """What the program makes of an account today."""
        with reading(self.engine) as session:
            account = session.scalars(select(Account).where(col(Account.user_name) == name)).one()
            return scope_of(session, account, TODAY)

    def rows(self, reach: Reach, statement: str) -> list[tuple[object, ...]]:
        """What a page with this reach gets from a query that filters nothing."""
        with reading(behind_wall(self.engine, lambda: reach)) as session:
            return [tuple(row) for row in session.connection().execute(text(statement))]

    def days(self, reach: Reach, table: str) -> set[tuple[object, object]]:
        """Staff codes and days of a table's rows."""
        found = self.rows(reach, f"SELECT person_id, day FROM {table}")
        return {(self.codes[row[0]], row[1]) for row in found}

    def people(self, reach: Reach, table: str) -> set[object]:
        """Staff codes of a table's rows."""
        found = self.rows(reach, f"SELECT person_id FROM {table}")
        return {self.codes[row[0]] for row in found}


@pytest.fixture(scope="module")
def province(postgres_server: str) -> Iterator[Province]:
    """The organisation, with one of every thing about everybody."""
    made = _organisation()
    with postgres_copy(postgres_server, "template_monitor") as url:
        owner = open_database(url)
        with transaction(owner) as session:
            furnish(session, made)
        with transaction(owner) as session:
            things = furnish_things(session, made)
        owner.dispose()
        with installed(url) as roles:
            found = Province(as_role(url, roles.program), url, made, things)
            yield found
            found.engine.dispose()


def test_without_any_filter_each_account_gets_exactly_the_records_of_its_scope(province: Province) -> None:
    made = province.made
    every = [(code, day) for code in made.canaries for day in DAYS if unit_on(made, code, day)]

    for account in made.accounts:
        mine = {(code, day_of(day)) for code, day in every if sees_person(made, account, code, day)}
        for table in RECORDS:
            assert province.days(_asked_by(province, account.name), table) == mine, (account, table)


def _asked_by(province: Province, name: str) -> Reach:
    scope = province.scope(name)
    return Reach(terms=scope.reach.terms, person_id=scope.person_id)


def test_registers_and_cases_are_behind_the_wall_too(province: Province) -> None:
    made = province.made
    for account in made.accounts:
        reach = _asked_by(province, account.name)
        may = {code for code in made.canaries if sees_person(made, account, code, ON)}
        # Of two posts held at once only one counts for the program, either for the database.
        hidden = {code for code in made.canaries if not _posted_in_sight(made, account, code)}
        for table in ABOUT_A_DAY:
            seen = province.people(reach, table)
            assert may & province.people(EVERYBODY, table) <= seen, (account, table)
            assert not seen & hidden, (account, table)
        for table in HANGING:
            (seen_rows,) = province.rows(reach, f"SELECT count(*) FROM {table}")
            assert seen_rows[0] == len(province.people(reach, "day_case")), (account, table)


def _posted_in_sight(made: Organisation, account: PlainAccount, code: str) -> bool:
    if account.person == code:
        return True
    held = [one for one in made.postings if one.person == code and one.first <= ON]
    alone = [one for one in held if one.last is None or one.last >= ON]
    return any(
        sees_person(_only(made, one), account, code, ON) for one in alone if account.role != "technician"
    )


def _only(made: Organisation, posting: PlainPosting) -> Organisation:
    """The organisation in which a person holds one of the posts alone."""
    others = [one for one in made.postings if one.person != posting.person]
    return Organisation(
        parents=made.parents,
        blocs=made.blocs,
        canaries=made.canaries,
        postings=[*others, posting],
        accounts=made.accounts,
        grants=made.grants,
    )


def test_somebody_who_moves_in_the_middle_of_a_month_is_seen_by_day(province: Province) -> None:
    def days(name: str) -> set[object]:
        return {day for code, day in province.days(_asked_by(province, name), "day_record") if code == "goes"}

    before = {day_of(day) for day in DAYS if day < MOVED}
    after = {day_of(day) for day in DAYS if day >= MOVED}
    assert (days("head-from"), days("head-to")) == (before, after)
    assert days("goes") == days("province") == before | after


def test_nothing_is_left_on_a_connection_that_another_request_gets(province: Province) -> None:
    everything = province.days(EVERYBODY, "day_record")
    mine = _asked_by(province, "head-from")
    engine = open_database(province.url)
    walled = behind_wall(engine, lambda: mine)
    with reading(walled) as session:
        assert len(session.connection().execute(text("SELECT 1 FROM day_record")).all()) < len(everything)
        driver = session.connection().connection.driver_connection
    with reading(engine) as session:  # a job, on the same connection
        assert session.connection().connection.driver_connection is driver
        assert len(session.connection().execute(text("SELECT 1 FROM day_record")).all()) == len(everything)
    mine = NOBODY
    with reading(walled) as session:  # a page of somebody whom nobody knows yet
        assert session.connection().connection.driver_connection is driver
        assert session.connection().execute(text("SELECT 1 FROM day_record")).all() == []
    engine.dispose()


def test_a_row_out_of_reach_cannot_be_written_and_many_go_through_at_once(province: Province) -> None:
    walled = behind_wall(province.engine, lambda: _asked_by(province, "head-from"))
    person, starts = _id_of(province, "goes"), day_of(MOVED) * 86_400
    leave = {"person_id": person, "type_code": "leave", "starts": starts, "ends": starts + 3_600}
    with pytest.raises(ProgrammingError, match="row-level security"), transaction(walled) as session:
        session.connection().execute(insert(Excuse), [leave])

    rows = [(person, day, 2, 0, 0, 0, 0, 1.0, 0) for day in range(30_000, 30_000 + COPIED_FROM)]
    with transaction(province.engine, keep=False) as session:  # as a job writes them
        insert_rows(session.connection(), metadata.tables["day_record"], rows)
        assert session.scalar(text("SELECT count(*) FROM day_record WHERE day >= 30000")) == COPIED_FROM
    with pytest.raises(IntegrityError), transaction(province.engine) as session:
        insert_rows(session.connection(), metadata.tables["day_record"], [*rows, rows[0]])


def _id_of(province: Province, code: str) -> int:
    ((found,),) = province.rows(EVERYBODY, f"SELECT id FROM person WHERE code = '{code}'")
    return int(str(found))


def test_whoever_looks_further_sees_no_more_afterwards_whatever_happened(province: Province) -> None:
    walled = behind_wall(province.engine, lambda: NOBODY)
    count = select(col(DayRecord.day))
    with reading(walled) as session:
        with suppress(LookupError), seeing_all(session):
            assert session.scalars(count).first() is not None
            raise LookupError
        assert session.scalars(count).first() is None
    with reading(walled) as session:
        with pytest.raises(ProgrammingError), seeing_all(session):
            session.connection().execute(text("SELECT no_such_thing"))
        session.rollback()
        assert session.scalars(count).first() is None


def test_workers_that_make_a_page_s_file_see_what_the_page_may_see(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "PEOPLE_AT_ONCE", 1)
    everybody = tuple(int(str(number)) for (number,) in province.rows(EVERYBODY, "SELECT id FROM person"))

    def whole(task: Callable[[spread.Key], object], keys: list[spread.Key], _where: Fanout) -> list[object]:
        # Whomever the page asked for: the worker's own transaction is what is looked at.
        return [task(replace(key, asked=replace(key.asked, people=everybody))) for key in keys[:1]]

    monkeypatch.setattr(fanout, "map", whole)
    asked = spread.Asked(
        table="sessions", first_day=day_of(DAYS[0]), last_day=day_of(TODAY), unit_ids=None, reach=EVERYBODY
    )

    def made(engine: Engine) -> set[str]:
        return set(spread.records_table(engine, asked, Fanout(workers=2)).person)

    walled = behind_wall(province.engine, lambda: _asked_by(province, "head-from"))
    mine = {code for code, _ in province.days(_asked_by(province, "head-from"), "session_record")}
    assert made(walled) == mine < made(province.engine)
    with reading(walled) as session, seeing_all(session):
        seen = said_in(session)
    with reading_at(province.url, seen) as session:
        assert session.scalars(select(col(DayRecord.day))).first() is not None
    opened_at(province.url).dispose()


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[tuple[Flask, Engine]]:
    folder.mkdir()
    engine = open_database(url)
    app = create_app(engine, settings_for(folder), lambda: NOW)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    try:
        yield app, engine
    finally:
        engine.dispose()


def _forget_every_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "sees_unit", lambda scope, unit_id, day=None: True)
    patch.setattr(Reach, "allows", lambda reach, person, unit, day: true())
    patch.setattr(Reach, "within", lambda reach, unit_ids, day: unit_ids)
    patch.setattr("monitor.web.pages.month_files.sees_whole", lambda *asked: True)


def test_a_page_that_forgets_every_check_hands_over_nothing_of_another_unit(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _forget_every_check(monkeypatch)
    address = f"/ket-qua/to/tep?tu={TODAY}&den={TODAY}&loai=json"

    with _serving(province.plain_url, tmp_path / "without") as (app, _):
        assert "goes" in browser(app, "head-from").get(address).text
    with _serving(province.url, tmp_path / "with") as (app, _):
        answer = browser(app, "head-from").get(address)
        assert (answer.status_code, "goes" in answer.text) == (200, False)
        assert "goes" in browser(app, "head-to").get(address).text


def test_every_page_stands_behind_the_wall_and_answers_as_without_it(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MOST", 1)
    made, things = province.made, province.things
    past: set[str] = set()

    def note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        walled = UNWALLED in connection.get_execution_options()
        if has_request_context() and not walled and "pg_current_snapshot" not in statement:
            past.add(str(request.endpoint))

    with (
        _serving(province.plain_url, tmp_path / "without") as (plain, _),
        _serving(province.url, tmp_path / "with") as (app, engine),
    ):
        event.listen(engine, "before_cursor_execute", note)
        for name in SWEPT:
            one, other = browser(app, name), browser(plain, name)
            for address in sweep.addresses(app, made, things, random.Random(name)):  # noqa: S311 - repeatable
                if not address.startswith(OF_THE_LOG_IN):
                    assert _told(one.get(address)) == _told(other.get(address)), (name, address)
    assert past <= PAST_IT


def _told(answer: TestResponse) -> tuple[int, str]:
    """What an answer says, without the tokens of its forms."""
    return answer.status_code, TOKEN.sub("", text_of(answer.data))
