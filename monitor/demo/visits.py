"""A visit of the demo's check after Tết 2026, what became of its findings, and two reports from citizens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.access import scope_of
from monitor.cases import Reminding, examined
from monitor.cases.effects import reminded
from monitor.config import Settings
from monitor.demo.papers import confirmation
from monitor.inspections.citizen_reports import Told, conclude, take_in
from monitor.inspections.findings import Candidate, candidates, open_of_visit, sides_of
from monitor.inspections.followup import Step, take
from monitor.inspections.minutes import Words, keep_signed, write_version
from monitor.inspections.officers import name_officer
from monitor.inspections.patterns.switches import switch
from monitor.inspections.reminding import issue
from monitor.inspections.reporter import Reporter
from monitor.inspections.roll import RollLine, roll_of
from monitor.inspections.snapshot import freeze
from monitor.inspections.standing import keep_standing
from monitor.inspections.visits import Tap, keep_taps
from monitor.inspections.wish import By
from monitor.rules.patterns import PATTERNS
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.findings import Reader, findings
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import Account, Campaign, Finding, Visit

CAMPAIGN = "sau-tet-2026"
VISITED_AT = datetime(2026, 2, 24, 8, 5)  # noqa: DTZ001 - a wall-clock reading of the demo's zone
SHOWN_FROM = date(2026, 2, 28)
UNIT, HEAD, TEAM = "XDL-KT", "head-xdl", "inspector"
BODY = "Sở Nội vụ"
WORDS = Words(
    body=BODY,
    place="Trụ sở UBND xã",
    team="- Trưởng đoàn: Phó Giám đốc Sở Nội vụ",
    hosts="- Phó Chủ tịch UBND xã",
    content="Việc chấp hành thời giờ làm việc ngày đầu sau Tết.",
    proposals="Đề nghị đơn vị rà soát việc bố trí người trực.",
    ended="08:40",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Who can act in the demo, at a moment of its past."""

    session: Session
    settings: Settings

    def by(self, name: str, at: datetime) -> By:
        account = self.session.scalars(select(Account).where(col(Account.user_name) == name)).one()
        moment = at.replace(tzinfo=ZoneInfo(self.settings.site.timezone))
        scope = scope_of(self.session, account, moment.date())
        return By(actor=name, now=moment, settings=self.settings, account_id=account.id, scope=scope)


def add_visit(engine: Engine, settings: Settings, now: datetime) -> int:
    """Add all of it where the demo is later in 2026 (`now` aware, local); gives how many findings."""
    if now.year != SHOWN_FROM.year or now.date() < SHOWN_FROM:
        return 0
    with transaction(engine) as session:
        scene = _Scene(session=session, settings=settings)
        keep_standing(session, replace(scene.by(TEAM, VISITED_AT), scope=None, account_id=None))
        campaign = session.scalars(select(Campaign).where(col(Campaign.code) == CAMPAIGN)).one()
        visit = _visited(scene, campaign)
        found = candidates(session, visit, roll_of(session, visit, EVERYBODY))
        made = _followed(scene, visit, found)
        _reported(scene)
        _patterns_on(scene)
        return len(made)


def _patterns_on(scene: _Scene) -> None:
    """The administrator lets every pattern be listed, as the year's plan of checks has it."""
    by = replace(scene.by(TEAM, VISITED_AT), actor="admin")
    for pattern in PATTERNS:
        switch(scene.session, pattern, by, on=True, reason="Theo kế hoạch kiểm tra năm 2026")


def _visited(scene: _Scene, campaign: Campaign) -> Visit:
    """Everybody there but two, the minutes written and signed half an hour later."""
    session, by = scene.session, scene.by(TEAM, VISITED_AT)
    units = tree(session)
    unit = next(one for one in units.units.values() if one.code == UNIT)
    visit = freeze(session, campaign, unit.id, units, by, code="luot-sau-tet-2026")
    session.flush()
    roll = [line for line in roll_of(session, visit, EVERYBODY) if line.expected and not line.presence]
    staff = [line for line in roll if line.frozen.role == "staff"][:2]
    taps = [_tap(line, by, seen=line not in staff) for line in roll]
    people = {line.person.code: line.frozen.person_id for line in roll}
    keep_taps(session, visit, campaign, people, taps, by)
    later = scene.by(TEAM, VISITED_AT + timedelta(minutes=35))
    write_version(session, visit, campaign, roll_of(session, visit, EVERYBODY), WORDS, later)
    paper = examined("bien-ban-da-ky.pdf", confirmation(), 1 << 20)
    session.flush()
    keep_signed(session, visit, campaign, roll_of(session, visit, EVERYBODY), paper, later)
    return visit


def _tap(line: RollLine, by: By, *, seen: bool) -> Tap:
    return Tap(
        id=f"{line.frozen.person_id:032x}",
        code=line.person.code,
        field="presence",
        value="present" if seen else "not_seen",
        tapped_ms=int(by.now.timestamp() * 1000),
    )


