"""The API's blueprint, its own description, and how a view is declared."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.web.api.answering import answer
from monitor.web.api.asking import require_known
from monitor.web.api.description import description
from monitor.web.policy import Policy, policy
from monitor.web.prefix import V1

View = TypeVar("View", bound=Callable[..., Any])

pages = Blueprint("api", __name__, url_prefix=V1)


def reads(action: Action) -> Callable[[View], View]:
    """Declare a view for programs whose role allows an action."""
    return policy(Policy(action=action, program=True))


@pages.get("/openapi.json")
@policy(Policy(program=True))
def openapi() -> Response:
    """What can be asked, in OpenAPI 3.1."""
    require_known()
    return answer(description())
