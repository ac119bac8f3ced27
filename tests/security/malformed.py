"""Requests that are wrong in some way, made from a seed: for the applications and as bytes for a socket."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask

METHODS = (
    "GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X" * 300,
    "PROPFIND",
)  # fmt: skip
WORDS = (
    "../", "..\\", "/../../../../etc/passwd", "....//", "%2e%2e%2f", "%252e", "\x00", "%00",
    "\r\nSet-Cookie: a=b", "//evil.example/", "\\\\evil\\x", ";", "'", '" OR 1=1 --', "<script>", "{{7*7}}",
    "${7*7}", "%", "%zz", "\xff\xfe", "\xc3\x28", "\xe2\x80\xae", "\xed\xa0\x80", "a" * 4000, "/" * 500,
    ".", "-1", "0", "1e309", "NaN", "9" * 400, "-" + "9" * 30, "2147483648", "9223372036854775808",
    "\xd9\xa3", "0x10", " ", "+", "null", "true", "[]", "*", "2026-02-30", "9999-12-31", "0000-00-00",
    "2026-02-24", "vp", "CB002", "TM1", "late", "en", "vi",
)  # fmt: skip
NAMES = (
    "ma", "ngay", "nhom", "tim", "lang", "tiep", "id", "trang", "user_name", "password", "token",
    "csrf_token", "code",
)  # fmt: skip
HEADERS = (
    "Cookie", "Host", "Range", "If-Modified-Since", "If-None-Match", "Accept-Language", "X-Refresh",
    "Referer", "Origin", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Content-Encoding",
    "Expect", "Authorization", "Content-Type", "Transfer-Encoding", "Content-Length",
    "X-HTTP-Method-Override", "Accept", "Upgrade",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/json", "multipart/form-data; boundary=" + "x" * 300, "text/plain", "application/xml",
    "multipart/form-data; boundary=\x00", "application/x-www-form-urlencoded; charset=utf-16", "a/b/c", "",
)  # fmt: skip


@dataclass(kw_only=True)
class Wrong:
    """A request, its text as it stands on the wire, undecoded, in Latin-1."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def environ(self, address: str = "127.0.0.1") -> dict[str, Any]:
        """As a server hands it over."""
        named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        length = named.pop("HTTP_CONTENT_LENGTH", str(len(self.body)) if self.body else "")
        return named | {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "CONTENT_TYPE": named.pop("HTTP_CONTENT_TYPE", ""),
            "CONTENT_LENGTH": length,
            "REMOTE_ADDR": address,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def raw(self) -> bytes:
        """As bytes for a socket."""
        target = self.path + (f"?{self.query}" if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", "Connection: close"]
        if "Host" not in self.headers:
            lines.append("Host: 127.0.0.1")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body and not {"Content-Length", "Transfer-Encoding"} & self.headers.keys():
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + self.body


class Maker:
    """Makes wrong requests around real addresses; the same seed makes the same ones."""

    def __init__(self, seed: int, addresses: Sequence[str], methods: Sequence[str] = METHODS) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a seed that can be repeated
        self._addresses, self._methods = list(addresses), methods

    def request(self) -> Wrong:
        """The next one: a real address, wrong in one to three ways."""
        dice = self._dice
        made = Wrong(method=dice.choice(("GET", "POST")), path=dice.choice(self._addresses))
        ways = (
            self._method,
            self._path,
            self._path,
            self._query,
            self._query,
            self._header,
            self._body,
            self._length,
        )
        for way in dice.choices(ways, k=dice.randint(1, 3)):
            way(made)
        return made

    def broken(self) -> bytes:
        """A request whose form itself is wrong, as bytes."""
        dice, raw = self._dice, self.request().raw()
        head, _, body = raw.partition(b"\r\n\r\n")
        junk = dice.randbytes(dice.randint(1, 60))
        ways = (
            lambda: junk,
            lambda: raw[: dice.randint(0, len(raw))],
            lambda: raw.replace(b"HTTP/1.1", dice.choice((b"HTTP/9.9", b"HTTP/1.0", b"", b"http/1.1"))),
            lambda: head + b"\r\n" + junk + b"\r\n\r\n" + body,
            lambda: head + b"\r\nno colon here\r\n\r\n" + body,
            lambda: head + b"\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcde",
            lambda: head + b"\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            lambda: head + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
            lambda: head + b"\r\nTransfer-Encoding: chunked, gzip\r\n\r\n" + junk,
            lambda: head.replace(b"\r\n", b"\n") + b"\n\n" + body,
            lambda: head + b"\r\n folded: header\r\n\r\n" + body,
            lambda: head + b"\r\nX: " + b"a" * dice.choice((9_000, 20_000, 70_000)) + b"\r\n\r\n",
            lambda: head + b"\r\n" + b"X: 1\r\n" * 500 + b"\r\n",
            lambda: junk.join([raw, raw]),
        )  # fmt: skip
        return dice.choice(ways)()

    def _value(self) -> str:
        return "".join(self._dice.choices(WORDS, k=self._dice.randint(1, 2)))

    def _method(self, made: Wrong) -> None:
        made.method = self._dice.choice(self._methods)

    def _path(self, made: Wrong) -> None:
        parts = made.path.split("/")
        place = self._dice.randrange(len(parts))
        parts[place] = self._dice.choice((self._value(), parts[place] + self._value(), ""))
        made.path = "/".join(parts)[:8_000]

    def _query(self, made: Wrong) -> None:
        pairs = [
            f"{self._dice.choice(NAMES)}={self._value()}" for _ in range(self._dice.choice((1, 1, 2, 5, 300)))
        ]
        made.query = "&".join(pairs)[:8_000]

    def _header(self, made: Wrong) -> None:
        name = self._dice.choice(HEADERS)
        value = self._value() if name != "Cookie" else f"monitor_session={self._value()}; {self._value()}"
        made.headers[name] = value.replace("\r", "").replace("\n", "")[:8_000]

    def _body(self, made: Wrong) -> None:
        dice = self._dice
        made.headers["Content-Type"] = dice.choice(TYPES)
        made.body = dice.choice(
            (
                dice.randbytes(dice.randint(1, 200)),
                "&".join(f"{dice.choice(NAMES)}={self._value()}" for _ in range(3)).encode("latin-1"),
                b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nabc',
                b'--x\r\nContent-Disposition: form-data; name="f"; filename="../x"\r\n\r\nabc\r\n--x--',
                b"--x\r\n" * 2_000,
                b"a=1&" * 5_000,
                b'{"user_name": {"a": [' + b"[" * 500,
                b"x" * 70_000,
                b"",
            )
        )

    def _length(self, made: Wrong) -> None:
        coded = self._dice.random() < 0.3
        name = "Transfer-Encoding" if coded else "Content-Length"
        wrong = ("chunked", "gzip", "x") if coded else ("-1", "abc", "999999999999", "3", "", "1e3", "0")
        made.headers[name] = self._dice.choice(wrong)


def addresses_of(app: Flask) -> list[str]:
    """An address of every route, its places filled with what exists."""
    values = {"day": "2026-02-24", "code": "CB002", "filename": "app.css", "name": "vp"}
    return sorted(
        "".join(
            values.get(name, "1") if is_value else name
            for is_value, name in ((part is not None, part or text) for part, text in _parts(rule.rule))
        )
        for rule in app.url_map.iter_rules()
    )


def _parts(rule: str) -> list[tuple[str | None, str]]:
    """A rule's text and the names of its places: `/nguoi/<path:code>` -> (None, "/nguoi/"), ("code", "")."""
    found: list[tuple[str | None, str]] = []
    for piece in rule.replace(">", "<").split("<"):
        place = len(found) % 2 == 1
        found.append((piece.rpartition(":")[2], "") if place else (None, piece))
    return found
