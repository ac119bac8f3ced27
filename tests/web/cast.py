"""A small ward office on Tuesday 24/02/2026 at 14:20, written straight into the tables."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from monitor.rules.codes import Reason, Status
from monitor.rules.wallclock import day_of, seconds_of
from monitor.store.tables import (
    AccessGrant,
    Account,
    Badge,
    Campaign,
    CampaignDay,
    CampaignMember,
    CampaignUnit,
    ClockSighting,
    CoverageInterval,
    DayRecord,
    Excuse,
    Person,
    Posting,
    Pull,
    Punch,
    RegulationSession,
    RegulationVersion,
    SessionRecord,
    Terminal,
    Unit,
    Visit,
    VisitPerson,
)
from monitor.text.vietnamese import fold, sort_key

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ON = date(2026, 2, 24)
DAY = day_of(ON)
NOW = datetime(2026, 2, 24, 14, 20, tzinfo=ZONE)

MORNING, AFTERNOON = ("Sáng", "07:30", "11:30"), ("Chiều", "13:30", "17:00")


def at(clock: str, on: date = ON) -> int:
    """Wall-clock seconds of HH:MM or HH:MM:SS on a day."""
    parts = [int(part) for part in clock.split(":")]
    moment = datetime(on.year, on.month, on.day)
    return seconds_of(moment + timedelta(hours=parts[0], minutes=parts[1], seconds=sum(parts[2:])))


Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Office:
    """The rows that tests refer to, by a short name."""

    session: Session
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    terminals: dict[str, Terminal] = field(default_factory=dict)
    homes: dict[str, int] = field(default_factory=dict)
    regulation: int = 0

    def keep(self, row: Row) -> Row:
        """Insert a row and give it back with its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def unit(self, code: str, name: str, parent: str | None = None, *, public: bool = False) -> Unit:
        """A unit."""
        parent_id = None if parent is None else self.units[parent].id
        self.units[code] = self.keep(Unit(code=code, name=name, parent_id=parent_id, public_facing=public))
        return self.units[code]

    def person(self, code: str, name: str, unit: str, role: str = "staff", position: str = "") -> Person:
        """A person with a posting since 2020 and a badge for every terminal."""
        person = self.keep(Person(code=code, name=name, sort_key=sort_key(name), search_key=fold(name)))
        since = date(2020, 1, 1)
        unit_id = self.units[unit].id or 0
        self.keep(
            Posting(person_id=person.id or 0, unit_id=unit_id, position=position, role=role, valid_from=since)
        )
        self.keep(Badge(person_id=person.id or 0, device_user_id=code[2:]))
        self.people[code] = person
        self.homes[code] = unit_id
        return person

    def terminal(self, code: str, name: str, covered_until: str | None) -> Terminal:
        """A terminal of the root unit, covered since the month's start."""
        terminal = self.keep(
            Terminal(code=code, name=name, kind="zk", host="10.0.0.1", unit_id=self.units["ubnd"].id)
        )
        self.terminals[code] = terminal
        if covered_until is not None:
            starts, ends = at("00:00", date(2026, 2, 1)), at(covered_until)
            self.keep(CoverageInterval(terminal_id=terminal.id or 0, starts=starts, ends=ends, source="pull"))
        return terminal

    def punch(self, terminal: str, person: str, clock: str, verify: int = 1, on: date = ON) -> int:
        """A stored punch; gives its id."""
        row = Punch(
            terminal_id=self.terminals[terminal].id or 0,
            device_user_id=person[2:],
            device_time=at(clock, on),
            verify=verify,
            state=255,
            work_code=0,
            source="pull",
            received_at=at(clock, on),
            raw=b"",
        )
        kept: Punch = self.keep(row)
        return kept.id or 0

    def session_record(
        self,
        person: str,
        session: tuple[str, str, str],
        status: Status,
        *,
        seq: int = 0,
        on: date = ON,
        **more: Any,
    ) -> SessionRecord:
        """A verdict on a session; times may be given as text."""
        name, starts, ends = session
        holder = self.people[person]
        values: dict[str, Any] = {
            "person_id": holder.id,
            "day": day_of(on),
            "seq": seq,
            "unit_id": self.homes[person],
            "regulation_id": self.regulation or None,
            "kind": 0,
            "name": name,
            "starts": at(starts, on),
            "ends": at(ends, on),
            "due_from": at(starts, on),
            "due_to": at(ends, on),
            "window_from": at("05:30", on),
            "window_to": at("21:00", on),
            "status": int(status),
            "late_seconds": 0,
            "early_seconds": 0,
            "worked_seconds": 0,
            "symbol": "",
            "cong": 0.5,
            "reasons": 0,
            "rule_version": "0123456789ab",
            "extras": "",
            "outside": "",
            "uncovered": "",
        }
        values |= {
            key: at(value, on) if isinstance(value, str) and key in TIMES else value
            for key, value in more.items()
        }
        record: SessionRecord = self.keep(SessionRecord(**values))
        return record

    def day_record(self, person: str, records: list[SessionRecord]) -> None:
        """The day that follows from its sessions (rules 4)."""
        reasons = 0
        for record in records:
            reasons |= record.reasons
        self.keep(
            DayRecord(
                person_id=self.people[person].id or 0,
                day=records[0].day,
                unit_id=records[0].unit_id,
                status=min(record.status for record in records),
                late_seconds=sum(record.late_seconds for record in records),
                early_seconds=sum(record.early_seconds for record in records),
                worked_seconds=sum(record.worked_seconds for record in records),
                cong=sum(record.cong for record in records),
                reasons=reasons,
            )
        )

    def day(self, person: str, morning: dict[str, Any], afternoon: dict[str, Any], on: date = ON) -> None:
        """A usual day of two sessions."""
        first = self.session_record(person, MORNING, seq=0, on=on, **morning)
        second = self.session_record(person, AFTERNOON, seq=1, on=on, **afternoon)
        self.day_record(person, [first, second])


