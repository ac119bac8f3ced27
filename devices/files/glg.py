"""`GLG_001.TXT` (new punches) and `AGL_001.TXT` (all): Realand, Timmy, eSSL and other makers' USB files.

TAB-separated, often UTF-16LE, with lines of settings that begin with `#`. The header tells the columns
and differs from model to model; ids are numbers padded with zeros to eight or nine figures.
"""

from devices.files.table import Form, table_layout

GLG = table_layout(
    Form(
        name="glg",
        columns={
            "id": ("enno",),
            "time": ("datetime",),
            "state": ("iomd", "inout"),
            "verify": ("mode",),
        },
        padded_from=8,
    )
)
