"""Programs with tokens over the cast's office: what each asks, and what it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from monitor.accounts.administration import By
from monitor.accounts.programs import NewToken, add_token
from monitor.config import Settings
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from tests.web.cast import NOW
from tests.web.conftest import app, engine, furnished

__all__ = ["app", "engine", "furnished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A program with its token."""

    app: Flask
    token: str
    number: int

    def __call__(self, address: str, **more: Any) -> Any:
        """Ask for an address under /api/v1; gives a TestResponse, whose JSON may be anything."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.app.test_client().get(f"/api/v1{address}", headers=headers, **more)


Ask = Callable[..., Asking]


def make_token(engine: Engine, role: str, unit: str, owner: str = "admin", days: int = 30) -> tuple[str, int]:
    """A token and its number."""
    by = By(actor="admin", settings=Settings(), now=NOW)
    new = NewToken(name=f"Phần mềm {role} {unit}", role=role, unit=unit, owner=owner, days=days)
    with transaction(engine) as session:
        made = add_token(session, new, by, tree(session))
    return made.token, made.number


@pytest.fixture
def program(app: Flask, engine: Engine) -> Ask:
    """Makes a program with a token of a role and a unit."""

    def make(role: str = "hr", unit: str = "ubnd", **more: Any) -> Asking:
        token, number = make_token(engine, role, unit, **more)
        return Asking(app=app, token=token, number=number)

    return make
