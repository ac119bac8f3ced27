"""What each terminal recorded: passes become records of the terminal where they happened."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.demo.organisation import DOWN_TERMINAL, OFFICES, TERMINALS
from monitor.demo.passes import Passes
from monitor.demo.province import Badge, Person, top_unit
from monitor.demo.span import Span
from monitor.demo.streams import Stream, stream
from monitor.rules.wallclock import DAY_SECONDS, day_of, seconds_of

REPEATS_SHARE = 0.045
STRANGERS_PER_DAY = 0.35
STRANGERS = ("9001", "9002")
INSTALLED_AT = -8 * 3600  # the fitter's trial, on the afternoon before the first day
PASSWORD, CARD = 0, 2
FACE = 15
NO_KEY = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalUser:
    """One enrolled user: slot number, id, and the name as such terminals spell it."""

    uid: int
    device_user_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalLog:
    """A terminal's users and records as columns of one length, in order of time.

    `device_user_id`: object array of `str`; `device_seconds`: int64 seconds from 1970-01-01 00:00:00
    to the terminal's own naive wall clock; `verify`, `state`: int32.
    """

    code: str
    users: tuple[TerminalUser, ...]
    device_user_id: NDArray[np.object_]
    device_seconds: NDArray[np.int64]
    verify: NDArray[np.int32]
    state: NDArray[np.int32]

    def __len__(self) -> int:
        """Give the number of records, future ones included."""
        return len(self.device_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the logs are made of."""

    people: tuple[Person, ...]
    badges: tuple[Badge, ...]
    span: Span
    units: NDArray[np.int16]
    other_door_share: NDArray[np.float64]
    lost_at: datetime
    seed: int


def make_logs(scene: Scene, passes: Passes) -> dict[str, TerminalLog]:
    """The logs of all terminals by code; the broken one's ends when it was lost."""
    gates = _gates(scene, passes)
    again, later = _repeats(scene, passes)
    gates = np.concatenate([gates, gates[again]])
    person = np.concatenate([passes.person, passes.person[again]])
    seconds = np.concatenate([passes.seconds, later])
    ids = _ids(scene)
    return {
        device.code: _log(scene, place, ids[place], person[gates == place], seconds[gates == place])
        for place, device in enumerate(TERMINALS)
    }


def _repeats(scene: Scene, passes: Passes) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Some hold the finger on twice within seconds (rules 3.1): which passes, and when again."""
    draws = stream(scene.seed, Stream.REPEATS).random(len(passes.person))
    again = np.flatnonzero(draws < REPEATS_SHARE)
    return again, passes.seconds[again] + 2 + (draws[again] / REPEATS_SHARE * 8).astype(np.int64)


def _gates(scene: Scene, passes: Passes) -> NDArray[np.int64]:
    """Place in TERMINALS of each pass: the unit's own terminal, or the office's other door."""
    usual, other = _doors()
    unit = scene.units[passes.day, passes.person]
    draws = stream(scene.seed, Stream.GATES).random(len(unit))
    # A few of the archive's staff use the main building's terminal instead of their own, rarely.
    rarely = np.where(usual[unit] == _place(DOWN_TERMINAL), 0.05, 1.0)
    return np.where(draws < scene.other_door_share[passes.person] * rarely, other[unit], usual[unit])


def _place(code: str) -> int:
    return next(place for place, device in enumerate(TERMINALS) if device.code == code)


def _doors() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each place in OFFICES, the places in TERMINALS of its usual and its other door."""
    pairs = [_doors_of(office.code) for office in OFFICES]
    return np.array([usual for usual, _ in pairs]), np.array([other for _, other in pairs])


def _doors_of(unit: str) -> tuple[int, int]:
    if unit == "LG":
        return 0, 0
    own = [place for place, device in enumerate(TERMINALS) if device.unit == unit]
    office = [place for place, device in enumerate(TERMINALS) if device.unit == top_unit(unit)]
    return (own or office)[0], office[-1]


