"""Every route for every role: the table is written by hand, so that a new route must be thought about."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from monitor.web.policy import PUBLIC, policy_of
from tests.web.conftest import LogIn

ACCOUNTS = {
    "admin": "admin",
    "hr": "nhansu",
    "head": "hanh",
    "inspector": "thanhtra",
    "supervisor": "giamsat",
    "technician": "kythuat",
    "staff": "duc",
}
"""A role's account of the cast (tests/web/cast.py)."""

EVERYBODY = frozenset(ACCOUNTS)
ADMIN = frozenset({"admin"})
PEOPLE = EVERYBODY - {"technician"}
UNITS = frozenset({"admin", "hr", "head", "inspector", "supervisor"})
TERMINALS = frozenset({"admin", "hr", "technician"})
ADMITS = frozenset({"admin", "technician"})
HR = frozenset({"admin", "hr"})
DECIDES = frozenset({"hr", "head"})
HAS_DUTIES = DECIDES | {"staff"}
ENTERS = frozenset({"hr", "head"})
PLANS = frozenset({"hr", "inspector"})
INSPECTS = frozenset({"inspector"})

NOT_ALLOWED = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route, an address of it that exists for everybody who may, and who that is."""

    endpoint: str
    address: str
    roles: frozenset[str]
    form: dict[str, Any] | None = field(default=None)


def _get(endpoint: str, address: str, roles: frozenset[str]) -> Route:
    return Route(endpoint=endpoint, address=address, roles=roles)


def _post(endpoint: str, address: str, roles: frozenset[str], **form: Any) -> Route:
    return Route(endpoint=endpoint, address=address, roles=roles, form=form)


HALL, DESK = "/bang-cong/vp/2026-02", "/bang-cong/kt/2026-02"
"""Months: the head of the first asks; the inspectors may see but two days of the second."""
WHOLE_MONTHS = frozenset({"admin", "hr", "supervisor"})
NOBODY: frozenset[str] = frozenset()

ACCOUNT = "/quan-tri/tai-khoan/duc"
CAMPAIGN = "/dot-kiem-tra/dot-1"
VISIT = "/luot-kiem-tra/luot-1"
OWN_DAY = "/nguoi/CB002/ngay/2026-02-24"
ROUTES = (
    _get("home.index", "/", EVERYBODY),
    _get("board.choose", "/don-vi?ma=kt&ngay=2026-02-24", UNITS - {"head"}),
    _get("board.unit_day", "/don-vi/kt/ngay/2026-02-24", UNITS - {"head"}),
    _get("person.day", "/nguoi/CB006/ngay/2026-02-24", UNITS - {"head"}),
    _get("explaining.form", f"{OWN_DAY}/giai-trinh", frozenset({"staff"})),
    _post("explaining.add", f"{OWN_DAY}/giai-trinh", frozenset({"staff"})),
    _get("decisions.choose", "/quyet-dinh?chon=CB003@2026-02-24", DECIDES),
    _post("decisions.apply", "/quyet-dinh", DECIDES, chon="CB003@2026-02-24"),
    _get("duties.overview", "/viec-can-lam", HAS_DUTIES),
    _get("reminders.overview", "/nhac-nho", HAS_DUTIES),
    _get("person_month.one", "/nguoi/CB006/thang/2026-02", UNITS - {"head"}),
    _get("rollup.overview", "/theo-thang?ma=kt&thang=2026-02", UNITS - {"head"}),
    _get("rollup.unit_month", "/don-vi/kt/thang/2026-02", UNITS - {"head"}),
    _get("months.overview", "/bang-cong", UNITS),
    _get("months.unit_month", DESK, WHOLE_MONTHS),
    _get("month_steps.overview", f"{HALL}/ky", WHOLE_MONTHS | {"head"}),
    _post("month_steps.submit", f"{HALL}/gui", frozenset({"hr"})),
    _post("month_steps.confirm", f"{HALL}/xac-nhan", frozenset({"head"})),
    _post(
        "month_steps.approve", f"{HALL}/duyet", NOBODY
    ),  # for the head above: tests/web/test_month_steps.py
    _post("month_steps.give_back", f"{HALL}/tra-lai", frozenset({"hr", "head"})),
    _post("month_steps.close", f"{HALL}/chot", frozenset({"hr"})),
    _post("month_steps.ask_reopening", f"{HALL}/mo-lai", frozenset({"hr"})),
    _post("month_steps.reopen", f"{HALL}/mo-lai/duyet", frozenset({"hr"})),
    _get("month_files.sheet", f"{HALL}/tep?loai=csv", frozenset({"hr", "head"})),
    _get("month_files.adjustments", f"{HALL}/dieu-chinh", frozenset({"hr", "head"})),
    _get(
        "month_files.records", "/ket-qua/kt/tep?tu=2026-02-23&den=2026-02-24", frozenset({"hr", "inspector"})
    ),
    _get("yearly.overview", "/minh-chung", UNITS),
    _get("yearly.unit", "/don-vi/kt/nam/2026", UNITS - {"head"}),
    _get("yearly.person", "/nguoi/CB006/nam/2026", UNITS - {"head"}),
    _get("yearly_files.export", "/don-vi/kt/nam/2026/tep", frozenset({"hr", "inspector"})),
    _get("overtime.overview", "/lam-them", UNITS),
    _get("overtime.unit_month", "/don-vi/kt/lam-them/2026-02", WHOLE_MONTHS),
    _get("overtime.export", "/don-vi/vp/lam-them/2026-02/tep", frozenset({"hr", "head"})),
    _get("commendations.overview", "/dang-ky/bieu-duong", ENTERS),
    _post("commendations.add", "/dang-ky/bieu-duong", ENTERS),
    _get("terminals.overview", "/may", TERMINALS),
    _get("terminals.one", "/may/TM1", TERMINALS),
    _post("terminals.read_now", "/may/TM1/doc-ngay", TERMINALS),
    _post("terminals.switch", "/may/TM1/bat-tat", TERMINALS),
    _get("new_terminals.every", "/may-cho-duyet", ADMITS),
    _post("new_terminals.approve", "/may-cho-duyet/duyet", ADMITS),
    _post("new_terminals.reject", "/may-cho-duyet/tu-choi", ADMITS),
    _post("quarantine.repair", "/may/TM1/cach-ly", TERMINALS),
    _get("unknown_ids.choose", "/may/TM1/ma-la?ma=99", HR),
    _post("unknown_ids.give", "/may/TM1/ma-la", HR),
    _get("registers.overview", "/dang-ky", ENTERS),
    _get("registers.new_excuse", "/dang-ky/moi", ENTERS),
    _post("registers.save", "/dang-ky/moi", ENTERS),
    _get("register_files.overview", "/dang-ky/tep", ENTERS),
    _get("register_files.sample", "/dang-ky/tep/excuses/mau", ENTERS),
    _get("register_files.export", "/dang-ky/tep/excuses/xuat", ENTERS),
    _post("register_files.upload", "/dang-ky/tep/excuses", ENTERS),
    _post("register_files.apply", "/dang-ky/tep/excuses/ghi", ENTERS),
    _post("register_files.faults", "/dang-ky/tep/excuses/loi", ENTERS),
    _get("roster.week", "/dang-ky/lich-truc", ENTERS),
    _post("roster.save", "/dang-ky/lich-truc", ENTERS, tuan="2026-02-23"),
    _get("meetings.overview", "/dang-ky/hop", ENTERS),
    _get("meetings.new_meeting", "/dang-ky/hop/moi", ENTERS),
    _post("meetings.create", "/dang-ky/hop/moi", ENTERS),
    _get("delegations.overview", "/dang-ky/uy-quyen", ENTERS),
    _post("delegations.give", "/dang-ky/uy-quyen", ENTERS),
    _get("setting_up.overview", "/thiet-lap", HR),
    _get("setting_up.check", "/thiet-lap/kiem-tra", HR),
    _get("setting_up.file", "/thiet-lap/tep/people", HR),
    _get("setting_up.sample", "/thiet-lap/tep/people/mau", HR),
    _get("setting_up.export", "/thiet-lap/tep/people/xuat", HR),
    _post("setting_up.upload", "/thiet-lap/tep/people", HR),
    _post("setting_up.apply", "/thiet-lap/tep/people/ghi", HR),
    _post("setting_up.faults", "/thiet-lap/tep/people/loi", HR),
    _get("regulations.overview", "/thiet-lap/quy-che", HR),
    _get("regulations.new", "/thiet-lap/quy-che/moi", HR),
    _post("regulations.preview", "/thiet-lap/quy-che/moi", HR),
    _get("leave_types.overview", "/thiet-lap/ky-hieu", HR),
    _post("leave_types.save", "/thiet-lap/ky-hieu", HR),
    _get("unit_tree.overview", "/thiet-lap/don-vi", HR),
    _get("same_codes.overview", "/thiet-lap/ma-may", HR),
    _post("same_codes.confirm", "/thiet-lap/ma-may", HR),
    _get("trail.overview", "/nhat-ky", HR),
    _get("accounts.overview", "/quan-tri/tai-khoan", ADMIN),
    _post("accounts.add", "/quan-tri/tai-khoan", ADMIN),
    _post("accounts.change_role", f"{ACCOUNT}/vai-tro", ADMIN),
    _post("accounts.disable", f"{ACCOUNT}/khoa", ADMIN),
    _post("accounts.enable", f"{ACCOUNT}/mo", ADMIN),
    _post("accounts.end_sessions", f"{ACCOUNT}/ket-thuc", ADMIN),
    _post("accounts.reset_factor", f"{ACCOUNT}/bo-xac-thuc", ADMIN),
    _post("accounts.reset_password", f"{ACCOUNT}/phieu", ADMIN),
    _post("accounts.unlock", f"{ACCOUNT}/mo-khoa", ADMIN),
    _get("inspections.overview", "/dot-kiem-tra", UNITS),
    _get("inspections.new", "/dot-kiem-tra/moi", PLANS),
    _post("inspections.add", "/dot-kiem-tra/moi", PLANS),
    _get("inspections.one", CAMPAIGN, UNITS - {"head"}),
    _post("inspections.draw", f"{CAMPAIGN}/boc-tham", PLANS),
    _post("inspections.open_one", f"{CAMPAIGN}/mo", PLANS),
    _post("inspections.close", f"{CAMPAIGN}/dong", PLANS),
    _get("post_break.report", f"{CAMPAIGN}/bao-cao", UNITS - {"head"}),
    _get("post_break.paper", f"{CAMPAIGN}/bao-cao/in?ten=1", UNITS - {"head"}),
    _get("post_break.export", f"{CAMPAIGN}/bao-cao.xlsx", PLANS),
    _get("visits.overview", f"{CAMPAIGN}/luot", UNITS - {"head"}),
    _post("visits.freeze_one", f"{CAMPAIGN}/luot", INSPECTS),
    _post("visits.at_once", "/dot-kiem-tra/dot-xuat", INSPECTS),
    _get("roll_call.one", VISIT, UNITS - {"head"}),
    _post("roll_call.mark", f"{VISIT}/dau", INSPECTS),
    _post("roll_call.deliver", f"{VISIT}/dau.json", INSPECTS),
    _post("roll_call.give_reason", f"{VISIT}/ly-do", INSPECTS),
    _post("roll_call.judge", f"{VISIT}/ly-do/xac-minh", INSPECTS),
    _get("visit_minutes.form", f"{VISIT}/bien-ban", UNITS - {"head"}),
    _post("visit_minutes.write", f"{VISIT}/bien-ban", INSPECTS),
    _post("visit_minutes.sign", f"{VISIT}/bien-ban/ky", INSPECTS),
    _get("findings.overview", "/theo-doi", PEOPLE),
    _get("findings.choose", f"{VISIT}/theo-doi", INSPECTS),
    _post("findings.add", f"{VISIT}/theo-doi", INSPECTS),
    _get("citizen_reports.figures", "/phan-anh/so-lieu", PLANS),
    _get("upward.overview", "/bao-cao-cap-tren", UNITS),
    _get("upward.one", "/bao-cao-cap-tren/thang/kt?thang=2026-02", WHOLE_MONTHS),
    _post("upward.write", "/bao-cao-cap-tren/thang/vp?thang=2026-02", ENTERS),
    _get("upward.export", "/bao-cao-cap-tren/tep/docx/thang/vp?thang=2026-02", ENTERS),
    _get("pattern_rules.catalogue", "/mau-hinh", ADMIN | INSPECTS),
    _post("pattern_rules.switch", "/mau-hinh/pairs", ADMIN | INSPECTS),
    _get("my_account.overview", "/tai-khoan", EVERYBODY),
    _get("my_account.password", "/tai-khoan/mat-khau", EVERYBODY),
    _post("my_account.change_password", "/tai-khoan/mat-khau", EVERYBODY),
    _get("my_account.factor", "/tai-khoan/xac-thuc", EVERYBODY),
    _post("my_account.set_factor", "/tai-khoan/xac-thuc", EVERYBODY),
    _post("my_account.remove_factor", "/tai-khoan/xac-thuc/bo", EVERYBODY),
    _post("my_account.recovery_codes", "/tai-khoan/ma-du-phong", EVERYBODY),
    _post("my_account.end_others", "/tai-khoan/phien/ket-thuc-khac", EVERYBODY),
    _get("my_notices.overview", "/tai-khoan/thong-bao", EVERYBODY),
    _post("my_notices.ask", "/tai-khoan/thong-bao/dia-chi", EVERYBODY),
    _post("my_notices.confirm", "/tai-khoan/thong-bao/ma", EVERYBODY),
    _post("my_notices.forget", "/tai-khoan/thong-bao/bo", EVERYBODY),
    _post("my_notices.choose", "/tai-khoan/thong-bao/lua-chon", EVERYBODY),
    _post("my_notices.trial", "/tai-khoan/thong-bao/thu", EVERYBODY),
    _get("outbox.overview", "/quan-tri/thong-bao", ADMIN),
    _get("tokens.overview", "/quan-tri/ma-truy-cap", ADMIN),
    _post("tokens.add", "/quan-tri/ma-truy-cap", ADMIN),
    _post("tokens.revoke", "/quan-tri/ma-truy-cap/1/thu-hoi", ADMIN),
    _get("webhooks.overview", "/quan-tri/noi-nhan", ADMIN),
    _post("webhooks.add", "/quan-tri/noi-nhan", ADMIN),
    _post("webhooks.remove", "/quan-tri/noi-nhan/1/bo", ADMIN),
    _post("webhooks.again", "/quan-tri/noi-nhan/tin/1/gui-lai", ADMIN),
    _get("step_up.form", "/xac-nhan", EVERYBODY),
    _post("step_up.prove", "/xac-nhan", EVERYBODY),
    _get("keys.overview", "/phim-tat", EVERYBODY),
    _post("keys.switch", "/phim-tat", EVERYBODY, phim="off"),
    _post("login.log_out", "/dang-xuat", EVERYBODY),
)
OF_ONES_OWN = frozenset(
    {"home.own", "own_data.overview", "own_data.copy", "trail.own", "my_account.end_session"}
    | {"own_month.latest", "own_month.one", "own_month.answer", "yearly.own"}
)
"""For whoever has a person, or a session: asked for below."""

OF_A_PROVIDER = frozenset({"sign_on.start_again"})
"""Exists where single sign-on is configured: tests/sign_on/test_oidc.py."""

OF_A_MESSAGE = frozenset({"outbox.again"})
"""Needs a message that failed: tests/notices/test_pages.py asks it."""

OF_A_FILE = frozenset({"file_imports.confirm", "file_imports.undo"})
"""Need an import of the terminal: tests/web/test_terminals_scope.py asks them."""

OF_AN_ENTRY = frozenset(
    {"registers.one_excuse", "registers.withdraw", "roster.one_entry", "roster.remove"}
    | {"meetings.one", "meetings.invite", "meetings.door", "meetings.excuse", "meetings.cancel"}
    | {"delegations.withdraw", "commendations.withdraw"}
)
"""Need an entry of the registers: tests/web/test_registers_scope.py asks them."""

OF_MINUTES = frozenset({"visit_minutes.export", "visit_minutes.scan"})
"""Need minutes, or signed ones: tests/web/test_visits.py asks them for every role."""

OF_A_FINDING = frozenset(
    {"findings.one", "findings.go_on", "findings.remind", "findings.paper", "finding_papers.export"}
)
"""Need a finding of signed minutes: tests/web/test_findings.py asks them for every role."""

OF_A_PATTERN = frozenset({"patterns.overview"})
"""Needs a pattern that is on: tests/web/test_patterns.py asks it for every role."""

OF_A_REPORT = frozenset(
    f"citizen_reports.{name}"
    for name in ("overview", "new", "add", "one", "judge", "follow", "reporter", "paper")
)
"""Need a named receiving officer: tests/web/test_citizen_reports.py asks them for every role."""

OF_A_PROGRAM = frozenset(
    {"api.openapi", "api.unit_list", "api.unit", "api.person_list", "api.person", "api.record_list"}
    | {"api.overtime_list", "api.month_list", "api.sheet", "api.terminal_list"}
)
"""For programs with a token, and for no log-in: tests/api asks them for every role."""

OF_A_CASE = frozenset({"explaining.paper", "reminders.one"})
"""Need a paper or a reminder: tests/web/test_cases.py asks them for every role."""


def ask(client: FlaskClient, route: Route) -> int:
    answer = client.get(route.address) if route.form is None else client.post(route.address, data=route.form)
    return answer.status_code


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_is_not_for_a_role_does_not_exist_for_it(role: str, log_in: LogIn) -> None:
    client = log_in(ACCOUNTS[role])
    found = {route.endpoint: ask(client, route) for route in ROUTES if role not in route.roles}

    assert {endpoint: status for endpoint, status in found.items() if status != NOT_ALLOWED} == {}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_the_pages_for_a_role_answer_it(role: str, log_in: LogIn) -> None:
    client = log_in(ACCOUNTS[role])
    mine = [route for route in ROUTES if role in route.roles and route.form is None]
    found = {route.endpoint: ask(client, route) for route in mine}

    assert {endpoint: status for endpoint, status in found.items() if not answered(status)} == {}


@pytest.mark.parametrize(
    ("role", "route"),
    [
        pytest.param(role, route, id=f"{role}-{route.endpoint}")
        for route in ROUTES
        for role in sorted(route.roles)
        if route.form is not None
    ],
)
def test_a_form_for_a_role_answers_it(role: str, route: Route, log_in: LogIn) -> None:
    assert answered(ask(log_in(ACCOUNTS[role]), route))


def answered(status: int) -> bool:
    """Whether an answer is neither a refusal nor a failure of ours."""
    return status != NOT_ALLOWED and status < 500


def test_without_a_log_in_no_route_does_anything_but_lead_to_the_log_in(app: Flask) -> None:
    client, found = app.test_client(), {}
    for route in ROUTES:
        answer = (
            client.get(route.address) if route.form is None else client.post(route.address, data=route.form)
        )
        found[route.endpoint] = (answer.status_code, (answer.location or "").startswith("/dang-nhap"))

    assert {endpoint: answer for endpoint, answer in found.items() if answer != (302, True)} == {}


@pytest.mark.parametrize("address", ["/ca-nhan", "/ca-nhan/du-lieu", "/ca-nhan/ai-da-xem", "/ca-nhan/nam"])
def test_one_s_own_pages_are_for_those_who_are_a_person(address: str, log_in: LogIn) -> None:
    assert log_in("duc").get(address).status_code in {200, 302}
    assert log_in("hanh").get(address).status_code in {200, 302}
    for name in ("nhansu", "kythuat", "giamsat"):
        assert log_in(name).get(address).status_code == NOT_ALLOWED, name


def test_nobody_ends_another_s_session(log_in: LogIn, app: Flask) -> None:
    mine, theirs = log_in("duc"), log_in("hanh")
    for number in range(1, 6):
        mine.post(f"/tai-khoan/phien/{number}/ket-thuc")

    assert theirs.get("/tai-khoan").status_code == 200


def test_the_table_knows_every_route_and_its_policy(app: Flask) -> None:
    declared = {rule.endpoint: policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    public = {endpoint for endpoint, found in declared.items() if found == PUBLIC}

    assert None not in declared.values()
    known = (
        {route.endpoint for route in ROUTES}
        | OF_ONES_OWN
        | OF_A_FILE
        | OF_A_PROVIDER
        | OF_A_CASE
        | OF_A_PROGRAM
        | OF_AN_ENTRY
        | OF_A_MESSAGE
        | OF_MINUTES
        | OF_A_FINDING
        | OF_A_PATTERN
        | OF_A_REPORT
    )
    assert set(declared) - public == known
