"""One message to the next page: what the button that was pressed has done."""

from flask import Flask, session

from monitor.text import sentence
from monitor.web.language import language

KEY = "told"


def install(app: Flask) -> None:
    """Give the templates `told()`: the message, once, '' where there is none."""
    app.jinja_env.globals.update(told=_told)


def tell(code: str, /, **values: object) -> None:
    """Keep a coded sentence for the next page. It lies in the signed cookie, so values must be short."""
    session[KEY] = [code, values]


def _told() -> str:
    code, values = session.pop(KEY, ("", {}))
    return sentence(code, values, language()) if code else ""
