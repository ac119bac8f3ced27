"""Hostile bytes for the web sources, files and lists; more of them with MONITOR_HOSTILE_INPUTS."""

import os

import pytest

from devices import hikvision_events
from tests.assurance import hostile
from tests.devices.fuzzing import Dice

INPUTS = int(os.environ.get("MONITOR_HOSTILE_INPUTS", "60000"))
SEED = int(os.environ.get("MONITOR_FUZZ_SEED", "2026"))

pytestmark = pytest.mark.slow


def test_hostile_inputs_of_every_other_decoder_are_answered_as_documented() -> None:
    fed = hostile.campaign(INPUTS, SEED)
    assert sum(fed.values()) >= INPUTS
    assert all(fed.values())


@pytest.mark.parametrize("target", ["searched", "posted", "cards", "collected"])
def test_sound_bytes_are_punches(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(hostile, "_spoilt", lambda _dice, body: body)
    monkeypatch.setattr(hostile, "_stand_in", lambda _body, punches: seen.append(len(punches)))
    hostile.TARGETS[target](Dice.of(SEED, target, 0))
    assert seen[0] in {1, hostile.EVENTS}


def test_an_invented_punch_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "_spoilt", lambda _dice, body: body)
    monkeypatch.setattr(hikvision_events, "user_id", lambda _value: "4711")
    with pytest.raises(AssertionError) as found:
        hostile.attack("searched", SEED, 0)
    assert found.value.__notes__ == [f"again: tests.assurance.hostile.attack('searched', {SEED}, 0)"]
