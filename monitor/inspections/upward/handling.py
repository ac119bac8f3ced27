"""What became of what inspections found, as counts: the one place where reports ask the follow-up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col

from monitor.config import Settings
from monitor.inspections.followup import progress_of
from monitor.store.queries.findings import Reader, findings, steps_of
from monitor.store.tables import Finding, FindingStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Findings of some days: how many were asked about, concluded either way, closed, and are late."""

    findings: int = 0
    requests: int = 0
    accepted: int = 0
    not_accepted: int = 0
    closed: int = 0
    late: int = 0


def handling_of(
    session: Session,
    reader: Reader,
    unit_ids: frozenset[int],
    days: tuple[int, int],
    settings: Settings,
    today: date,
) -> dict[int, Handling]:
    """The findings about each unit itself that a reader may know of, by how far they are today."""
    wanted = col(Finding.day).between(*days), col(Finding.unit_id).in_(unit_ids)
    by_unit: defaultdict[int, list[Finding]] = defaultdict(list)
    for row in findings(session, reader, *wanted):
        by_unit[row.finding.unit_id].append(row.finding)
    steps = steps_of(session, [one.id or 0 for found in by_unit.values() for one in found])
    return {unit: _handled(found, steps, settings, today) for unit, found in by_unit.items()}


def _handled(
    found: Sequence[Finding], steps: Mapping[int, Sequence[FindingStep]], settings: Settings, today: date
) -> Handling:
    taken = [steps.get(one.id or 0, []) for one in found]
    late = [progress_of(one, own, settings, today).late for one, own in zip(found, taken, strict=True)]
    return Handling(
        findings=len(found),
        requests=_with(taken, "request"),
        accepted=_with(taken, "conclusion", "accepted"),
        not_accepted=_with(taken, "conclusion", "not_accepted"),
        closed=_with(taken, "close"),
        late=sum(late),
    )


def _with(taken: Sequence[Sequence[FindingStep]], kind: str, outcome: str = "") -> int:
    """How many findings have a step of a kind, with an outcome if one is asked for."""
    return sum(any(step.kind == kind and outcome in {"", step.outcome} for step in own) for own in taken)


def together(parts: Iterable[Handling]) -> Handling:
    """The sum, part by part."""
    every = tuple(parts)
    return Handling(**{name: sum(getattr(one, name) for one in every) for name in Handling.__slots__})
