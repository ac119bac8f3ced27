"""Digest answers: the documented examples, and the forms of challenge that devices send."""

import pytest

from devices.digest import Challenge, challenge_in, digest_answer

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_come_out(algorithm: str, response: str) -> None:
    challenge = Challenge(
        realm="http-auth@example.org", nonce=NONCE, opaque=OPAQUE, algorithm=algorithm, qop=True
    )
    header = digest_answer(
        challenge,
        user="Mufasa",
        password="Circle of Life",  # noqa: S106  (the example's)
        method="GET",
        uri="/dir/index.html",
        count=1,
        cnonce=CNONCE,
    ).decode()
    assert f'response="{response}"' in header
    assert f'opaque="{OPAQUE}"' in header
    assert "qop=auth, nc=00000001" in header


def test_the_older_form_without_a_counter_is_the_example_of_rfc_2069() -> None:
    challenge = Challenge(realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")
    header = digest_answer(
        challenge,
        user="Mufasa",
        password="CircleOfLife",  # noqa: S106  (the example's)
        method="GET",
        uri="/dir/index.html",
        count=1,
        cnonce="unused",
    ).decode()
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in header
    assert "nc=" not in header


def test_a_quote_in_a_name_cannot_end_its_field() -> None:
    header = digest_answer(
        Challenge(realm="r", nonce="n"),
        user='a", uri="/other',
        password="x",  # noqa: S106  (made up)
        method="GET",
        uri="/",
        count=1,
        cnonce="c",
    ).decode()
    assert r'username="a\", uri=\"/other"' in header


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (['Digest realm="IP Camera(C1)", nonce="a", qop="auth", stale="FALSE"'], ("MD5", True, False)),
        (['Digest qop="auth,auth-int",nonce="a",realm="r",stale=TRUE'], ("MD5", True, True)),
        (['Basic realm="r"', 'Digest realm="r", nonce="a"'], ("MD5", False, False)),
        (['Basic realm="b", Digest realm="r", nonce="a", algorithm=SHA-256'], ("SHA-256", False, False)),
        (
            ['Digest realm="r", nonce="a", algorithm=SHA-512-256', 'Digest realm="r", nonce="b"'],
            ("MD5", False, False),
        ),
        (['digest realm="r", nonce="a", Basic realm="b"'], ("MD5", False, False)),
    ],
)
def test_a_challenge_is_found_among_others(headers: list[str], found: tuple[str, bool, bool]) -> None:
    challenge = challenge_in(headers)
    assert challenge is not None
    assert (challenge.algorithm, challenge.qop, challenge.stale) == found
    assert challenge.realm in {"r", "IP Camera(C1)"}


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ['Basic realm="r"'],
        ['Digest realm="r"'],
        ['Digest realm="r", nonce="a", qop="auth-int"'],
        ['Digest realm="r", nonce="a", algorithm=MD5-sess'],
        ["Digest"],
    ],
)
def test_a_challenge_that_cannot_be_answered_is_none(headers: list[str]) -> None:
    assert challenge_in(headers) is None
