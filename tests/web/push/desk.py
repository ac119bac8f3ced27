"""The terminals' port for tests: the application over the small office, called directly or over a socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client, TestResponse

from monitor.config import Settings
from monitor.web.push import create_push_app
from monitor.web.push_server import PushServer
from tests.office import at, rows

NOW = at("2026-03-02 10:00")
SETTINGS = Settings.model_validate({"terminals": {"allowed_networks": ["127.0.0.0/8"]}})
LINE = b"1\t2026-03-02 07:29:51\t0\t1\t0\t\t\n"
UPLOAD = "/iclock/cdata?SN=SN1&table=ATTLOG&Stamp=9999"


@contextmanager
def served(engine: Engine, deadline_seconds: float = 60) -> Iterator[int]:
    """The application on a real socket; gives its port."""
    app = create_push_app(engine, SETTINGS, lambda: NOW)
    server = PushServer("127.0.0.1", 0, app, deadline_seconds=deadline_seconds)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(client: Client, target: str, address: str = "127.0.0.1") -> TestResponse:
    return client.get(target, environ_overrides={"REMOTE_ADDR": address})


def post(client: Client, target: str, body: bytes, address: str = "127.0.0.1", **more: str) -> TestResponse:
    return client.post(target, data=body, environ_overrides={"REMOTE_ADDR": address, **more})


def count(engine: Engine, table: str) -> int:
    return int(str(rows(engine, f"SELECT count(*) FROM {table}")[0][0]))


@contextmanager
def broken_storage(engine: Engine) -> Iterator[None]:
    """No transaction can be committed, as on a full disk."""

    def fails(*_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fails)
    yield
    event.remove(engine, "commit", fails)
