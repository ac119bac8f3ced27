"""The process of the terminals' port, `python -m monitor.web.push_wsgi`: configuration by MONITOR_CONFIG."""

import logging
import os
import sys
from pathlib import Path

from monitor import logs
from monitor.clock import clock_of
from monitor.config import load_settings
from monitor.pauses import settle
from monitor.store.schema import require_current_schema
from monitor.store.session import open_database
from monitor.web.push import create_push_app
from monitor.web.push_server import PushServer

log = logging.getLogger(__name__)


def make_push_server() -> PushServer:
    """Open the configured database and bind the configured port.

    Raises ConfigError or StoreError, as the commands do, and OSError when the port is taken.
    """
    settings = load_settings(Path(os.environ.get("MONITOR_CONFIG", "config.toml")))
    engine = open_database(settings.database_url, anywhere=settings.database.anywhere)
    require_current_schema(engine)
    app = create_push_app(engine, settings, clock_of(settings))
    settle()
    return PushServer(str(settings.push.host), settings.push.port, app)


if __name__ == "__main__":
    logs.install(os.environ.get("MONITOR_LOG", "WARNING"))
    try:
        server = make_push_server()
    except OSError as error:
        log.error("push port: %s", error, extra={"event": "push_port_taken"})
        sys.exit(1)
    server.serve_forever()
