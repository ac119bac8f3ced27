"""Random changes of every kind that an office makes, through the ways it makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
from sqlalchemy import Engine

from devices.base import PunchBatch
from monitor.intake import Origin, accept
from monitor.intake.coverage import declare
from monitor.rules.wallclock import seconds_of, text_of
from monitor.setup import import_file
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.office import at, rows

FIRST = date(2026, 2, 23)
DAYS = 24
PEOPLE = ("AN", "BINH", "DUC", "HANH")
UNITS = ("XA", "XA-VP", "XA-TC")
IDS = ("1", "2", "3", "4", "5")
TIMES = ("06:50", "07:25", "07:36", "11:31", "13:29", "13:40", "16:40", "17:02", "17:30", "21:55", "23:59")
HEADERS = {
    "units": "code,name,parent",
    "people": "code,name,unit,position,role,valid_from,valid_to",
    "terminals": "code,name,kind,unit,direction,installed_on",
    "badges": "person,terminal,device_user_id,valid_from,valid_to",
    "calendar": "date,kind,name,for_date,scope,document,status",
    "excuses": "person,type,from,to,status,document,document_date,entered_at",
    "roster": "person,kind,from,to,place,document",
    "allowances": "person,kind,minutes,where,valid_from,valid_to,document",
    "coverage": "terminal,from,to",
}


@dataclass(slots=True, kw_only=True)
class Office:
    """A database that changes, the dice, and what was done so far: a failure is told by it."""

    engine: Engine
    folder: Path
    dice: Random
    now: datetime
    done: list[str]

    def day(self) -> date:
        """Any day of the few weeks that are played."""
        return FIRST + timedelta(days=self.dice.randrange(-3, DAYS))

    def span(self, longest: int = 6) -> tuple[str, str]:
        """Two dates, the later one perhaps open."""
        first = self.day()
        last = first + timedelta(days=self.dice.randrange(longest))
        return str(first), "" if self.dice.random() < 0.25 else str(last)

    def moments(self, longest_minutes: int) -> tuple[str, str]:
        """Two moments, to the quarter of an hour."""
        start = datetime.combine(self.day(), datetime.min.time())
        start += timedelta(minutes=15 * self.dice.randrange(96))
        end = start + timedelta(minutes=15 * self.dice.randrange(1, longest_minutes // 15))
        return f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}"

    def one(self, *choices: str) -> str:
        """Any of them."""
        return self.dice.choice(choices)

    def load(self, kind: str, content: str) -> bool:
        """Import a file; what contradicts what is stored is refused, as in any office."""
        name = "regulations.toml" if kind == "regulations" else f"{kind}.csv"
        path = self.folder / name
        path.write_text(
            content if kind == "regulations" else f"{HEADERS[kind]}\n{content}\n", encoding="utf-8"
        )
        report = import_file(self.engine, kind, path, now=self.now, zone="Asia/Ho_Chi_Minh", actor="cli:test")
        self.done.append(f"{self.now:%m-%d %H:%M} {kind} {'' if report.applied else 'refused '}{content}")
        return report.applied


def punches(office: Office) -> bool:
    """A terminal delivers some punches; an hour later it may say the same with another key."""
    times = [f"{office.day()} {office.one(*TIMES)}" for _ in range(office.dice.randrange(1, 6))]
    deliver(office, office.dice.choice((1, 1, 2)), [(office.one(*IDS), time) for time in times])
    return True


def again(office: Office) -> bool:
    """A terminal says once more what it said, now with other keys: they count together (rules 9)."""
    found = rows(office.engine, "SELECT terminal_id, device_user_id, device_time FROM punch ORDER BY id")
    terminal_id, user, time = office.dice.choice(found)
    deliver(office, int(str(terminal_id)), [(str(user), text_of(int(str(time))))])
    return True


def deliver(office: Office, terminal_id: int, found: list[tuple[str, str]]) -> None:
    """Deliver (device user id, local time) pairs with random keys."""
    states = [office.dice.randrange(3) for _ in found]
    batch = PunchBatch(
        device_user_id=np.array([user for user, _ in found], dtype=object),
        device_seconds=np.array([seconds_of(datetime.fromisoformat(time)) for _, time in found], np.int64),
        verify=np.ones(len(found), np.int32),
        state=np.array(states, np.int32),
        work_code=np.zeros(len(found), np.int32),
        raw=np.array([b"" for _ in found], dtype=object),
    )
    with transaction(office.engine) as session:
        terminal = session.get_one(Terminal, terminal_id)
        accept(session, terminal, batch, (), Origin(source="pull", received_at=at("2026-12-31 00:00")))
    office.done.append(f"{office.now:%m-%d %H:%M} punches at {terminal_id}: {found} {states}")


def read_coverage(office: Office) -> bool:
    """A read proves that a terminal's log is complete for a while; days without punches may be silent."""
    start, end = (seconds_of(datetime.fromisoformat(text)) for text in office.moments(6 * 1440))
    terminal_id = office.dice.choice((1, 1, 2))
    with transaction(office.engine) as session:
        declare(session, terminal_id, start, end, source="pull")
    office.done.append(f"{office.now:%m-%d %H:%M} coverage read at {terminal_id}: {start} {end}")
    return True


