"""Tables of the documentation that follow from the code: `python -m tests.docs_tables` writes them anew."""

from collections.abc import Callable, Mapping
from pathlib import Path

from devices.registry import DRIVERS, KINDS, WITH_ACCOUNT
from devices.simulated import NAMED
from devices.transport import FORMS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "terminals.md"

PUSHES = {"zk": "ADMS", "zk_push": "ADMS", "hikvision": "HTTP listening"}
"""Kinds that may deliver by themselves, and what their makers call it."""
UNTRIED = "no, simulator only"


def support() -> str:
    """Every kind of `terminals.csv`: how its punches come, and how far that was tried."""
    head = (
        "kind",
        "read",
        "delivers",
        "transport",
        "signs in by",
        "serial number",
        "counters",
        "part of the log",
        "tried on hardware",
    )
    rows = [head, ("---",) * len(head), *(_support_row(kind) for kind in KINDS)]
    return _table(rows)


def _support_row(kind: str) -> tuple[str, ...]:
    driver = DRIVERS.get(kind)
    can = driver.capabilities if driver else frozenset()
    if not driver:
        key = "push_key, address" if kind in PUSHES else "–"
        return (
            f"`{kind}`",
            "–",
            PUSHES.get(kind, "–"),
            "–",
            key,
            "allow-list" if key != "–" else "–",
            "–",
            "–",
        )
    ways = ", ".join(f"`{form}…`" if form.endswith("=") else f"`{form}`" for form in FORMS[kind])
    return (
        f"`{kind}`",
        "yes",
        PUSHES.get(kind, "–"),
        ways,
        "user and password" if kind in WITH_ACCOUNT else "comm key",
        "checked first",
        "records, users, capacity" if "counters" in can else "–",
        "yes" if "since" in can else "no, always whole",
        UNTRIED,
    )


def faults() -> str:
    """The faults that the demo can switch on, by name."""
    return ", ".join(f"`{name}`" for name in NAMED) + "."


def _table(rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


TABLES: Mapping[str, Callable[[], str]] = {"support": support, "faults": faults}


def filled(text: str) -> str:
    """A page with its generated parts made anew, each between `<!-- name -->` and `<!-- /name -->`."""
    for name, make in TABLES.items():
        before, opened, rest = text.partition(f"<!-- {name} -->\n")
        _old, closed, after = rest.partition(f"<!-- /{name} -->")
        if not (opened and closed):
            msg = f"no place for {name}"
            raise ValueError(msg)
        text = f"{before}{opened}{make()}\n{closed}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
