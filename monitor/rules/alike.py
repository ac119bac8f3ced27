"""People whose days are laid out alike: one of them is planned, the others get copies (rules 2, 3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, begins, keyed_day, numbered
from monitor.rules.columns import Bool, Columns, Int32, Int64, PersonDays, Postings, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(Columns):
    """The people asked, ascending; `like` is the one among them whose sessions and windows are theirs too."""

    person: Int32
    like: Int32

    @property
    def all_differ(self) -> bool:
        """Whether everybody stands for themselves."""
        return np.array_equal(self.person, self.like)

    def by_person(self, values: Integers, people: int) -> Int64:
        """Values of the people asked, looked up by person; 0 for the others."""
        found = np.zeros(people, np.int64)
        found[self.person] = values
        return found

    def asked(self, people: int) -> Bool:
        """Whether each of so many people is asked."""
        found = np.zeros(people, bool)
        found[self.person] = True
        return found

    def models(self, asked: PersonDays) -> PersonDays:
        """The person-days asked of those who stand for themselves."""
        people = np.zeros(int(self.person.max(initial=-1)) + 1, bool)
        people[self.like] = True
        return asked.only(people[asked.person])


def in_order(asked: PersonDays) -> PersonDays:
    """Person-days sorted by person and day, each once."""
    keys = keyed_day(asked.person, asked.day)
    if np.all(keys[1:] > keys[:-1]):  # as a rule they are
        return asked
    return asked.take(np.unique(keys, return_index=True)[1])


def alike(world: World, asked: PersonDays) -> Alike:
    """Who is planned for whom; `asked` is in order.

    Alike are people with the same postings and days asked, and nothing of their own that sessions and
    windows depend on: no regulation, roster entry or approved excuse. What else differs between them
    (punches, badges, allowances, coverage) is looked at for each of them later.
    """
    first = np.flatnonzero(begins(asked.person))
    count = np.diff(first, append=len(asked))
    person = asked.person[first]
    own = np.where(_with_their_own(world)[person], person + 1, 0)
    posted = _posted_alike(world.postings, len(world.people))[person]
    like = numbered(posted, own, count, asked.day[first], _rhythm(asked, first))
    row = np.repeat(np.arange(len(person)), count)
    other = asked.day != asked.day[(first[like] - first)[row] + np.arange(len(row))]
    like[row[other]] = row[other]  # their rhythms are the same by chance
    return Alike(person=person, like=person[like])


def _rhythm(asked: PersonDays, first: Int64) -> Int64:
    """A number for the days of each person, the same for the same days."""
    day = asked.day.astype(np.int64)
    return np.add.reduceat(day * day, first) if len(first) else first


def _with_their_own(world: World) -> Bool:
    """People with a regulation, roster entries or approved excuses of their own."""
    targets = (target for version in world.regulations for target in version.targets)
    own = np.zeros(len(world.people), bool)
    own[[target.index for target in targets if target.kind == "person"]] = True
    own[world.roster.person] = True
    own[world.excuses.person[world.excuses.approved]] = True
    return own


def _posted_alike(postings: Postings, people: int) -> Int64:
    """A number for each person, the same for the same postings."""
    ordered = postings.take(np.lexsort((postings.unit, postings.first_day, postings.person)))
    posting = numbered(ordered.unit, ordered.first_day, ordered.last_day)
    count = np.bincount(ordered.person, minlength=people)
    first = np.cumsum(count) - count
    number = np.zeros(people, np.int64)
    for nth in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > nth)
        number[rows] = numbered(number[rows], posting[first[rows] + nth])
    return numbered(count, number)
