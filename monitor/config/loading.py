"""A TOML file turned into settings; an unknown key or a placeholder is an error."""

import secrets
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.config.errors import ConfigError
from monitor.config.settings import Settings

PLACEHOLDERS = ("change", "placeholder", "secret", "example", "thay-doi", "xxx", "...")
MINIMUM_SECRET = 24


def load_settings(path: Path) -> Settings:
    """Read and check a configuration file.

    Raises ConfigError `config_missing`, `config_not_toml`, `config_unknown_key`,
    `config_bad_value`, `config_placeholder`, `config_secret_short`, `config_secret_unreadable`,
    `config_plain_http`, `config_tls_half`, `config_tls_unreadable`,
    `config_sign_on`, `config_sign_on_file`, `config_mail` or `config_mail_file`.
    """
    settings = _validated(_parsed(path), path)
    _check_secret(settings, path)
    _check_transport(settings, path)
    _check_sign_on(settings, path)
    _check_mail(settings, path)
    return settings


def _check_mail(settings: Settings, path: Path) -> None:
    """A mail server is named wholly, is spoken to in the clear only where that is said, and has its files."""
    mail = settings.mail
    if mail.lacks:
        raise ConfigError("config_mail", path=str(path), key=f"mail.{mail.lacks}")
    for file in (mail.password_file, mail.ca_file or None, mail.other_channels_file):
        if file is not None and not (settings.folder / file).is_file():
            raise ConfigError("config_mail_file", path=str(path), file=str(settings.folder / file))


def _check_sign_on(settings: Settings, path: Path) -> None:
    """A provider or a directory is named wholly or not at all, and its secrets and authorities are there."""
    sign_on = settings.sign_on
    for name, table in (("oidc", sign_on.oidc), ("ldap", sign_on.ldap)):
        if table.lacks:
            raise ConfigError("config_sign_on", path=str(path), key=f"sign_on.{name}.{table.lacks}")
    files = (sign_on.oidc.client_secret_file, sign_on.ldap.bind_password_file)
    for file in (*files, sign_on.oidc.ca_file or None, sign_on.ldap.ca_file or None):
        if file is not None and not (settings.folder / file).is_file():
            raise ConfigError("config_sign_on_file", path=str(path), file=str(settings.folder / file))


def _check_transport(settings: Settings, path: Path) -> None:
    """Only loopback goes without TLS, unless the loud key says otherwise; half of a TLS is none."""
    web = settings.web
    if (web.tls_certificate is None) != (web.tls_key is None):
        raise ConfigError("config_tls_half", path=str(path))
    for file in settings.tls_files or ():
        if not file.is_file():
            raise ConfigError("config_tls_unreadable", path=str(file))
    if not (web.host.is_loopback or web.serve_plain_http_on_a_trusted_lan or web.tls_certificate):
        raise ConfigError("config_plain_http", path=str(path), host=str(web.host))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError("config_missing", path=str(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("config_not_toml", path=str(path), why=str(error)) from error


def _validated(content: dict[str, Any], path: Path) -> Settings:
    if "folder" in content:
        raise ConfigError("config_unknown_key", path=str(path), key="folder")
    try:
        return Settings(**content, folder=path.parent.resolve())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError("config_unknown_key", path=str(path), key=key) from None
        raise ConfigError("config_bad_value", path=str(path), key=key, why=first["msg"]) from None


def _check_secret(settings: Settings, path: Path) -> None:
    """Refuse a secret that everybody knows: copied examples are the commonest hole."""
    secret = settings.web.secret_key.get_secret_value()
    if secret and any(word in secret.lower() for word in PLACEHOLDERS):
        raise ConfigError("config_placeholder", path=str(path), key="web.secret_key")
    if secret and len(secret) < MINIMUM_SECRET:
        raise ConfigError("config_secret_short", path=str(path), key="web.secret_key", least=MINIMUM_SECRET)


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: from the file, a file it names, or one made beside the database.

    Raises ConfigError `config_secret_unreadable` when the named file cannot be read.
    """
    if secret := settings.web.secret_key.get_secret_value():
        return secret
    if settings.web.secret_key_file is None:
        return _own_secret(settings.folder / "secret.key")
    named = settings.folder / settings.web.secret_key_file
    try:
        return named.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError("config_secret_unreadable", path=str(named)) from error


def _own_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")
