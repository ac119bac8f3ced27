"""Driver for Hikvision access terminals: events are searched page by page over ISAPI.

Needs HTTP and ISAPI switched on at the terminal, and an account that may read events. Models that
answer `AcsEvent` with notSupport only stream their events and cannot be read by asking.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from devices.base import BadRecord, Clock, RawPunch, TerminalReading, TerminalSettings
from devices.digest_session import DigestSession
from devices.errors import BadReply, NotSupported
from devices.hikvision_events import ACCESS, punch_of
from devices.http_contact import HttpContact, Reply
from devices.web_log import batch_of, code, identified, plain, wall_clock, whole_until

_PAGE = 30  # weak models stumble over more
_FIRST = datetime(2000, 1, 1)  # noqa: DTZ001  (the terminal's wall clock)
_LAST = datetime(2037, 12, 31, 23, 59, 59)  # noqa: DTZ001  (the last year that ISAPI takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page of events: how many matched, how many there are in all (None = not said), more to come."""

    events: list[dict[str, Any]]
    matches: int
    total: int | None
    more: bool


@dataclass(slots=True, kw_only=True)
class _Found:
    """What a search brought; `until` is set where time ran out before its end."""

    punches: list[RawPunch] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    until: datetime | None = None


class HikvisionTerminal:
    """A terminal that answers `AcsEvent` searches."""

    kind: ClassVar[str] = "hikvision"
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
        """Read the events of accepted people, `verify` being the event's minor code.

        Raises NotSupported, Unreachable, BadCredentials or BadReply; `errors.CODES` lists the codes.
        """
        return self._contact(log=True)

    def _contact(self, *, log: bool) -> TerminalReading:
        with HttpContact(self._settings) as contact:
            session = DigestSession(contact, self._settings.user, self._settings.password)
            about = _good(session.ask("GET", "/ISAPI/System/deviceInfo"))
            serial = identified(_element(about, "serialNumber"), self._settings.serial)
            shown = wall_clock(
                _element(_good(session.ask("GET", "/ISAPI/System/time")), "localTime"), self._zone
            )
            server_time = self._clock()
            found = self._search(contact, session) if log else _Found()
        return TerminalReading(
            serial=serial,
            firmware=plain(_element(about, "firmwareVersion")),
            punches=batch_of(found.punches),
            bad=tuple(found.bad),
            device_time=shown,
            server_time=server_time,
            notes=(
                *(() if shown else ("clock_not_readable",)),
                *(("log_cut_short",) if found.until else ()),
            ),
            covers_from=self._settings.since,
            covers_until=found.until,
        )

    def _search(self, contact: HttpContact, session: DigestSession) -> _Found:
        """All pages. An event that two of them hold counts once."""
        found = _Found()
        seen: set[tuple[object, ...]] = set()
        for page in self._pages(session):
            for event in page.events:
                # A serial number alone would not do: a reset terminal counts from 1 again.
                key = tuple(
                    str(event.get(name)) for name in ("serialNo", "time", "employeeNoString", "minor")
                )
                if key not in seen:
                    seen.add(key)
                    self._take(event, found)
            if page.more and contact.hurried:
                found.until = whole_until([punch.device_time for punch in found.punches])
                break
        return found

    def _pages(self, session: DigestSession) -> Iterator[_Page]:
        """One search, page after page, to its end. Raises BadReply `log_incomplete` short of it."""
        search, position = str(uuid4()), 0
        while True:
            page = _page(self._ask_page(session, search, position))
            position += page.matches
            short = page.total is not None and position < page.total
            goes_on = page.more and page.matches > 0 and (short or page.total is None)
            if short and not goes_on:
                raise BadReply("log_incomplete", received=position, announced=page.total)
            yield _Page(events=page.events, matches=page.matches, total=page.total, more=goes_on)
            if not goes_on:
                return

    def _ask_page(self, session: DigestSession, search: str, position: int) -> Reply:
        since = self._settings.since or _FIRST
        condition = {
            "searchID": search,
            "searchResultPosition": position,
            "maxResults": _PAGE,
            "major": ACCESS,
            "minor": 0,
            "startTime": since.replace(tzinfo=self._zone, microsecond=0).isoformat(),
            "endTime": _LAST.replace(tzinfo=self._zone).isoformat(),
        }
        body = json.dumps({"AcsEventCond": condition}).encode()
        return _good(session.ask("POST", "/ISAPI/AccessControl/AcsEvent", {"format": "json"}, body))

    def _take(self, event: Mapping[str, object], found: _Found) -> None:
        record = punch_of(event, self._zone)
        if isinstance(record, RawPunch):
            found.punches.append(record)
        elif record is not None:
            found.bad.append(record)


def _good(reply: Reply) -> Reply:
    """Give a good answer. A 403 has two meanings, which only its body tells apart."""
    if reply.status == HTTPStatus.FORBIDDEN and b"notsupport" in reply.body.lower():
        raise NotSupported("not_supported")
    return reply.accepted()


def _element(reply: Reply, name: str) -> str:
    """The text of one simple XML element, '' where it is missing: no parser meets a peer's XML."""
    found = re.search(rb"<%b>([^<]{0,200})</%b>" % (name.encode(), name.encode()), reply.body)
    return found[1].decode("ascii", errors="replace").strip() if found else ""


def _page(reply: Reply) -> _Page:
    """Read one page. Raises BadReply for a form nobody knows, or fewer events than it says."""
    told = reply.json().get("AcsEvent")
    if not isinstance(told, dict) or "responseStatusStrg" not in told:
        raise BadReply("bad_reply")
    events = told.get("InfoList") or []
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise BadReply("bad_reply")
    matches = told.get("numOfMatches", len(events))
    if matches != len(events):
        raise BadReply("log_incomplete", received=len(events), announced=code(matches))
    total = code(told.get("totalMatches"))
    return _Page(
        events=events,
        matches=len(events),
        total=None if total < 0 else total,
        more=told["responseStatusStrg"] == "MORE",
    )
