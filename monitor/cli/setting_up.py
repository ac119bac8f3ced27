"""Commands that make or change an installation: init, migrate."""

import socket
from datetime import datetime
from ipaddress import ip_interface
from pathlib import Path

import click
from sqlalchemy import Engine

from monitor.accounts.administration import By, NewAccount, add
from monitor.backup import copy_before_upgrade, new_key
from monitor.cli.installation import Installation, with_installation
from monitor.cli.tls import FOLDER, NAMES, merged, own_names, told
from monitor.clock import clock_of
from monitor.config import Settings, load_settings
from monitor.setup import import_file
from monitor.setup.calendar import shipped_calendar
from monitor.store.schema import migrate
from monitor.store.session import StoreError, open_database, transaction
from monitor.text import sentence
from monitor.tls import found

FRESH_CONFIG = """\
# Cấu hình / configuration. Mọi mục: xem config.example.toml.
[database]
url = "sqlite:///monitor.db"

[web]
{web}
port = 8000

[backup]
# Khoá mở bản sao lưu: chép ra nơi khác. Nên đặt copy_to sang ổ khác, máy khác.
# The key to all backups: copy it elsewhere; better set copy_to to another disk or machine.
key_file = "backup.key"

[terminals]
# Chỉ những mạng này được phép có máy chấm công / terminals may only be in these networks.
allowed_networks = [{networks}]
"""
KEY = "backup.key"
WITHOUT_TLS = 'host = "127.0.0.1"'
WITH_TLS = """\
host = "0.0.0.0"
tls_certificate = "tls/server.crt"
tls_key = "tls/server.key\""""


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--tls", is_flag=True, help="Tạo CA và chứng thư / make a local CA and certificate.")
@NAMES
@with_installation
def init(installation: Installation, folder: Path, names: tuple[str, ...], *, tls: bool) -> None:
    """Tạo thư mục dữ liệu / make a data folder: configuration, database, first administrator."""
    words = installation.language or "vi"
    config = folder / "config.toml"
    if config.exists():
        raise StoreError("config_exists", path=str(config))
    # Nobody else on the machine has business with the data, the keys and the configuration.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    networks = ", ".join(f'"{network}"' for network in local_networks())
    if tls:
        found(folder / FOLDER, merged(own_names(), names), clock_of(Settings())())
    config.write_text(
        FRESH_CONFIG.format(networks=networks, web=WITH_TLS if tls else WITHOUT_TLS), encoding="utf-8"
    )
    new_key(folder / KEY)
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
    token = first_administrator(engine, settings, now, installation.actor)
    engine.dispose()
    told_key = {"folder": folder / settings.backup.folder, "key": folder / KEY}
    click.echo(sentence("init_backup", told_key, words))
    values = {"config": config, "token": token, "hours": settings.accounts.slip_hours}
    click.echo(sentence("init_done", values, words))
    if tls:
        click.echo(told(folder / FOLDER, words))


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


def first_administrator(engine: Engine, settings: Settings, now: datetime, actor: str) -> str:
    """Make the account `admin` and give its one-time token, which only its hash is kept of."""
    first = NewAccount(user_name="admin", display_name="Quản trị", role="admin")
    with transaction(engine) as session:
        return add(session, first, By(actor=actor, settings=settings, now=now)).token


@click.command("migrate")
@click.option("--without-backup", is_flag=True, help="Không sao lưu trước / without a copy beforehand.")
@with_installation
def migrate_command(installation: Installation, *, without_backup: bool) -> None:
    """Đưa cơ sở dữ liệu lên phiên bản mới, sao lưu trước / bring the database to the newest schema."""
    settings = installation.settings
    kept = None if without_backup else copy_before_upgrade(settings, installation.clock)
    if kept is not None:
        click.echo(sentence("migrate_copied", {"path": kept}, installation.words))
    migrate(settings.database_url, anywhere=settings.database.anywhere)
    click.echo(sentence("migrated", {}, installation.words))


COMMANDS = (init, migrate_command)
