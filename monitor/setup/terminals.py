"""terminals.csv: the sources of punches and how to reach them (rules 9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from devices.errors import NotSupported
from devices.registry import WITH_ACCOUNT
from devices.transport import Transport, transport_of
from monitor.setup.cells import (
    address,
    comm_key,
    day,
    flag,
    name,
    network,
    one_of,
    push_key,
    push_zone,
    serial,
    text,
    whole,
    zone,
)
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, update_rows, write
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Site
from monitor.store.queries import stale

TLS_PORT = 443
PORTS = {"zk": 4370, "zk_push": 4370, "hikvision": 80, "dahua": 80, "biotime": 80, "file": 0}
CALLED = ("zk", "hikvision", "dahua", "biotime")
"""Kinds that are called by us, and so need an address."""

RESERVED = ("*", "manual")
"""Codes with a meaning of their own: any terminal (badges), approved manual punches (rules 5)."""

PUSH_SETTINGS = ("push_network", "push_timezone")
"""Columns beyond rules 9: a file that does not have them leaves the stored ones alone."""

JUDGED = ("unit_id", "timezone", "direction", "installed_on")
"""Columns that verdicts depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRow:
    """A row of terminals.csv; None where the file says nothing."""

    code: str
    name: str | None
    kind: str
    host: str
    port: int | None
    transport: str
    serial: str | None
    unit: str | None
    timezone: str | None
    direction: str
    comm_key: str | None = field(repr=False)
    push: bool
    push_network: str
    push_timezone: str
    push_key: str | None = field(repr=False)
    installed_on: date | None


COLUMNS = (
    Column("code", text, required=True),
    Column("name", name),
    Column("kind", one_of(*PORTS), required=True),
    Column("host", address, default=""),
    Column("port", whole(0, 65_535)),
    Column("transport", text, default=""),
    Column("serial", serial),
    Column("unit", text),
    Column("timezone", zone),
    Column("direction", one_of("in", "out"), default=""),
    Column("comm_key", comm_key),
    Column("push", flag, default=False),
    Column("push_network", network, default=""),
    Column("push_timezone", push_zone, default=""),
    Column("push_key", push_key),
    Column("installed_on", day),
)


def apply(session: Session, lines: Lines[TerminalRow], site: Site) -> Counts:
    """Check and store the rows."""
    units = ids(session, "unit")
    stored = {row["code"]: row for row in stored_rows(session, "terminal")}
    _check_rows(lines)
    lines.refuse_unknown("unit", "unit", units, lambda row: row.unit)
    lines.refuse_twice("code", lambda row: row.code)
    lines.settle(lambda: _check_serials(lines, stored))
    changes = compare(lines.good, lambda row: row.code, _stored_values(lines, units, stored, site), stored)
    _free_serials(session, changes)
    counts = write(session, "terminal", changes)
    _mark(session, changes, site)
    return counts


def _check_rows(lines: Lines[TerminalRow]) -> None:
    """Checks of each row by itself."""
    for line in lines.read:
        row = line.item
        if row.code in RESERVED:
            lines.refuse(line, "code", "code_reserved", value=row.code)
        if row.kind in CALLED and not row.host:
            lines.refuse(line, "host", "host_missing", kind=row.kind)
        if row.kind in CALLED and row.port == 0:
            lines.refuse(line, "port", "bad_number", value="0", least=1, most=65_535)
        if row.comm_key and ":" in row.comm_key and row.kind not in WITH_ACCOUNT:
            lines.refuse(line, "comm_key", "bad_comm_key")
        if row.comm_key not in (None, "0") and ":" not in row.comm_key and row.kind in WITH_ACCOUNT:
            lines.refuse(line, "comm_key", "bad_account")
        try:
            transport_of(row.kind, row.transport)
        except NotSupported as error:
            lines.refuse(line, "transport", error.code, **error.values)


def _check_serials(lines: Lines[TerminalRow], stored: Mapping[str, RowMapping]) -> None:
    """A serial number belongs to one code at a time (rules 9)."""
    good = lines.good
    replaced = {line.item.code for line in good} if "serial" in lines.columns else set()
    owners = {row["serial"]: code for code, row in stored.items() if row["serial"] and code not in replaced}
    for line in good:
        row = line.item
        if row.serial is not None and owners.setdefault(row.serial, row.code) != row.code:
            lines.refuse(line, "serial", "serial_taken", serial=row.serial, terminal=owners[row.serial])


def _stored_values(
    lines: Lines[TerminalRow], units: Mapping[str, int], stored: Mapping[str, RowMapping], site: Site
) -> Callable[[TerminalRow], dict[str, Any]]:
    """How a row becomes columns.

    Comm key and push key are never exported, so a file that holds none leaves the stored one alone (0
    takes it away); a file without a serial column leaves the serial number alone. A proven record layout
    belongs to one device: with another serial number or kind it is forgotten.
    """

    def values(row: TerminalRow) -> dict[str, Any]:
        before = stored.get(row.code)
        way = transport_of(row.kind, _transport(row, before, "transport" in lines.columns))
        found = {
            "code": row.code,
            "name": row.name or row.code,
            "kind": row.kind,
            "host": row.host,
            "port": _usual_port(row, way) if row.port is None else row.port,
            "transport": str(way),
            "serial": row.serial,
            "unit_id": units[row.unit] if row.unit else None,
            "timezone": row.timezone or site.zone,
            "direction": row.direction,
            "comm_key": row.comm_key or "",
            "push": row.push,
            "push_network": row.push_network,
            "push_timezone": row.push_timezone,
            "push_key": row.push_key or "",
            "installed_on": row.installed_on,
            "layout": "",
        }
        if before is not None:
            found |= _kept(row, before, "serial" in lines.columns)
            found |= {name: before[name] for name in PUSH_SETTINGS if name not in lines.columns}
        return found

    return values


def _transport(row: TerminalRow, before: RowMapping | None, has_transport: bool) -> str:
    """A file without the column leaves the stored way alone, unless another kind does not know it."""
    if has_transport or before is None or row.kind != before["kind"]:
        return row.transport
    return str(before["transport"])


def _usual_port(row: TerminalRow, way: Transport) -> int:
    return TLS_PORT if way.tls else PORTS[row.kind]


def _kept(row: TerminalRow, before: RowMapping, has_serial: bool) -> dict[str, Any]:
    """Columns of the stored row that this row leaves as they are; a key is no account, nor the reverse."""
    kept = {} if has_serial else {"serial": before["serial"]}
    if row.comm_key is None and (row.kind in WITH_ACCOUNT) == (before["kind"] in WITH_ACCOUNT):
        kept["comm_key"] = before["comm_key"]
    if row.push_key is None:
        kept["push_key"] = before["push_key"]
    if row.kind == before["kind"] and kept.get("serial", row.serial) == before["serial"]:
        kept["layout"] = before["layout"]
    return kept


def _free_serials(session: Session, changes: list[Change[TerminalRow]]) -> None:
    """Take away serial numbers that move, so that two terminals may swap theirs."""
    moving = [c.before["id"] for c in changes if c.before is not None and c.touches("serial")]
    update_rows(session, "terminal", [{"id": key, "serial": None} for key in moving])


def _mark(session: Session, changes: list[Change[TerminalRow]], site: Site) -> None:
    """Mark whoever has a badge there: a terminal became relevant, or says something else (rules 7)."""
    touched = [change.line.item.code for change in changes if change.touches(*JUDGED)]
    known = ids(session, "terminal") if touched else {}
    for code in touched:
        stale.mark_badge_holders(session, known[code], *site.days(None, None))
