"""A real directory (OpenLDAP) on loopback: a folder of its own, a process of its own, stopped by its id."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import tls

BASE = "dc=traba,dc=test"
SEARCHER, SEARCH_PASSWORD = f"cn=tra-cuu,{BASE}", "mật khẩu để tra cứu"
PASSWORDS = {"hanh": "gió đưa cành trúc", "nhansu": "mặt trời (*) mọc", "admin": "trăng lên * đỉnh núi"}
_SCHEMAS = Path("/etc/ldap/schema")
_MODULES = next((path for path in map(Path, ("/usr/lib/ldap", "/usr/lib64/openldap")) if path.is_dir()), None)

_CONFIGURATION = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/tls/ca.crt
TLSCertificateFile {folder}/tls/server.crt
TLSCertificateKeyFile {folder}/tls/server.key
database mdb
maxsize 10485760
suffix "{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by * none
"""


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A running directory: its ports, and the folder with its authority (`tls/ca.crt`)."""

    plain: int
    secure: int
    folder: Path

    @property
    def authority(self) -> str:
        """The file of the authority that signed its certificate."""
        return str(self.folder / "tls" / "ca.crt")


def program() -> Path:
    """The directory's program; without it this fails: such tests are never skipped."""
    found = shutil.which("slapd", path="/usr/sbin:/usr/libexec:/usr/lib/openldap:/usr/local/libexec:/usr/bin")
    if found is None or _MODULES is None:
        pytest.fail("no directory server found: install slapd (for example: sudo apt install slapd)")
    return Path(found)


def _entries() -> str:
    people = [
        f"dn: uid={name},{BASE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\n"
        f"userPassword: {password}\n"
        for name, password in PASSWORDS.items()
    ]
    twins = [
        f"dn: cn=duc {number},{BASE}\nobjectClass: inetOrgPerson\nuid: duc\ncn: duc {number}\nsn: duc\n"
        f"userPassword: cùng một tên\n"
        for number in (1, 2, 3)
    ]
    root = f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Trà Bá\ndc: traba\n"
    searcher = (
        f"dn: {SEARCHER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: tra-cuu\n"
        f"userPassword: {SEARCH_PASSWORD}\n"
    )
    return "\n".join([root, searcher, *people, *twins])


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody uses."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def running(folder: Path, names: tuple[str, ...] = ("localhost",)) -> Iterator[Directory]:
    """Start a directory whose certificate is for `names`."""
    # A copy, since Ubuntu confines the installed program to its own folders.
    for name in ("slapd", "slapadd"):
        shutil.copy(program(), folder / name)
    (folder / "data").mkdir()
    tls.found(folder / "tls", names, datetime.now(UTC))
    known = {"schemas": _SCHEMAS, "modules": _MODULES, "folder": folder, "base": BASE, "searcher": SEARCHER}
    configuration = folder / "slapd.conf"
    configuration.write_text(_CONFIGURATION.format(**known), encoding="utf-8")
    subprocess.run(
        [folder / "slapadd", "-f", configuration],
        input=_entries(),
        text=True,
        check=True,
        capture_output=True,
    )
    plain, secure = free_ports(2)
    listening = f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{secure}/"
    command: list[str | Path] = [folder / "slapd", "-f", configuration, "-h", listening, "-d", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, secure)
            yield Directory(plain=plain, secure=secure, folder=folder)
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(100):
        assert process.poll() is None, "slapd ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("slapd does not answer")
