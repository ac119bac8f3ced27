"""The JSON API for other programs: `/api/v1/`, read only, each request with a token."""

from flask import Flask

from monitor.web.api import admission, people, periods, problems, records, terminals, units, views
from monitor.web.api.views import pages

__all__ = ["install", "pages"]

PARTS = (units, people, records, periods, terminals, views)
"""The modules whose views hang on the blueprint."""


def install(app: Flask) -> None:
    """Ask every request for its token, and answer what is refused in the API's own form."""
    admission.install(app)
    problems.install(app)
