"""Headers of every answer: nothing from elsewhere, nothing inline, nothing kept by caches in between."""

from http import HTTPStatus

from flask import Flask, request
from werkzeug.wrappers import Response

from monitor.web.policy import STATIC

# Bootstrap's own style sheet draws a few form signs from data: images.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
KEPT = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})
"""Answers about our own style sheets that a browser may keep."""


def install(app: Flask) -> None:
    """Set the headers on pages, files and errors alike."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    response.headers.update(ALWAYS)
    if request.endpoint not in STATIC or response.status_code not in KEPT:
        response.headers["Cache-Control"] = "no-store"
    return response


def bare(status: int) -> Response:
    """An answer from before the application: its number, its headers, nothing else."""
    headers = ALWAYS | {"Cache-Control": "no-store", "Connection": "close"}
    return Response(f"{status}\n", status, headers=headers, content_type="text/plain")
