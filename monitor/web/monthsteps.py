"""Where a unit's month stands, as pages show it: steps with the names of who took them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.periods import Month, Path
from monitor.periods.found import period_of
from monitor.periods.signed import SignedContent
from monitor.periods.steps import Taken, path_of
from monitor.store.queries.month_steps import steps_of
from monitor.store.queries.tree import UnitRow
from monitor.store.tables import Account
from monitor.web.context import site


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPath:
    """A path, whether the month is closed, and the display names of those who took its steps."""

    path: Path
    is_closed: bool
    names: dict[str, str]

    def name(self, taken: Taken) -> str:
        """Who took a step, by the name that people know."""
        return self.names.get(taken.by, taken.by)


def path_shown(database: Session, unit: UnitRow, month: Month, content: SignedContent) -> ShownPath:
    """The path of a unit's month whose content is at hand."""
    found = period_of(database, unit.id, month)
    is_closed = found is not None and found.is_closed
    rows = steps_of(database, unit.id, month.text)
    path = path_of(rows, content, site().settings.periods.steps, is_closed=is_closed)
    users = {row.taken_by for row in rows}
    named = select(col(Account.user_name), col(Account.display_name)).where(col(Account.user_name).in_(users))
    names = {row[0]: row[1] for row in database.connection().execute(named)} if users else {}
    return ShownPath(path=path, is_closed=is_closed, names=names)
