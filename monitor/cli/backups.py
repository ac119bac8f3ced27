"""Commands on copies of everything: backup, restore."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from filelock import FileLock, Timeout

from monitor.backup import (
    BackupRefused,
    Made,
    Proof,
    Restored,
    back_up_now,
    drill,
    files_in,
    key_path,
    make_backup,
    new_key,
    restore,
    secret_in,
    unpack_configuration,
)
from monitor.cli.installation import Installation, with_installation
from monitor.cli.supervision import lock_file
from monitor.config import Settings
from monitor.text import sentence

FILE = click.Path(path_type=Path, dir_okay=False)
EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)
KEY = click.option("--key-file", type=EXISTING, help="Tệp khoá / the key file (mặc định: [backup] key_file).")
AS_JSON = click.option("--json", "as_json", is_flag=True)


@click.command("backup")
@click.argument("file", type=FILE, required=False)
@KEY
@click.option("--check", "only_check", is_flag=True, help="Chỉ thử khôi phục FILE / only try FILE out.")
@click.option("--new-key", "makes_key", is_flag=True, help="Tạo tệp khoá FILE / make a key file FILE.")
@AS_JSON
@with_installation
def backup_command(
    installation: Installation,
    file: Path | None,
    key_file: Path | None,
    *,
    only_check: bool,
    makes_key: bool,
    as_json: bool,
) -> None:
    """Sao lưu toàn bộ, kể cả khi đang chạy / back up all, while it runs; without FILE as nightly."""
    if file is None and (only_check or makes_key):
        raise click.UsageError("FILE")
    if file is not None and makes_key:
        _make_key(installation, file)
    elif file is not None and only_check:
        _tell_proof(installation, _drilled(installation, file, key_file), as_json=as_json)
    else:
        _tell_made(installation, _made(installation, file, key_file), as_json=as_json)


def _make_key(installation: Installation, path: Path) -> None:
    new_key(path)
    click.echo(sentence("backup_key_made", {"path": path}, installation.language or "vi"))


def _made(installation: Installation, path: Path | None, key_file: Path | None) -> Made:
    if path is None:
        return back_up_now(
            installation.engine, _with_key(installation.settings, key_file), installation.clock
        )
    secret = secret_in(key_path(installation.settings, key_file))
    _ = installation.engine  # an old schema is refused before anything is written
    return make_backup(installation.settings, path, secret, installation.clock)


def _with_key(settings: Settings, key_file: Path | None) -> Settings:
    if key_file is None:
        return settings
    return settings.model_copy(
        update={"backup": settings.backup.model_copy(update={"key_file": key_file.resolve()})}
    )


def _drilled(installation: Installation, path: Path, key_file: Path | None) -> Proof:
    secret = secret_in(key_path(installation.settings, key_file))
    return drill(installation.settings, path, secret)


def _tell_made(installation: Installation, made: Made, *, as_json: bool) -> None:
    values = {**_values(installation, made.proof), "path": made.path, "mib": _mib(made.size_bytes)}
    click.echo(_json(values) if as_json else sentence("backup_made", values, installation.words))


def _tell_proof(installation: Installation, proof: Proof, *, as_json: bool) -> None:
    values = _values(installation, proof)
    click.echo(_json(values) if as_json else sentence("backup_proven", values, installation.words))


def _values(installation: Installation, proof: Proof) -> dict[str, object]:
    zone = ZoneInfo(installation.settings.site.timezone)
    made_at: datetime = proof.about.made_at.astimezone(zone)
    return {
        "made": made_at.strftime("%H:%M:%S %d/%m/%Y"),
        "rows": proof.facts.row_count,
        "head": proof.facts.head,
        "schema": proof.about.schema,
        "program": proof.about.program,
        "seconds": round(proof.seconds, 1),
    }


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, default=str)


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.1f}"


@click.command("restore")
@click.argument("file", type=EXISTING)
@KEY
@click.option("--replace", is_flag=True, help="Thay dữ liệu đang có / over an installation that has data.")
@click.option("--drill", "as_drill", is_flag=True, help="Diễn tập, không thay gì / try out, change nothing.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Máy mới: dựng lại cả cấu hình ở đây / a new machine: the configuration as well, here.",
)
@AS_JSON
@with_installation
def restore_command(  # noqa: PLR0913 - one argument per option
    installation: Installation,
    file: Path,
    key_file: Path | None,
    into: Path | None,
    *,
    replace: bool,
    as_drill: bool,
    as_json: bool,
) -> None:
    """Khôi phục từ bản sao lưu / put a backup back; afterwards read the terminals again: monitor pull."""
    if as_drill:
        _tell_proof(installation, _drilled(installation, file, key_file), as_json=as_json)
        return
    if into is not None:
        installation = _rebuilt(installation, file, key_file, into)
    done = _restored(installation, file, key_file, replace=replace)
    if as_json:
        click.echo(_json({**_values(installation, done.proof), "former": done.former}))
    else:
        _tell_restored(installation, done)


def _rebuilt(installation: Installation, file: Path, key_file: Path | None, folder: Path) -> Installation:
    """The installation of a new machine: its configuration from the backup, its database yet to come."""
    if key_file is None:
        raise BackupRefused("backup_no_key")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    unpack_configuration(file, folder, files_in(file, secret_in(key_file)))
    return Installation(config=folder / "config.toml", language=installation.language)


def _restored(installation: Installation, file: Path, key_file: Path | None, *, replace: bool) -> Restored:
    settings = installation.settings
    secret = secret_in(key_path(settings, key_file))
    try:
        with FileLock(lock_file(settings), timeout=0):
            return restore(
                settings,
                file,
                secret,
                clock=installation.clock,
                actor=installation.actor,
                replace=replace,
            )
    except Timeout:
        raise BackupRefused("database_in_use", processes="monitor work") from None


def _tell_restored(installation: Installation, done: Restored) -> None:
    words = installation.words
    click.echo(sentence("restored", _values(installation, done.proof), words))
    if done.former:
        click.echo(sentence("restore_former", {"former": done.former}, words))
    if done.aftercare.pushing:
        click.echo(sentence("restore_pushing", {"terminals": ", ".join(done.aftercare.pushing)}, words))
    if done.aftercare.cut:
        click.echo(sentence("restore_cut", {"count": done.aftercare.cut}, words))
    click.echo(sentence("restore_pull_again", {}, words))


COMMANDS = (backup_command, restore_command)
