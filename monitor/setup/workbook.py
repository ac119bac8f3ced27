"""Workbooks -> rows of cells of the one sheet that is meant."""

from devices.errors import BadReply
from devices.files.workbook import workbook_sheets
from monitor.setup.report import ImportRefused
from monitor.setup.table import Row, TableIn

_REFUSALS = {"workbook_too_large": "file_sheet_too_large", "workbook_unreadable": "file_not_workbook"}


def read_workbook(data: bytes, wanted_sheet: str) -> TableIn:
    """The one filled sheet of a workbook, or the one of several that has the wanted name.

    Raises ImportRefused `file_not_workbook`, `file_sheet_too_large` or `file_which_sheet`.
    """
    filled = {name: rows for name, rows in _sheets(data).items() if rows}
    name = wanted_sheet if wanted_sheet in filled else next(iter(filled), wanted_sheet)
    if len(filled) > 1 and name != wanted_sheet:
        raise ImportRefused("file_which_sheet", sheets=", ".join(filled), wanted=wanted_sheet)
    return TableIn(sheet=name, rows=filled.get(name, ()), exact=False)


def _sheets(data: bytes) -> dict[str, tuple[Row, ...]]:
    try:
        return {
            name: tuple(Row(number, tuple(cells)) for number, cells in rows)
            for name, rows in workbook_sheets(data)
        }
    except BadReply as error:
        raise ImportRefused(_REFUSALS[error.code], **error.values) from error
