"""A small office in words: build a world from codes and clock texts, read verdicts back as text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from monitor.rules import columns as c
from monitor.rules.codes import Reason, Status, reason_codes
from monitor.rules.reconcile import reconcile
from monitor.rules.regulation import OfficeSession, Regulation, Target

EPOCH = datetime(1970, 1, 1)
MONDAY = "2026-03-02"
TUESDAY = "2026-03-03"
WEDNESDAY = "2026-03-04"
FRIDAY = "2026-03-06"
SATURDAY = "2026-03-07"
SUNDAY = "2026-03-08"
NEXT_MONDAY = "2026-03-09"
WORKDAYS = (1, 2, 3, 4, 5)
LATER = "2026-06-30 00:00:00"

SYMBOLS = {"leave": ("P", True), "sick": ("Ô", False), "business_trip": ("CT", True)}


def day(text: str) -> int:
    """Days since 1970 of an ISO date."""
    return (date.fromisoformat(text) - EPOCH.date()).days


def at(text: str) -> int:
    """Seconds since 1970 of `YYYY-MM-DD HH:MM[:SS]`."""
    return int((datetime.fromisoformat(text) - EPOCH).total_seconds())


def clock(instant: int) -> str:
    """`HH:MM[:SS]` of an instant, empty for none."""
    if instant == c.NO_TIME:
        return ""
    text = (EPOCH + timedelta(seconds=int(instant))).strftime("%H:%M:%S")
    return text.removesuffix(":00")


def moment(instant: int) -> str:
    """`YYYY-MM-DD HH:MM[:SS]` of an instant."""
    return f"{EPOCH + timedelta(seconds=int(instant)):%Y-%m-%d} {clock(instant)}"


def office_session(text: str, weekdays: Sequence[int] = WORKDAYS, cong: float | None = None) -> OfficeSession:
    """A session from `"Name 07:30-11:30"`; an end not after the start is on the next day."""
    name, hours = text.rsplit(" ", 1)
    start, end = (at(f"1970-01-01 {hour}") for hour in hours.split("-"))
    return OfficeSession(
        name=name,
        weekdays=tuple(weekdays),
        start_seconds=start,
        end_seconds=end if end > start else end + c.DAY_SECONDS,
        cong=cong,
    )


TWO_SESSIONS = (office_session("Sáng 07:30-11:30"), office_session("Chiều 13:30-17:00"))
EVERYBODY = (Target(kind="*"),)


def regulation(**settings: Any) -> Regulation:
    """The usual two sessions from 2026-01-01 for everybody, with other settings as named."""
    defaults: dict[str, Any] = {
        "code": "gio-hanh-chinh",
        "valid_from": day("2026-01-01"),
        "targets": EVERYBODY,
        "sessions": TWO_SESSIONS,
    }
    return Regulation(**(defaults | settings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session record as an HR clerk would read it."""

    person: str
    day: str
    session: str
    hours: str
    in_: str
    out: str
    status: str
    late: int
    early: int
    worked: int
    symbol: str
    cong: float
    reasons: list[str]
    extras: list[str]
    outside: list[str]
    uncovered: list[str]
    due: str
    window: str
    unit: str
    rule_version: str

    @property
    def marks(self) -> tuple[str, str, str, str]:
        """Session, in, out, status."""
        return self.session, self.in_, self.out, self.status


