"""The proxy of docs/running as it stands, in front of the program as it is served: a real nginx with TLS."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import tls
from tests.security.serving import HANGS_SECONDS, ROOT, free_ports, installed, serving, status_of, talk

NAME = "chamcong.example.gov.vn"
MAIN = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {}
http {
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied;
  # Packages differ in which of the others they were built with.
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/site.conf;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The proxy's two ports and the authority that its readers installed; the program's port behind."""

    plain: int
    secure: int
    authority: Path
    behind: int

    def ask(self, address: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        """An answer over TLS, the certificate checked as a browser does; its body is read."""
        trusting = ssl.create_default_context(cafile=str(self.authority))
        line = http.client.HTTPSConnection("127.0.0.1", self.secure, timeout=30)
        line.sock = trusting.wrap_socket(
            socket.create_connection(("127.0.0.1", self.secure), timeout=30), server_hostname=NAME
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, address, headers={"Host": NAME, **named})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A proxy in front of a fresh installation."""
    folder = tmp_path_factory.mktemp("proxied")
    config = installed(folder / "office")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[web]", '[web]\ntrusted_proxies = ["127.0.0.1/32"]', 1))
    tls.found(folder, [NAME], datetime.now(UTC))
    with serving(config) as served, proxied(folder, served.web) as front:
        yield front


@contextmanager
def proxied(folder: Path, web: int) -> Iterator[Front]:
    """nginx with the site file of the documentation; only ports and paths are of this machine."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "install nginx (for example: sudo apt install nginx-light): these tests are never skipped"
    plain, secure = free_ports()
    _write(folder, plain, secure, web)
    running = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait_for(secure, running)
        yield Front(plain=plain, secure=secure, authority=folder / tls.AUTHORITY, behind=web)
    finally:
        running.terminate()
        running.wait(60)


def _write(folder: Path, plain: int, secure: int, web: int) -> None:
    site = (ROOT / "docs" / "running" / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    for told, here in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "/etc/nginx/tls/chamcong.crt": str(folder / tls.CERTIFICATE),
        "/etc/nginx/tls/chamcong.key": str(folder / tls.KEY),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{web}",
    }.items():
        assert told in site
        site = site.replace(told, here)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.replace("{folder}", str(folder)), encoding="utf-8")


def _wait_for(port: int, running: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + HANGS_SECONDS
    while time.monotonic() < ends:
        assert running.poll() is None, "nginx refuses the site file"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("nginx does not listen")


def test_the_log_in_page_comes_over_tls_with_a_cookie_that_stays_there(front: Front) -> None:
    answer = front.ask("/dang-nhap")

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all("; Secure" in cookie for cookie in answer.headers.get_all("Set-Cookie") or ["no cookie"])
    assert "nginx/" not in answer.headers["Server"]


def test_who_is_not_logged_in_is_led_to_the_log_in_page_at_the_same_address(front: Front) -> None:
    answer = front.ask("/may")

    assert answer.status in {302, 303}
    assert answer.headers["Location"].removeprefix(f"https://{NAME}").startswith("/dang-nhap")


def test_without_tls_the_proxy_leads_to_it_and_the_program_serves_nothing(front: Front) -> None:
    asked = b"GET /dang-nhap HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\nConnection: close\r\n\r\n"

    redirected = talk(front.plain, asked)
    assert (status_of(redirected), f"Location: https://{NAME}/dang-nhap".encode() in redirected) == (
        301,
        True,
    )
    assert status_of(talk(front.behind, asked)) == 404


def test_figures_for_the_machine_itself_are_not_given_away(front: Front) -> None:
    assert front.ask("/metrics").status == 404


def test_what_a_reader_says_of_the_own_address_changes_nothing(front: Front) -> None:
    """Forty wrong tokens from one reader who claims forty addresses are forty of one address."""
    answers = [
        front.ask("/api/v1/units", Authorization="Bearer sai", X_Forwarded_For=f"10.9.9.{number}").status
        for number in range(40)
    ]

    assert answers[0] == 401
    assert answers[-1] == 429


def test_a_body_beyond_all_limits_is_turned_away_at_the_door(front: Front) -> None:
    assert front.ask("/dang-nhap", "POST", Content_Length=str(20 * 1024 * 1024 + 1)).status == 413
