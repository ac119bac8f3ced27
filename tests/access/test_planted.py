"""The matrix is trusted because it finds each of these faults of authorization, put in on purpose."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select
from sqlmodel import Session, col

from monitor import access
from monitor.store.queries import seats
from monitor.store.queries.reach import EVERYBODY, Reach, Term
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import AccessGrant, Account, Posting
from monitor.web import boarddata, errors, personpage
from tests.access.conftest import browser, serving
from tests.access.matrix import Leak, Tally, leaks
from tests.access.organisation import Organisation, draw

Plant = Callable[[pytest.MonkeyPatch], None]
SEEDS = (12, 7, *range(1, 21))
"""Those of organisations where a rare fault shows soon come first."""


def _blocs_are_no_boundary(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Tree, "below_in_bloc", Tree.subtree)


def _a_withdrawn_grant_goes_on(patch: pytest.MonkeyPatch) -> None:
    def grants(session: Session, account_id: int, on: date) -> list[AccessGrant]:
        mine = select(AccessGrant).where(col(AccessGrant.account_id) == account_id)
        running = [one for one in session.scalars(mine) if one.valid_from <= on]
        return [one for one in running if one.valid_to is None or one.valid_to >= on]

    patch.setattr(access, "running_grants", grants)


def _a_grant_never_ends(patch: pytest.MonkeyPatch) -> None:
    def grants(session: Session, account_id: int, on: date) -> list[AccessGrant]:
        mine = select(AccessGrant).where(col(AccessGrant.account_id) == account_id)
        return [one for one in session.scalars(mine) if one.withdrawn_at is None and one.valid_from <= on]

    patch.setattr(access, "running_grants", grants)


def _a_grant_s_days_are_not_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Term, "holds", lambda term, day: True)


def _a_former_head_goes_on_looking(patch: pytest.MonkeyPatch) -> None:
    def led(session: Session, person_id: int, on: date) -> frozenset[int]:
        mine = select(col(Posting.unit_id)).where(col(Posting.person_id) == person_id)
        return frozenset(session.scalars(mine.where(col(Posting.role).in_(("head", "deputy")))))

    patch.setattr(access, "led_units", led)


def _everybody_leads_the_own_unit(patch: pytest.MonkeyPatch) -> None:
    def led(session: Session, person_id: int, on: date) -> frozenset[int]:
        mine = select(col(Posting.unit_id)).where(col(Posting.person_id) == person_id)
        return frozenset(session.scalars(mine.where(col(Posting.valid_from) <= on)))

    patch.setattr(access, "led_units", led)


def _a_head_without_a_posting_keeps_the_account_s_unit(patch: pytest.MonkeyPatch) -> None:
    def led(session: Session, account: Account, on: date) -> frozenset[int]:
        del session, on
        return frozenset({account.unit_id}) if account.unit_id is not None else frozenset()

    patch.setattr(access, "_led", led)


def _a_person_s_page_forgets_the_reach(patch: pytest.MonkeyPatch) -> None:
    found = seats.seat_of
    patch.setattr(
        personpage, "seat_of", lambda session, reach, code, day: found(session, EVERYBODY, code, day)
    )


def _a_person_without_a_unit_is_for_everybody(patch: pytest.MonkeyPatch) -> None:
    found = seats.person_anyway
    patch.setattr(personpage, "person_anyway", lambda session, reach, code: found(session, EVERYBODY, code))


def _a_board_lists_the_whole_subtree(patch: pytest.MonkeyPatch) -> None:
    found = seats.seats
    patch.setattr(Reach, "within", lambda reach, unit_ids, day: unit_ids)
    patch.setattr(boarddata, "seats", lambda session, reach, *rest: found(session, EVERYBODY, *rest))


def _the_unit_of_today_counts_for_every_day(patch: pytest.MonkeyPatch) -> None:
    def allows(reach: Reach, person: Any, unit: Any, day: Any) -> Any:
        of_mine = reach.units_on(_today(reach)) or frozenset()
        today = select(col(Posting.person_id)).where(
            col(Posting.unit_id).in_(of_mine), col(Posting.valid_to).is_(None)
        )
        return person.in_(today) if reach.terms is not None else unit.is_not(None)

    patch.setattr(Reach, "allows", allows)


def _today(reach: Reach) -> int:
    return max((term.last_day or 0 for term in reach.terms or ()), default=0)


def _a_technician_looks_at_people(patch: pytest.MonkeyPatch) -> None:
    roles = dict(access.ALLOWED)
    roles["technician"] |= roles["head"]
    patch.setattr(access, "ALLOWED", roles)
    of_subtree = access._of_subtree
    before = access.scope_of

    def scope_of(session: Session, account: Account, on: date, units: Tree | None = None) -> access.Scope:
        if account.role == "technician":
            return of_subtree(account, units or tree(session))
        return before(session, account, on, units)

    patch.setattr("monitor.web.sign_in.scope_of", scope_of)


def _a_refusal_says_what_it_refused(patch: pytest.MonkeyPatch) -> None:
    refused = errors._refused

    def talkative(error: Any) -> Any:
        answer = refused(error)
        return (f"{answer[0]}<!-- {request.path} -->", answer[1]) if isinstance(answer, tuple) else answer

    patch.setattr(errors, "_refused", talkative)


def _a_unit_out_of_scope_is_an_empty_board(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        access.Scope, "sees_unit", lambda scope, unit_id, day=None: scope.may(access.Action.SEE_UNITS)
    )


PLANTED: tuple[Plant, ...] = (
    _blocs_are_no_boundary,
    _a_withdrawn_grant_goes_on,
    _a_grant_never_ends,
    _a_grant_s_days_are_not_asked,
    _a_former_head_goes_on_looking,
    _everybody_leads_the_own_unit,
    _a_head_without_a_posting_keeps_the_account_s_unit,
    _a_person_s_page_forgets_the_reach,
    _a_person_without_a_unit_is_for_everybody,
    _a_board_lists_the_whole_subtree,
    _the_unit_of_today_counts_for_every_day,
    _a_technician_looks_at_people,
    _a_refusal_says_what_it_refused,
    _a_unit_out_of_scope_is_an_empty_board,
)


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_the_matrix_finds(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, migrated_file: Path, tmp_path: Path
) -> None:
    plant(monkeypatch)

    assert any(_first_leak(draw(seed, small=True), migrated_file, tmp_path / str(seed)) for seed in SEEDS)


def _first_leak(made: Organisation, migrated: Path, folder: Path) -> Leak | None:
    with serving(made, migrated, folder) as app:
        return next((leak for account in made.accounts for leak in _of(app, made, account.name)), None)


def _of(app: Flask, made: Organisation, name: str) -> Any:
    account = next(one for one in made.accounts if one.name == name)
    return leaks(browser(app, name), made, account, Tally())