def badge(office: Office) -> bool:
    first, last = office.span(12)
    whose = f"{office.one(*PEOPLE)},{office.one('M1', 'M2', '*')},{office.one(*IDS)}"
    return office.load("badges", f"{whose},{office.one('', first)},{last}")


def shared_badge(office: Office) -> bool:
    """An id that means one person anywhere comes to mean another at one terminal (rules 7)."""
    everywhere, here = office.dice.sample(PEOPLE, 2)
    number = office.one(*IDS)
    first, last = office.span(12)
    done = office.load("badges", f"{everywhere},*,{number},,")
    return office.load("badges", f"{here},{office.one('M1', 'M2')},{number},{first},{last}") or done


def posting(office: Office) -> bool:
    first, last = office.span(20)
    first = office.one(first, str(FIRST))
    return office.load("people", f"{office.one(*PEOPLE)},Người,{office.one(*UNITS)},,staff,{first},{last}")


def unit(office: Office) -> bool:
    return office.load("units", f"{office.one('XA-VP', 'XA-TC')},Đơn vị,{office.one('', *UNITS)}")


def terminal(office: Office) -> bool:
    first, _ = office.span()
    where = f"{office.one('', *UNITS)},{office.one('', 'in', 'out')},{office.one('', '', first)}"
    return office.load("terminals", f"{office.one('M1', 'M2')},Máy,file,{where}")


def calendar(office: Office) -> bool:
    rest = f"{office.one('', *UNITS)},{office.one('', 'QĐ 1')},{office.one('F', 'C', 'P')}"
    return office.load("calendar", f"{office.day()},{office.one('off', 'work', 'makeup')},Ngày,,{rest}")


def excuse(office: Office) -> bool:
    start, end = office.moments(3 * 1440)
    kind = office.one("leave", "sick", "meeting")
    rest = f"{office.one('approved', 'approved', 'rejected')},,{office.one('', str(office.day()))},"
    return office.load("excuses", f"{office.one(*PEOPLE)},{kind},{start},{end},{rest}")


def roster(office: Office) -> bool:
    start, end = office.moments(1440)
    kind = office.one("duty", "duty", "extra", "release", "overtime")
    return office.load("roster", f"{office.one(*PEOPLE)},{kind},{start},{end},,")


def overtime(office: Office) -> bool:
    start, end = office.moments(600)
    return office.load("roster", f"{office.one(*PEOPLE)},overtime,{start},{end},,")


def duties(office: Office) -> bool:
    """Days and nights on end: one chain, in which a punch may decide things many days away."""
    start = datetime.combine(office.day(), datetime.min.time()) + timedelta(hours=17)
    moments = [start + timedelta(hours=12 * part) for part in range(office.dice.randrange(3, 14))]
    person = office.one(*PEOPLE)
    rows = [f"{person},duty,{m:%Y-%m-%d %H:%M},{m + timedelta(hours=12):%Y-%m-%d %H:%M},," for m in moments]
    return office.load("roster", "\n".join(rows))


def allowance(office: Office) -> bool:
    first, last = office.span(12)
    kind, where = office.one("nursing", "pregnancy"), office.one("start", "end", "either")
    minutes = office.one("15", "60")
    return office.load("allowances", f"{office.one(*PEOPLE)},{kind},{minutes},{where},{first},{last},")


def coverage(office: Office) -> bool:
    start, end = office.moments(8 * 1440)
    return office.load("coverage", f"{office.one('M1', 'M2')},{start},{end}")


def regulation(office: Office) -> bool:
    target = office.one("*", "*", *(f"unit:{code}" for code in UNITS), *(f"person:{code}" for code in PEOPLE))
    start, end = office.one("07:00", "07:30", "08:00"), office.one("17:00", "16:30")
    return office.load(
        "regulations",
        f"""
[[regulation]]
code = "{office.one("A", "B", "C")}"
title = "Quy chế"
document = "Số {office.dice.randrange(3)}"
valid_from = {FIRST + timedelta(days=7 * office.dice.randrange(-1, 3))}
applies_to = ["{target}"]
marks = {office.one("4", "4", "2", "1", "0")}
grace_late_minutes = {office.one("0", "5", "15")}
direction = "{office.one("ignore", "state", "state", "terminal")}"
[[regulation.session]]
name = "Sáng"
weekdays = [1, 2, 3, 4, 5]
start = "{start}"
end = "11:30"
[[regulation.session]]
name = "Chiều"
weekdays = [1, 2, 3, 4{office.one("", ", 5", ", 5, 6")}]
start = "13:30"
end = "{end}"
""",
    )


KINDS: tuple[Callable[[Office], bool], ...] = (
    punches, again, read_coverage, badge, shared_badge, posting, unit, terminal, calendar, excuse, roster,
    duties, overtime, allowance, coverage, regulation,
)  # fmt: skip
