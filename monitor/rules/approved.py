"""What overtime is approved: roster entries of that kind, none counted twice (rules 2.5, 4.1)."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.rules.arrays import keyed, running_max
from monitor.rules.codes import RosterKind
from monitor.rules.columns import DAY_SECONDS, Columns, Int32, Int64, PersonDays, World
from monitor.rules.expectation import entries_posted
from monitor.rules.places import places_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Columns):
    """Overtime entries without what an earlier one has already, by person and start; `[start, end)`.

    `day` is the date on which the entry begins, with the unit and the regulation of that date.
    """

    entry: Int64
    person: Int32
    day: Int32
    unit: Int32
    regulation: Int32
    start: Int64
    end: Int64


def approved_overtime(world: World, asked: PersonDays) -> Approved:
    """All overtime entries of the people asked that have a posting on their date (rules 2.5, 4.1)."""
    overtime = world.roster.only(world.roster.kind == RosterKind.OVERTIME)
    entries = entries_posted(replace(world, roster=overtime), asked)
    entries = entries.take(np.lexsort((entries.id, entries.end, keyed(entries.person, entries.start))))
    places = places_of(
        world, PersonDays(person=entries.person, day=(entries.start // DAY_SECONDS).astype(np.int32))
    )
    start = entries.start.copy()
    again = entries.person[1:] == entries.person[:-1]
    taken = running_max(entries.person, entries.end)[:-1]
    start[1:] = np.where(again, np.maximum(start[1:], taken), start[1:])
    approved = Approved(
        entry=entries.id,
        person=entries.person,
        day=places.day,
        unit=places.unit,
        regulation=places.regulation,
        start=start,
        end=entries.end,
    )
    return approved.only(start < entries.end)
