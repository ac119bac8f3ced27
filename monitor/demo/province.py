"""The people of the made-up province: names, postings and the ids they have at terminals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from monitor.demo.names import draw_names
from monitor.demo.organisation import OFFICES, TOP_UNITS, Office, Post
from monitor.demo.span import Span
from monitor.demo.streams import Stream, stream

WOMEN_SHARE = {"head": 0.25, "deputy": 0.35, "staff": 0.5}
NAMESAKES = ("XDL-KT", "XDL-VHXH")
NAMESAKE = "Nguyễn Thị Hương"
NEWCOMER_UNIT = "PTG-KT"
NEWCOMER_AGO = timedelta(days=12)
PARENTS = {office.code: office.parent for office in OFFICES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A person's place in a unit; `valid_to` is inclusive, None = open."""

    unit: str
    position: str
    role: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is valid on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff; `enrolled` is false for a newcomer whose id nobody has entered yet."""

    code: str
    name: str
    woman: bool
    postings: tuple[Posting, ...]
    enrolled: bool = True

    def unit_on(self, on: date) -> str:
        """The unit on a date, '' without a posting."""
        return next((posting.unit for posting in self.postings if posting.holds(on)), "")

    @property
    def role(self) -> str:
        """The role of the latest posting."""
        return self.postings[-1].role


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A device user id that means a person, at one terminal or at every (`*`)."""

    person: str
    terminal: str
    device_user_id: str
    valid_from: date
    valid_to: date | None = None


def top_unit(unit: str) -> str:
    """The office under the province to which a unit belongs."""
    while unit not in TOP_UNITS:
        unit = PARENTS[unit]
    return unit


def draw_people(seed: int, span: Span) -> tuple[Person, ...]:
    """About three hundred people in all posts, with the year's comings and goings."""
    rng = stream(seed, Stream.PEOPLE)
    posts = [(office, post) for office in OFFICES for post in office.posts for _ in range(post.count)]
    women = [bool(rng.random() < WOMEN_SHARE[post.role]) for _, post in posts]
    names = draw_names(rng, women)
    since = date(span.begins.year - 1, 7, 1)
    postings = [
        Posting(unit=office.code, position=post.position, role=post.role, valid_from=since)
        for office, post in posts
    ]
    people = [
        Person(code=code, name=name, woman=woman, postings=(posting,))
        for code, name, woman, posting in zip(_codes(posts), names, women, postings, strict=True)
    ]
    return tuple(_with_events(people, span))


def _codes(posts: list[tuple[Office, Post]]) -> Iterator[str]:
    """`SNV001`, … numbered within each office."""
    counts = dict.fromkeys(TOP_UNITS, 0)
    for office, _ in posts:
        top = top_unit(office.code)
        counts[top] += 1
        yield f"{top}{counts[top]:03}"


def _with_events(people: list[Person], span: Span) -> list[Person]:
    """Two namesakes, a transfer between offices and one within, a joiner, a leaver, a newcomer."""
    year = span.begins.year
    for unit in NAMESAKES:
        place = _last(people, unit)
        people[place] = replace(people[place], name=NAMESAKE, woman=True)
    _move(people, "SNV-CQDP", "PTG-VP", date(year, 7, 1))
    _move(people, "XDL-VP", "XDL-HCC", date(year, 3, 16))
    _from_then_on(people, _last(people, "HCC-TN"), date(year, 3, 2))
    leaver = _last(people, "SNV-VP")
    last_posting = replace(people[leaver].postings[0], valid_to=date(year, 5, 31))
    people[leaver] = replace(people[leaver], postings=(last_posting,))
    newcomer = _last(people, NEWCOMER_UNIT)
    came = span.now.date() - NEWCOMER_AGO
    _from_then_on(people, newcomer, came - timedelta(days=came.weekday()))
    people[newcomer] = replace(people[newcomer], enrolled=False)
    return people


def _last(people: list[Person], unit: str) -> int:
    """Place of the last staff member of a unit."""
    return max(place for place, person in enumerate(people) if person.postings[0].unit == unit)


def _from_then_on(people: list[Person], place: int, since: date) -> None:
    posting = replace(people[place].postings[0], valid_from=since)
    people[place] = replace(people[place], postings=(posting,))


def _move(people: list[Person], unit: str, to: str, on: date) -> None:
    """Transfer an ordinary official (not the last, who has a story of his own)."""
    place = _last(people, unit) - 6
    before = people[place].postings[0]
    after = replace(before, unit=to, position="Chuyên viên", valid_from=on)
    ended = replace(before, valid_to=on - timedelta(days=1))
    people[place] = replace(people[place], postings=(ended, after))


def badges_of(people: tuple[Person, ...]) -> tuple[Badge, ...]:
    """The ids at terminals: each office numbers its people in its own way (rules 7)."""
    return tuple(badge for number, person in enumerate(people, start=1) for badge in _badges(person, number))


def _badges(person: Person, number: int) -> Iterator[Badge]:
    """One set of badges for each office the person has worked in, for the time there."""
    stays: dict[str, list[Posting]] = {}
    for posting in person.postings:
        stays.setdefault(top_unit(posting.unit), []).append(posting)
    for top, postings in stays.items():
        for terminal, device_user_id in device_ids(top, number):
            yield Badge(
                person=person.code,
                terminal=terminal,
                device_user_id=device_user_id,
                valid_from=postings[0].valid_from,
                valid_to=postings[-1].valid_to,
            )


def device_ids(top: str, number: int) -> tuple[tuple[str, str], ...]:
    """Terminal (or `*`) and id of the province's `number`-th person in an office.

    The department uses staff numbers at every terminal; the ward's terminal keeps leading zeros;
    the commune's older terminal knows numbers only.
    """
    return {
        "SNV": (("*", str(1000 + number)),),
        "XDL": (("XDL-1", str(number)), ("XDL-2", str(number))),
        "PTG": (("PTG-1", f"{number:05}"),),
        "HCC": (("HCC-1", str(5000 + number)),),
    }[top]


def units_by_day(people: tuple[Person, ...], span: Span) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """Place in `OFFICES` of each person's unit on each day, -1 without a posting; shape (days, people)."""
    places = {office.code: place for place, office in enumerate(OFFICES)}
    units = np.full((span.days, len(people)), -1, dtype=np.int16)
    for column, person in enumerate(people):
        for posting in person.postings:
            first = max(0, span.index(posting.valid_from))
            end = span.days if posting.valid_to is None else max(0, span.index(posting.valid_to) + 1)
            units[first:end, column] = places[posting.unit]
    return units
