"""Every way to change what is stored about people leaves an entry: each is named here, with its action."""

import pytest
from flask import Flask

from monitor.cli.root import monitor
from monitor.config import Settings
from monitor.web.app import create_app
from tests.cli.walk import leaves
from tests.conftest import NOW

NOTHING = ""
"""Changes nothing about people, or only what can be made again from what is stored."""

COMMANDS = {
    "init": "account_add",
    "migrate": NOTHING,
    "pull": NOTHING,  # a pull is a row of its own, punches name theirs
    "reconcile": NOTHING,
    "rebuild": NOTHING,
    "verify": NOTHING,
    "doctor": NOTHING,
    "serve": NOTHING,
    "work": NOTHING,
    "demo": NOTHING,
    "move": "move",
    "database roles": NOTHING,
    "trail": NOTHING,
    "import *": "import",
    "import punches": "import_punches",
    "export *": "export",
    "period list": NOTHING,
    "period adjustments": NOTHING,
    "period close": "period_close",
    "period request-reopen": "period_reopen_request",
    "period approve-reopen": "period_reopen",
    "privacy review": NOTHING,
    "privacy holds": NOTHING,
    "privacy pseudonymise": "pseudonymise",
    "privacy hold": "hold_place",
    "privacy release": "hold_release",
    "privacy export-person": "export_person",
    "hotline list": NOTHING,
    "hotline name": "officer_name",
    "hotline dismiss": "officer_dismiss",
    "notices list": NOTHING,
    "token add": "token_add",
    "token list": NOTHING,
    "token revoke": "token_revoke",
    "notices test": "notice_test",
    "notices retry": "notice_resend",
}
POSTS = {
    "login.log_in": "log_in",
    "login.log_out": "log_out",
    "terminals.read_now": "ask_for_reading",
    "own_data.copy": "export_person",
    "explaining.add": "case_explain",
    "inspections.add": "campaign_add",
    "inspections.draw": "campaign_draw",
    "inspections.open_one": "campaign_open",
    "inspections.close": "campaign_close",
    "upward.write": "report_words",
    "pattern_rules.switch": "pattern_switch",
    "visits.freeze_one": "visit_freeze",
    "visits.at_once": "visit_freeze",
    "roll_call.mark": "visit_mark",
    "roll_call.deliver": "visit_mark",
    "roll_call.give_reason": "visit_reason",
    "roll_call.judge": "visit_judge",
    "findings.add": "finding_open",
    "findings.go_on": "finding_step",
    "findings.remind": "finding_remind",
    "citizen_reports.add": "report_take",
    "citizen_reports.judge": "report_conclude",
    "citizen_reports.follow": "finding_open",
    "visit_minutes.write": "minutes_write",
    "visit_minutes.sign": "minutes_sign",
    "decisions.apply": "case_decide",
    "my_notices.ask": "notice_address_ask",
    "my_notices.confirm": "notice_address",
    "my_notices.forget": "notice_address",
    "my_notices.choose": "notice_choice",
    "my_notices.trial": "notice_test",
    "outbox.again": "notice_resend",
    "tokens.add": "token_add",
    "tokens.revoke": "token_revoke",
    "webhooks.add": "webhook_add",
    "webhooks.remove": "webhook_remove",
    "webhooks.again": "webhook_resend",
    "delegations.give": "delegation_give",
    "delegations.withdraw": "delegation_take_back",
    "commendations.add": "commendation_enter",
    "commendations.withdraw": "commendation_withdraw",
    "keys.switch": NOTHING,  # a choice of this browser
    "meetings.create": "meeting_create",
    "meetings.cancel": "meeting_cancel",
    "meetings.invite": "meeting_invite",
    "meetings.door": "meeting_tick",
    "meetings.excuse": "excuse_enter",
    "registers.save": "excuse_enter",
    "registers.withdraw": "excuse_withdraw",
    "register_files.upload": NOTHING,
    "register_files.faults": NOTHING,
    "register_files.apply": "import",
    "roster.save": "roster_enter",
    "roster.remove": "roster_remove",
    "month_steps.submit": "month_submit",
    "month_steps.confirm": "month_confirm",
    "month_steps.approve": "month_approve",
    "month_steps.give_back": "month_return",
    "month_steps.close": "period_close",
    "month_steps.ask_reopening": "period_reopen_request",
    "month_steps.reopen": "period_reopen",
    "own_month.answer": "month_reply",
    "leave_types.save": "import",
    "regulations.preview": NOTHING,
    "same_codes.confirm": "map_badge",
    "setting_up.upload": NOTHING,
    "setting_up.faults": NOTHING,
    "setting_up.apply": "import",
}
ELSEWHERE = (
    *("account", "accounts", "my_account", "step", "tls", "import undo", "imports", "quarantine"),
    *("file_imports.", "new_terminals.", "terminals.", "unknown_ids."),
    *("badge", "calendar", "terminal ", "backup", "restore", "check"),
)
"""Beginnings of what is tested to leave entries in the tests of its own subject."""


def action_of(path: str) -> str | None:
    """The action that a command is said to record."""
    return COMMANDS.get(path, COMMANDS.get(f"{path.split(maxsplit=1)[0]} *"))


def test_every_command_says_which_entry_it_leaves() -> None:
    unnamed = [path for path, _ in leaves(monitor) if action_of(path) is None]
    assert [path for path in unnamed if not path.startswith(ELSEWHERE)] == []


def test_every_form_says_which_entry_it_leaves(sqlite_url: str) -> None:
    from monitor.store.session import open_database

    engine = open_database(sqlite_url)
    settings = Settings.model_validate({"web": {"secret_key": "k" * 32}})
    app: Flask = create_app(engine, settings, lambda: NOW)
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    engine.dispose()
    assert sorted(post for post in posts - POSTS.keys() if not post.startswith(ELSEWHERE)) == []


@pytest.mark.parametrize("action", sorted({*COMMANDS.values(), *POSTS.values()} - {NOTHING}))
def test_every_action_that_is_named_is_recorded_somewhere(action: str) -> None:
    from pathlib import Path

    import monitor as package

    sources = Path(package.__file__).parent.rglob("*.py")
    assert any(f'"{action}"' in path.read_text(encoding="utf-8") for path in sources)
