"""Mistakes planted one at a time: each must be caught by a check that the real code passes."""

import importlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.inspections.standing import keep_standing
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import tree
from monitor.store.session import open_database, reading, transaction
from tests.inspections.test_report import DAY_1, campaign_of, twin_days
from tests.inspections.world import BY, Plain, counted, settle

Check = Callable[[ModuleType, Session, list[Plain]], bool]


def made_with(module: ModuleType, session: Session) -> Any:
    """The report, with the module in place of the real one."""
    import monitor.inspections.report as real

    report = module if module.__name__.endswith(".report") else real
    for name in ("presence", "rolled_up", "cube", "baseline_days", "lunar_twins"):
        if hasattr(module, name) and module is not report:
            setattr(report, name, getattr(module, name))
    return report.report_of(session, campaign_of(session), tree(session), EVERYBODY)


def counts_day_1(module: ModuleType, session: Session, plain: list[Plain]) -> bool:
    made = made_with(module, session)
    return bool(made.whole(DAY_1) == counted([one for one in plain if one.part == 0 and one.day == DAY_1]))


def counts_baseline(module: ModuleType, session: Session, plain: list[Plain]) -> bool:
    made = made_with(module, session)
    before = [one for one in plain if one.part == 0 and one.day in twin_days(DAY_1)]
    return bool(made.whole_baseline(DAY_1) == counted(before))


def counts_last_year(module: ModuleType, session: Session, plain: list[Plain]) -> bool:
    made = made_with(module, session)
    then = [one for one in plain if one.part == 0 and one.day == DAY_1 - 384]
    return bool(made.whole_last_year(DAY_1) == counted(then))


def refuses_can_tho(module: ModuleType, _session: Session, _plain: list[Plain]) -> bool:
    try:
        module.reconciled(module.Totals(expected=263, present=185, absent=51, excused=42, unexcused=9))
    except module.InspectionRefused as refused:
        return bool(refused.values["difference"] == 27)
    return False


def rounds_can_tho(module: ModuleType, _session: Session, _plain: list[Plain]) -> bool:
    return bool(module.percent(28, 424) == Decimal("6.60") and module.percent(1, 800) == Decimal("0.13"))


def draws_alike(module: ModuleType, _session: Session, _plain: list[Plain]) -> bool:
    frame = module.Frame.of(["B", "A", "C"])
    lots = [module.Lot(seed=seed, size=1, frame=frame) for seed in ("1", "2", "3", "4", "5", "6")]
    return len({module.drawn(lot, "w") for lot in lots}) > 1 and len({lot.commitment for lot in lots}) == 6


BUGS: tuple[tuple[str, str, str, Check], ...] = (
    ("store.queries.inspections", "came & late,", "late | early,", counts_day_1),
    ("store.queries.inspections", "pending & ~marked,", "pending,", counts_day_1),
    ("store.queries.inspections", "!= Status.EXEMPT]", ">= 0]", counts_day_1),
    (
        "store.queries.inspections",
        "usual = opening[~np.isin(opening >> PERSON, odd)]",
        "usual = opening[:0]",
        counts_day_1,
    ),
    ("store.queries.inspections", "col(record.time_in) <= moment", "col(record.time_in) > 0", counts_day_1),
    (
        "inspections.figures",
        "if (above := places.parent[place]) >= 0:",
        "if (above := places.parent[place]) > 0:",
        counts_day_1,
    ),
    ("rules.check_days", "weeks: int = NORMAL_WEEKS", "weeks: int = 3", counts_baseline),
    ("rules.check_days", "(before.isoweekday() - weekday) % 7 or 7", "7", counts_baseline),
    ("rules.check_days", "lunar_year(year - 1).tet_on", "lunar_year(year - 2).tet_on", counts_last_year),
    (
        "inspections.totals",
        "totals.present + totals.absent + totals.no_data",
        "totals.expected",
        refuses_can_tho,
    ),
    ("inspections.totals", "ROUND_HALF_UP)", "'ROUND_DOWN')", rounds_can_tho),
    ("inspections.draw", 'digest(f"{seed}|{word}|{code}")', 'digest(f"{word}|{code}")', draws_alike),
    ("inspections.draw", "{FORM}\\n{self.seed}\\n", "{FORM}\\n", draws_alike),
)


@pytest.fixture(scope="module")
def small(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, list[Plain]]]:
    path = tmp_path_factory.mktemp("planted") / "small.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        plain = settle(session, seed=11)
        keep_standing(session, BY)
    yield engine, plain
    engine.dispose()


def planted(name: str, old: str, new: str) -> ModuleType:
    """A copy of a module with one text of it replaced; the text must be there."""
    real = importlib.import_module(f"monitor.{name}")
    source = Path(real.__file__ or "").read_text(encoding="utf-8")
    assert old in source, f"the table of mistakes is behind the product: {old}"
    copy = ModuleType(real.__name__)
    copy.__file__ = real.__file__
    exec(compile(source.replace(old, new), real.__file__ or "", "exec"), copy.__dict__)  # noqa: S102 - our own source
    return copy


@pytest.mark.parametrize(
    ("name", "old", "new", "check"), BUGS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_planted_mistake_is_caught(
    small: tuple[Engine, list[Plain]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    old: str,
    new: str,
    check: Check,
) -> None:
    engine, plain = small
    from monitor.inspections import report

    for one in ("presence", "rolled_up", "cube", "baseline_days", "lunar_twins"):
        monkeypatch.setattr(report, one, getattr(report, one))  # put back afterwards
    with reading(engine) as session:
        assert check(importlib.import_module(f"monitor.{name}"), session, plain)
        broken = planted(name, old, new)
        try:
            caught = not check(broken, session, plain)
        except Exception:
            caught = True
    assert caught
