"""Who decides about whom: the own head, never oneself, deputies, stand-ins, the level above, HR last."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col

from monitor.access import Action, Scope
from monitor.cases import Desks, Matter
from monitor.store.queries.leaders import Leaders
from monitor.store.session import transaction
from monitor.store.tables import Account, DayCase, Posting, Unit
from tests.cases.cast import NOW, VP, XA, asking, grant, matter, person_named

Change = Callable[[Session], None]


def nothing(session: Session) -> None:
    """The office as it is."""


def no_chairman(session: Session) -> None:
    session.connection().execute(
        delete(Posting).where(col(Posting.role) == "head", col(Posting.unit_id) == XA)
    )


def hanh_leads_both(session: Session) -> None:
    no_chairman(session)
    hanh = person_named(session, "HANH")
    session.add(Posting(person_id=hanh, unit_id=XA, role="head", valid_from=date(2026, 2, 20)))
    session.flush()


def no_head(session: Session) -> None:
    """The office's post of head is vacant; Phó stays deputy."""
    session.connection().execute(
        update(Posting).where(col(Posting.unit_id) == VP, col(Posting.role) == "head").values(role="staff")
    )


def duc_stands_in(session: Session) -> None:
    grant(session, "duc", VP)


def pho_stands_in(session: Session) -> None:
    grant(session, "pho", VP)


def second_deputy(session: Session) -> None:
    """Đức becomes a deputy, too."""
    duc = person_named(session, "DUC")
    session.connection().execute(update(Posting).where(col(Posting.person_id) == duc).values(role="deputy"))


def duc_deputy_and_stands_in(session: Session) -> None:
    second_deputy(session)
    duc_stands_in(session)


def other_bloc(session: Session) -> None:
    """The office is the Party's, the commune's head is not."""
    session.connection().execute(update(Unit).where(col(Unit.id) == XA).values(bloc="cq"))
    session.connection().execute(update(Unit).where(col(Unit.id) == VP).values(bloc="dang"))


def hr_is_binh(session: Session) -> None:
    binh = person_named(session, "BINH")
    session.connection().execute(
        update(Account).where(col(Account.user_name) == "nhansu").values(person_id=binh)
    )


EVERYBODY = frozenset({"an", "binh", "duc", "hanh", "pho", "chutich", "nhansu", "quantri", "giamsat"})
CASES: tuple[tuple[str, Change, str, set[str], int | None], ...] = (
    ("a member of staff", nothing, "BINH", {"hanh", "pho", "chutich", "nhansu"}, VP),
    ("the head, by the level above alone", nothing, "HANH", {"chutich"}, XA),
    ("the deputy, not by another deputy", nothing, "PHO", {"hanh", "chutich"}, VP),
    ("the chairman, with nobody above", nothing, "CHU", {"nhansu"}, None),
    ("the head without anybody above: HR", no_chairman, "HANH", {"nhansu"}, None),
    ("a head of both levels: HR", hanh_leads_both, "HANH", {"nhansu"}, None),
    ("staff under a head of both levels", hanh_leads_both, "BINH", {"hanh", "pho", "nhansu"}, VP),
    ("the deputy without a head: the level above", no_head, "PHO", {"chutich"}, XA),
    ("staff under a deputy alone", no_head, "BINH", {"pho", "chutich", "nhansu"}, VP),
    ("who stands in does not decide about the head", duc_stands_in, "HANH", {"chutich"}, XA),
    (
        "who stands in decides about colleagues",
        duc_stands_in,
        "BINH",
        {"hanh", "pho", "duc", "chutich", "nhansu"},
        VP,
    ),
    ("who stands in never about oneself", duc_stands_in, "DUC", {"hanh", "pho", "chutich", "nhansu"}, VP),
    ("a deputy who stands in never about oneself", pho_stands_in, "PHO", {"hanh", "chutich"}, VP),
    ("two deputies do not decide about each other", second_deputy, "DUC", {"hanh", "chutich"}, VP),
    (
        "but one who stands in for the head does",
        duc_deputy_and_stands_in,
        "PHO",
        {"hanh", "duc", "chutich"},
        VP,
    ),
    ("no leader of another bloc", other_bloc, "BINH", {"hanh", "pho"}, VP),
    ("HR not about itself", hr_is_binh, "BINH", {"hanh", "pho", "chutich"}, VP),
)


def deciders(session: Session, code: str) -> set[str]:
    known = Desks.on(session, NOW.date())
    return {
        name for name in EVERYBODY if known.may_decide(asking(session, name).scope, matter(session, code))
    }


