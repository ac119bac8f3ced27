"""One-time slips on paper: as text, or as a page to print and cut."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import escape

from monitor.accounts.administration import Slip
from monitor.cli.installation import Installation
from monitor.store.session import StoreError
from monitor.text import sentence

OWNER_ONLY = 0o600
CUT = "- " * 36
PAGE = """\
<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 12pt/1.5 sans-serif; margin: 10mm; }}
article {{ white-space: pre-wrap; padding: 6mm 0; border-bottom: 1px dashed #000; break-inside: avoid; }}
</style></head>
<body>
{slips}
</body>
</html>
"""


def slip_text(slip: Slip, installation: Installation) -> str:
    """One slip in words."""
    values = {
        "user_name": slip.user_name,
        "display_name": slip.display_name,
        "token": slip.token,
        "until": shown_time(slip.expires_at, installation),
    }
    how = sentence("accounts_slip_how", {}, installation.words)
    return (
        f"{installation.settings.site.name}\n{sentence('accounts_slip', values, installation.words)}\n{how}"
    )


def shown_time(moment: datetime, installation: Installation) -> str:
    """An instant by the installation's clock."""
    return f"{moment.astimezone(ZoneInfo(installation.settings.site.timezone)):%H:%M %d/%m/%Y}"


def slips_text(slips: Sequence[Slip], installation: Installation) -> str:
    """All slips, with lines to cut along."""
    return f"\n{CUT}\n".join(slip_text(slip, installation) for slip in slips)


def write_slips(path: Path, slips: Sequence[Slip], installation: Installation) -> None:
    """A file that only its owner can read: a page for `.html`, text otherwise. Nothing is overwritten.

    Raises StoreError `cannot_write`.
    """
    text = _page(slips, installation) if path.suffix.lower() in {".html", ".htm"} else None
    try:
        path.touch(mode=OWNER_ONLY, exist_ok=False)
        path.write_text(text or slips_text(slips, installation) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError("cannot_write", path=str(path), why=error.strerror or type(error).__name__) from None


def _page(slips: Sequence[Slip], installation: Installation) -> str:
    articles = "\n".join(f"<article>{escape(slip_text(slip, installation))}</article>" for slip in slips)
    title = escape(sentence("accounts_slips_title", {}, installation.words))
    return PAGE.format(language=installation.words, title=title, slips=articles)
