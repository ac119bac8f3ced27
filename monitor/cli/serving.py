"""`monitor serve`: the pages, the terminals' port and the scheduler, each a process that is looked after."""

import socket
from datetime import timedelta

import click

from monitor import tls
from monitor.cli.installation import Installation, with_installation
from monitor.cli.supervision import push_child, require_free, stop_on_signal, supervise, web_child, work_child
from monitor.config import Web
from monitor.text import sentence

ENDS_SOON = timedelta(days=30)


@click.command("serve")
@click.option("--no-jobs", is_flag=True, help="Không chạy bộ lập lịch / without the scheduler.")
@with_installation
def serve(installation: Installation, *, no_jobs: bool) -> None:
    """Chạy trang web, cổng nhận từ máy và bộ lập lịch / run the pages, the terminals' port, the scheduler."""
    _ = installation.engine  # an old schema is refused here, in one sentence, and not in each child
    config, settings = installation.config.resolve(), installation.settings
    require_free(str(settings.web.host), settings.web.port)
    require_free(str(settings.push.host), settings.push.port)
    children = [web_child(settings), push_child()]
    children += [] if no_jobs else [work_child(config)]
    _announce(installation)
    with stop_on_signal() as stop:
        supervise(children, config, stop)


def _announce(installation: Installation) -> None:
    settings, words = installation.settings, installation.words
    click.echo(sentence("serving", {"url": address_of(settings.web)}, words))
    if settings.tls_files is None:
        return
    ends_at = tls.ends_at(settings.tls_files[0])
    if ends_at - installation.clock() < ENDS_SOON:
        click.echo(sentence("tls_ends_soon", {"until": ends_at.strftime("%d/%m/%Y")}, words), err=True)


def address_of(web: Web) -> str:
    """Where readers find the pages; an installation that listens everywhere is called by its name."""
    host = socket.gethostname() if web.host.is_unspecified else str(web.host)
    scheme = "http" if web.tls_certificate is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{web.port}/"


COMMANDS = (serve,)
