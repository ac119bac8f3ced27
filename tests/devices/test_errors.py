"""Coded errors: all documented, all able to come back from another process."""

import pickle
import re
from pathlib import Path

import pytest

import devices
from devices.errors import (
    CODES,
    BadCertificate,
    BadCredentials,
    BadReply,
    DeviceError,
    NotSupported,
    Unreachable,
)

RAISED = re.compile(
    r"(?:Unreachable|BadCredentials|BadCertificate|BadReply|NotSupported|_refusal)\(\s*(?:reply, )?(.*?)[,)]"
)
SOURCES = sorted(Path(devices.__file__).parent.glob("*.py"))


def codes_in(source: str) -> set[str]:
    return {code for call in RAISED.findall(source) for code in re.findall(r'"([a-z_]+)"', call)}


def test_every_code_that_is_raised_here_is_in_the_table() -> None:
    assert set().union(*(codes_in(path.read_text("utf-8")) for path in SOURCES)) <= set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_in_the_table_is_used(code: str) -> None:
    package = Path(devices.__file__).parent
    texts = (path.read_text("utf-8") for path in package.rglob("*.py") if path.name != "errors.py")
    assert any(f'"{code}"' in text for text in texts)


def there_and_back(error: DeviceError) -> DeviceError:
    returned = pickle.loads(pickle.dumps(error))  # noqa: S301  (as a process pool does with our own errors)
    assert isinstance(returned, DeviceError)
    return returned


@pytest.mark.parametrize(
    "kind", [DeviceError, Unreachable, BadCredentials, BadCertificate, BadReply, NotSupported]
)
def test_an_error_survives_the_way_between_processes(kind: type[DeviceError]) -> None:
    error = there_and_back(kind("wrong_serial", expected="A", found="B"))
    assert type(error) is kind
    assert (error.code, error.values) == ("wrong_serial", {"expected": "A", "found": "B"})


def test_the_refused_bytes_survive_too() -> None:
    error = there_and_back(BadReply("size_mismatch", raw=b"\xff", received=1))
    assert isinstance(error, BadReply)
    assert error.raw == b"\xff"


def test_only_what_a_person_must_change_is_permanent() -> None:
    kinds = (Unreachable, BadReply, BadCredentials, BadCertificate, NotSupported)
    assert [kind.permanent for kind in kinds] == [False, False, True, True, True]
