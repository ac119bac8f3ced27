"""A database that is busy, or not there yet: its transaction kept nothing, and the same again may go well."""

_SQLITE = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED; their further codes have them in the last byte."""
_POSTGRES = frozenset({"40001", "40P01", "53300", "55P03", "57P03"})
"""SQLSTATE: conflict, deadlock, too many connections, locked, starting or shutting down."""


def is_busy(error: Exception) -> bool:
    """Whether it was only busy or could not be reached, and neither the statement nor the disk is at fault.

    `error` is the driver's OperationalError, or SQLAlchemy's around it. One whose connection was lost on the
    way is none: nobody knows whether its commit was done.
    """
    if getattr(error, "connection_invalidated", False):
        return False
    found = getattr(error, "orig", error)
    code: int | None = getattr(found, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE
    state: str | None = getattr(found, "sqlstate", "")  # None of a connection that was never made
    return state is None or state in _POSTGRES
