"""The table of the configuration file on who does the large computations."""

from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from monitor.config.sections import Section

TLS_FILES = ("ca_file", "certificate_file", "key_file")


class Fanout(Section):
    """Rebuilding and other large computations: in this process, in `workers` processes, or on a Dask cluster.

    `scheduler` is a cluster's address: `tls://HOST:PORT` with the three files of mutual TLS, or
    `tcp://` on loopback alone, since whoever reaches a scheduler without TLS runs code on it.
    `worker_database_url` is what workers read with, best a role that can only read; "" the program's own.
    """

    workers: int = Field(default=1, ge=1, le=256)
    scheduler: str = ""
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    worker_database_url: str = ""

    @model_validator(mode="after")
    def _only_over_tls(self) -> Self:
        given = [name for name in TLS_FILES if getattr(self, name) is not None]
        address = urlsplit(self.scheduler)
        if not self.scheduler:
            return self
        if address.scheme == "tls" and len(given) == len(TLS_FILES):
            return self
        if address.scheme == "tcp" and _is_loopback(address.hostname or "") and not given:
            return self
        msg = "tls:// with ca_file, certificate_file and key_file, or tcp:// on loopback"
        raise ValueError(msg)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
