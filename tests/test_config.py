"""The configuration fails closed: what is unknown, known to everybody, or unsafe is refused."""

import stat
from pathlib import Path

import pytest

from monitor.config import ConfigError, load_settings, secret_key

STRONG = "9f2c7be1a04d53c86f17e2b0"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[web]\nsecret_key = "please-change-me-please-change-me"', "config_placeholder"),
        ('[web]\nsecret_key = "thay-doi-chuoi-nay-ngay-bay-gio"', "config_placeholder"),
        ('[web]\nsecret_key = "short"', "config_secret_short"),
        ("[web]\nprot = 8000", "config_unknown_key"),
        ("[web]\nport = 0", "config_bad_value"),
        ("folder = '/'", "config_unknown_key"),
        ('[web]\nhost = "0.0.0.0"', "config_plain_http"),
        ("[web", "config_not_toml"),
    ],
)
def test_what_is_not_safe_is_refused_by_name(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, text))
    assert caught.value.code == code


def test_plain_http_beyond_this_machine_needs_the_loud_setting(tmp_path: Path) -> None:
    text = '[web]\nhost = "0.0.0.0"\nserve_plain_http_on_a_trusted_lan = true'
    assert str(load_settings(written(tmp_path, text)).web.host) == "0.0.0.0"  # noqa: S104 - what is tested


def test_a_secret_of_one_s_own_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, ""))
    first = secret_key(settings)

    assert secret_key(settings) == first
    assert len(first) >= 43
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_given_secret_is_used_as_it_is(tmp_path: Path) -> None:
    assert secret_key(load_settings(written(tmp_path, f'[web]\nsecret_key = "{STRONG}"'))) == STRONG
