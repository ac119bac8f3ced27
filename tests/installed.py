"""A PostgreSQL database with the roles of an installation."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from monitor.store.roles import Roles, role_statements

NAMES = ("owner", "program", "reader")


@contextmanager
def installed(url: str) -> Iterator[Roles]:
    """Roles of its own for a migrated database, dropped again after the block."""
    database = make_url(url).database or ""
    roles = Roles(database=database, **{name: f"{database} {name}" for name in NAMES})
    admin = create_engine(url)
    with admin.begin() as connection:
        for statement in role_statements(roles):
            connection.execute(text(statement))
    yield roles
    with admin.begin() as connection:
        for name in NAMES:
            connection.execute(text(f'DROP OWNED BY "{database} {name}" CASCADE'))
            connection.execute(text(f'DROP ROLE "{database} {name}"'))
    admin.dispose()


def as_role(url: str, name: str) -> str:
    """The database's URL for a role."""
    return make_url(url).set(username=name).render_as_string(hide_password=False)