TIMES = frozenset({"time_in", "time_out", "due_from", "due_to", "window_from", "window_to"})

AT_WORK = {"status": Status.PENDING, "reasons": int(Reason.AT_WORK)}
NOT_IN = {"status": Status.PENDING, "reasons": int(Reason.NOT_IN_YET), "cong": 0.0}
GOOD_MORNING = {"status": Status.ON_TIME, "time_in": "07:21:03", "time_out": "11:32:40"}


def furnish(session: Session) -> Office:
    """The whole office."""
    office = Office(session)
    _units_and_terminals(office)
    _regulation(office)
    _people(office)
    _hanh_and_duc(office)
    _others(office)
    _accounts(office)
    return office


def _units_and_terminals(office: Office) -> None:
    office.unit("ubnd", "UBND phường Trà Bá")
    office.unit("vp", "Văn phòng HĐND và UBND", "ubnd")
    office.unit("kt", "Phòng Kinh tế, Hạ tầng và Đô thị", "ubnd")
    office.unit("pvhcc", "Trung tâm Phục vụ hành chính công", "ubnd", public=True)
    front = office.terminal("TM1", "Cổng trước", "14:15")
    rear = office.terminal("TM2", "Cổng sau", "13:46")
    for terminal, minutes, error in ((front, 5, ""), (rear, 34, ""), (rear, 4, "unreachable")):
        moment = NOW.astimezone(UTC) - timedelta(minutes=minutes)
        office.keep(
            Pull(
                terminal_id=terminal.id or 0,
                started_at=moment,
                finished_at=moment,
                error_code=error,
                count_after=None if error else 48_210,
                capacity=100_000,
                stored=12,
                duplicates=48_198,
                clock_offset_seconds=72 if terminal is rear else 1,
            )
        )
    for terminal, offset in ((front, 1), (rear, 72)):
        office.keep(
            ClockSighting(terminal_id=terminal.id or 0, seen_at=NOW, offset_seconds=offset, exact=True)
        )


