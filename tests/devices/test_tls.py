"""HTTPS: whose certificate is believed, and that nothing is said to anybody else."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from devices.base import TerminalSettings
from devices.errors import BadCertificate, DeviceError, Unreachable
from devices.registry import open_terminal
from devices.simulated import WebFaults, WebSource
from tests.devices.certificates import Identity, identity
from tests.devices.office import LOOPBACK, clock, history
from tests.devices.sources import SOURCES, Source

pytestmark = pytest.mark.slow

WEB = [SOURCES[kind] for kind in ("hikvision", "dahua", "biotime")]
HIKVISION = SOURCES["hikvision"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def own(folder: Path) -> Identity:
    """A certificate that nobody but the terminal itself has signed."""
    return identity(folder, "terminal")


@contextmanager
def https(
    source: Source, tls: ssl.SSLContext, faults: WebFaults | None = None
) -> Iterator[tuple[WebSource, TerminalSettings]]:
    simulated = source.make(log=source.log(history(40)), faults=faults)
    assert isinstance(simulated, WebSource)
    simulated.tls = tls
    with simulated:
        yield simulated, source.settings(simulated)


def failure(settings: TerminalSettings) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        open_terminal(settings, clock).read()
    return caught.value


@pytest.mark.parametrize("source", WEB, ids=lambda source: source.kind)
def test_a_pinned_certificate_is_believed_whoever_signed_it(source: Source, own: Identity) -> None:
    with https(source, own.context()) as (_, settings):
        pinned = replace(settings, transport=f"https:sha256={own.pin}")
        assert len(open_terminal(pinned, clock).read().punches) == 40


@pytest.mark.parametrize("source", WEB, ids=lambda source: source.kind)
def test_another_certificate_than_the_pinned_is_refused_before_anything_is_said(
    source: Source, own: Identity
) -> None:
    with https(source, own.context()) as (simulated, settings):
        error = failure(replace(settings, transport=f"https:sha256={'0' * 64}"))
        assert (type(error), error.code, error.permanent) == (BadCertificate, "wrong_certificate", True)
        assert error.values == {"found": own.pin}
        assert simulated.requests == []


def test_without_a_pin_the_configured_authority_vouches(folder: Path, own: Identity) -> None:
    authority = identity(folder, "authority", address="")
    signed = identity(folder, "signed", by=authority)
    with https(HIKVISION, signed.context()) as (simulated, settings):
        trusting = replace(settings, transport="https", ca_file=str(authority.path))
        assert len(open_terminal(trusting, clock).read().punches) == 40
        simulated.requests.clear()
        for stranger in ("", str(own.path)):
            error = failure(replace(trusting, ca_file=stranger))
            assert (type(error), error.code) == (BadCertificate, "certificate_not_trusted")
        assert simulated.requests == []


def test_a_certificate_of_another_address_is_not_this_terminals(folder: Path) -> None:
    authority = identity(folder, "authority-2", address="")
    elsewhere = identity(folder, "elsewhere", address="127.0.0.2", by=authority)
    with https(HIKVISION, elsewhere.context()) as (simulated, settings):
        error = failure(replace(settings, transport="https", ca_file=str(authority.path)))
        assert error.code == "certificate_not_trusted"
        assert simulated.requests == []


def test_only_the_loud_word_believes_anybody(own: Identity) -> None:
    with https(HIKVISION, own.context()) as (_, settings):
        assert failure(replace(settings, transport="https")).code == "certificate_not_trusted"
        loud = replace(settings, transport="https:do-not-verify")
        assert len(open_terminal(loud, clock).read().punches) == 40


def test_a_file_of_authorities_that_is_missing_is_named(own: Identity, folder: Path) -> None:
    missing = str(folder / "none.pem")
    with https(HIKVISION, own.context()) as (_, settings):
        error = failure(replace(settings, transport="https", ca_file=missing))
    assert (error.code, error.values) == ("ca_file_unreadable", {"path": missing})


def test_a_terminal_without_tls_is_told_apart() -> None:
    with HIKVISION.make(log=HIKVISION.log(history(5))) as simulated:
        error = failure(HIKVISION.settings(simulated, transport="https:do-not-verify"))
    assert (type(error), error.code) == (BadCertificate, "tls_failed")


def test_tls_that_is_no_longer_safe_is_refused(own: Identity) -> None:
    old = own.context()
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with https(HIKVISION, old) as (_, settings):
        assert failure(replace(settings, transport=f"https:sha256={own.pin}")).code == "tls_failed"


@pytest.mark.parametrize(
    ("faults", "code"),
    [(WebFaults(broken_page=1), "broken_off"), (WebFaults(drip=True), "timed_out")],
)
def test_the_faults_of_a_line_are_the_same_over_tls(own: Identity, faults: WebFaults, code: str) -> None:
    with https(HIKVISION, own.context(), faults) as (_, settings):
        hurried = replace(settings, timeout_seconds=0.5, deadline_seconds=1.0)
        error = failure(replace(hurried, transport=f"https:sha256={own.pin}"))
    assert (type(error), error.code) == (Unreachable, code)


def test_a_kept_connection_that_was_dropped_is_opened_again_and_proven_again(own: Identity) -> None:
    with https(HIKVISION, own.context(), WebFaults(hang_up=True)) as (_, settings):
        pinned = replace(settings, transport=f"https:sha256={own.pin}")
        assert len(open_terminal(pinned, clock).read().punches) == 40


def test_a_handshake_that_never_ends_is_cut_off() -> None:
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: held.append(server.accept()[0]))
        thread.start()
        began = time.monotonic()
        error = failure(
            TerminalSettings(
                code="HN-01",
                kind="hikvision",
                host="127.0.0.1",
                port=server.getsockname()[1],
                user="admin",
                transport="https:do-not-verify",
                allowed_networks=LOOPBACK,
                timeout_seconds=0.4,
                deadline_seconds=1,
            )
        )
        assert time.monotonic() - began < 30
        thread.join()
    held[0].close()
    assert (type(error), error.code) == (Unreachable, "timed_out")
