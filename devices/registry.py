"""The closed table of terminal kinds and their drivers."""

from collections.abc import Callable, Mapping

from devices.base import Clock, Terminal, TerminalSettings
from devices.errors import NotSupported
from devices.zk import ZkTerminal

KINDS = ("zk", "zk_push", "hikvision", "dahua", "biotime", "file")
"""Every kind a terminal may be entered as (rules 9)."""

DRIVERS: Mapping[str, Callable[[TerminalSettings, Clock], Terminal]] = {"zk": ZkTerminal}
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
