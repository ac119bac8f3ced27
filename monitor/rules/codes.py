"""The closed vocabularies of the rule book: every coded value a record can carry.

Codes are stored, exported and translated by name; their numbers are the columns' dtype and the
order that the rule book gives (worst status first, reasons in the order of section 8).
"""

from enum import IntEnum, IntFlag, StrEnum


class Status(IntEnum):
    """Status of a session or a day, worst first (rules 4: the day's status is the smallest)."""

    ABSENT = 0
    MISSING_IN = 1
    MISSING_OUT = 2
    LATE_EARLY = 3
    LATE = 4
    EARLY = 5
    PENDING = 6
    EXCUSED = 7
    EXEMPT = 8
    ON_TIME = 9


class Reason(IntFlag):
    """Coded reasons of a verdict; the order of the bits is the order of rules 8."""

    NO_REGULATION = 1 << 0
    OVERLAP_CUT = 1 << 1
    EXCUSED_START = 1 << 2
    EXCUSED_MIDDLE = 1 << 3
    EXCUSED_END = 1 << 4
    DOCUMENT_AFTER_THE_FACT = 1 << 5
    MANUAL = 1 << 6
    EXTRA = 1 << 7
    OUTSIDE_WINDOW = 1 << 8
    ALLOWANCE_USED = 1 << 9
    EXEMPT = 1 << 10
    LATE_IS_ABSENT = 1 << 11
    EARLY_IS_ABSENT = 1 << 12
    EXPLAINED = 1 << 13
    NOT_DUE = 1 << 14
    NOT_IN_YET = 1 << 15
    AT_WORK = 1 << 16
    LEFT = 1 << 17
    NO_DATA = 1 << 18
    NO_BADGE = 1 << 19


class SessionKind(IntEnum):
    """Where a session comes from: the regulation's week, or a roster entry (rules 2.4, 2.5)."""

    OFFICE = 0
    DUTY = 1
    EXTRA = 2


class RosterKind(StrEnum):
    """Kinds of roster entries (rules 2.5)."""

    DUTY = "duty"
    EXTRA = "extra"
    OVERTIME = "overtime"
    RELEASE = "release"


class OvertimeClass(IntEnum):
    """What kind of date overtime falls on (rules 4.1): it decides what the time is worth."""

    WORKDAY = 0
    REST = 1
    HOLIDAY = 2


class DayKind(StrEnum):
    """Kinds of calendar rows (rules 2.3)."""

    OFF = "off"
    MAKEUP = "makeup"
    WORK = "work"


class AllowanceWhere(StrEnum):
    """Where in the day an allowance may be spent (rules 6)."""

    START = "start"
    END = "end"
    EITHER = "either"


class Direction(StrEnum):
    """How a regulation reads in and out (rules 3.1)."""

    IGNORE = "ignore"
    STATE = "state"
    TERMINAL = "terminal"


class TerminalDirection(StrEnum):
    """What a punch at this terminal may be when the regulation follows the terminal (rules 3.1)."""

    BOTH = ""
    IN = "in"
    OUT = "out"


class GraceCounts(StrEnum):
    """What counts once the grace is exceeded: the whole lateness or only the excess (rules 4)."""

    WHOLE = "whole"
    EXCESS = "excess"


def reason_codes(reasons: int) -> list[str]:
    """Names of the reasons in a bit set, lower case, in the order of rules 8."""
    return [reason.name.lower() for reason in Reason if reasons & reason and reason.name]
