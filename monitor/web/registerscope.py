"""Which rows of a preview a reader may see: those of units in scope on their day."""

from flask import g

from monitor.preview import PreviewRow
from monitor.store.queries.tree import Tree, tree
from monitor.store.session import reading
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site

KEY = "register_units"


def row_in_scope(row: PreviewRow) -> bool:
    """Whether the reader may see the row's unit on its day."""
    unit = _units().by_code(row.unit)
    return unit is not None and scope().sees_unit(unit.id, iso_day(row.date))


def _units() -> Tree:
    """The tree, read once for a request."""
    if KEY not in g:
        with reading(site().engine) as database:
            setattr(g, KEY, tree(database))
    found: Tree = getattr(g, KEY)
    return found
