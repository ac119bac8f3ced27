"""The matrix is trusted because it finds each of these faults of authorization, put in on purpose."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import request
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
SEEDS = range(1, 21)


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


PLANTED: dict[Plant, tuple[int, str]] = {
    _blocs_are_no_boundary: (12, "byhand"),
    _a_withdrawn_grant_goes_on: (7, "a6"),
    _a_grant_never_ends: (14, "a6"),
    _a_grant_s_days_are_not_asked: (12, "p-nv006"),
    _a_former_head_goes_on_looking: (7, "p-nv001"),
    _everybody_leads_the_own_unit: (12, "p-nv001"),
    _a_head_without_a_posting_keeps_the_account_s_unit: (12, "p-nv000"),
    _a_person_s_page_forgets_the_reach: (12, "a3"),
    _a_person_without_a_unit_is_for_everybody: (12, "a3"),
    _a_board_lists_the_whole_subtree: (12, "byhand"),
    _the_unit_of_today_counts_for_every_day: (12, "a2"),
    _a_technician_looks_at_people: (12, "a1"),
    _a_refusal_says_what_it_refused: (12, "a1"),
    _a_unit_out_of_scope_is_an_empty_board: (12, "a3"),
}
"""The organisation (its seed) and the account to which a fault, rare among all of them, shows at once."""


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_the_matrix_finds(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, migrated_file: Path, tmp_path: Path
) -> None:
    seed, account = PLANTED[plant]
    sound = _first_leak(draw(seed, small=True), migrated_file, tmp_path / "sound", account)
    plant(monkeypatch)

    assert sound is None
    assert _first_leak(draw(seed, small=True), migrated_file, tmp_path / "first", account) or any(
        _first_leak(draw(one, small=True), migrated_file, tmp_path / str(one)) for one in SEEDS
    ), "no account of any of these organisations notices"


def _first_leak(made: Organisation, migrated: Path, folder: Path, only: str = "") -> Leak | None:
    """What is seen first by the accounts, or by one of them alone."""
    asked = [account for account in made.accounts if only in {"", account.name}]
    with serving(made, migrated, folder) as app:
        found = (leaks(browser(app, one.name), made, one, Tally()) for one in asked)
        return next((leak for of_one in found for leak in of_one), None)
