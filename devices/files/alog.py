"""`ALOG_001.TXT`: TAB-separated, with ids that are numbers padded with zeros to eighteen figures.

What its columns Status and Action say differs from model to model, or nobody wrote it down: the figures stay
in the raw line and become no state.
"""

from devices.files.table import Form, table_layout

ALOG = table_layout(
    Form(
        name="alog",
        columns={
            "id": ("uid",),
            "time": ("datetime",),
            "state": ("action",),
            "work_code": ("jobcode",),
        },
        states_numbered=False,
        padded_from=8,
    )
)
