"""What makes a page or a punch wait for Python itself: its collector of cycles, threads that hold on."""

import gc
import sys

NEW_OBJECTS = 50_000
"""So many come together before the collector looks at them; a large board makes that many in one request,
and so do some hundred late punches."""
YOUNG_LOOKS, OLD_LOOKS = 20, 50
TURN_SECONDS = 0.001
"""A thread that computes lets the others go on after so long: a small page behind a large one waits for
one such turn whenever it comes back from the database, five times as long by default."""


def settle() -> None:
    """Call when a process that stays has loaded: what there is stays, and nobody looks through it again.

    Else a full look at everything that is loaded stops all of it for a few tenths of a second: all pages,
    or a delivery of punches and the records that it changes.

    A page's or a job's own objects have no cycles but for those of errors, and go when it is done. What
    is left waits for a few more objects than Python's usual 700; at most a few megabytes.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(TURN_SECONDS)
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, OLD_LOOKS)
