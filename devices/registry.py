"""The closed table of terminal kinds and their drivers."""

from collections.abc import Mapping

from devices.base import Clock, Terminal, TerminalSettings
from devices.biotime import BioTimeTerminal
from devices.dahua import DahuaTerminal
from devices.errors import NotSupported
from devices.hikvision import HikvisionTerminal
from devices.zk import ZkTerminal

KINDS = ("zk", "zk_push", "hikvision", "dahua", "biotime", "file")
"""Every kind a terminal may be entered as (rules 9)."""

WITH_ACCOUNT = frozenset({"hikvision", "dahua", "biotime"})
"""The kinds that are entered with a user name and password instead of a comm key."""

DRIVERS: Mapping[str, type[Terminal]] = {
    "zk": ZkTerminal,
    "hikvision": HikvisionTerminal,
    "dahua": DahuaTerminal,
    "biotime": BioTimeTerminal,
}
"""The kinds that can be read by asking them; the others deliver by themselves or as files."""


def open_terminal(settings: TerminalSettings, clock: Clock) -> Terminal:
    """Give the driver for a terminal; nothing is contacted yet.

    Raises NotSupported `unknown_kind`, or `kind_not_readable` for a known kind without a driver.
    """
    driver = DRIVERS.get(settings.kind)
    if driver is None:
        code = "kind_not_readable" if settings.kind in KINDS else "unknown_kind"
        raise NotSupported(code, kind=settings.kind)
    return driver(settings, clock)