def _ids(scene: Scene) -> list[NDArray[np.object_]]:
    """For each terminal, the device user id of each person, '' where not enrolled."""
    columns = {person.code: column for column, person in enumerate(scene.people)}
    ids = [np.full(len(scene.people), "", dtype=object) for _ in TERMINALS]
    for badge in scene.badges:
        column = columns[badge.person]
        offices = {top_unit(posting.unit) for posting in scene.people[column].postings}
        for place, device in enumerate(TERMINALS):
            if badge.terminal == device.code or (
                badge.terminal == "*" and top_unit(device.unit) in offices and top_unit(device.unit) == "SNV"
            ):
                ids[place][column] = badge.device_user_id
    return ids


def _log(
    scene: Scene, place: int, ids: NDArray[np.object_], person: NDArray[np.int64], seconds: NDArray[np.int64]
) -> TerminalLog:
    device = TERMINALS[place]
    strangers = _strangers(scene, place)
    who = np.concatenate([ids[person], [one for one, _ in strangers]])
    when = np.concatenate([seconds, np.array([at for _, at in strangers], dtype=np.int64)])
    keep = (who != "") & (when < (day_of(scene.span.ends) + 1) * DAY_SECONDS)
    if device.code == DOWN_TERMINAL:
        keep &= when <= seconds_of(scene.lost_at)
    who, when = _sorted(who[keep], when[keep] + device.offset_seconds)
    rng = stream(scene.seed, Stream.VERIFY, scene.span.begins + timedelta(days=place))
    return TerminalLog(
        code=device.code,
        users=_users(scene.people, ids),
        device_user_id=who,
        device_seconds=when,
        verify=_verify(rng, len(who), device.verify),
        state=np.full(len(who), NO_KEY if device.verify == FACE else 0, dtype=np.int32),
    )


def _sorted(
    who: NDArray[np.object_], when: NDArray[np.int64]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """In order of time, each identity once: a terminal records nobody twice in one second."""
    order = np.lexsort((who.astype(str), when))
    who, when = who[order], when[order]
    new = np.ones(len(who), dtype=np.bool_)
    new[1:] = (who[1:] != who[:-1]) | (when[1:] != when[:-1])
    return who[new], when[new]


def _strangers(scene: Scene, place: int) -> list[tuple[str, int]]:
    """The fitter's trial, and guards and cleaners whom nobody entered here: ids without a badge."""
    first = day_of(scene.span.begins) * DAY_SECONDS
    rng = stream(scene.seed, Stream.STRANGERS, scene.span.begins + timedelta(days=place))
    draws = rng.random((scene.span.days, 2))
    seconds = (5 + 14 * draws[:, 1]) * 3600
    came = [int(day) for day in np.flatnonzero(draws[:, 0] < STRANGERS_PER_DAY)]
    visits = [(STRANGERS[day % 2], first + day * DAY_SECONDS + int(seconds[day])) for day in came]
    return [(STRANGERS[0], first + INSTALLED_AT), *visits]


def _verify(rng: np.random.Generator, records: int, usual: int) -> NDArray[np.int32]:
    """Mostly the terminal's own way; sometimes a card or a password, when a finger is not read."""
    return rng.choice([usual, CARD, PASSWORD], records, p=[0.965, 0.02, 0.015]).astype(np.int32)


def _users(people: tuple[Person, ...], ids: NDArray[np.object_]) -> tuple[TerminalUser, ...]:
    enrolled = [(str(ids[column]), _plain(people[column].name)) for column in np.flatnonzero(ids != "")]
    enrolled += [(stranger, "") for stranger in STRANGERS]
    return tuple(
        TerminalUser(uid=uid, device_user_id=one, name=name)
        for uid, (one, name) in enumerate(enrolled, start=1)
    )


def _plain(name: str) -> str:
    """Without marks, as at a keypad that has none; 24 bytes are what fits."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))[:24]
