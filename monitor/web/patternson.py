"""Whether any pattern is on: while none is, no link leads to the page, and nobody finds it."""

from monitor.inspections.patterns.switches import switched_on
from monitor.store.session import reading
from monitor.web.context import site


def any_on() -> bool:
    """Whether the page of patterns has anything to show to anybody."""
    with reading(site().engine) as database:
        return bool(switched_on(database))
