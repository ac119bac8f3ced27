"""A file's columns, and its table read through them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from monitor.setup.cells import CellRefused, Reader, as_text
from monitor.setup.lines import Line, Lines
from monitor.setup.report import RowError
from monitor.setup.table import Cell, Row, TableIn, is_blank

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are read, and what an empty cell or a missing column means.

    `field` is the item's field where a column has a name that Python keeps for itself ("from").
    """

    name: str
    read: Reader
    required: bool = False
    default: object = None
    field: str = ""


def read_lines(
    table: TableIn, file: str, columns: Sequence[Column], make: Callable[..., T], *, partial: bool
) -> Lines[T]:
    """Every row of a table as a line. With a wrong header there are none: nothing can be trusted then."""
    names = tuple(" ".join(as_text(cell).split()) for cell in table.rows[0].cells)
    body = table.rows[1:]
    errors = list(_header_errors(table, file, names, columns))
    lines: Lines[T] = Lines(
        file=file, rows=len(body), columns=frozenset(names), partial=partial, errors=errors
    )
    if not errors:
        by_name = {column.name: column for column in columns}
        for row in body:
            _read_row(lines, table, row, [by_name.get(name) for name in names], columns, make)
    return lines


def _header_errors(
    table: TableIn, file: str, names: Sequence[str], columns: Sequence[Column]
) -> Iterator[RowError]:
    """Unknown, repeated and missing columns, each by name. A column without name and cells is none."""
    header = table.rows[0].number
    known = [column.name for column in columns]

    def error(index: int, name: str, code: str, **values: object) -> RowError:
        place = table.place(header, index)
        return RowError(file=file, place=place, column=name, code=code, values={"name": name, **values})

    for index, name in enumerate(names):
        if not name:
            if any(not is_blank(row.cells[index : index + 1]) for row in table.rows):
                yield error(index, name, "column_without_name", number=index + 1)
        elif name not in known:
            yield error(index, name, "unknown_column", known=", ".join(known))
        elif name in names[:index]:
            yield error(index, name, "column_twice")
    for column in columns:
        if column.required and column.name not in names:
            yield error(0, column.name, "missing_column")


def _read_row(
    lines: Lines[T],
    table: TableIn,
    row: Row,
    layout: Sequence[Column | None],
    columns: Sequence[Column],
    make: Callable[..., T],
) -> None:
    """Turn one row into a line, or into entries in the list of errors."""
    index = {column.name: at for at, column in enumerate(layout) if column is not None}

    def place(name: str) -> str:
        return table.place(row.number, index.get(name, 0))

    def refuse(name: str, code: str, values: Mapping[str, object]) -> None:
        error = RowError(file=lines.file, place=place(name), column=name, code=code, values=dict(values))
        lines.errors.append(error)

    before = len(lines.errors)
    if table.exact and len(row.cells) != len(layout):
        refuse("", "cell_count", {"found": len(row.cells), "expected": len(layout)})
    values = {column.field or column.name: column.default for column in columns}
    for column, cell in zip(layout, row.cells, strict=False):
        if column is None:
            continue
        try:
            values[column.field or column.name] = _value(column, cell)
        except CellRefused as error:
            refuse(column.name, error.code, error.values)
    if len(lines.errors) == before:
        lines.read.append(Line(number=row.number, item=make(**values), place=place))
    else:
        _keep_unread(lines, layout, row)


def _value(column: Column, cell: Cell) -> object:
    """The value of a cell; an empty one has the column's default."""
    if is_blank((cell,)):
        if column.required:
            raise CellRefused("cell_empty", name=column.name)
        return column.default
    return column.read(cell)


def _keep_unread(lines: Lines[T], layout: Sequence[Column | None], row: Row) -> None:
    for column, cell in zip(layout, row.cells, strict=False):
        if column is not None:
            lines.unread.setdefault(column.name, set()).add(as_text(cell).strip())
