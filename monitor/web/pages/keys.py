"""Phím tắt: the single keys, and switching them off for those whom they disturb (WCAG 2.1.4)."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from monitor.web.policy import SIGNED_IN, policy

pages = Blueprint("keys", __name__)

KEY, ON, OFF = "keys", "on", "off"


@pages.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(keys_state=keys_state)


def keys_state() -> str:
    """`on`, or `off` where this log-in's holder has switched single keys off."""
    return OFF if session.get(KEY) == OFF else ON


@pages.get("/phim-tat")
@policy(SIGNED_IN)
def overview() -> str:
    """What each key does."""
    return render_template("keys.html")


@pages.post("/phim-tat")
@policy(SIGNED_IN)
def switch() -> Response:
    """Switch single keys on or off."""
    if request.form.get("phim") == OFF:
        session[KEY] = OFF
    else:
        session.pop(KEY, None)
    return redirect(url_for("keys.overview"))
