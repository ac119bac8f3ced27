"""Commands that keep running: work, serve, demo."""

import logging
import os
import socket
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy.engine import make_url

from jobs.context import JobContext
from jobs.scheduler import run_scheduler
from monitor import tls
from monitor.cli.installation import TIME, Installation, with_installation
from monitor.cli.supervision import push_child, require_free, stop_on_signal, supervise, web_child, work_child
from monitor.config import Settings, Web
from monitor.demo import prepared
from monitor.pauses import settle
from monitor.text import sentence

ENDS_SOON = timedelta(days=30)


@click.command("work")
@with_installation
def work(installation: Installation) -> None:
    """Chạy bộ lập lịch / run the scheduler alone."""
    logging.getLogger("monitor").setLevel(os.environ.get("MONITOR_LOG", "WARNING"))
    context = JobContext(engine=installation.engine, settings=installation.settings, clock=installation.clock)

    def waits(holder: str) -> None:
        click.echo(sentence("standing_by", {"holder": holder}, installation.words), err=True)

    settle()
    with stop_on_signal() as stop:
        run_scheduler(context, stop, lock_file(installation.settings), waits=waits)


def lock_file(settings: Settings) -> Path:
    """Beside a SQLite database, else beside the configuration: one scheduler for each."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).with_suffix(".scheduler.lock")
    return settings.folder / "scheduler.lock"


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


@click.command("demo")
@click.option("--seed", type=click.IntRange(0), default=2026, show_default=True)
@click.option("--now", "moment", type=TIME, metavar='"YYYY-MM-DD HH:MM:SS"', help="Đồng hồ đứng yên.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Giữ lại ở đây / keep here.")
@click.option("--port", type=click.IntRange(1, 65534), default=8000, show_default=True)
@click.option(
    "--fault", "faults", multiple=True, metavar="CODE=NAME", help="Cho máy hỏng / break a terminal."
)
@with_installation
def demo(
    installation: Installation,
    seed: int,
    moment: datetime | None,
    folder: Path | None,
    port: int,
    faults: tuple[str, ...],
) -> None:
    """Tỉnh mẫu không cần thiết bị / a made-up province with simulated terminals, on one machine."""
    words = installation.language or "vi"
    require_free("127.0.0.1", port)
    with ExitStack() as stack:
        stop = stack.enter_context(stop_on_signal())
        kept = folder or Path(stack.enter_context(TemporaryDirectory(prefix="monitor-demo-")))
        settings = stack.enter_context(
            prepared(
                kept.resolve(),
                seed=seed,
                now=moment,
                real_now=datetime.now(UTC),
                port=port,
                faults=[(code, name) for code, _, name in (fault.partition("=") for fault in faults)],
                report=lambda code: click.echo(sentence(code, {}, words)),
            )
        )
        config = kept.resolve() / "config.toml"
        children = [web_child(settings)]
        # A clock that stands still gives the scheduler nothing to do.
        children += [] if settings.demo.frozen else [work_child(config)]
        values = {"url": f"http://{settings.web.host}:{settings.web.port}/", "now": settings.demo.now}
        click.echo(sentence("demo_serving", values, words))
        supervise(children, config, stop)


COMMANDS = (work, serve, demo)
