"""The answer: its bytes, its ETag, and the trail told of whom it names before a byte leaves."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import request
from werkzeug.wrappers import Response

from monitor.exports.trace import Handed, trace_export
from monitor.web.api.admission import program
from monitor.web.api.asking import Key, Page, Span, cursor_after
from monitor.web.context import site

Row = TypeVar("Row")
MEDIA_TYPE = "application/json"
ETAG_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom an answer names, over which days, and what the trail calls it."""

    what: str
    people: Iterable[str]
    span: Span
    unit: str = ""


def page_of(
    rows: Sequence[Row], page: Page, key: Callable[[Row], Key], tell: Callable[[Row], Mapping[str, object]]
) -> dict[str, object]:
    """A page from up to one row more than it holds; `next` is the cursor of the page after it, or null."""
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return {
        "items": [tell(row) for row in shown],
        "next": cursor_after(key(shown[-1])) if more and shown else None,
    }


def answer(body: Mapping[str, object], named: Named | None = None) -> Response:
    """An answer of our own making."""
    return answer_bytes(json.dumps(body, ensure_ascii=False).encode(), named)


def answer_bytes(content: bytes, named: Named | None = None) -> Response:
    """JSON as it is. What the program has already (If-None-Match) is not handed over and not traced."""
    tag = hashlib.sha256(content).hexdigest()[:ETAG_DIGITS]
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        if named is not None:
            _trace(content, named)
        response = Response(content, content_type=MEDIA_TYPE)
    response.set_etag(tag)
    return response


def _trace(content: bytes, named: Named) -> None:
    """Raises what the database raises: what cannot be traced is not handed over."""
    people = tuple(dict.fromkeys(named.people))
    handed = Handed(
        what=named.what,
        content=content,
        rows=len(people),
        people=people,
        first_day=named.span.first,
        last_day=named.span.last,
        unit=named.unit,
    )
    if people:
        trace_export(site().engine, handed, now=site().now(), actor=program().actor)
