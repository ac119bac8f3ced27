"""The door of a simulated source that asks for HTTP Digest; it checks answers by its own reckoning."""

import hashlib
import re
import threading

from devices.simulated.web import Answer, Request
from devices.simulated.web_log import WebFaults

REALM = "Simulated"


class DigestDoor:
    """Lets requests in that carry a right answer; remembers how often somebody failed."""

    def __init__(self, user: str, password: str, *, algorithm: str = "MD5", qop: str = "auth") -> None:
        """Take the account, and which form of the challenge to ask (`qop` '' = the older one)."""
        self.user = user
        self.failures = 0
        self._password = password
        self._algorithm = algorithm
        self._qop = qop
        self._given = 0
        self._uses: dict[str, int] = {}
        self._lock = threading.Lock()

    def refusal(self, request: Request, faults: WebFaults) -> Answer | None:
        """What keeps this request out; None for one that may pass."""
        with self._lock:
            header = request.headers.get("authorization", "")
            if not header:
                return self._challenge()
            given = {name: quoted or bare for name, quoted, bare in _FIELDS.findall(header)}
            nonce = given.get("nonce", "")
            if nonce not in self._uses:
                return self._challenge(stale=True)
            if faults.refuse_everybody or not self._is_right(given, request):
                self.failures += 1
                return self._challenge()
            self._uses[nonce] += 1
            if faults.stale_after and self._uses[nonce] > faults.stale_after:
                return self._challenge(stale=True)
        return None

    def _is_right(self, given: dict[str, str], request: Request) -> bool:
        first = self._hash(f"{self.user}:{REALM}:{self._password}")
        second = self._hash(f"{request.method}:{request.target}")
        middle = [given.get(name, "") for name in ("nc", "cnonce", "qop")] if self._qop else []
        expected = self._hash(":".join([first, given["nonce"], *middle, second]))
        counted = not self._qop or int(given.get("nc", "0"), 16) == self._uses[given["nonce"]] + 1
        return counted and given.get("username") == self.user and given.get("response") == expected

    def _challenge(self, *, stale: bool = False) -> Answer:
        self._given += 1
        self._uses[str(self._given)] = 0
        parts = [
            f'realm="{REALM}"',
            f'nonce="{self._given}"',
            'opaque="abc"',
            f'stale="{str(stale).upper()}"',
        ]
        parts += [f"algorithm={self._algorithm}"] + ([f'qop="{self._qop}"'] if self._qop else [])
        return Answer(status=401, headers={"WWW-Authenticate": f"Digest {', '.join(parts)}"})

    def _hash(self, text: str) -> str:
        if self._algorithm == "SHA-256":
            return hashlib.sha256(text.encode()).hexdigest()
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_FIELDS = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
