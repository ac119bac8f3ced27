"""The table of punches of a Windows program's database, exported to CSV or Excel.

USERID is a row number of the program's own; where the export has the badge number, that is the id on
the terminal. The names of Wise Eye and Mita (UserEnrollNumber, TimeStr) mean the same.
"""

from devices.files.table import Form, table_layout

_TYPES = {"I": 0, "O": 1, "i": 4, "o": 5}  # small letters are overtime; figures have had several meanings

CHECKINOUT = table_layout(
    Form(
        name="checkinout",
        columns={
            "id": ("badgenumber", "userenrollnumber", "userid"),
            "time": ("checktime", "timestr"),
            "state": ("checktype",),
            "verify": ("verifycode",),
            "work_code": ("workcode",),
            "serial": ("sn",),
        },
        states=_TYPES,
        states_numbered=False,
    )
)
