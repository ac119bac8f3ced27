"""Which addresses may be contacted."""

import pytest

from devices.addresses import allowed_address
from devices.errors import NotSupported


@pytest.mark.parametrize(
    ("host", "networks"),
    [
        ("192.168.1.201", ("192.168.1.0/24",)),
        ("192.168.1.201", ("10.0.0.0/8", "192.168.1.201/32")),
        ("127.0.0.1", ("127.0.0.0/8",)),
        ("127.0.0.2", ("127.0.0.2/32",)),
    ],
)
def test_an_address_inside_an_allowed_network_is_given_back(host: str, networks: tuple[str, ...]) -> None:
    assert allowed_address(host, networks) == host


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "clock.example", "192.168.1", "192.168.1.300", "192.168.001.5", "3232235777"),
        *("0x7f.0.0.1", "::1", "::ffff:127.0.0.1", " 192.168.1.5", "192.168.1.5\n", "192.168.1.5; touch X #"),
    ],
)
def test_what_is_not_an_ipv4_literal_is_refused(host: str) -> None:
    with pytest.raises(NotSupported) as caught:
        allowed_address(host, ("0.0.0.0/0", "127.0.0.0/8"))
    assert caught.value.code == "not_an_address"


@pytest.mark.parametrize(
    ("host", "networks"),
    [
        ("192.168.1.201", ()),
        ("192.168.1.201", ("192.168.2.0/24",)),
        ("192.168.1.201", ("nonsense", "fe80::/10", "192.168.1.1/24")),
        ("127.0.0.1", ("0.0.0.0/0",)),
        ("127.0.0.1", ("192.168.1.0/24",)),
        ("169.254.169.254", ("0.0.0.0/0", "169.254.0.0/16")),
        ("0.0.0.0", ("0.0.0.0/0",)),  # noqa: S104  (refused, not bound)
        ("224.0.0.1", ("0.0.0.0/0",)),
        ("255.255.255.255", ("0.0.0.0/0",)),
    ],
)
def test_an_address_outside_or_of_a_special_kind_is_refused(host: str, networks: tuple[str, ...]) -> None:
    with pytest.raises(NotSupported) as caught:
        allowed_address(host, networks)
    assert (caught.value.code, caught.value.permanent) == ("address_not_allowed", True)
