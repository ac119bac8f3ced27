"""Driver for Dahua access terminals: card records are asked for by time over `recordFinder.cgi`.

Needs HTTP CGI switched on at the terminal, and an account that may read records.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from devices.base import Clock, TerminalReading, TerminalSettings
from devices.dahua_records import EMPTY, Decoded, Record, decode, records_in
from devices.digest_session import DigestSession
from devices.errors import BadReply, Unreachable
from devices.http_contact import HttpContact
from devices.web_log import batch_of, identified, plain, wall_clock, whole_until

_COUNT = 500
_LARGEST_COUNT = 8000
_FIRST = datetime(2000, 1, 1)  # noqa: DTZ001  (the terminal's wall clock)
_LAST_EPOCH = 2**31 - 1


class DahuaTerminal:
    """A terminal that answers `recordFinder` searches."""

    kind: ClassVar[str] = "dahua"
    capabilities: ClassVar[frozenset[str]] = frozenset({"clock", "pull", "since"})

    def __init__(self, settings: TerminalSettings, clock: Clock) -> None:
        """Keep how to reach it; nothing is contacted yet."""
        self._settings = settings
        self._clock = clock
        self._zone = ZoneInfo(settings.timezone)

    def check(self) -> TerminalReading:
        """Read serial, firmware and clock; errors as for `read`, without the log's."""
        return self._contact(log=False)

    def read(self) -> TerminalReading:
        """Read the accepted card records, `verify` being the record's method.

        `layout` says how the firmware writes times, once records have proven it (`dahua_records`).
        Raises NotSupported, Unreachable, BadCredentials or BadReply; `errors.CODES` lists the codes.
        """
        return self._contact(log=True)

    def _contact(self, *, log: bool) -> TerminalReading:
        with HttpContact(self._settings) as contact:
            session = DigestSession(contact, self._settings.user, self._settings.password)
            serial = identified(_told(session, "magicBox", "getSerialNo", "sn"), self._settings.serial)
            firmware = _told(session, "magicBox", "getSoftwareVersion", "version")
            shown = wall_clock(_told(session, "global", "getCurrentTime", "result"), self._zone)
            server_time = self._clock()
            records, cut = self._records(contact, session) if log else ([], False)
        decoded = decode(records, self._zone, shown, self._settings.layout) if log else EMPTY
        return TerminalReading(
            serial=serial,
            firmware=plain(firmware),
            punches=batch_of(decoded.punches),
            bad=decoded.bad,
            device_time=shown,
            server_time=server_time,
            layout=decoded.layout,
            notes=(
                *decoded.notes,
                *(() if shown else ("clock_not_readable",)),
                *(("log_cut_short",) if cut else ()),
            ),
            covers_from=self._settings.since,
            covers_until=_whole_until(decoded) if cut else None,
        )

    def _records(self, contact: HttpContact, session: DigestSession) -> tuple[list[Record], bool]:
        """All records once each, in the order in which they came, and whether time ran out."""
        found: list[Record] = []
        for page in self._pages(session):
            found += page
            if contact.hurried:
                whole_until([record.wall_clock(UTC) for record in found if record.created >= 0])
                return found, True
        return found, False

    def _pages(self, session: DigestSession) -> Iterator[list[Record]]:
        """Page after page until one brings nothing new.

        There is no offset: each page begins in the very second in which the one before ended (a second
        later, and the rest of that second would be lost), or ends in it where the firmware gives the
        newest first.
        """
        first, last, count = self._since(), _LAST_EPOCH, _COUNT
        known: set[tuple[str, ...]] = set()
        total = 0
        while True:
            page, announced = self._ask_page(session, first, last, count)
            total = total or announced
            fresh = {record.key: record for record in page if record.key not in known}
            known |= fresh.keys()
            yield list(fresh.values())
            times = [record.created for record in page if record.created >= 0]
            if len(page) >= count and not (fresh and len(set(times)) > 1):
                count = _larger(count)  # more punches in one second than a page holds
            elif not fresh or not times:
                break
            elif times == sorted(times, reverse=True) and times[0] > times[-1]:
                last = times[-1]
            elif times == sorted(times) or len(page) < count:
                first = max(times)
            else:
                raise BadReply("log_incomplete", received=len(known))  # no end of this page leads on
        if len(known) < total:
            raise BadReply("log_incomplete", received=len(known), announced=total)

    def _ask_page(
        self, session: DigestSession, first: int, last: int, count: int
    ) -> tuple[list[Record], int]:
        query = {"action": "find", "name": "AccessControlCardRec", "StartTime": first, "EndTime": last}
        reply = session.ask("GET", "/cgi-bin/recordFinder.cgi", query | {"count": count})
        return records_in(reply.accepted().body)

    def _since(self) -> int:
        """Where to begin, whichever way the firmware writes its times: the earlier of the two."""
        since = self._settings.since or _FIRST
        return int(min(since.replace(tzinfo=zone).timestamp() for zone in (UTC, self._zone)))


def _told(session: DigestSession, cgi: str, action: str, name: str) -> str:
    """One value that the terminal tells about itself, '' where it is missing."""
    reply = session.ask("GET", f"/cgi-bin/{cgi}.cgi", {"action": action}).accepted()
    found = re.search(rb"(?m)^%b=([^\r\n]{0,200})" % name.encode(), reply.body)
    return found[1].decode("ascii", errors="replace").strip() if found else ""


def _larger(count: int) -> int:
    if count >= _LARGEST_COUNT:
        raise BadReply("log_incomplete", received=count)
    return count * 2


def _whole_until(decoded: Decoded) -> datetime:
    """The second before the newest punch: of its own second there may be more."""
    if not decoded.punches:
        raise Unreachable("timed_out")
    return max(punch.device_time for punch in decoded.punches) - timedelta(seconds=1)
