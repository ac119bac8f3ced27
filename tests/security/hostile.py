"""Names and ids that somebody would use to break out of a cell, a page, a line or a query; from a seed."""

import random
from html.parser import HTMLParser

FORMULAS = (
    "=1+1", "+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")', "\t=1+1", "\r=1",
    "=cmd|' /C calc'!A0", "%0A=1", "{=1+1}", "＝1+1", "'=1",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='x", "</title><b>",
    "<!--", "-->", "]]>", "</script>", "<svg/onload=x>", "&lt;b&gt;", "&#60;", "`", "{{7*7}}", "{% raw %}",
    "${7*7}", "#{7*7}", "javascript:alert(1)", "</option><option>", "<a href=//evil.example>x</a>",
)  # fmt: skip
CONTROLS = (
    "\x01",
    "\x07",
    "\x08",
    "\x0b",
    "\x1b[31m",
    "\x1b]0;x\x07",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
)
TURNING = ("\u202e", "\u202d", "\u2066", "\u2067", "\u200f", "\ufeff", "\u200b", "\u00ad")
BREAKS = (
    "\n",
    "\r\n",
    "\r",
    "\n2026-01-01 00:00:00 ERROR monitor: giả",
    ",",
    ";",
    '","',
    '"',
    "''",
    "\n=1+1",
)
QUERIES = (
    "' OR '1'='1", "'; DROP TABLE person; --", "%", "_", "\\", "../../../etc/passwd", "C:\\x", "?x=1", "#x",
    "a/b", "%2e%2e", "null", "None", "NaN", "-inf", "1e400", "9" * 400,
)  # fmt: skip
LONG = ("Ă" * 5_000, "=" * 3_000, "<" * 2_000, " " * 500 + "x")
KINDS = (FORMULAS, MARKUP, CONTROLS, TURNING, BREAKS, QUERIES, LONG)


def payloads(count: int, seed: int = 2026) -> list[str]:
    """So many different texts: each kind alone first, then mixtures."""
    dice = random.Random(seed)  # noqa: S311 - a seed that can be repeated
    found = dict.fromkeys(text for kind in KINDS for text in kind)
    while len(found) < count:
        parts = [dice.choice(dice.choice(KINDS[:-1])) for _ in range(dice.randint(1, 3))]
        parts.insert(dice.randint(0, len(parts)), dice.choice(("Nguyễn", "", " ", "An")))
        found["".join(parts)] = None
    return list(found)[:count]


class Read(HTMLParser):
    """What a browser makes of a page: its elements with the names of their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, ...]] = []
        self.text = ""
        self.values: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *sorted(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.elements.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.elements.append(("instruction", data))
