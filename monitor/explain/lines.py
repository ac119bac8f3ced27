"""The form of an explanation: coded lines with typed values, and their words in a language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import moment_of
from monitor.text import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A moment told on a page about `day`: the date is added when it is another one."""

    seconds: int
    day: int
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time in whole seconds."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A coded word or phrase inside a line."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of an explanation: the code of a sentence and its values."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWhy:
    """Why a session has its status: the lines in order, the deciding one last."""

    seq: int
    status: int
    lines: tuple[Line, ...]
    rule_version: str

    @property
    def deciding(self) -> Line:
        """The line that says what it came to."""
        return self.lines[-1]


def line(code: str, **values: object) -> Line:
    """A line."""
    return Line(code=code, values=values)


def words(told: Line | Word, language: str) -> str:
    """A line in the reader's language."""
    values = {name: _told(value, language) for name, value in told.values.items()}
    return sentence(told.code, values, language)


def _told(value: object, language: str) -> object:
    match value:
        case At():
            return _at(value)
        case Duration():
            return _duration(value.seconds, language)
        case Word():
            return words(value, language)
        case _:
            return value


def _at(at: At) -> str:
    moment = moment_of(at.seconds)
    text = moment.strftime("%H:%M:%S" if at.exact else "%H:%M")
    return text if at.seconds // DAY_SECONDS == at.day else f"{text} ({moment:%d/%m})"


def _duration(seconds: int, language: str) -> str:
    """Minutes and seconds; no seconds when they are none, no minutes below one."""
    minutes, rest = divmod(seconds, 60)
    code = "duration_seconds" if not minutes and rest else "duration_minutes" if not rest else "duration_both"
    return sentence(code, {"minutes": minutes, "seconds": rest}, language)
