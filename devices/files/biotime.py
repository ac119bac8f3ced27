"""Transactions exported from BioTime, as CSV or Excel, by the names of its interface or of its pages."""

from devices.files.table import Form, table_layout

BIOTIME = table_layout(
    Form(
        name="biotime",
        columns={
            "id": ("empcode", "employeecode", "employeeid", "personnelid"),
            "time": ("punchtime", "datetime", "time"),
            "date": ("punchdate", "date"),
            "state": ("punchstate", "attendancestate"),
            "verify": ("verifytype", "verifymode", "verificationmode"),
            "work_code": ("workcode",),
            "serial": ("terminalsn", "serialnumber", "deviceserialnumber", "deviceserialno", "devicesn"),
        },
    )
)
