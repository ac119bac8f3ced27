"""The rows of a file as typed lines, and the list of what is wrong with them."""

from collections.abc import Callable, Container, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from monitor.setup.report import RowError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line(Generic[T]):
    """One row of a file as a typed value.

    `number` counts within the file; `place` tells where a column of the row stands.
    """

    number: int
    item: T
    place: Callable[[str], str]


@dataclass(slots=True, kw_only=True)
class Lines(Generic[T]):
    """The rows of one file on their way in; a refused line is no longer `good`.

    `rows` counts them all, also those that never became a line; `columns` are those that the file
    has; `partial` says that good lines are applied although others are refused. `unread` holds, by
    column, the text of rows that never became a line, so that nobody is told twice about one fault.
    Checks of a line by itself go over `read`, so that all its faults are told; checks of lines against
    each other go over `good`. `by_key` says that places are keys of a TOML file, which name the column
    themselves.
    """

    file: str
    rows: int
    columns: frozenset[str]
    partial: bool
    errors: list[RowError]
    by_key: bool = False
    read: list[Line[T]] = field(default_factory=list)
    unread: dict[str, set[str]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)

    @property
    def good(self) -> tuple[Line[T], ...]:
        """The lines that nothing was found against so far."""
        return tuple(line for line in self.read if line.number not in self.refused)

    def refuse(self, line: Line[T], column: str, code: str, **values: object) -> None:
        """Keep what is wrong with a line; it will not be applied."""
        place, shown = line.place(column), "" if self.by_key else column
        self.errors.append(RowError(file=self.file, place=place, column=shown, code=code, values=values))
        self.refused.add(line.number)

    def refuse_twice(self, column: str, identity: Callable[[T], Hashable]) -> None:
        """Refuse lines that say again what an earlier line is about."""
        first: dict[Hashable, Line[T]] = {}
        for line in self.good:
            earlier = first.setdefault(identity(line.item), line)
            if earlier is not line:
                self.refuse(line, column, "row_twice", first=earlier.place(column))

    def refuse_unknown(
        self, column: str, what: str, known: Container[str], named: Callable[[T], str | None]
    ) -> None:
        """Refuse lines that name something that is not there; `what` is `unit`, `person` or `terminal`."""
        for line in self.read:
            value = named(line.item)
            if value is not None and value not in known:
                self.refuse(line, column, f"unknown_{what}", **{what: value})

    def settle(self, check: Callable[[], None]) -> None:
        """Run a check of lines against each other until it finds nothing new.

        Once is enough for a file that is applied whole. Of one that is applied in part, a refused
        line leaves what is stored as it was, which may clash with a line that was good before.
        """
        found = -1
        while found != len(self.errors):
            found = len(self.errors)
            check()
            if not self.partial:
                return
