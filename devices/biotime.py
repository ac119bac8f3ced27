"""Driver for ZKBioTime (BioTime 8 to 9.5): one terminal's punches, asked from the server that collects them.

Needs an account of the server that may read transactions, and the terminal's serial number: one
server holds the punches of many. Times are the server's local time, which is taken for the terminal's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from devices.base import BadRecord, Clock, RawPunch, TerminalReading, TerminalSettings
from devices.errors import BadCredentials, BadReply, NotSupported
from devices.http_contact import HttpContact, Reply
from devices.token_session import TokenSession
from devices.web_log import batch_of, code, identified, kept, plain, user_id, wall_clock, whole_until

_TRANSACTIONS = "/iclock/api/transactions/"
_TERMINALS = "/iclock/api/terminals/"
_PAGE = 500
_LATE_UPLOADS = timedelta(minutes=30)
"""What is asked again before `since`: a terminal may upload a punch after later ones of others."""

_KEPT = (
    "id",
    "emp_code",
    "punch_time",
    "punch_state",
    "verify_type",
    "work_code",
    "terminal_sn",
    "upload_time",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One page of a list: its rows, the count of all (None = not said), and the query of the next."""

    rows: list[dict[str, Any]]
    count: int | None
    following: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Found:
    """What the pages brought; `until` is set where time ran out before the last."""

    punches: list[RawPunch] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    uploaded: list[datetime] = field(default_factory=list)
    until: datetime | None = None