def _followed(scene: _Scene, visit: Visit, found: list[Candidate]) -> list[Finding]:
    """One finding waits for its explanation; the other one is closed, its person reminded again."""
    by = scene.by(TEAM, VISITED_AT + timedelta(hours=2))
    made = open_of_visit(
        scene.session, visit, found, "", by, [f"viec-tet-{n}" for n, _one in enumerate(found)]
    )
    for finding, steps in zip(made, (_steps()[:1], _steps()), strict=False):
        for name, at, step in steps:
            _take(
                scene, finding, replace(step, addressee=step.addressee and "Ông/Bà có tên nêu trên"), name, at
            )
    for finding in made[1:]:
        _remind_again(scene, finding)
    return made


def _remind_again(scene: _Scene, finding: Finding) -> None:
    """The head had reminded the person a month before; now the head does so because of the finding."""
    late_on = VISITED_AT.date() - timedelta(days=43)
    first = Reminding(
        issuer="UBND xã Đồng Lam",
        number="02/TB-UBND",
        issued_on=late_on + timedelta(days=2),
        rule_cited="Điều 5 Nội quy cơ quan",
        body="Đề nghị có mặt đúng giờ làm việc đã quy định.",
    )
    again = replace(first, number="11/TB-UBND", issued_on=VISITED_AT.date() + timedelta(days=2))
    then = scene.by(HEAD, VISITED_AT - timedelta(days=41))
    person, author = finding.person_id or 0, then.account_id or 0
    reminded(scene.session, person, late_on, first, author_id=author, at=then.now)
    by = scene.by(HEAD, VISITED_AT + timedelta(days=2, hours=4))
    issue(scene.session, finding, again, by, _sides(scene, finding, by))


def _take(scene: _Scene, finding: Finding, step: Step, name: str, at: datetime) -> None:
    by = scene.by(name, at)
    take(scene.session, finding, step, by, _sides(scene, finding, by))


def _sides(scene: _Scene, finding: Finding, by: By) -> frozenset[str]:
    everything = Reader(reach=EVERYBODY, everything=True)
    (row,) = findings(scene.session, everything, col(Finding.id) == finding.id)
    return sides_of(scene.session, row, by)


def _steps() -> list[tuple[str, datetime, Step]]:
    """Who takes which step when."""
    on = VISITED_AT.date()
    at: Callable[[int], datetime] = lambda days: VISITED_AT + timedelta(days=days, hours=3)  # noqa: E731 - one word
    evidence = examined("lich-truc.pdf", confirmation(), 1 << 20)
    request = Step(
        kind="request", number="15/ĐKT", body=BODY, addressee="x", dated_on=on, due_on=on + timedelta(days=4)
    )
    said = Step(kind="explanation", outcome="given", words="Tôi đưa con đi khám, chưa kịp xin phép.")
    refused = Step(
        kind="conclusion", outcome="not_accepted", words="Không có đơn và không báo người phụ trách."
    )
    notice = Step(
        kind="notice", number="18/TB-ĐKT", body=BODY, addressee="x", dated_on=on + timedelta(days=1),
        due_on=on + timedelta(days=5),
    )  # fmt: skip
    plan = Step(
        kind="plan", words="Niêm yết lịch trực và số điện thoại báo vắng.", due_on=on + timedelta(days=5)
    )
    done = Step(kind="done", words="Đã niêm yết tại phòng.", done_on=on + timedelta(days=2), paper=evidence)
    return [
        (TEAM, at(0), request),
        (TEAM, at(1), said),
        (TEAM, at(1), refused),
        (TEAM, at(1), notice),
        (HEAD, at(2), plan),
        (HEAD, at(2), done),
        (TEAM, at(3), Step(kind="close")),
    ]


def _reported(scene: _Scene) -> None:
    """One report is confirmed, an anonymous one waits."""
    session, by = scene.session, scene.by(TEAM, VISITED_AT + timedelta(days=1))
    name_officer(session, TEAM, "", "Quyết định số 07/QĐ-SNV", replace(by, actor="cli:demo"))
    unit = next(one.id for one in tree(session).units.values() if one.code == UNIT)
    told = Told(
        source="hotline",
        received_at=seconds_of(VISITED_AT + timedelta(hours=1)),
        unit_id=unit,
        happened_at=seconds_of(VISITED_AT - timedelta(minutes=10)),
        words="Sáng nay đến nộp hồ sơ lúc 8 giờ kém mà phòng chưa có người tiếp.",
        reporter=Reporter(name="Công dân A (người mẫu)", contact="0900 000 000"),
    )
    report = take_in(session, told, by, code="pa-tet-1")
    reason = "Biên bản kiểm tra lúc 08:05 ghi nhận hai người không có mặt."
    conclude(session, report, "confirmed", reason, by)
    quiet = replace(told, source="letter", reporter=Reporter(), words="Cán bộ hay về sớm chiều thứ Sáu.")
    take_in(session, replace(quiet, happened_at=None), by, code="pa-tet-2")
