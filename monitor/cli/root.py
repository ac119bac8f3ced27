"""The command group, its global options, and the one place where errors become sentences."""

import logging
import os
import sys
from pathlib import Path

import click

from devices.errors import DeviceError
from monitor import __version__, logs
from monitor.cli.installation import Installation
from monitor.cli.lazy import LazyGroup
from monitor.refusal import Refusal
from monitor.text import LANGUAGES, sentence

log = logging.getLogger(__name__)

WHERE = {
    "account": "accounts",
    "backup": "backups",
    "badge": "mending",
    "calendar": "calendar",
    "check": "checks",
    "database": "moving",
    "demo": "demonstrating",
    "doctor": "inspecting",
    "export": "exporting",
    "hotline": "following",
    "import": "importing",
    "init": "setting_up",
    "migrate": "setting_up",
    "move": "moving",
    "notices": "notices",
    "period": "periods",
    "privacy": "privacy",
    "pull": "pulling",
    "quarantine": "mending",
    "rebuild": "inspecting",
    "reconcile": "inspecting",
    "restore": "backups",
    "serve": "serving",
    "terminal": "mending",
    "tls": "tls",
    "token": "tokens",
    "trail": "privacy",
    "verify": "inspecting",
    "work": "working",
}
"""The module of each command."""


@click.group(cls=LazyGroup, elsewhere=WHERE, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="MONITOR_CONFIG",
    default=Path("config.toml"),
    show_default=True,
    help="Tệp cấu hình / configuration file.",
)
@click.option("--language", type=click.Choice(LANGUAGES), envvar="MONITOR_LANGUAGE", help="vi | en")
@click.pass_context
def monitor(context: click.Context, config: Path, language: str | None) -> None:
    """Giám sát giờ làm việc – staff attendance and working-hours monitor."""
    context.obj = Installation(config=config, language=language)
    context.call_on_close(context.obj.close)


def main() -> None:
    """Run a command: exit code 0 done, 1 refused with one clear sentence, 2 wrong usage."""
    # A command's user reads its sentences; what runs by itself writes a log.
    logs.install(os.environ.get("MONITOR_LOG", "ERROR"))
    try:
        sys.exit(monitor.main(standalone_mode=False))  # commands give None; an early exit its code
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output went away: nothing to say, nobody to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (Refusal, DeviceError) as error:
        refuse(error.code, **error.values)
    except Exception as error:
        log.debug("unexpected error", exc_info=True)
        refuse("unexpected_error", kind=type(error).__name__)


def refuse(code: str, **values: object) -> None:
    """Say why in one sentence and leave with exit code 1."""
    click.echo(sentence(code, values, _language()), err=True)
    sys.exit(1)


def _language() -> str:
    """The reader's language, known even when the configuration is what is wrong."""
    arguments = sys.argv[1:]
    if "--language" in arguments[:-1]:
        chosen = arguments[arguments.index("--language") + 1]
    else:
        chosen = os.environ.get("MONITOR_LANGUAGE", "vi")
    return chosen if chosen in LANGUAGES else "vi"
