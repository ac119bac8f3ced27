"""`init --tls` and `tls …`: an authority of the office's own, checked as a browser checks it."""

import http.client
import ssl
import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from monitor import tls
from monitor.config import ConfigError, load_settings
from tests.cli.conftest import Run
from tests.security.serving import serving, talk

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NAMES = ["may-chu", "localhost", "127.0.0.1", "192.168.10.5"]


@pytest.fixture
def folder_tls(tmp_path: Path) -> Path:
    tls.found(tmp_path / "tls", NAMES, NOW)
    return tmp_path / "tls"


def certificates(folder: Path) -> tuple[x509.Certificate, x509.Certificate]:
    """The server's certificate and the authority's."""
    chain = x509.load_pem_x509_certificates((folder / tls.CERTIFICATE).read_bytes())
    return chain[0], chain[1]


def accepted(folder: Path, name: str, at: datetime = NOW) -> bool:
    """Whether a reader who installed the authority takes the certificate for a host."""
    server, authority = certificates(folder)
    policy = PolicyBuilder().store(Store([authority])).time(at)
    verifier = policy.build_server_verifier(tls.general_name(name))
    try:
        verifier.verify(server, [])
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_the_certificate_is_good_for_each_name_of_the_machine(folder_tls: Path, name: str) -> None:
    assert accepted(folder_tls, name)


@pytest.mark.parametrize("name", ["may-khac", "192.168.10.6", "nganhang.vn"])
def test_it_is_good_for_no_other(folder_tls: Path, name: str) -> None:
    assert not accepted(folder_tls, name)


def test_it_lasts_as_long_as_browsers_allow_and_begins_before_late_clocks(folder_tls: Path) -> None:
    server, _ = certificates(folder_tls)

    assert server.not_valid_after_utc - server.not_valid_before_utc < timedelta(days=825)
    assert accepted(folder_tls, "may-chu", NOW - timedelta(hours=20))
    assert accepted(folder_tls, "may-chu", NOW + timedelta(days=823))
    assert not accepted(folder_tls, "may-chu", NOW + timedelta(days=825))


