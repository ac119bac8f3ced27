"""What a message says, in its reader's language: a subject, counts by unit, lists of names, a link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.groups import Group
from monitor.notices.digests import ALSO, NAMED_TOO, TOLD, Digest, Named, UnitPart, Waiting
from monitor.notices.words import day_text, one_line
from monitor.text import sentence

MOST_UNITS = 60
MOST_NAMES = 200
DUTIES = "/viec-can-lam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Short lines under a title ('' for none)."""

    title: str = ""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message before it has a form; every text is one line. `link` '' for none."""

    language: str
    subject: str
    intro: str
    parts: tuple[Lines, ...] = ()
    link: str = ""
    link_text: str = ""
    footer: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message comes from: the installation's name, and its address for links ('' for none)."""

    name: str
    url: str
    language: str

    def say(self, code: str, **values: object) -> str:
        """A coded sentence on one line."""
        return one_line(sentence(code, values, self.language))


def digest_letter(found: Digest, place: Place, local: datetime) -> Letter:
    """A digest in words; `local` is the moment as of which it is told."""
    parts = tuple(_parts(found, place))
    return Letter(
        language=place.language,
        subject=_subject(found, place),
        intro=_intro(found, place, local),
        parts=parts,
        link=_link(found, place),
        link_text=place.say("notice_see_board"),
        footer=_footer(place),
    )


def _when(found: Digest, place: Place) -> str:
    if found.kind == "monthly":
        return f"{found.first:%m/%Y}"
    return day_text(found.last, place.language)


def _subject(found: Digest, place: Place) -> str:
    short = f"{found.last:%m/%Y}" if found.kind == "monthly" else f"{found.last:%d/%m}"
    values = {"when": short, "unit": found.home.name, "count": found.open}
    if not found.recorded:
        return place.say(f"notice_subject_{found.kind}_unknown", **values)
    if not found.open and found.waiting.count:
        values["count"] = found.waiting.count
        return place.say(f"notice_subject_{found.kind}_decide", **values)
    return place.say(f"notice_subject_{found.kind}{'' if found.open else '_nothing'}", **values)


def _intro(found: Digest, place: Place, local: datetime) -> str:
    values = {"when": _when(found, place), "time": f"{local:%H:%M %d/%m/%Y}"}
    told = place.say(f"notice_intro_{found.kind}", **values)
    if not found.recorded:
        return f"{told} {place.say('notice_not_recorded')}"
    return told if found.open or found.waiting.count else f"{told} {place.say('notice_nothing')}"


def _waiting(found: Waiting, place: Place) -> Iterator[Lines]:
    """How many explanations wait, and where they are; nobody is named."""
    if not found.count:
        return
    told = [place.say("notice_to_decide", count=found.count)]
    told += [place.say("notice_overdue", count=found.overdue)] if found.overdue else []
    told += [place.say("notice_from_below", count=found.escalated)] if found.escalated else []
    link = (place.say("notice_duties_link", link=f"{place.url}{DUTIES}"),) if place.url else ()
    yield Lines(lines=(", ".join(told) + ".", *link))


def _parts(found: Digest, place: Place) -> Iterator[Lines]:
    """What waits for a decision; then units with something to tell, for exceptions come first."""
    yield from _waiting(found.waiting, place)
    groups = (*TOLD[found.kind], *ALSO[found.kind])
    told = [part for part in found.parts if any(part.counts.get(group) for group in groups) or part.names]
    for part in told[:MOST_UNITS]:
        yield Lines(title=one_line(part.unit.name), lines=tuple(_unit_lines(part, groups, place)))
    if len(told) > MOST_UNITS:
        yield Lines(lines=(place.say("notice_more_units", count=len(told) - MOST_UNITS),))


def _unit_lines(part: UnitPart, groups: Sequence[Group], place: Place) -> Iterator[str]:
    named = (*groups, *(group for group in NAMED_TOO if group in part.names and group not in groups))
    for group in named:
        if count := part.counts.get(group):
            word = place.say(f"group_{group}")
            names = part.names.get(group, ())
            yield f"{word}: {count}" + (f" – {_names(names, place)}" if names else "")


def _names(people: Sequence[Named], place: Place) -> str:
    told = "; ".join(_name(one, place) for one in people[:MOST_NAMES])
    return f"{told}; …" if len(people) > MOST_NAMES else told


def _name(one: Named, place: Place) -> str:
    if one.late_minutes:
        return place.say("notice_late_person", name=one.name, minutes=one.late_minutes)
    symbols = f" ({', '.join(one.symbols)})" if one.symbols else ""
    return one_line(f"{one.name}{symbols}")


def _link(found: Digest, place: Place) -> str:
    return f"{place.url}/don-vi/{found.home.code}/ngay/{found.last.isoformat()}" if place.url else ""


def asked_letter(on: date, due_at: datetime, place: Place) -> Letter:
    """That its reader is asked to explain a day; neither who asks nor why."""
    values = {"day": f"{on:%d/%m/%Y}", "until": f"{due_at:%d/%m/%Y}"}
    return Letter(
        language=place.language,
        subject=place.say("notice_subject_asked", **values),
        intro=place.say("notice_intro_asked", **values),
        link=f"{place.url}{DUTIES}" if place.url else "",
        link_text=place.say("notice_see_duties"),
        footer=_footer(place),
    )


def alarm_letter(alarms: Sequence[tuple[str, dict[str, object]]], place: Place) -> Letter:
    """Alarms, each the code of a sentence with its values."""
    return Letter(
        language=place.language,
        subject=place.say("notice_subject_alarm", count=len(alarms), site=place.name),
        intro=place.say("notice_intro_alarm"),
        parts=(Lines(lines=tuple(place.say(code, **values) for code, values in alarms)),),
        link=f"{place.url}/may" if place.url else "",
        link_text=place.say("notice_see_terminals"),
        footer=_footer(place),
    )


def code_letter(code: str, minutes: int, place: Place) -> Letter:
    """The code that proves an address; it goes to somebody who may know nothing of us."""
    return Letter(
        language=place.language,
        subject=place.say("notice_subject_confirm", site=place.name),
        intro=place.say("notice_intro_confirm", site=place.name),
        parts=(Lines(lines=(code, place.say("notice_code_lasts", minutes=minutes))),),
        footer=(place.say("notice_not_asked"),),
    )


def trial_letter(place: Place) -> Letter:
    """A trial message."""
    return Letter(
        language=place.language,
        subject=place.say("notice_subject_test", site=place.name),
        intro=place.say("notice_intro_test", site=place.name),
        footer=_footer(place),
    )


def _footer(place: Place) -> tuple[str, ...]:
    return (place.say("notice_footer", site=place.name),)
