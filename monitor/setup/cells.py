"""One cell -> one value: what every column of the import files accepts (rules 9)."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.refusal import Refusal
from monitor.rules.wallclock import seconds_of
from monitor.setup.table import Cell
from monitor.text.vietnamese import TextRefused, clean_name

Reader = Callable[[Cell], object]
"""Gives a value for a cell that is not empty, or raises CellRefused."""

OPEN_START = date(1900, 1, 1)
"""Stored for an empty valid_from in tables whose column is never empty: postings and allowances."""

_MIDNIGHT = "00:00:00"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) [0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_ACCOUNT = re.compile("[^:]{1,64}:.{1,128}", re.DOTALL)
_PUSH_ZONE = re.compile(r"off|[+-]?[0-9]{1,3}(\.5|\.75)?|[+-]?[0-9]{2}:[0-9]{2}")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class CellRefused(Refusal):
    """A cell that cannot be taken."""


def as_text(cell: Cell) -> str:
    """A cell as text: a workbook's dates and times in the form of rules 9."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


def _deceives(found: str) -> bool:
    """Whether it holds what no reader sees: control characters, or marks that turn the writing round."""
    return any(unicodedata.category(sign) == "Cc" or sign in _TURNING for sign in found)


def text(cell: Cell) -> str:
    """Text in composed form with single spaces. Refuses `bad_characters`."""
    found = " ".join(unicodedata.normalize("NFC", as_text(cell)).split())
    if _deceives(found):
        raise CellRefused("bad_characters")
    return found


def device_id(cell: Cell) -> str:
    """A device user id: the spaces around it go, everything else stays (rules 7)."""
    found = as_text(cell).strip()
    if _deceives(found):
        raise CellRefused("bad_characters")
    return found


def name(cell: Cell) -> str:
    """A name that can be searched. Refuses `legacy_font`."""
    try:
        return clean_name(text(cell))
    except TextRefused as error:
        raise CellRefused(error.code, **error.values) from None


def day(cell: Cell) -> date:
    """A date, `YYYY-MM-DD`. Refuses `bad_date`."""
    found = as_text(cell).strip()
    if isinstance(cell, datetime):
        found = found.removesuffix(f" {_MIDNIGHT}")  # a workbook may keep a date as its midnight
    try:
        if _DATE.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise CellRefused("bad_date", value=found)


def moment(cell: Cell) -> int:
    """A wall-clock time, `YYYY-MM-DD HH:MM:SS` or without seconds, as seconds. Refuses `bad_time`."""
    found = as_text(cell).strip()
    if isinstance(cell, date) and not isinstance(cell, datetime):
        found += f" {_MIDNIGHT}"  # a workbook drops the time of a midnight
    try:
        if _TIME.fullmatch(found):
            return seconds_of(datetime.fromisoformat(found))
    except ValueError:
        pass
    raise CellRefused("bad_time", value=found)


def clock(cell: Cell) -> int:
    """A time of day, `HH:MM`, as seconds from midnight. Refuses `bad_clock`."""
    found = _CLOCK.fullmatch(as_text(cell).strip())
    if found is None:
        raise CellRefused("bad_clock", value=as_text(cell))
    return int(found[1]) * 3600 + int(found[2]) * 60


def whole(least: int, most: int) -> Callable[[Cell], int]:
    """A reader of whole numbers between two bounds. Refuses `bad_number`."""

    def read(cell: Cell) -> int:
        found = as_text(cell).strip()
        if not re.fullmatch("[0-9]{1,9}", found) or not least <= int(found) <= most:
            raise CellRefused("bad_number", value=found, least=least, most=most)
        return int(found)

    return read


def flag(cell: Cell) -> bool:
    """0 or 1. Refuses `bad_choice`."""
    return one_of("0", "1")(cell) == "1"


def one_of(*choices: str) -> Callable[[Cell], str]:
    """A reader of one of some words. Refuses `bad_choice`."""

    def read(cell: Cell) -> str:
        found = as_text(cell).strip()
        if found not in choices:
            raise CellRefused("bad_choice", value=found, choices=", ".join(choices))
        return found

    return read


def zone(cell: Cell) -> str:
    """The name of a time zone. Refuses `bad_zone`."""
    found = as_text(cell).strip()
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        raise CellRefused("bad_zone", value=found) from None
    return found


def address(cell: Cell) -> str:
    """An IP address: no name, so that nobody can move a terminal by DNS. Refuses `bad_host`."""
    found = as_text(cell).strip()
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        raise CellRefused("bad_host", value=found) from None


def comm_key(cell: Cell) -> str:
    """A terminal's communication key, 0 to 999999, or its account, `user:password`.

    Never repeated in a message. Refuses `bad_comm_key`, and `bad_characters` in an account.
    """
    found = as_text(cell).strip()
    if _ACCOUNT.fullmatch(found):
        return device_id(found)
    if not re.fullmatch("[0-9]{1,6}", found):
        raise CellRefused("bad_comm_key")
    return str(int(found))


def push_key(cell: Cell) -> str:
    """The key that a pushing terminal shows (its ComKey), 0 for none. Refuses `bad_push_key`, unrepeated."""
    found = as_text(cell).strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", found):
        raise CellRefused("bad_push_key")
    return "" if found == "0" else found


def serial(cell: Cell) -> str:
    """A serial number of letters, digits, - and _. Refuses `serial_malformed`."""
    found = as_text(cell).strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", found):
        raise CellRefused("serial_malformed", value=found)
    return found


def network(cell: Cell) -> str:
    """A network or a single address from which a terminal may deliver. Refuses `bad_host`."""
    found = as_text(cell).strip()
    try:
        return str(ipaddress.ip_network(found))
    except ValueError:
        raise CellRefused("bad_host", value=found) from None


def push_zone(cell: Cell) -> str:
    """The TimeZone told to a pushing terminal, as its firmware wants it, or `off`. Refuses `bad_zone`."""
    found = as_text(cell).strip()
    if not _PUSH_ZONE.fullmatch(found):
        raise CellRefused("bad_zone", value=found)
    return found
