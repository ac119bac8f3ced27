"""What is answered when something is not found, not allowed, refused or broken: words, never a trace."""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]  # the package ships no types
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from monitor.store.busy import is_busy
from monitor.store.driver import sqlite3
from monitor.web.api.problems import of_busy, of_defect, of_error
from monitor.web.context import signed_in
from monitor.web.prefix import is_asked
from monitor.web.sign_in import REFRESH_HEADER

log = logging.getLogger(__name__)

RETRY_SECONDS = 30


def install(app: Flask) -> None:
    """One page for every refusal, one for a database that is busy, one for every defect."""
    app.before_request(_number)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CSRFError, _refused)
    for kind in (OperationalError, sqlite3.OperationalError):
        app.register_error_handler(kind, _perhaps_busy)
    app.register_error_handler(Exception, _broken)


def _number() -> None:
    """An id by which a log line and what the reader saw are put together."""
    g.request_id = secrets.token_hex(4)


def _refused(error: HTTPException) -> tuple[str, int] | Response:
    """Not found and not allowed look alike: what a reader may not see leaves no trace."""
    if is_asked():
        return of_error(error)
    if isinstance(error, RequestRedirect):
        return Response.force_type(error.get_response())
    status = 404 if error.code in {None, 403, 404, 405} else error.code or 500
    if status == HTTPStatus.UNAUTHORIZED and REFRESH_HEADER in request.headers:
        return "", 401
    _note(status)
    return render_template("error.html", status=status), status


def _note(status: int) -> None:
    """What was refused to somebody who is logged in: the route, never the address, which may name people."""
    account = signed_in()
    if account is not None:
        about = {"event": "refused", "request_id": g.get("request_id", ""), "status": status}
        log.info("refused", extra={**about, "endpoint": request.endpoint, "account": account.id})


def _perhaps_busy(error: Exception) -> tuple[str, int] | Response:
    """A long import or rebuild may hold SQLite longer than a page waits; the reader may try again."""
    if not is_busy(error):
        return _broken(error)
    log.warning("database busy", extra={"event": "database_busy", "request_id": g.get("request_id", "")})
    page = "" if is_asked() else render_template("error.html", status=503)
    answer = Response(page, 503, mimetype="text/html") if page else of_busy()
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _broken(error: Exception) -> tuple[str, int] | Response:
    log.error("a page failed", exc_info=error, extra={"event": "page_failed", "request_id": g.request_id})
    if is_asked():
        return of_defect()
    return render_template("error.html", status=500, request_id=g.request_id), 500
