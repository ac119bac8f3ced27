"""The steps of setting up, in the order in which a new installation needs them, with where each stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, url_for

from monitor.access import Action, Scope
from monitor.store.queries.setup_state import SetupState
from monitor.web.language import _, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: `done` as far as anybody can tell, `state` in words, `address` '' for who may not."""

    name: str
    title: str
    done: bool
    state: str
    address: str


def steps_of(state: SetupState, units: int, asking: Scope, allowed: Mapping[str, bool]) -> list[Step]:
    """Every step with its state; whoever looks after a part sees the state of that part."""
    badged = len(state.staff) - len(state.without_badge)
    covered = len(state.staff) - len(state.without_regulation)
    whole = bool(state.staff)
    found = (
        ("units", units > 0, _("{count} đơn vị", count=units)),
        ("people", whole, _("{count} người đang công tác", count=len(state.staff))),
        ("terminals", state.terminals > 0, _("{count} máy", count=state.terminals)),
        (
            "badges",
            whole and not state.without_badge,
            _("{count}/{all} người có mã trên máy", count=badged, all=len(state.staff)),
        ),
        (
            "regulations",
            whole and not state.without_regulation,
            _("{count}/{all} người có quy chế", count=covered, all=len(state.staff)),
        ),
        ("calendar", state.calendar_days > 0, _calendar(state)),
        ("leave_types", state.types > 0, _("{count} loại lý do", count=state.types)),
    )
    steps = [_step(name, done, words, allowed[name]) for name, done, words in found]
    ready = whole and not (state.without_badge or state.without_regulation)
    words = _("Không thấy thiếu gì") if ready else _("Còn việc chưa xong")
    check = Step(
        name="check", title=_("Kiểm tra"), done=ready, state=words, address=url_for("setting_up.check")
    )
    return [*steps, check, _accounts(state, asking)]


def _calendar(state: SetupState) -> str:
    words = _("{count} ngày trong năm nay", count=state.calendar_days)
    if state.proposed:
        words += " · " + _("{count} ngày mới đề xuất", count=len(state.proposed))
    return words


def _step(name: str, done: bool, words: str, allowed: bool) -> Step:
    """A step with a file; regulations and leave types have pages of their own."""
    pages = {"regulations": "regulations.overview", "leave_types": "leave_types.overview"}
    endpoint = pages.get(name, "")
    address = url_for(endpoint) if endpoint else url_for("setting_up.file", kind=name)
    title = say(f"set_up_kind_{name}")
    return Step(name=name, title=title, done=done, state=words, address=address if allowed else "")


def _accounts(state: SetupState, asking: Scope) -> Step:
    may = asking.may(Action.MANAGE_ACCOUNTS) and "accounts.overview" in current_app.view_functions
    words = _("{count} tài khoản", count=state.accounts) if may else _("Người quản trị cấp tài khoản")
    address = url_for("accounts.overview") if may else ""
    return Step(name="accounts", title=_("Tài khoản"), done=state.accounts > 1, state=words, address=address)