@dataclass(slots=True, kw_only=True)
class Office:
    """Tables in words. People and units are added as they are named."""

    regulations: list[Regulation] = field(default_factory=lambda: [regulation()])
    units: list[tuple[str, str]] = field(default_factory=lambda: [("ubnd", "")])
    people: list[str] = field(default_factory=lambda: ["an"])
    postings: list[tuple[str, str, int, int]] = field(default_factory=list)
    terminals: list[tuple[str, str, str, str]] = field(default_factory=lambda: [("cong", "", "", "")])
    badges: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    calendar: list[tuple[str, str, str, str, bool]] = field(default_factory=list)
    punched: list[tuple[str, str, str, int]] = field(default_factory=list)
    by_hand: list[tuple[str, str]] = field(default_factory=list)
    excuses: list[tuple[str, str, str, str, bool, str, str]] = field(default_factory=list)
    roster: list[tuple[str, str, str, str]] = field(default_factory=list)
    allowances: list[tuple[str, int, str]] = field(default_factory=list)
    covered: list[tuple[str, str, str, bool]] = field(default_factory=list)
    silent: list[tuple[str, str]] = field(default_factory=list)
    explained: list[tuple[str, str]] = field(default_factory=list)
    ready: bool = True

    def __post_init__(self) -> None:
        """Unless told otherwise: everybody is posted and badged, and the clocks' logs are complete."""
        if self.ready:
            for person in self.people:
                self.post(person)
                self.badge(person)
            for code, *_ in self.terminals:
                self.cover(code)

    def post(self, person: str, unit: str = "ubnd", since: str = "", until: str = "") -> None:
        """Add a posting; open on both sides unless dated."""
        self.postings.append((person, unit, *_validity(since, until)))

    def badge(
        self, person: str, terminal: str = "*", device_user: str = "", since: str = "", until: str = ""
    ) -> None:
        """Add a badge; the device user id is the person's code unless given."""
        self.badges.append((person, terminal, device_user or person, *_validity(since, until)))

    def cover(
        self,
        terminal: str = "cong",
        since: str = "2026-01-01 00:00",
        until: str = LATER,
        *,
        declared: bool = False,
    ) -> None:
        """Add a coverage interval."""
        self.covered.append((terminal, since, until, declared))

    def punch(self, on: str, *times: str, who: str = "an", terminal: str = "cong", state: int = 7) -> None:
        """Add punches of one date (or of full moments, with `on` empty)."""
        self.punched.extend((terminal, who, f"{on} {time}".strip(), state) for time in times)

    def excuse(
        self,
        since: str,
        until: str,
        kind: str = "leave",
        *,
        who: str = "an",
        approved: bool = True,
        document_on: str = "",
        entered_at: str = "",
    ) -> None:
        """Add an excuse."""
        self.excuses.append((who, kind, since, until, approved, document_on, entered_at))

    def duty(self, since: str, until: str, kind: str = "duty", who: str = "an") -> None:
        """Add a roster entry."""
        self.roster.append((who, kind, since, until))

    def special(
        self, on: str, kind: str, *, scope: str = "", for_date: str = "", confirmed: bool = True
    ) -> None:
        """Add a calendar row."""
        self.calendar.append((on, kind, scope, for_date, confirmed))

    def world(self) -> c.World:
        """The tables as columns."""
        return _world(self)

    def verdicts(self, *days: str, now: str = LATER, who: Sequence[str] = ()) -> c.Verdicts:
        """Verdicts of the given dates for the given people, everybody if none is named."""
        people = sorted(self.people)
        asked = [(people.index(name), day(on)) for name in who or people for on in days]
        person, on_day = np.array(asked, np.int32).reshape(-1, 2).T
        return reconcile(self.world(), c.PersonDays(person=person, day=on_day), at(now))

    def rows(self, *days: str, now: str = LATER, who: Sequence[str] = ()) -> list[Row]:
        """As `verdicts`, session by session in words."""
        return read(self.world(), self.verdicts(*days, now=now, who=who).sessions)

    def marks(self, *days: str, now: str = LATER) -> list[tuple[str, str, str, str]]:
        """Session, in, out and status of each session."""
        return [row.marks for row in self.rows(*days, now=now)]


def read(world: c.World, records: c.SessionRecords) -> list[Row]:
    """Session records in words; punches are named by their moments."""
    times = dict(zip(world.punches.id.tolist(), world.punches.time.tolist(), strict=True))
    times |= dict(zip(world.manual.id.tolist(), world.manual.time.tolist(), strict=True))
    return [
        Row(
            person=world.people[records.person[i]],
            day=(EPOCH + timedelta(days=int(records.day[i]))).strftime("%Y-%m-%d"),
            session=records.name[i],
            hours=f"{clock(records.start[i])}-{clock(records.end[i])}",
            in_=clock(records.time_in[i]),
            out=clock(records.time_out[i]),
            status=Status(records.status[i]).name.lower(),
            late=int(records.late_seconds[i]),
            early=int(records.early_seconds[i]),
            worked=int(records.worked_seconds[i]),
            symbol=records.symbol[i],
            cong=float(records.cong[i]),
            reasons=reason_codes(Reason(int(records.reasons[i]))),
            extras=[clock(times[p]) for p in records.extras.of(i).tolist()],
            outside=[moment(times[p]) for p in records.outside.of(i).tolist()],
            uncovered=[world.terminals.code[t] for t in records.uncovered.of(i).tolist()],
            due=f"{clock(records.due_from[i])}-{clock(records.due_to[i])}",
            window=f"{clock(records.window_from[i])}-{clock(records.window_to[i])}",
            unit=world.units.code[records.unit[i]],
            rule_version=records.rule_version[i],
        )
        for i in range(len(records))
    ]


