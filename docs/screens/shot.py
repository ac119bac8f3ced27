"""What a picture is: who looks at which address, and what is done before it is taken."""

from dataclasses import dataclass

ON, MONTH, YEAR = "2026-02-27", "2026-02", "2026"
"""The demo's latest finished working day, its latest finished month, and the year of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: `follow` selects what is pressed, one after the other; `kept`: README.md shows it."""

    name: str
    account: str
    address: str
    follow: tuple[str, ...] = ()
    kept: bool = False
    language: str = "vi"


def shots(account: str, *pages: tuple[str, ...], kept: bool = False) -> list[Shot]:
    """Pictures that one account takes, each told as (name, address, links and buttons to press...)."""
    return [
        Shot(name=name, account=account, address=address, follow=tuple(follow), kept=kept)
        for name, address, *follow in pages
    ]
