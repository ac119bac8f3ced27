"""`[mail]`: the server that takes our messages, when digests are sent, and how much they tell."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from monitor.config.sections import Port, Section
from monitor.config.sign_on import is_loopback

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}", re.ASCII)
"""The addresses that are written to: ASCII, one line, nothing that a header could misread."""
LONGEST_ADDRESS = 254
MORNING_ENDS, DAY_ENDS = time(12), time(23)


def is_mail_address(text: str) -> bool:
    """Whether a text is an address that we write to."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def _address(text: str) -> str:
    if text and not is_mail_address(text):
        msg = "an address such as cham-cong@xa.gov.vn is needed"
        raise ValueError(msg)
    return text


def _clock(text: str) -> str:
    if not re.fullmatch("(?:[01][0-9]|2[0-3]):[0-5][0-9]", text):
        msg = "a time of day such as 08:15 is needed"
        raise ValueError(msg)
    return text


def _site(url: str) -> str:
    parts = urlsplit(url)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc) and url.isprintable()
    if url and not (parts.scheme in {"http", "https"} and parts.hostname and plain):
        msg = "how browsers reach this site: https://HOST"
        raise ValueError(msg)
    return url.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
Clock = Annotated[str, AfterValidator(_clock)]


class Mail(Section):
    """With an empty `host` no message is made at all.

    Without TLS only this machine and the `plain_hosts` are spoken to, and never with a password. `ca_file`
    are the authorities that vouch for the server; '' asks those of the system. With `detail` "counts" no
    message names a person. Digests are sent from `morning` to noon and from `evening` to midnight; the
    month is told on `monthly_day`. `other_channels_file` lists addresses of other channels (apprise), one
    a line; they get alarms of terminals and nothing about people.
    """

    host: str = ""
    port: Port = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    plain_hosts: tuple[str, ...] = ()
    user: str = ""
    password_file: Path | None = None
    ca_file: str = ""
    sender: Address = ""
    reply_to: Address = ""
    site_url: Annotated[str, AfterValidator(_site)] = ""
    timeout_seconds: float = Field(default=20, gt=0, le=120)
    morning: Clock = "08:15"
    evening: Clock = "17:45"
    monthly_day: int = Field(default=2, ge=1, le=18)
    detail: Literal["counts", "names"] = "counts"
    kept_days: int = Field(default=90, ge=7, le=3650)
    other_channels_file: Path | None = None

    @property
    def morning_at(self) -> time:
        """From when on the morning's digest is sent."""
        return time.fromisoformat(self.morning)

    @property
    def evening_at(self) -> time:
        """From when on the evening's summary is sent."""
        return time.fromisoformat(self.evening)

    @property
    def lacks(self) -> str:
        """The key that mail cannot be sent without and that is missing or unsafe; '' for none."""
        if not self.host:
            return ""
        if not self.sender:
            return "sender"
        if self.user and self.password_file is None:
            return "password_file"
        unsafe = self.security == "none" and not is_loopback(self.host)
        return "security" if unsafe and (self.user or self.host not in self.plain_hosts) else ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.morning_at < MORNING_ENDS <= self.evening_at <= DAY_ENDS:
            msg = "morning must be before 12:00, evening between 12:00 and 23:00"
            raise ValueError(msg)
        return self
