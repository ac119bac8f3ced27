"""The application as a WSGI server starts it: configuration by MONITOR_CONFIG."""

import os
from pathlib import Path

from flask import Flask

from monitor import logs
from monitor.clock import clock_of
from monitor.config import load_settings
from monitor.pauses import settle
from monitor.store.schema import require_current_schema
from monitor.store.session import open_database
from monitor.web.app import create_app


def make_app() -> Flask:
    """Open the configured database and give the application.

    Raises ConfigError or StoreError, as the commands do.
    """
    logs.install(os.environ.get("MONITOR_LOG", "WARNING"))
    settings = load_settings(Path(os.environ.get("MONITOR_CONFIG", "config.toml")))
    engine = open_database(settings.database_url, anywhere=settings.database.anywhere)
    require_current_schema(engine)
    app = create_app(engine, settings, clock_of(settings))
    settle()
    return app
