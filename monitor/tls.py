"""An authority and a server certificate of the office's own, for networks that no public authority reaches.

The authority's key signs server certificates and nothing else: it can sign only for names of this
machine and addresses of private networks (name constraints), so that whoever steals it cannot pose as
a bank. It may be kept on a stick: only `renew` needs it.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from monitor.refusal import Refusal

AUTHORITY_LIVES = timedelta(days=3650)
SERVER_LIVES = timedelta(days=825)
"""The longest that all browsers take of an authority that was installed by hand."""
WRONG_CLOCKS = timedelta(days=1)
"""Certificates begin this much earlier: staff machines' clocks are late."""
PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"))
)
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}")
AUTHORITY, AUTHORITY_KEY = "ca.crt", "ca.key"
CERTIFICATE, KEY = "server.crt", "server.key"


class TlsError(Refusal):
    """A certificate cannot be made or read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person compares and is told: SHA-256 of the authority, names and end of the certificate."""

    authority: Path
    fingerprint: str
    names: tuple[str, ...]
    ends_at: datetime


def found(folder: Path, names: Sequence[str], now: datetime) -> None:
    """Make an authority and the first certificate for the names (DNS names and IP addresses).

    `folder` gets ca.crt, server.crt, server.key and, apart from them, authority/ca.key; keys are
    readable by their owner only. Raises TlsError `tls_exists` when there is one already, and
    `tls_bad_name`.
    """
    if (folder / AUTHORITY).exists():
        raise TlsError("tls_exists", path=str(folder / AUTHORITY))
    _check_forms(names)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Giám sát giờ làm việc"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"CA nội bộ {names[0]} {now:%Y-%m-%d}"[:64]),
        ]
    )
    authority = (
        _begun(name, name, key.public_key(), now, AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(names), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_secret(default_authority(folder) / AUTHORITY_KEY, _pem_of(key))
    (folder / AUTHORITY).write_bytes(_pem_of(authority))
    renew(folder, default_authority(folder), names, now)


def default_authority(folder: Path) -> Path:
    """Where the authority's key lies unless it was taken away."""
    return folder / "authority"


def renew(folder: Path, authority_folder: Path, names: Sequence[str], now: datetime) -> None:
    """A new key and certificate from the same authority: nothing has to be installed anew.

    Raises TlsError `tls_unreadable`, `tls_not_its_key`, `tls_bad_name` or `tls_name_outside`.
    """
    authority = _certificate_in(folder / AUTHORITY)
    signing = _key_in(authority_folder / AUTHORITY_KEY)
    if signing.public_key() != authority.public_key():
        raise TlsError("tls_not_its_key", path=str(authority_folder / AUTHORITY_KEY))
    _check_forms(names)
    _check_names(authority, names)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    certificate = (
        _begun(subject, authority.subject, key.public_key(), now, SERVER_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(general_name, names))), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(signing, hashes.SHA256())
    )
    _write_secret(folder / KEY, _pem_of(key))
    (folder / CERTIFICATE).write_bytes(_pem_of(certificate) + _pem_of(authority))


def shown(folder: Path) -> Shown:
    """What to compare and until when it lasts. Raises TlsError `tls_unreadable`."""
    authority, certificate = _certificate_in(folder / AUTHORITY), _certificate_in(folder / CERTIFICATE)
    return Shown(
        authority=folder / AUTHORITY,
        fingerprint=authority.fingerprint(hashes.SHA256()).hex(":").upper(),
        names=names_in(folder),
        ends_at=certificate.not_valid_after_utc,
    )


def names_in(folder: Path) -> tuple[str, ...]:
    """The names and addresses that the certificate is for. Raises TlsError `tls_unreadable`."""
    certificate = _certificate_in(folder / CERTIFICATE)
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return tuple(str(name.value) for name in alternative.value)


def is_host_name(name: str) -> bool:
    """Whether a lower-case name can stand in a certificate."""
    return _HOST_NAME.fullmatch(name) is not None


def ends_at(certificate: Path) -> datetime:
    """When a certificate ends. Raises TlsError `tls_unreadable`."""
    return _certificate_in(certificate).not_valid_after_utc


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lives: timedelta
) -> x509.CertificateBuilder:
    start = now - WRONG_CLOCKS
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lives - timedelta(seconds=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(names: Iterable[str]) -> x509.NameConstraints:
    """All private networks, because a machine may move; of names and public addresses only its own."""
    own = [name for name in names if not _is_private(name)]
    permitted = [*map(x509.IPAddress, PRIVATE), *map(_constraint, own)]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _constraint(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(ip_network(address))


def general_name(name: str) -> x509.DNSName | x509.IPAddress:
    """A host name or an IP address as certificates write it."""
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _check_forms(names: Iterable[str]) -> None:
    for name in names:
        if _address(name) is None and not is_host_name(name):
            raise TlsError("tls_bad_name", name=name)


def _check_names(authority: x509.Certificate, names: Iterable[str]) -> None:
    """Refuse what browsers would refuse: a name for which this authority may not sign."""
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = [subtree.value for subtree in constraints.permitted_subtrees or ()]
    for name in names:
        if not (_is_private(name) or name in permitted or _network(name) in permitted):
            raise TlsError("tls_name_outside", name=name)


def _network(name: str) -> object:
    address = _address(name)
    return None if address is None else ip_network(address)


def _is_private(name: str) -> bool:
    address = _address(name)
    return address is not None and any(address in network for network in PRIVATE)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _certificate_in(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TlsError("tls_unreadable", path=str(path)) from error


def _key_in(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise TlsError("tls_unreadable", path=str(path)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TlsError("tls_not_its_key", path=str(path))
    return key


def _pem_of(content: x509.Certificate | ec.EllipticCurvePrivateKey) -> bytes:
    if isinstance(content, x509.Certificate):
        return content.public_bytes(serialization.Encoding.PEM)
    # The web server reads keys in this form only.
    form = serialization.PrivateFormat.PKCS8
    return content.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _write_secret(path: Path, content: bytes) -> None:
    """Write a key that nobody but its owner could read at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)
