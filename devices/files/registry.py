"""The closed table of layouts: a new one is a module of its own and one entry here."""

from collections.abc import Sequence

from devices.errors import BadReply, NotSupported
from devices.files.acno import ACNO
from devices.files.alog import ALOG
from devices.files.attlog import ATTLOG
from devices.files.biotime import BIOTIME
from devices.files.checkinout import CHECKINOUT
from devices.files.glg import GLG
from devices.files.layout import FileLine, Layout
from devices.files.pairs import PAIRS
from devices.files.times import ORDERS

AUTO = "auto"
LAYOUTS: dict[str, Layout] = {
    layout.name: layout for layout in (ATTLOG, GLG, ALOG, ACNO, CHECKINOUT, BIOTIME, PAIRS)
}


def layout_for(name: str, lines: Sequence[FileLine]) -> tuple[Layout, str]:
    """The layout of that name or, with `auto`, the one that most lines look like, and the order of dates.

    A name may end in `:dmy` or `:mdy`, which says what the dates of the file do not. Raises NotSupported
    `layout_not_known` for a name that is not in the table, or an order for a layout whose dates have but
    one; BadReply `layout_unknown` when no line looks like any.
    """
    wanted, colon, order = name.partition(":")
    layout = _likeliest(lines) if wanted == AUTO else LAYOUTS.get(wanted)
    if layout is None or (colon and not (order in ORDERS and (layout.has_date_order or wanted == AUTO))):
        raise NotSupported("layout_not_known", layout=name, known=", ".join((AUTO, *LAYOUTS)))
    return layout, order


def _likeliest(lines: Sequence[FileLine]) -> Layout:
    shares = {layout.name: layout.fits(lines) for layout in LAYOUTS.values()}
    best = max(shares, key=lambda found: shares[found])
    if not shares[best]:
        raise BadReply("layout_unknown", known=", ".join(LAYOUTS))
    return LAYOUTS[best]
