"""The furnished office and its applications, as the tests of the pages have them."""

from tests.web.conftest import app, engine, furnished, log_in

__all__ = ["app", "engine", "furnished", "log_in"]
