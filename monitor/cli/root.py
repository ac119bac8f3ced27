"""The command group, its global options, and the one place where errors become sentences."""

import logging
import os
import sys
from pathlib import Path

import click

from devices.errors import DeviceError
from monitor import __version__, logs
from monitor.accounts import AccountRefused
from monitor.backup import BackupRefused
from monitor.cli import (
    accounts,
    backups,
    calendar,
    checks,
    exporting,
    following,
    importing,
    inspecting,
    mending,
    moving,
    notices,
    periods,
    privacy,
    running,
    setting_up,
    timesheets,
    tls,
    tokens,
    undoing,
    yearly,
)
from monitor.cli.installation import Installation
from monitor.cli.supervision import PortTaken
from monitor.config import ConfigError
from monitor.demo import DemoError
from monitor.inspections.errors import InspectionRefused
from monitor.notices import NoticeRefused
from monitor.periods import PeriodRefused
from monitor.privacy import PrivacyRefused
from monitor.rules.lunar import YearRefused
from monitor.setup import ImportRefused
from monitor.store.session import StoreError
from monitor.text import LANGUAGES, sentence
from monitor.tls import TlsError

log = logging.getLogger(__name__)

CODED = (
    AccountRefused,
    BackupRefused,
    ConfigError,
    StoreError,
    DeviceError,
    DemoError,
    InspectionRefused,
    NoticeRefused,
    ImportRefused,
    YearRefused,
    PeriodRefused,
    PortTaken,
    PrivacyRefused,
    TlsError,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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


for part in (
    accounts,
    tokens,
    setting_up,
    importing,
    calendar,
    undoing,
    exporting,
    running,
    inspecting,
    mending,
    periods,
    privacy,
    tls,
    backups,
    moving,
    checks,
    following,
    notices,
):
    for command in part.COMMANDS:
        monitor.add_command(command)

exporting.export_group.add_command(timesheets.timesheet)
exporting.export_group.add_command(yearly.yearly)


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
    except CODED as error:
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