def test_keys_are_their_owner_s_and_the_authority_s_lies_apart(folder_tls: Path) -> None:
    for key in (folder_tls / "server.key", folder_tls / "authority" / "ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder_tls / "authority").stat().st_mode) == 0o700


def test_the_authority_may_not_sign_for_a_bank(folder_tls: Path) -> None:
    with pytest.raises(tls.TlsError, match="tls_name_outside"):
        tls.renew(folder_tls, folder_tls / "authority", [*NAMES, "nganhang.vn"], NOW)


def test_what_it_signs_for_a_bank_all_the_same_no_reader_takes(
    folder_tls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "_check_names", lambda *_: None)
    tls.renew(folder_tls, folder_tls / "authority", [*NAMES, "nganhang.vn"], NOW)

    assert not accepted(folder_tls, "nganhang.vn")


def test_a_renewed_certificate_needs_no_new_installation(folder_tls: Path) -> None:
    server, authority = certificates(folder_tls)
    later = NOW + timedelta(days=800)
    tls.renew(folder_tls, folder_tls / "authority", [*NAMES, "10.1.2.3"], later)
    renewed, same = certificates(folder_tls)

    assert same == authority
    assert renewed.public_key() != server.public_key()
    assert accepted(folder_tls, "10.1.2.3", later + timedelta(days=800))


def test_a_key_of_another_authority_renews_nothing(folder_tls: Path, tmp_path: Path) -> None:
    tls.found(tmp_path / "other", NAMES, NOW)
    before = (folder_tls / "server.crt").read_bytes()

    with pytest.raises(tls.TlsError, match="tls_not_its_key"):
        tls.renew(folder_tls, tmp_path / "other" / "authority", NAMES, NOW)
    assert (folder_tls / "server.crt").read_bytes() == before


@pytest.mark.parametrize("name", ["có dấu", "-x", "a b", "", "x" * 64, "a\nb"])
def test_a_name_that_is_none_is_refused(folder_tls: Path, name: str) -> None:
    with pytest.raises(tls.TlsError, match="tls_bad_name"):
        tls.renew(folder_tls, folder_tls / "authority", [*NAMES, name], NOW)


def test_an_authority_is_never_overwritten(folder_tls: Path) -> None:
    with pytest.raises(tls.TlsError, match="tls_exists"):
        tls.found(folder_tls, NAMES, NOW)


# The commands.


def test_init_with_tls_serves_the_network_and_says_how_to_install(run: Run, tmp_path: Path) -> None:
    done = run("init", "--tls", "--name", "Cham-Cong.Local", "van-phong")
    shown = run("--config", "van-phong/config.toml", "tls", "show")

    assert done.code == shown.code == 0, done.err
    fingerprint = tls.shown(tmp_path / "van-phong" / "tls").fingerprint
    assert fingerprint in done.out
    assert fingerprint in shown.out
    for told in ("cham-cong.local", "certutil -addstore Root ca.crt", "Android", "Windows"):
        assert told in shown.out
    web = tomllib.loads((tmp_path / "van-phong" / "config.toml").read_text(encoding="utf-8"))["web"]
    assert web["host"] == "0.0.0.0"  # noqa: S104 - what is written, not bound
    assert load_settings(tmp_path / "van-phong" / "config.toml").web.behind_tls


def test_renew_keeps_the_names_and_takes_more(run: Run, tmp_path: Path) -> None:
    run("init", "--tls", "van-phong")
    before = tls.names_in(tmp_path / "van-phong" / "tls")
    (tmp_path / "van-phong" / "tls" / "authority").rename(tmp_path / "usb")

    config = ("--config", "van-phong/config.toml")
    assert run(*config, "tls", "renew").code == 1
    done = run(*config, "tls", "renew", "--authority", "usb", "--name", "10.9.8.7")

    assert done.code == 0, done.err
    assert tls.names_in(tmp_path / "van-phong" / "tls") == (*before, "10.9.8.7")


def test_without_tls_there_is_nothing_to_show(run: Run) -> None:
    outcome = run("tls", "show")

    assert outcome.code == 1
    assert "monitor init --tls" in outcome.err


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('host = "0.0.0.0"', "config_plain_http"),
        ('host = "0.0.0.0"\ntrusted_proxies = ["10.0.0.1/32"]', "config_plain_http"),
        ('tls_certificate = "a.crt"', "config_tls_half"),
        ('tls_key = "a.key"', "config_tls_half"),
        ('tls_certificate = "a.crt"\ntls_key = "a.key"', "config_tls_unreadable"),
        ('trusted_proxies = ["proxy"]', "config_bad_value"),
    ],
)
def test_a_transport_that_is_not_safe_is_refused(tmp_path: Path, lines: str, code: str) -> None:
    (tmp_path / "config.toml").write_text(f"[web]\n{lines}\n")

    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path / "config.toml")
    assert refused.value.code == code


@pytest.mark.slow
def test_readers_who_installed_the_authority_are_served_over_tls_and_others_not_at_all(
    run: Run, tmp_path: Path
) -> None:
    run("init", "--tls", "van-phong")
    folder = tmp_path / "van-phong"
    with serving(folder / "config.toml") as served:
        trusting = ssl.create_default_context(cafile=folder / "tls" / "ca.crt")
        line = http.client.HTTPSConnection("localhost", served.web, context=trusting, timeout=60)
        line.request("GET", "/dang-nhap")
        answer = line.getresponse()
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        cookies = answer.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
        line.close()

        stranger = http.client.HTTPSConnection(
            "localhost", served.web, context=ssl.create_default_context(), timeout=10
        )
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/dang-nhap")
        stranger.close()
        assert not talk(served.web, b"GET /dang-nhap HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP")
        old = ssl.create_default_context(cafile=folder / "tls" / "ca.crt")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        line = http.client.HTTPSConnection("127.0.0.1", served.web, context=old, timeout=60)
        line.request("GET", "/healthz")
        assert line.getresponse().status == 200
        line.close()
