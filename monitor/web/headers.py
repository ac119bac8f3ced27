"""Headers of every answer: nothing from elsewhere, nothing inline, nothing kept by caches in between."""

from flask import Flask, request
from werkzeug.wrappers import Response

from monitor.web.policy import STATIC

# Bootstrap's own style sheet draws a few form signs from data: images.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Set the headers on pages, files and errors alike."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint not in STATIC:
        headers["Cache-Control"] = "no-store"
    return response
