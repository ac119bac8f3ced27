"""Repairing records that were set aside: ticked ones together, each with its own result."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.intake.quarantine import By, correct, dismiss, release
from monitor.store.queries.quarantine import decisions_on, records_by_id
from monitor.store.session import StoreError, reading, transaction
from monitor.web import forms
from monitor.web.context import site
from monitor.web.forms import FormRefused
from monitor.web.language import say
from monitor.web.pages.terminals import RECORDS, refused_page
from monitor.web.policy import policy
from monitor.web.sign_in import holder
from monitor.web.terminalpage import tended_terminal
from monitor.web.told import tell

pages = Blueprint("quarantine", __name__)

Repair = Callable[[Session, int, By], int]
DONE = {
    "nhan": "repair_released",
    "lech": "repair_corrected",
    "gio": "repair_corrected",
    "bo": "repair_dismissed",
}
"""What the form may ask for, and the sentence for a record that it was done to."""


@pages.post("/may/<path:code>/cach-ly")
@policy(Action.MEND_INTAKE)
def repair(code: str) -> Response | tuple[str, int]:
    """Repair the ticked records one by one: one that cannot be repaired does not hold up the others."""
    with reading(site().engine) as database:
        terminal_id = tended_terminal(database, code).id
    try:
        ids, by = _ticked(terminal_id), By(actor=holder().user_name, reason=forms.reason(), now=site().now())
        results = _repaired(ids, _wanted(len(ids)), by)
    except FormRefused as refused:
        return refused_page(code, say(refused.code, **refused.values))
    if all(done for _id, done, _text in results):
        tell("quarantine_done", count=len(results))
        return redirect(url_for("terminals.one", code=code, _anchor="cach-ly"))
    return refused_page(code, say("repair_partly"), [(record, text) for record, _done, text in results])


def _ticked(terminal_id: int | None) -> list[int]:
    """The ids that were ticked; one of another terminal is as unknown as one that does not exist."""
    sent = [forms.small_number(text) for text in request.form.getlist("id")]
    ids = sorted({number for number in sent if number is not None})
    if not ids or None in sent:
        raise FormRefused("repair_nothing_ticked")
    if len(ids) > RECORDS:
        raise FormRefused("repair_too_many", most=RECORDS)
    with reading(site().engine) as database:
        mine = {row.id for row in records_by_id(database, ids) if row.terminal_id == terminal_id}
    for number in ids:
        if number not in mine:
            raise FormRefused("unknown_record", id=number)
    return ids


def _wanted(count: int) -> Repair:
    """What the form asks to do with each record."""
    match forms.field("viec"):
        case "nhan":
            return lambda session, number, by: release(session, [number], by)
        case "bo":
            return lambda session, number, by: dismiss(session, [number], by)
        case "lech":
            shift = forms.shift()
            return lambda session, number, by: correct(session, [number], by, shift_seconds=shift)
        case "gio":
            if count > 1:
                raise FormRefused("one_record_for_a_time")
            time = forms.moment("gio-that")
            return lambda session, number, by: correct(session, [number], by, time=time)
    raise FormRefused("repair_not_chosen")


def _repaired(ids: list[int], wanted: Repair, by: By) -> list[tuple[int, bool, str]]:
    """Each id with whether it is repaired now, and the words for it."""
    with reading(site().engine) as database:
        before = decisions_on(database, ids)
    return [_one(number, wanted, by, before.get(number, set())) for number in ids]


def _one(number: int, wanted: Repair, by: By, before: set[str]) -> tuple[int, bool, str]:
    done = say(DONE[forms.field("viec")], id=number)
    try:
        with transaction(site().engine) as database:
            wanted(database, number, by)
    except StoreError as refused:
        if refused.code == "record_decided" and not before:
            return number, True, done  # together with the same record in other bytes, ticked before it
        return number, False, say(refused.code, **refused.values)
    return number, True, done
