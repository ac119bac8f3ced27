"""`[sign_on]` in the file: whole or not at all, and nothing in clear text beyond this machine."""

from pathlib import Path

import pytest

from monitor.config import ConfigError, load_settings
from monitor.config.sign_on import is_safe_url

OIDC = {"issuer": "https://sso.tinh.vn", "client_id": "m", "site_url": "https://chamcong.xa.vn"}
LDAP = {"url": "ldaps://dc1.xa.local", "base_dn": "DC=xa,DC=local"}


def written(folder: Path, table: str, keys: dict[str, object]) -> Path:
    """A configuration file with one table."""
    lines = [f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for name, value in
             keys.items()]  # fmt: skip
    path = folder / "config.toml"
    path.write_text("\n".join([f"[sign_on.{table}]", *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("oidc", OIDC),
        ("oidc", OIDC | {"issuer": "http://localhost:8080/realms/x", "site_url": "http://127.0.0.1:8000"}),
        ("oidc", {}),
        ("ldap", LDAP),
        ("ldap", LDAP | {"url": "ldap://dc1.xa.local:3268", "start_tls": True}),
        ("ldap", LDAP | {"url": "ldap://127.0.0.1"}),
    ],
)
def test_a_whole_table_is_taken(tmp_path: Path, table: str, keys: dict[str, object]) -> None:
    load_settings(written(tmp_path, table, keys))


@pytest.mark.parametrize(
    ("table", "keys", "code"),
    [
        ("oidc", OIDC | {"issuer": "http://sso.tinh.vn"}, "config_bad_value"),
        ("oidc", OIDC | {"site_url": "http://chamcong.xa.vn"}, "config_bad_value"),
        ("oidc", OIDC | {"issuer": "https://sso.tinh.vn?x=1"}, "config_bad_value"),
        ("oidc", OIDC | {"client_id": ""}, "config_sign_on"),
        ("oidc", OIDC | {"site_url": ""}, "config_sign_on"),
        ("oidc", OIDC | {"client_secret_file": "khong-co"}, "config_sign_on_file"),
        ("oidc", OIDC | {"role_claim": "roles"}, "config_unknown_key"),
        ("ldap", LDAP | {"url": "ldap://dc1.xa.local"}, "config_sign_on"),
        ("ldap", LDAP | {"url": "http://dc1.xa.local"}, "config_bad_value"),
        ("ldap", LDAP | {"base_dn": ""}, "config_sign_on"),
        ("ldap", LDAP | {"bind_dn": "CN=x"}, "config_sign_on"),
        ("ldap", LDAP | {"ca_file": "khong-co.pem"}, "config_sign_on_file"),
        ("ldap", LDAP | {"user_filter": "(uid=%s)"}, "config_bad_value"),
        ("ldap", LDAP | {"user_filter": "uid={user}"}, "config_bad_value"),
    ],
)
def test_half_a_table_or_clear_text_is_refused(
    tmp_path: Path, table: str, keys: dict[str, object], code: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(written(tmp_path, table, keys))
    assert refused.value.code == code


def test_which_addresses_are_safe() -> None:
    for safe in ("https://sso.tinh.vn/x", "http://localhost:9/", "http://127.0.0.1/", "http://[::1]:8/"):
        assert is_safe_url(safe), safe
    for unsafe in (
        "http://sso.tinh.vn",
        "https://a@b.vn/",
        "https://b.vn/#x",
        "//b.vn",
        "http://10.0.0.1/",
        "",
    ):
        assert not is_safe_url(unsafe), unsafe
