"""CSV or Excel with AC-No., which the old Windows programs for ZK terminals export; 12-hour times occur."""

from devices.files.table import STATES, Form, table_layout

_STATES = STATES | {"cin": 0, "cout": 1, "out": 2, "outback": 3}  # here Out is for a while, Out Back its end

ACNO = table_layout(
    Form(
        name="acno",
        columns={
            "id": ("acno",),
            "time": ("time", "datetime"),
            "date": ("date",),
            "state": ("newstate", "state"),
        },
        states=_STATES,
    )
)
