"""Where the API lies; the one place that says so."""

from flask import request

PREFIX = "/api/"
V1 = "/api/v1"


def is_asked() -> bool:
    """Whether this request is one of a program, also for an address that does not exist."""
    return request.path.startswith(PREFIX)
