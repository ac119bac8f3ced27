"""Commands that make or change an installation: init, migrate."""

import hashlib
import secrets
import socket
from datetime import datetime, timedelta
from ipaddress import ip_interface
from pathlib import Path

import click
from sqlalchemy import Engine

from monitor import audit
from monitor.cli.installation import Installation, with_installation
from monitor.clock import clock_of
from monitor.config import load_settings
from monitor.setup import import_file
from monitor.setup.calendar import shipped_calendar
from monitor.store.session import StoreError, migrate, open_database, transaction
from monitor.store.tables import Account
from monitor.text import sentence

TOKEN_LIVES = timedelta(hours=24)
FRESH_CONFIG = """\
# Cấu hình / configuration. Mọi mục: xem config.example.toml.
[database]
url = "sqlite:///monitor.db"

[web]
host = "127.0.0.1"
port = 8000

[terminals]
# Chỉ những mạng này được phép có máy chấm công / terminals may only be in these networks.
allowed_networks = [{networks}]
"""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--tls", is_flag=True, help="Tạo CA và chứng thư / make a local CA and certificate.")
@with_installation
def init(installation: Installation, folder: Path, *, tls: bool) -> None:
    """Tạo thư mục dữ liệu / make a data folder: configuration, database, first administrator."""
    if tls:
        raise StoreError("command_not_ready", command="init --tls")
    words = installation.language or "vi"
    config = folder / "config.toml"
    if config.exists():
        raise StoreError("config_exists", path=str(config))
    folder.mkdir(parents=True, exist_ok=True)
    networks = ", ".join(f'"{network}"' for network in local_networks())
    config.write_text(FRESH_CONFIG.format(networks=networks), encoding="utf-8")
    settings = load_settings(config)
    migrate(settings.database_url)
    engine = open_database(settings.database_url)
    now = clock_of(settings)()
    import_file(
        engine,
        "calendar",
        shipped_calendar(),
        now=now,
        zone=settings.site.timezone,
        actor=installation.actor,
    )
    token = first_administrator(engine, now, installation.actor)
    engine.dispose()
    click.echo(sentence("init_done", {"config": config, "token": token}, words))


def local_networks() -> list[str]:
    """The network this machine would use towards a terminal, as a proposal; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.168.0.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return []
    network = ip_interface(f"{address}/24").network
    return [str(network)] if network.is_private and not network.is_loopback else []


def first_administrator(engine: Engine, now: datetime, actor: str) -> str:
    """Make the account `admin` and give its one-time token, which only its hash is kept of."""
    token = secrets.token_urlsafe(16)
    with transaction(engine) as session:
        session.add(
            Account(
                user_name="admin",
                display_name="Quản trị",
                role="admin",
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                token_expires_at=now + TOKEN_LIVES,
            )
        )
        audit.record(session, at=now, actor=actor, action="add_account", subject="admin", detail={})
    return token


@click.command("migrate")
@with_installation
def migrate_command(installation: Installation) -> None:
    """Đưa cơ sở dữ liệu lên phiên bản mới / bring the database to the newest schema."""
    migrate(installation.settings.database_url)
    click.echo(sentence("migrated", {}, installation.words))


COMMANDS = (init, migrate_command)
