"""The pages: a Flask application over the database, Vietnamese first."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy import Engine

from monitor.config import Settings, secret_key
from monitor.store.wall import behind_wall
from monitor.web import (
    addresses,
    api,
    casepage,
    context,
    errors,
    findingpage,
    headers,
    kept,
    language,
    limits,
    navigation,
    sign_in,
    told,
    transport,
)
from monitor.web.arrivals import arrival_drawing
from monitor.web.cookies import cookies
from monitor.web.daybar import drawing
from monitor.web.pages import (
    accounts,
    board,
    campaigns,
    citizen_reports,
    commendations,
    decisions,
    delegations,
    duties,
    excuses,
    explaining,
    file_imports,
    finding_papers,
    findings,
    health,
    home,
    keys,
    leave_types,
    login,
    meetings,
    month_files,
    month_steps,
    months,
    my_account,
    my_notices,
    new_terminals,
    outbox,
    overtime,
    own_data,
    own_month,
    pattern_rules,
    patterns,
    person,
    person_month,
    post_break,
    quarantine,
    register_files,
    regulations,
    reminders,
    roll_call,
    rollup,
    roster,
    same_codes,
    setting_up,
    sheet_code,
    sign_on,
    step_up,
    steps,
    terminals,
    tokens,
    trail,
    unit_tree,
    unknown_ids,
    upward,
    visit_minutes,
    visits,
    webhooks,
    yearly,
    yearly_files,
)

STATIC_SECONDS = 30 * 86_400

PAGES = (
    home,
    health,
    keys,
    api,
    login,
    steps,
    step_up,
    sign_on,
    my_account,
    my_notices,
    outbox,
    accounts,
    tokens,
    webhooks,
    board,
    person,
    person_month,
    explaining,
    decisions,
    duties,
    reminders,
    rollup,
    own_data,
    months,
    month_steps,
    month_files,
    own_month,
    sheet_code,
    trail,
    terminals,
    quarantine,
    unknown_ids,
    file_imports,
    new_terminals,
    excuses,
    register_files,
    roster,
    meetings,
    delegations,
    commendations,
    yearly,
    yearly_files,
    overtime,
    campaigns,
    post_break,
    visits,
    roll_call,
    visit_minutes,
    findings,
    finding_papers,
    citizen_reports,
    upward,
    patterns,
    pattern_rules,
    setting_up,
    regulations,
    leave_types,
    unit_tree,
    same_codes,
)


def create_app(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> Flask:
    """The application; `clock` gives the present as an aware instant.

    Raises ConfigError `config_secret_unreadable` when the named secret file cannot be read.
    """
    app = Flask(__name__)
    app.config.update(_flask_settings(settings))
    walled = behind_wall(engine, context.reach_of_request)
    context.install(app, context.Site(engine=walled, settings=settings, clock=clock))
    kept.install(app, engine)
    addresses.install(app)
    limits.install(app)
    transport.install(app, settings.web.trusted_proxies)
    for part in (errors, headers, language, navigation, sign_in, api, told, casepage, findingpage):
        part.install(app)
    CSRFProtect(app)
    Bootstrap5(app)
    app.jinja_env.globals.update(own_file=_own_file, site_name=settings.site.name)
    app.jinja_env.globals.update(drawing=drawing, arrival_drawing=arrival_drawing)
    navigation.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for page in PAGES:
        app.register_blueprint(page.pages)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    names = cookies(settings)
    return {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_NAME": names.form,
        "SESSION_COOKIE_SECURE": names.secure,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SEND_FILE_MAX_AGE_DEFAULT": STATIC_SECONDS,
        "BOOTSTRAP_SERVE_LOCAL": True,
        # A token lives as long as the log-in: a page may stay open for hours before its button is used.
        "WTF_CSRF_TIME_LIMIT": None,
    }


@cache
def _fingerprint(name: str) -> str:
    content = (Path(__file__).parent / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


def _own_file(name: str) -> str:
    """The address of a static file of ours; it changes with the content, so browsers may keep it."""
    return _address_of(name, request.script_root)


@cache
def _address_of(name: str, _below: str) -> str:
    """The address, once for each place that the application is mounted at."""
    return url_for("static", filename=name, v=_fingerprint(name))
