"""Addresses to go on to that a reader's own browser brought: only pages of ours."""

from urllib.parse import urlsplit


def own_page(target: str, otherwise: str) -> str:
    """The target if it is a page of ours, `otherwise` if not."""
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if own and target.isprintable() and "\\" not in target else otherwise
