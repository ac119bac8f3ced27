"""A browser as its owner knows it: "Firefox, Windows"."""

BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(told: str) -> str:
    """What a browser says of itself, in two words; "" when it says nothing that we know."""
    found = [next((name for mark, name in known if mark in told), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part)
