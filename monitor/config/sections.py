"""The tables of the configuration file: every key, its kind, its limits and what holds without it."""

import re
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"


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


def _windows(windows: tuple[str, ...]) -> tuple[str, ...]:
    for window in windows:
        found = re.fullmatch(f"({_CLOCK})-({_CLOCK})", window)
        if found is None or found[1] >= found[2]:
            msg = f"{window!r} is no time of day as 07:00-07:45"
            raise ValueError(msg)
    return windows


Port = Annotated[int, Field(ge=1, le=65535)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Windows = Annotated[tuple[str, ...], AfterValidator(_windows)]
"""Times of a day, each `HH:MM-HH:MM`; one over midnight is written as two."""


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
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()

    @property
    def behind_tls(self) -> bool:
        """Whether every reader comes over TLS: our own, or that of the proxies that are listed."""
        return self.tls_certificate is not None or bool(self.trusted_proxies)


class Accounts(Section):
    """Passwords, lock-outs and log-ins. What is left out follows the profile (docs/accounts.md)."""

    password_profile: Literal["asvs", "qd742-2", "qd742-3"] = "asvs"  # noqa: S105 - the name of a rule book
    password_least_length: int | None = Field(default=None, ge=8, le=64)
    password_character_kinds: int | None = Field(default=None, ge=0, le=4)
    password_most_days: int | None = Field(default=None, ge=0, le=3650)
    lockout_failures: int | None = Field(default=None, ge=3, le=100)
    lockout_minutes: int | None = Field(default=None, ge=1, le=1440)
    idle_minutes: int = Field(default=30, ge=1, le=720)
    longest_hours: int = Field(default=12, ge=1, le=24)
    step_up_minutes: int = Field(default=10, ge=1, le=60)
    slip_hours: int = Field(default=72, ge=1, le=720)


class Push(Section):
    """The separate port on which terminals deliver by themselves.

    With `strict` a delivery is no evidence: it only asks for a reading of the terminal's own log.
    """

    host: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    port: Port = 8001
    body_limit_bytes: int = Field(default=1_048_576, ge=65_536, le=16_777_216)
    line_limit: int = Field(default=5_000, ge=100, le=100_000)
    strict: bool = False


class Terminals(Section):
    """Where terminals may be, how often they are read, and when they are left alone.

    In the `rush_windows` people queue at the terminals, so no reading begins. `ca_file` are the
    authorities that vouch for terminals over HTTPS; '' asks those of the system.
    """

    allowed_networks: tuple[IPvAnyNetwork, ...] = ()
    pull_every_minutes: int = Field(default=10, ge=1, le=1440)
    read_at_once: int = Field(default=16, ge=1, le=64)
    rush_windows: Windows = ("07:00-07:45", "11:15-11:45", "13:00-13:30", "16:30-17:15")
    ca_file: str = ""

    @property
    def rush(self) -> list[tuple[int, int]]:
        """The rush windows in order, as seconds of the day."""
        clocks = (map(int, window.replace("-", ":").split(":")) for window in self.rush_windows)
        return sorted((a * 3600 + b * 60, c * 3600 + d * 60) for a, b, c, d in clocks)

    def read_within_seconds(self, second: int) -> int:
        """How long a terminal in good order may go unread at this second of the day."""
        period = self.pull_every_minutes * 60
        return period + max((to - at for at, to in self.rush if at <= second < to + period), default=0)

    timeout_seconds: float = Field(default=60, gt=0, le=600)
    deadline_seconds: float = Field(default=180, gt=0, le=3600)


class Privacy(Section):
    """How many years after somebody left each kind of data is kept; 0: without end (docs/privacy)."""

    punches_years: int = Field(default=5, ge=0, le=100)
    records_years: int = Field(default=10, ge=0, le=100)
    accounts_years: int = Field(default=2, ge=0, le=100)
    explanations_years: int = Field(default=5, ge=0, le=100)
    trail_years: int = Field(default=10, ge=0, le=100)


class Rules(Section):
    """Settings of the rule book that belong to the installation and not to a regulation."""

    silence_people: int = Field(default=3, ge=1)


class Demo(Section):
    """Set by the demo only: the moment its clock shows, and whether that clock stands still."""

    now: str = ""
    frozen: bool = False
    started: float = 0.0