@pytest.mark.parametrize(
    ("change", "code", "expected", "desk"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_day_is_decided_by_whoever_stands_above(
    office: Engine, change: Change, code: str, expected: set[str], desk: int | None
) -> None:
    with transaction(office, keep=False) as session:
        change(session)
        assert deciders(session, code) == expected
        assert Desks.on(session, NOW.date()).decider_of(matter(session, code)) == desk


def test_appointments_count_as_of_today(office: Engine) -> None:
    with transaction(office, keep=False) as session:
        hanh = person_named(session, "HANH")
        ended = (
            update(Posting)
            .where(col(Posting.person_id) == hanh)
            .values(valid_to=NOW.date() - timedelta(days=1))
        )
        session.connection().execute(ended)
        assert "hanh" not in deciders(session, "BINH")
        before = asking(session, "hanh", NOW - timedelta(days=1)).scope
        known = Desks.on(session, NOW.date() - timedelta(days=1))
        assert known.may_decide(before, matter(session, "BINH"))


def test_a_case_for_hr_and_one_at_the_end_of_the_way_up_lie_with_hr(office: Engine) -> None:
    with transaction(office, keep=False) as session:
        known, hr = Desks.on(session, NOW.date()), asking(session, "nhansu").scope
        hanh = matter(session, "HANH")
        about = {"person_id": hanh.person_id, "on_date": NOW.date()}
        for more in ({"for_hr": True}, {"level": 1}, {"level": 9}):
            case = DayCase(**about, **more)  # type: ignore[arg-type]  # three kinds of case
            assert known.decider_of(hanh.of(case)) is None
            assert known.may_decide(hr, hanh.of(case))
            assert known.on_desk(hr, hanh.of(case))
            assert not known.on_desk(asking(session, "chutich").scope, hanh.of(case))


def test_it_is_the_turn_of_one_desk_at_a_time(office: Engine) -> None:
    with transaction(office, keep=False) as session:
        known, binh = Desks.on(session, NOW.date()), matter(session, "BINH")
        turns = {
            level: {
                n for n in EVERYBODY if known.on_desk(asking(session, n).scope, replace(binh, level=level))
            }
            for level in (0, 1, 2)
        }
    assert turns == {0: {"hanh", "pho"}, 1: {"chutich"}, 2: {"nhansu"}}


# Planted faults: each must be noticed by the table above.


def anybody_in_scope(self: Desks, scope: Scope, matter: Matter) -> bool:
    return scope.may(Action.DECIDE) and scope.sees_unit(matter.home, matter.day)


def also_oneself(self: Desks, scope: Scope, matter: Matter) -> bool:
    return HONEST(self, replace(scope, person_id=None), matter)


HONEST = Desks.may_decide


def plant_own_unit_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Desks, "_leads", lambda self, unit, person_id: bool(self.leaders.by_unit.get(unit)))


def plant_deputies_decide_about_each_other(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Desks, "_outranks", lambda self, scope, unit, matter: True)


def plant_hr_about_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Desks, "_is_for_hr", lambda self, matter: True)


def plant_blocs_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    def chain(self: Desks, matter: Matter) -> tuple[int | None, ...]:
        units = self.units.path(matter.home)
        return (*(unit for unit in units if self._leads(unit, matter.person_id)), None)

    patch.setattr(Desks, "chain", chain)
    patch.setattr(Scope, "sees_unit", lambda self, unit_id, day=None: True)
    patch.setattr(Desks, "held_by", lambda self, scope, day: frozenset({XA, VP}))


def plant_stand_ins_lead_themselves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Leaders, "others_stand_in", lambda self, unit, person: unit in self.stand_ins)
    patch.setattr(Desks, "_leads", lambda self, unit, person: self.leaders.others_stand_in(unit, person))


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "anybody in scope": lambda patch: patch.setattr(Desks, "may_decide", anybody_in_scope),
    "also oneself": lambda patch: patch.setattr(Desks, "may_decide", also_oneself),
    "one's own unit is a desk": plant_own_unit_counts,
    "deputies decide about each other": plant_deputies_decide_about_each_other,
    "HR decides about everybody": plant_hr_about_everybody,
    "blocs do not matter": plant_blocs_do_not_matter,
    "stand-ins alone lead": plant_stand_ins_lead_themselves,
    "no level above": lambda patch: patch.setattr(Desks, "chain", lambda self, matter: (matter.home, None)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_table_notices_a_planted_fault(
    office: Engine, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[fault](monkeypatch)
    noticed = []
    for name, change, code, expected, desk in CASES:
        with transaction(office, keep=False) as session:
            change(session)
            found = deciders(session, code), Desks.on(session, NOW.date()).decider_of(matter(session, code))
            if found != (expected, desk):
                noticed.append(name)
    assert noticed
