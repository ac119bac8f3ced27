"""The setting that says how a terminal is spoken to."""

import pytest

from devices.errors import NotSupported
from devices.registry import DRIVERS
from devices.transport import FORMS, Transport, transport_of

PIN = "0123456789abcdef" * 4


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_every_kind_that_is_called_has_its_ways_and_the_first_is_the_usual(kind: str) -> None:
    usual, *others = FORMS[kind]
    assert transport_of(kind, "") == transport_of(kind, usual) == Transport()
    assert others


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("zk", "udp", Transport(udp=True)),
        ("hikvision", "https", Transport(tls=True)),
        ("dahua", f"https:sha256={PIN}", Transport(tls=True, pin=PIN)),
        ("biotime", "https:do-not-verify", Transport(tls=True, verified=False)),
    ],
)
def test_a_setting_is_read_and_written_in_one_form(kind: str, text: str, found: Transport) -> None:
    assert transport_of(kind, text) == found
    assert str(found) == text


def test_a_fingerprint_may_be_copied_as_browsers_show_it() -> None:
    shown = ":".join(PIN[at : at + 2] for at in range(0, 64, 2)).upper()
    assert str(transport_of("dahua", f"https:sha256={shown}")) == f"https:sha256={PIN}"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("zk", "https"),
        ("zk", f"https:sha256={PIN}"),
        ("hikvision", "udp"),
        ("hikvision", "https:"),
        ("hikvision", "https:sha256="),
        ("hikvision", f"https:sha256={PIN[:-1]}"),
        ("hikvision", f"https:sha256={PIN}0"),
        ("hikvision", f"https:sha1={PIN[:40]}"),
        ("hikvision", "https:unverified"),
        ("file", "tcp"),
        ("zk_push", "http"),
    ],
)
def test_what_a_kind_does_not_speak_is_refused(kind: str, text: str) -> None:
    with pytest.raises(NotSupported) as caught:
        transport_of(kind, text)
    assert caught.value.code == "transport_unknown"