def _regulation(office: Office) -> None:
    version = office.keep(
        RegulationVersion(
            code="gio-hanh-chinh",
            title="Giờ hành chính",
            document="Quyết định số 12/QĐ-UBND",
            valid_from=date(2026, 1, 1),
            grace_late_minutes=5,
        )
    )
    office.regulation = version.id or 0
    for name, start, end in (("Sáng", 27_000, 41_400), ("Chiều", 48_600, 61_200)):
        office.keep(
            RegulationSession(
                regulation_id=version.id or 0,
                name=name,
                weekdays="12345",
                start_seconds=start,
                end_seconds=end,
            )
        )


def _people(office: Office) -> None:
    office.person("CB001", "Nguyễn Thị Hạnh", "vp", "head", "Chánh Văn phòng")
    office.person("CB002", "Trần Văn Đức", "vp")
    office.person("CB003", "Lê Thị Ánh", "vp")
    office.person("CB004", "Phạm Văn An", "vp", "deputy")
    office.person("CB005", "Nguyễn Thị Hường", "kt", "head", "Trưởng phòng")
    office.person("CB006", "Đặng Hoà Bình", "kt")
    office.person("CB007", "Vũ Quốc Dũng", "kt")
    office.person("CB008", "Vũ Quốc Dũng", "kt")
    office.person("CB009", "Hoàng Mỹ Linh", "pvhcc", "head", "Giám đốc Trung tâm")
    office.person("CB010", "Bùi Thanh Tâm", "pvhcc")
    office.person("CB011", "Ngô Xuân Yến", "pvhcc")
    office.person("CB012", "Đỗ Minh Châu", "ubnd", "head", "Chủ tịch UBND")
    office.person("CB013", "Lý Thị Sen", "vp")


def _hanh_and_duc(office: Office) -> None:
    """Two people whose punches are stored, so that their days can be explained."""
    hanh = [office.punch("TM1", "CB001", clock) for clock in ("07:21:03", "07:21:20", "11:32:40", "13:22:10")]
    office.day(
        "CB001",
        {**GOOD_MORNING, "punch_in": hanh[0], "punch_out": hanh[2], "worked_seconds": 14_400},
        {**AT_WORK, "time_in": "13:22:10", "punch_in": hanh[3]},
    )
    duc = [
        office.punch("TM1", "CB002", "07:42:10", 15),
        office.punch("TM1", "CB002", "09:15:00"),
        office.punch("TM1", "CB002", "11:30:30"),
        office.punch("TM2", "CB002", "13:25:00"),
    ]
    office.day(
        "CB002",
        {
            "status": Status.LATE,
            "time_in": "07:42:10",
            "time_out": "11:30:30",
            "punch_in": duc[0],
            "punch_out": duc[2],
            "late_seconds": 730,
            "extras": str(duc[1]),
            "reasons": int(Reason.EXTRA),
        },
        {**AT_WORK, "time_in": "13:25:00", "punch_in": duc[3]},
    )


def _others(office: Office) -> None:
    rear = str(office.terminals["TM2"].id)
    waiting = {"status": Status.PENDING, "reasons": int(Reason.NO_DATA), "uncovered": rear, "cong": 0.0}
    working = {**AT_WORK, "time_in": "13:20:00"}
    absent = {"status": Status.ABSENT, "cong": 0.0, "symbol": "KP"}
    leave = {"status": Status.EXCUSED, "symbol": "P"}
    office.day("CB003", GOOD_MORNING, NOT_IN)
    office.day("CB004", absent, NOT_IN)
    office.day("CB005", leave, leave)
    office.day("CB006", {"status": Status.MISSING_OUT, "time_in": "07:29:00"}, working)
    office.day("CB007", GOOD_MORNING, waiting)
    office.day("CB008", GOOD_MORNING, working)
    office.day(
        "CB009",
        {"status": Status.EARLY, "time_in": "07:25:00", "time_out": "11:02:00", "early_seconds": 1680},
        working,
    )
    office.day("CB010", GOOD_MORNING, waiting)
    office.day("CB011", GOOD_MORNING, working)
    exempt = {"status": Status.EXEMPT, "reasons": int(Reason.EXEMPT), "window_from": None, "window_to": None}
    office.day("CB012", exempt, exempt)
    office.keep(
        Excuse(
            person_id=office.people["CB005"].id or 0,
            type_code="leave",
            starts=at("00:00"),
            ends=at("23:59:59"),
            document="Đơn số 7",
            entered_at=at("08:00"),
        )
    )
    yesterday = date(2026, 2, 23)
    office.day(
        "CB002", GOOD_MORNING, {**GOOD_MORNING, "time_in": "13:20:00", "time_out": "17:05:00"}, on=yesterday
    )


