"""Which readable routes of the application no picture shows."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
from werkzeug.exceptions import HTTPException

from monitor.config import Settings
from monitor.web.app import create_app

FILES = {
    *("static", "bootstrap.static", "explaining.paper", "citizen_reports.paper", "findings.paper"),
    *("month_files.sheet", "month_files.adjustments", "month_files.records", "upward.export"),
    *("register_files.sample", "register_files.export", "setting_up.sample", "setting_up.export"),
    *("overtime.export", "yearly_files.export", "post_break.export", "finding_papers.export"),
    *("visit_minutes.export", "visit_minutes.scan"),
}
"""Answers that are files to be kept or opened by another program."""
FOR_PROGRAMS = {"home.alive", "health.live", "health.ready", "health.work", "health.metrics"}
"""Answers in a few plain words that programs read; so is all below /api/."""
LEADING_ON = {"sign_on.start", "sign_on.back", "sign_on.start_again", "board.choose"}
"""Addresses that only send on: to the office's sign-on, to the board of the unit that was chosen."""
SAME_FORM = {"steps.new_password"}
"""A password that has ended, which the demo's never do: the form of one's own account, which is shown."""


class Routes:
    """The application's addresses, and those of them that were seen."""

    def __init__(self) -> None:
        """Make the application over nothing: only its addresses are asked for."""
        routes = empty_app().url_map
        self._map = routes.bind("localhost")
        self._wanted = {
            rule.endpoint: rule.rule
            for rule in routes.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("api.")
        }
        self._seen: set[str] = set()

    def see(self, path: str) -> None:
        """Note that a page of this path was shown."""
        try:
            self._seen.add(str(self._map.match(path, method="GET")[0]))
        except HTTPException:
            return

    def unseen(self) -> Iterable[str]:
        """The rules of the pages that were not shown."""
        without = self._seen | FILES | FOR_PROGRAMS | LEADING_ON | SAME_FORM
        return sorted(rule for endpoint, rule in self._wanted.items() if endpoint not in without)


def empty_app() -> Flask:
    """The application over a database without tables: whatever asks it fails."""
    settings = {"web": {"secret_key": "k" * 32}, "folder": Path(tempfile.gettempdir())}
    return create_app(
        create_engine("sqlite://"), Settings.model_validate(settings), lambda: datetime.now(tz=UTC)
    )
