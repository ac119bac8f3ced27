"""What a contact proves of a terminal's log: for which hours it is complete here, what it lost (rules 7)."""

import json
import logging
from datetime import datetime

from sqlmodel import Session

from devices.base import TerminalReading
from monitor.intake.coverage import CLOCK_JUMP_SECONDS, Contact, extend
from monitor.intake.plausible import earliest_time
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.punches import pulled_before
from monitor.store.queries.terminals import known_from, last_interval, last_offset
from monitor.store.tables import RESTORED, Fact, Pull, Terminal

log = logging.getLogger(__name__)


def cover(
    session: Session, terminal: Terminal, row: Pull, found: TerminalReading, previous: Pull | None
) -> None:
    """Say for which hours the log is now complete; an impossible clock proves nothing.

    What was lost before such a contact stays lost: it is remembered until one that can begins anew.
    """
    oldest = _oldest(terminal, found) if found.covers_from is None else seconds_of(found.covers_from)
    broken = (
        _broken(session, row, previous, whole=found.covers_from is None)
        or _replaced(session, terminal, row, found, previous)
        or (oldest is None and _restored_since(session, previous))
    )
    if broken and previous is not None and not previous.gap_open:
        about = {"event": "coverage_broken", "terminal": terminal.code}
        log.warning("terminal %s: its log may have lost records", terminal.code, extra=about)
    until = _until(row, found)
    if until is None or (oldest is not None and oldest > until):
        row.gap_open = broken
        return
    contact = Contact(
        oldest=_oldest(terminal, found) if broken else oldest,
        read_at=until,
        broken=broken,
        known_from=known_from(session, terminal.id or 0),
    )
    extend(session, terminal.id or 0, row.id or 0, contact)


def _until(row: Pull, found: TerminalReading) -> int | None:
    """The terminal's clock up to which its log was read; None when it showed an impossible time."""
    if row.device_time is None or found.covers_until is None:
        return row.device_time
    return min(row.device_time, seconds_of(found.covers_until))


def _oldest(terminal: Terminal, found: TerminalReading) -> int | None:
    """Oldest plausible record that the terminal still holds, in its own clock."""
    times = found.punches.device_seconds
    plausible = times[times >= earliest_time(terminal)]
    return int(plausible.min()) if len(plausible) else None


def _broken(session: Session, row: Pull, previous: Pull | None, *, whole: bool) -> bool:
    """Whether the log may have lost records since the last good contact, or that left a gap open (rules 7).

    Firmware that does not count says 0 whatever it holds: there the records of a `whole` log are counted.
    """
    if previous is None:
        return False
    if previous.gap_open or (whole and row.lines < previous.lines):
        return True
    fell = None not in (row.count_after, previous.count_after) and (
        (row.count_after or 0) < (previous.count_after or 0)
    )
    return fell or row.serial != previous.serial or row.clock_lost or _jumped(session, row)


def _jumped(session: Session, row: Pull) -> bool:
    """Whether the clock was set since it was last read, be that some contacts ago."""
    before = last_offset(session, row.terminal_id, row.id or 0)
    if before is None or row.clock_offset_seconds is None:
        return False
    return abs(row.clock_offset_seconds - before) > CLOCK_JUMP_SECONDS


def _restored_since(session: Session, previous: Pull | None) -> bool:
    """Whether an older database was put back since: an empty log may have been full in between."""
    fact = session.get(Fact, RESTORED)
    if fact is None or previous is None:
        return False
    return datetime.fromisoformat(json.loads(fact.value)["restored_at"]) > previous.finished_at


def _replaced(
    session: Session, terminal: Terminal, row: Pull, found: TerminalReading, previous: Pull | None
) -> bool:
    """Whether a part of a log came without any punch that an earlier contact had read from its time."""
    if found.covers_from is None or previous is None or row.duplicates:
        return False
    known = last_interval(session, terminal.id or 0, "pull")
    if known is None:
        return False
    start = seconds_of(found.covers_from)
    return pulled_before(session, terminal.id or 0, start, known.ends, previous.id or 0)
