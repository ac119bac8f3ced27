"""A made-up terminal that delivers by itself over HTTP: it keeps its queue until it hears OK."""

import http.client
import socket
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

_TAB = "\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """What the server said; `status` 0 where no answer came."""

    status: int
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the terminal takes it for an acknowledgement."""
        return self.status == http.client.OK and self.text.startswith("OK")


@dataclass(kw_only=True, slots=True)
class SimulatedPushTerminal:
    """One terminal.

    `batch` lines go into an upload. The next `lose_answers` uploads reach the server whole, and the
    terminal hangs up before it hears the answer. `log` is its own history, as the simulation's truth;
    `source` the address it calls from, where that matters ('' = the system's choice).
    """

    serial: str
    port: int
    host: str = "127.0.0.1"
    source: str = ""
    batch: int = 50
    timeout_seconds: float = 10.0
    lose_answers: int = 0
    stamp: int = 0
    log: list[bytes] = field(default_factory=list)
    queue: deque[bytes] = field(default_factory=deque)
    options: dict[str, str] = field(default_factory=dict)

    def punch(self, user: str, moment: datetime, *, state: int = 0, verify: int = 1) -> None:
        """Somebody identifies: the record goes into the log and into the queue."""
        fields = (user, moment.strftime("%Y-%m-%d %H:%M:%S"), str(state), str(verify), "0", "", "")
        self.hold(_TAB.join(fields).encode())

    def hold(self, line: bytes) -> None:
        """Put a line of any kind into the log and the queue."""
        self.log.append(line)
        self.queue.append(line)

    def connect(self) -> PushAnswer:
        """Shake hands and obey: a stamp of 0 puts the whole log into the queue again."""
        answer = self.get(f"/iclock/cdata?SN={self.serial}&options=all&pushver=2.4.1&language=69")
        if answer.status == http.client.OK:
            pairs = (line.partition("=") for line in answer.text.splitlines()[1:])
            self.options = {name: value for name, _, value in pairs}
            if self.options.get("ATTLOGStamp") == "0":
                self.queue = deque(self.log)
        return answer

    def deliver(self) -> PushAnswer | None:
        """Send the queue, batch by batch, until it is empty or a batch is not acknowledged."""
        answer = None
        while self.queue:
            lines = list(self.queue)[: self.batch]
            answer = self.upload(lines)
            if not answer.ok:
                break
            for _ in lines:
                self.queue.popleft()
        return answer

    def upload(self, lines: list[bytes]) -> PushAnswer:
        """Send lines once, whatever comes of it."""
        self.stamp += 1
        target = f"/iclock/cdata?SN={self.serial}&table=ATTLOG&Stamp={self.stamp}"
        body = b"".join(line + b"\n" for line in lines)
        if self.lose_answers:
            self.lose_answers -= 1
            return self._hang_up_after(target, body)
        return self.post(target, body)

    def poll(self, info: str = "") -> PushAnswer:
        """Ask for work, which there never is."""
        told = f"&INFO={info}" if info else ""
        return self.get(f"/iclock/getrequest?SN={self.serial}{told}")

    def get(self, target: str) -> PushAnswer:
        """Any GET."""
        return self._exchange("GET", target, b"")

    def post(self, target: str, body: bytes) -> PushAnswer:
        """Any POST; no content type, as some firmware sends none."""
        return self._exchange("POST", target, body)

    def _exchange(self, method: str, target: str, body: bytes) -> PushAnswer:
        here = (self.source, 0) if self.source else None
        line = http.client.HTTPConnection(
            self.host, self.port, timeout=self.timeout_seconds, source_address=here
        )
        try:
            line.request(method, target, body=body if method == "POST" else None)
            got = line.getresponse()
            return PushAnswer(status=got.status, text=got.read().decode(), headers=dict(got.getheaders()))
        except (OSError, http.client.HTTPException):
            return PushAnswer(status=0)
        finally:
            line.close()

    def _hang_up_after(self, target: str, body: bytes) -> PushAnswer:
        """Send everything, wait until the server has answered, and never look at the answer."""
        head = f"POST {target} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((self.host, self.port), timeout=self.timeout_seconds) as line:
            line.sendall(head.encode() + body)
            line.recv(1, socket.MSG_PEEK)
        return PushAnswer(status=0)
