"""A file in the browser: taken, tried without keeping anything, applied whole or not at all."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from sqlmodel import Session

from monitor.preview import PreviewReport, PreviewRow, preview_change
from monitor.setup import ImportRefused, ImportReport, ReadFile, import_into, read_bytes
from monitor.store.session import transaction
from monitor.web.context import scope, site
from monitor.web.registerscope import row_in_scope
from monitor.web.sign_in import holder

LARGEST_FILE = 1024 * 1024
LARGEST_FORM = 2 * LARGEST_FILE
LONGEST_NAME = 100
KEEP_ROWS = 50

Narrow = Callable[[Session, ReadFile], None]
"""Refuses the lines of a file that the account that asks may not bring in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came; `packed` travels through the pages until it is applied, nothing is kept here."""

    kind: str
    name: str
    data: bytes

    @property
    def packed(self) -> str:
        """The bytes for a hidden field."""
        return base64.b64encode(self.data).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What applying would do, and the rows of it that the reader may see."""

    report: PreviewReport
    rows: list[PreviewRow]


class _NotApplied(Exception):
    """Ends the transaction without keeping anything of it."""


def sent(kind: str) -> Upload:
    """The file of the form. Raises ImportRefused `register_no_file` or `file_too_large`."""
    found = request.files.get("tep")
    if found is None or not found.filename:
        raise ImportRefused("register_no_file")
    name = found.filename.replace("\0", "")[:LONGEST_NAME]
    data = found.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ImportRefused("file_too_large", file=name, limit_megabytes=LARGEST_FILE // 2**20)
    return Upload(kind=kind, name=name, data=data)


def unpacked(kind: str, name: str, packed: str) -> Upload:
    """The upload of a hidden field. Raises ImportRefused `file_unreadable`."""
    try:
        return Upload(kind=kind, name=name[:LONGEST_NAME], data=base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        raise ImportRefused("file_unreadable", file=name[:LONGEST_NAME]) from None


def try_out(upload: Upload, narrow: Narrow) -> Tried:
    """Apply the file, see what becomes of whom, and keep nothing. Raises ImportRefused."""
    rows: list[PreviewRow] = []

    def keep(row: PreviewRow) -> None:
        if len(rows) < KEEP_ROWS and (scope().terms is None or row_in_scope(row)):
            rows.append(row)

    report = preview_change(
        site().engine,
        lambda database: import_narrowed(database, upload, narrow),
        now=site().now(),
        settings=site().settings,
        keep_rows=0,
        each=keep,
    )
    return Tried(report=report, rows=rows)


def put_in(upload: Upload, narrow: Narrow) -> ImportReport:
    """Apply the file whole, or nothing of it. Raises ImportRefused when it cannot be read at all."""
    report = None
    try:
        with transaction(site().engine) as database:
            report = import_narrowed(database, upload, narrow)
            if not report.applied:
                raise _NotApplied
    except _NotApplied:
        pass
    assert report is not None  # noqa: S101 - whatever else went wrong was raised
    return report


def import_narrowed(database: Session, upload: Upload, narrow: Narrow) -> ImportReport:
    """Import what the account that asks may bring in, in the caller's transaction."""
    file = read_bytes(upload.kind, upload.data, upload.name)
    narrow(database, file)
    zone = site().settings.site.timezone
    return import_into(database, file, now=site().now(), zone=zone, actor=holder().user_name)
