"""Who may call a route: every route declares it, one that does not is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from monitor.access import Action

View = TypeVar("View", bound=Callable[..., Any])

ATTRIBUTE = "access_policy"
STATIC = frozenset({"static", "bootstrap.static"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`public`: without an account; otherwise the action that the account's role must allow, if any.

    `program`: for programs with a token (`monitor.web.api`), which log in nowhere and have no cookie.
    `step_up`: the holder must have proven to be there within the last minutes (`[accounts] step_up_minutes`).
    """

    public: bool = False
    action: Action | None = None
    step_up: bool = False
    program: bool = False


PUBLIC = Policy(public=True)
SIGNED_IN = Policy()
STEPPED_UP = Policy(step_up=True)


def policy(wanted: Policy | Action) -> Callable[[View], View]:
    """Declare a view's policy; an action means: signed in, and the role allows it."""

    def declare(view: View) -> View:
        setattr(view, ATTRIBUTE, wanted if isinstance(wanted, Policy) else Policy(action=wanted))
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """The policy of an endpoint, None when it declares none; style sheets and the like are public."""
    if endpoint in STATIC:
        return PUBLIC
    return getattr(app.view_functions[endpoint], ATTRIBUTE, None)