class BioTimeTerminal:
    """A terminal whose punches a BioTime server has; the terminal itself is never contacted."""

    kind: ClassVar[str] = "biotime"
    capabilities: ClassVar[frozenset[str]] = frozenset({"pull", "since"})

    def __init__(self, settings: TerminalSettings, clock: Clock) -> None:
        """Keep how to reach it; nothing is contacted yet."""
        self._settings = settings
        self._clock = clock
        self._zone = ZoneInfo(settings.timezone)

    def check(self) -> TerminalReading:
        """See that the server knows the terminal; errors as for `read`, without the log's."""
        return self._contact(log=False)

    def read(self) -> TerminalReading:
        """Read what this terminal has uploaded.

        `device_time` is the server's clock. The reading covers no hour after the terminal's last
        contact with its server: it may hold punches that nobody has yet. Raises NotSupported,
        Unreachable, BadCredentials or BadReply; `errors.CODES` lists the codes.
        """
        return self._contact(log=True)

    def _contact(self, *, log: bool) -> TerminalReading:
        settings = self._settings
        if not settings.serial:
            raise NotSupported("serial_missing")
        serial = identified(settings.serial, settings.serial)
        with HttpContact(settings) as contact:
            session = TokenSession(contact, settings.user, settings.password)
            about = self._about(session)
            served_at, server_time = session.served_at, self._clock()
            found = self._transactions(contact, session) if log else _Found()
        heard = wall_clock(about.get("last_activity"), self._zone) or max(found.uploaded, default=None)
        shown = served_at and served_at.astimezone(self._zone).replace(tzinfo=None)
        return TerminalReading(
            serial=serial,
            firmware=plain(str(about.get("fw_ver") or "")),
            punches=batch_of(found.punches),
            bad=tuple(found.bad),
            device_time=shown if heard or not log else None,
            server_time=server_time,
            notes=_notes(about, heard, shown, found),
            covers_from=settings.since,
            covers_until=heard and min(one for one in (heard, shown, found.until) if one),
        )

    def _about(self, session: TokenSession) -> Mapping[str, Any]:
        """What the server tells about the terminal; nothing where the account may not ask."""
        try:
            for page in self._pages(session, _TERMINALS, {"sn": self._settings.serial}):
                for row in page.rows:
                    if row.get("sn") == self._settings.serial:
                        return row
        except (BadCredentials, NotSupported) as error:
            if error.code in ("no_permission", "not_supported"):
                return {}
            raise
        raise NotSupported("terminal_unknown", serial=self._settings.serial)

    def _transactions(self, contact: HttpContact, session: TokenSession) -> _Found:
        """All punches, a row that two pages hold once. Raises BadReply `log_incomplete`."""
        found = _Found()
        seen: set[object] = set()
        announced = 0
        for page in self._pages(session, _TRANSACTIONS, self._asked()):
            announced = announced or page.count or 0
            for row in page.rows:
                key = str(row.get("id"))
                if key not in seen:
                    seen.add(key)
                    self._take(row, found)
            if page.following and contact.hurried:
                found.until = whole_until([punch.device_time for punch in found.punches])
                return found
        if len(seen) < announced:  # a server that orders nothing may give one row twice and another never
            raise BadReply("log_incomplete", received=len(seen), announced=announced)
        return found

    def _asked(self) -> dict[str, object]:
        since = self._settings.since
        asked: dict[str, object] = {"terminal_sn": self._settings.serial}
        if since is not None:
            asked["start_time"] = f"{since - _LATE_UPLOADS:%Y-%m-%d %H:%M:%S}"
        return asked

    def _pages(self, session: TokenSession, path: str, asked: Mapping[str, object]) -> Iterator[_Page]:
        """Page after page. Of `next` only the query is used: it often names an inner host."""
        query: dict[str, object] = {"page": 1, "page_size": _PAGE, "limit": _PAGE, **asked}
        turned: list[dict[str, object]] = []
        while True:
            page = _page(session.get(path, query))
            yield page
            if not page.following:
                return
            turned.append(query)
            query = {**query, **page.following}
            if query in turned or not page.rows:
                raise BadReply("log_incomplete")

    def _take(self, row: Mapping[str, Any], found: _Found) -> None:
        """Sort one row: a punch, a bad record, or another terminal's (some versions do not filter)."""
        if "terminal_sn" not in row:
            raise BadReply("bad_reply")
        if row["terminal_sn"] != self._settings.serial:
            return
        if uploaded := wall_clock(row.get("upload_time"), self._zone):
            found.uploaded.append(uploaded)
        raw, device_user_id = kept(row, _KEPT), user_id(row.get("emp_code"))
        moment = wall_clock(row.get("punch_time"), self._zone)
        if device_user_id is None or moment is None:
            reason = "bad_user_id" if device_user_id is None else "impossible_date"
            found.bad.append(BadRecord(raw=raw, reason=reason, device_user_id=device_user_id or ""))
            return
        found.punches.append(
            RawPunch(
                device_user_id=device_user_id,
                device_time=moment,
                verify=code(row.get("verify_type")),
                state=code(row.get("punch_state")),
                work_code=code(row.get("work_code")),
                raw=raw,
            )
        )


def _page(reply: Reply) -> _Page:
    """Read one page. Raises BadReply `bad_reply` for a form nobody knows, and what `accepted` raises."""
    told = reply.accepted().json()
    rows, following, count = told.get("data"), told.get("next") or "", code(told.get("count"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadReply("bad_reply")
    return _Page(
        rows=rows,
        count=None if count < 0 else count,
        following=_query_of(following),
    )


def _query_of(link: object) -> dict[str, str]:
    """The query of a link, {} for none. Raises BadReply `bad_reply`."""
    try:
        found = dict(parse_qsl(urlsplit(str(link)).query))
    except ValueError:
        raise BadReply("bad_reply") from None
    if link and not found:
        raise BadReply("bad_reply")
    return found


def _notes(
    about: Mapping[str, Any], heard: datetime | None, shown: datetime | None, found: _Found
) -> tuple[str, ...]:
    said = {
        "terminal_not_listed": not about,
        "last_contact_unknown": heard is None,
        "clock_not_readable": shown is None,
        "log_cut_short": found.until is not None,
    }
    return tuple(note for note, holds in said.items() if holds)