def _validity(since: str, until: str) -> tuple[int, int]:
    return (day(since) if since else c.DAY_MIN, day(until) if until else c.DAY_MAX)


def _columns(kind: Any, dtypes: Sequence[Any], rows: Sequence[tuple[Any, ...]]) -> Any:
    """A column set of any kind from rows of values, in the order of its fields."""
    names = list(kind.__dataclass_fields__)
    return kind(
        **{
            name: np.array([row[i] for row in rows], dtype)
            for i, (name, dtype) in enumerate(zip(names, dtypes, strict=True))
        }
    )


def _states(state: int) -> int:
    return 1 << (state if state in range(6) else 7)


def _world(office: Office) -> c.World:
    people, units = sorted(office.people), [code for code, _ in office.units]
    clocks = [code for code, *_ in office.terminals]
    ids = sorted({b[2] for b in office.badges} | {p[1] for p in office.punched})
    kinds = list(SYMBOLS)
    i8, i32, i64, text = np.uint8, np.int32, np.int64, object

    def unit(code: str) -> int:
        return units.index(code) if code else -1

    def terminal(code: str) -> int:
        return c.ANY_TERMINAL if code == "*" else clocks.index(code)

    def optional_day(on: str) -> int:
        return day(on) if on else c.NO_DAY

    return c.World(
        people=np.array(people, object),
        units=_columns(c.Units, (text, i32), [(u, unit(parent)) for u, parent in office.units]),
        postings=_columns(
            c.Postings,
            (i32,) * 4,
            [(people.index(p), unit(u), first, last) for p, u, first, last in office.postings],
        ),
        regulations=tuple(office.regulations),
        calendar=_columns(
            c.CalendarRows,
            (i32, i32, text, i32, text, bool, bool),
            [(day(d), unit(s), k, optional_day(f), "QĐ 1", ok, False) for d, k, s, f, ok in office.calendar],
        ),
        terminals=_columns(
            c.Terminals,
            (text, i32, i32, text),
            [(code, unit(u), optional_day(since), way) for code, u, since, way in office.terminals],
        ),
        badges=_columns(
            c.Badges,
            (i32,) * 5,
            [(people.index(p), terminal(t), ids.index(i), a, z) for p, t, i, a, z in office.badges],
        ),
        punches=_columns(
            c.Punches,
            (i64, i32, i32, i64, i8),
            [
                (n + 1, terminal(t), ids.index(i), at(time), _states(state))
                for n, (t, i, time, state) in enumerate(office.punched)
            ],
        ),
        manual=_columns(
            c.ManualPunches,
            (i64, i32, i64),
            [(-n - 1, people.index(p), at(time)) for n, (p, time) in enumerate(office.by_hand)],
        ),
        excuse_types=_columns(
            c.ExcuseTypes, (text, text, bool), [(code, *rest) for code, rest in SYMBOLS.items()]
        ),
        excuses=_columns(
            c.Excuses,
            (i64, i32, i32, i64, i64, bool, i32, i64),
            [
                (
                    n,
                    people.index(p),
                    kinds.index(k),
                    at(a),
                    at(z),
                    ok,
                    optional_day(d),
                    at(e) if e else c.NO_TIME,
                )
                for n, (p, k, a, z, ok, d, e) in enumerate(office.excuses)
            ],
        ),
        roster=_columns(
            c.RosterEntries,
            (i64, i32, text, i64, i64),
            [(n, people.index(p), k, at(a), at(z)) for n, (p, k, a, z) in enumerate(office.roster)],
        ),
        allowances=_columns(
            c.Allowances,
            (i32, i32, text, i32, i32),
            [(people.index(p), m * 60, w, c.DAY_MIN, c.DAY_MAX) for p, m, w in office.allowances],
        ),
        coverage=_columns(
            c.Coverage,
            (i32, i64, i64, bool),
            [(terminal(t), at(a), at(z), declared) for t, a, z, declared in office.covered],
        ),
        silent=_columns(c.SilentDays, (i32, i32), [(terminal(t), day(d)) for t, d in office.silent]),
        explained=_columns(c.Explained, (i32, i32), [(people.index(p), day(d)) for p, d in office.explained]),
    )
