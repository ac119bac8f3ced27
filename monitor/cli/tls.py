"""`monitor tls …` and `init --tls`: the office's own authority, its certificates, how to install it."""

import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from monitor import tls
from monitor.cli.installation import Installation, with_installation
from monitor.text import sentence
from monitor.tls import is_host_name

FOLDER = "tls"
NAMES = click.option(
    "--name", "names", multiple=True, metavar="NAME", help="Tên miền hoặc địa chỉ IP / host name or address."
)


@click.group("tls")
def tls_group() -> None:
    """Chứng thư của đơn vị / the office's own certificates."""


@tls_group.command("renew")
@NAMES
@click.option("--authority", type=click.Path(path_type=Path, file_okay=False), help="Thư mục chứa ca.key.")
@with_installation
def renew(installation: Installation, names: tuple[str, ...], authority: Path | None) -> None:
    """Gia hạn chứng thư máy chủ / a new server certificate from the same authority."""
    folder = folder_of(installation)
    wanted = merged(tls.names_in(folder), own_names(), names)
    tls.renew(folder, authority or tls.default_authority(folder), wanted, installation.clock())
    shown = tls.shown(folder)
    values = {"names": ", ".join(shown.names), "until": _day(shown.ends_at)}
    click.echo(sentence("tls_renewed", values, installation.words))


@tls_group.command("show")
@with_installation
def show(installation: Installation) -> None:
    """Dấu vân tay và cách cài CA / fingerprint, and how to install the authority on other machines."""
    click.echo(told(folder_of(installation), installation.words))


def folder_of(installation: Installation) -> Path:
    """Where the certificates lie: beside the configuration."""
    return installation.settings.folder / FOLDER


def told(folder: Path, words: str) -> str:
    """What to compare and how to install it, in words. Raises TlsError `tls_unreadable`."""
    shown = tls.shown(folder)
    values = {"fingerprint": shown.fingerprint, "authority": shown.authority}
    values |= {"names": ", ".join(shown.names), "until": _day(shown.ends_at)}
    steps = [sentence(f"tls_install_{system}", values, words) for system in ("windows", "android", "firefox")]
    key = {"path": tls.default_authority(folder) / tls.AUTHORITY_KEY}
    return "\n".join([sentence("tls_shown", values, words), *steps, sentence("tls_keep_key", key, words)])


def own_names() -> list[str]:
    """What this machine is called and where it is found; nothing is sent."""
    name = socket.gethostname().lower()
    return [*([name] if is_host_name(name) else []), "localhost", "127.0.0.1", "::1", *addresses()]


def addresses() -> list[str]:
    """The address this machine would use towards its own network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.168.0.1", 9))
            return [str(probe.getsockname()[0])]
        except OSError:
            return []


def merged(*lists: Sequence[str]) -> list[str]:
    """All names once, in order."""
    return list(dict.fromkeys(name.lower() for names in lists for name in names))


def _day(moment: datetime) -> str:
    return moment.strftime("%d/%m/%Y")


COMMANDS = (tls_group,)
