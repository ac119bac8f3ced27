"""Configuration: a TOML file turned into typed settings; an unknown key or a placeholder is an error."""

import secrets
import tomllib
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PLACEHOLDERS = ("change", "placeholder", "secret", "example", "thay-doi", "xxx", "...")
MINIMUM_SECRET = 24


class ConfigError(Exception):
    """The configuration cannot be used; `code` and `values` are translated at the edge."""

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        msg = f"unknown time zone {name!r}"
        raise ValueError(msg) from error
    return name


def _database_url(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        msg = "not a database URL"
        raise ValueError(msg) from error
    if backend not in {"sqlite", "postgresql"}:
        msg = "only sqlite and postgresql are supported"
        raise ValueError(msg)
    return url


Port = Annotated[int, Field(ge=1, le=65535)]
ZoneName = Annotated[str, AfterValidator(_zone)]


class Section(BaseModel):
    """A table of the file: closed, so that a mistyped key is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Site(Section):
    """Who runs the installation, and by which clock."""

    name: str = "Giám sát giờ làm việc"
    timezone: ZoneName = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"


class Database(Section):
    """Where everything is kept. A relative SQLite path counts from the file's own folder."""

    url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///monitor.db"


class Web(Section):
    """The pages. Without TLS only loopback is served, unless the loud key says otherwise."""

    host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    port: Port = 8000
    workers: int = Field(default=1, ge=1, le=32)
    secret_key: SecretStr = SecretStr("")
    secret_key_file: Path | None = None
    development_login: bool = False
    serve_plain_http_on_a_trusted_lan: bool = False


class Push(Section):
    """The separate port on which terminals deliver by themselves."""

    host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    port: Port = 8001
    body_limit_bytes: int = Field(default=1_048_576, ge=65_536, le=16_777_216)
    line_limit: int = Field(default=5_000, ge=100, le=100_000)


class Terminals(Section):
    """Where terminals may be, and how often they are read."""

    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    pull_every_minutes: int = Field(default=10, ge=1, le=1440)
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    deadline_seconds: float = Field(default=180, gt=0, le=3600)


class Rules(Section):
    """Settings of the rule book that belong to the installation and not to a regulation."""

    silence_people: int = Field(default=3, ge=1)


class Demo(Section):
    """Set by the demo only: the moment its clock shows, and whether that clock stands still."""

    now: str = ""
    frozen: bool = False
    started: float = 0.0


class Settings(Section):
    """The whole file. `folder` is where it lies; relative paths count from there."""

    site: Site = Site()
    database: Database = Database()
    web: Web = Web()
    push: Push = Push()
    terminals: Terminals = Terminals()
    rules: Rules = Rules()
    demo: Demo = Demo()
    folder: Path = Field(default=Path(), exclude=True)

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite path made absolute."""
        url = make_url(self.database.url)
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return self.database.url
        path = (self.folder / url.database).resolve()
        return url.set(database=str(path)).render_as_string(hide_password=False)


def load_settings(path: Path) -> Settings:
    """Read and check a configuration file.

    Raises ConfigError `config_missing`, `config_not_toml`, `config_unknown_key`,
    `config_bad_value`, `config_placeholder`, `config_secret_short`, `config_secret_unreadable` or
    `config_plain_http`.
    """
    settings = _validated(_parsed(path), path)
    _check_secret(settings, path)
    if not (settings.web.host.is_loopback or settings.web.serve_plain_http_on_a_trusted_lan):
        raise ConfigError("config_plain_http", path=str(path), host=str(settings.web.host))
    return settings


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
