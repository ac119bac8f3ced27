"""The tables of the configuration file: every key, its kind, its limits and what holds without it."""

import re
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, field_validator
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
    """Where everything is kept. A relative SQLite path counts from the file's own folder.

    SQLite needs a disk of this machine: on others it is refused, unless the loud key says otherwise.
    """

    url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///monitor.db"
    may_lie_on_a_network_disk_and_be_corrupted: bool = False

    @property
    def anywhere(self) -> bool:
        """Whether the disk does not matter: what `open_database` is told."""
        return self.may_lie_on_a_network_disk_and_be_corrupted


class Backup(Section):
    """Copies of everything, sealed with the secret in `key_file`; without one none are made by themselves.

    `folder` takes a copy each day `at` this time, `copy_to` (another disk, another machine's folder) a
    second one of each. Kept are the newest of so many days, weeks and months.
    """

    key_file: Path | None = None
    folder: Path = Path("backups")
    copy_to: Path | None = None
    at: Annotated[str, Field(pattern=f"^{_CLOCK}$")] = "01:30"
    keep_daily: int = Field(default=7, ge=1, le=366)
    keep_weekly: int = Field(default=5, ge=0, le=260)
    keep_monthly: int = Field(default=12, ge=0, le=240)


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
    metrics_networks: tuple[IPvAnyNetwork, ...] = ()

    @property
    def behind_tls(self) -> bool:
        """Whether every reader comes over TLS: our own, or that of the proxies that are listed."""
        return self.tls_certificate is not None or bool(self.trusted_proxies)


class Accounts(Section):
    """Passwords, lock-outs and log-ins. What is left out follows the profile (docs/accounts.md).

    `command_line`: whether commands about people's data may be run without naming an account (`--as`).
    """

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
    command_line: Literal["operator", "accounts"] = "operator"


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
    """How many years after somebody left each kind of data is kept; 0: without end (docs/privacy).

    `reports_years` counts from when a citizens' report was received.
    """

    punches_years: int = Field(default=5, ge=0, le=100)
    records_years: int = Field(default=10, ge=0, le=100)
    accounts_years: int = Field(default=2, ge=0, le=100)
    explanations_years: int = Field(default=5, ge=0, le=100)
    trail_years: int = Field(default=10, ge=0, le=100)
    reports_years: int = Field(default=2, ge=0, le=100)


class Explanations(Section):
    """How long people have to explain, and those who decide to do so; how large a paper may be.

    `manual_punches_warn`: more forgotten punches than this in a month are pointed out to who decides.
    """

    days_to_explain: int = Field(default=3, ge=1, le=60)
    days_until_escalation: int = Field(default=3, ge=1, le=60)
    attachment_kib: int = Field(default=4096, ge=64, le=8192)
    manual_punches_warn: int = Field(default=3, ge=0, le=100)


class Rules(Section):
    """Settings of the rule book that belong to the installation and not to a regulation."""

    silence_people: int = Field(default=3, ge=1)


class Periods(Section):
    """Signing months: which steps go before closing, and how long people may look at their own rows.

    `require_steps`: the command line, too, closes nothing that is not signed; the pages never do.
    `confirm_days` counts from the end of the month. `check_url` is the address of the page that checks a
    sheet's code, as readers of the paper reach it; the QR leads there.
    """

    steps: tuple[Literal["submit", "confirm", "approve"], ...] = ("submit", "confirm", "approve")
    require_steps: bool = False
    confirm_days: int = Field(default=5, ge=0, le=60)
    check_url: str = ""

    @field_validator("steps")
    @classmethod
    def _in_order(cls, steps: tuple[str, ...]) -> tuple[str, ...]:
        if list(steps) != [step for step in ("submit", "confirm", "approve") if step in steps]:
            msg = "each step once, in the order submit, confirm, approve"
            raise ValueError(msg)
        return steps


class Demo(Section):
    """Set by the demo only: the moment its clock shows, and whether that clock stands still."""

    now: str = ""
    frozen: bool = False
    started: float = 0.0