def _accounts(office: Office) -> None:
    def account(name: str, shown: str, role: str, unit: str | None, person: str | None = None) -> None:
        unit_id = None if unit is None else office.units[unit].id
        person_id = None if person is None else office.people[person].id
        office.keep(
            Account(user_name=name, display_name=shown, role=role, unit_id=unit_id, person_id=person_id)
        )

    account("admin", "Quản trị viên", "admin", None)
    account("hanh", "Nguyễn Thị Hạnh", "head", "vp", "CB001")
    account("huong", "Nguyễn Thị Hường", "head", "kt", "CB005")
    account("nhansu", "Phòng Nội vụ", "hr", "ubnd")
    account("thanhtra", "Tổ kiểm tra", "inspector", None)
    account("giamsat", "Thường trực HĐND", "supervisor", "ubnd")
    account("kythuat", "Kỹ thuật viên", "technician", None)
    account("duc", "Trần Văn Đức", "staff", None, "CB002")
    _inspection(office)
    _campaign(office)


def _inspection(office: Office) -> None:
    """The inspectors may look at one unit, for the two days after the break."""
    inspector = office.session.scalars(select(Account).where(col(Account.user_name) == "thanhtra")).one()
    office.keep(
        AccessGrant(
            account_id=inspector.id or 0,
            unit_id=office.units["kt"].id or 0,
            role="inspector",
            valid_from=date(2026, 2, 20),
            valid_to=date(2026, 3, 31),
            days_from=date(2026, 2, 23),
            days_to=ON,
            reason="Kế hoạch kiểm tra số 3",
            granted_by="admin",
            granted_at=NOW,
        )
    )


def _campaign(office: Office) -> None:
    """The check after Tết of the unit that the inspectors may see, made by HR."""
    accounts = {account.user_name: account.id or 0 for account in office.session.scalars(select(Account))}
    campaign = office.keep(
        Campaign(
            code="dot-1",
            kind="dates",
            title="Kiểm tra sau Tết Bính Ngọ",
            state="open",
            choice="chosen",
            tet_year=2026,
            made_by=accounts["nhansu"],
            made_at=NOW,
            opened_at=NOW,
        )
    )
    number = campaign.id or 0
    for on, mark in ((date(2026, 2, 23), "day_1"), (ON, "")):
        office.keep(CampaignDay(campaign_id=number, on_date=on, mark=mark))
    office.keep(CampaignUnit(campaign_id=number, unit_id=office.units["kt"].id or 0))
    office.keep(CampaignMember(campaign_id=number, account_id=accounts["thanhtra"], role="leader"))
    _visit(office, number, accounts["thanhtra"])


def _visit(office: Office, campaign: int, account: int) -> None:
    """A visit at 14:05: one on leave, one without any punch, two that punched."""
    visit = office.keep(
        Visit(
            code="luot-1",
            campaign_id=campaign,
            unit_id=office.units["kt"].id or 0,
            day=DAY,
            frozen_at=at("14:05"),
            made_by=account,
            made_at=NOW,
            body="Sở Nội vụ",
        )
    )
    terminal = office.terminals["TM1"].id
    for code, kind, punched in (
        ("CB005", "away", None),
        ("CB006", "expected", at("13:20")),
        ("CB007", "expected", at("07:21:03")),
        ("CB008", "expected", None),
    ):
        office.keep(
            VisitPerson(
                visit_id=visit.id or 0,
                person_id=office.people[code].id or 0,
                unit_id=office.homes[code],
                kind=kind,
                session="Chiều",
                last_punch=punched,
                terminal_id=terminal if punched else None,
                symbol="P" if kind == "away" else "",
                document="Đơn số 7" if kind == "away" else "",
            )
        )
