"""The closed table of layouts: a new one is a module of its own and one entry here."""

from collections.abc import Sequence

from devices.errors import BadReply, NotSupported
from devices.files.attlog import ATTLOG
from devices.files.layout import FileLine, Layout

AUTO = "auto"
LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (ATTLOG,)}
_SAMPLE = 2000


def layout_for(name: str, lines: Sequence[FileLine]) -> Layout:
    """The layout of that name or, with `auto`, the one that most lines of the beginning look like.

    Raises NotSupported `layout_not_known` for a name that is not in the table, BadReply
    `layout_unknown` when no line looks like any.
    """
    if name != AUTO:
        if name not in LAYOUTS:
            raise NotSupported("layout_not_known", layout=name, known=", ".join((AUTO, *LAYOUTS)))
        return LAYOUTS[name]
    sample = lines[:_SAMPLE]
    shares = {layout.name: sum(layout.fits(line.text) for line in sample) for layout in LAYOUTS.values()}
    best = max(shares, key=lambda found: shares[found])
    if not shares[best]:
        raise BadReply("layout_unknown", known=", ".join(LAYOUTS))
    return LAYOUTS[best]
