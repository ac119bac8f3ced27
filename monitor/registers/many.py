"""Several entries as one change: all of them are kept, or none, and every refusal is told."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from monitor.registers.errors import EntriesRefused, RegisterRefused

T = TypeVar("T")


def enter_all(entries: Iterable[T], enter: Callable[[T], int]) -> list[int]:
    """Enter each; gives the ids. Raises EntriesRefused with every refusal: then nothing may be kept."""
    ids, refusals = [], []
    for entry in entries:
        try:
            ids.append(enter(entry))
        except RegisterRefused as refused:
            refusals.append(refused)
    if refusals:
        raise EntriesRefused(refusals)
    return ids
