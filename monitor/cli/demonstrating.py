"""`monitor demo`: a made-up province to try everything with."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from monitor.cli.installation import TIME, Installation, with_installation
from monitor.cli.supervision import require_free, stop_on_signal, supervise, web_child, work_child
from monitor.demo import prepared
from monitor.text import sentence


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


COMMANDS = (demo,)
