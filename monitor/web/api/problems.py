"""What is refused, as `application/problem+json` (RFC 9457): a Vietnamese sentence and a code."""

import json
from http import HTTPStatus

from flask import Flask, g
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from monitor.text import sentence

MEDIA_TYPE = "application/problem+json"
OF_STATUS = {
    400: "api_bad_request",
    401: "api_unauthorized",
    403: "api_forbidden",
    404: "api_not_found",
    405: "api_method_not_allowed",
}


class Problem(Exception):
    """A request that is refused; `code` is that of a sentence, `headers` go with the answer."""

    def __init__(
        self, status: int, code: str, headers: dict[str, str] | None = None, **values: object
    ) -> None:
        """Keep what the answer says."""
        super().__init__(status, code)
        self.status, self.code, self.values = status, code, values
        self.headers = headers or {}


def not_found() -> Problem:
    """The one answer for what is not there and for what is out of scope."""
    return Problem(404, "api_not_found")


def install(app: Flask) -> None:
    """Answer problems that views raise."""
    app.register_error_handler(Problem, answer)


def answer(problem: Problem) -> Response:
    """The answer of a problem."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code.removeprefix("api_"),
        "detail": sentence(problem.code, problem.values, "vi"),
    }
    body = json.dumps(told, ensure_ascii=False)
    return Response(body, problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def of_error(error: HTTPException) -> Response:
    """The answer of what the framework refused."""
    status = error.code or 500
    found = OF_STATUS.get(status) or ("api_bad_request" if status < 500 else "api_broken")  # noqa: PLR2004 - the first of the server's own faults
    return answer(Problem(status, found, request_id=g.get("request_id", "")))


def of_busy() -> Response:
    """The answer while the database is busy or away."""
    return answer(Problem(503, "api_busy"))


def of_defect() -> Response:
    """The answer of a defect of ours: its number, nothing else."""
    return answer(Problem(500, "api_broken", request_id=g.get("request_id", "")))
