"""Power cuts: the disk's calls of an office at work, cut anywhere, put together again and examined."""

import json
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config import Settings
from monitor.records import refresh
from monitor.store.session import open_database
from tests.assurance.disk import WRITTEN, Call, Disk, record
from tests.assurance.office import NOW, Promises, furnish, stored_first
from tests.assurance.soundness import complaints, unlike_rebuilt

MODES = (("DELETE", "EXTRA"), ("WAL", "FULL"))
"""The two ways in which the product uses SQLite: with a version that can corrupt a log, and without."""
PER_RECORDING = 1_000
REFRESHED = 10
"""Of so many images one is refreshed: records and the marks of days that wait must have stayed together."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the images came to; `promised` counts the punches looked for, over all images."""

    images: int = 0
    recordings: int = 0
    calls: int = 0
    promised: int = 0
    found: list[str] = field(default_factory=list)


def cut_everywhere(folder: Path, images: int, seed: int, modes: tuple[tuple[str, str], ...] = MODES) -> Tally:
    """So many images, in equal parts of each mode; the office begins as in `template`, if that is there."""
    tally = Tally()
    if not (folder / "template").exists():
        furnish(folder / "template")
    for mode in modes:
        left = images // len(modes)
        while left > 0:
            tally.recordings += 1
            _one_recording(folder, f"{seed}/{tally.recordings}", mode, min(left, PER_RECORDING), tally)
            left -= PER_RECORDING
    return tally


def _one_recording(folder: Path, seed: str, mode: tuple[str, str], images: int, tally: Tally) -> None:
    place = folder / "office"
    shutil.copytree(folder / "template", place)
    disk, first = Disk(place), stored_first(f"sqlite:///{place / 'monitor.db'}")
    calls = record(place, folder, "-m", "tests.assurance.recorded", str(place), seed, *mode)
    shutil.rmtree(place)
    dice = random.Random(f"{seed}/{mode[0]}")  # noqa: S311 - replayed by its seed
    cuts = sorted(dice.randrange(1, len(calls) + 1) for _ in range(images))
    tally.calls += len(calls)
    said: list[tuple[str, object]] = []
    done = 0
    for cut in cuts:
        for call in calls[done:cut]:
            disk.do(call)
            said += _words(call)
        done = cut
        _examine(
            disk.after_a_cut(dice), folder / "image", _promises(said, first), f"{seed} {mode} {cut}", tally
        )


def _words(call: Call) -> list[tuple[str, object]]:
    """What the office acknowledged with this call."""
    if call.kind != WRITTEN or not call.path.endswith("/said"):
        return []
    return [(word, what) for word, what in map(json.loads, call.data.splitlines())]


def _promises(said: list[tuple[str, object]], first: set[tuple[str, int]]) -> Promises:
    promises = Promises(must=set(first), may=set(first))
    for word, what in said:
        records = {(user, time) for user, time in what} if isinstance(what, list) else set()
        if word == "stored":
            promises.must |= records
        elif word == "shown":
            promises.may |= records
        elif word == "entered" and isinstance(what, int):
            promises.excuses.add(what)
        promises.closed |= word == "closed"
    return promises


def _examine(image: dict[str, bytes], place: Path, promises: Promises, where: str, tally: Tally) -> None:
    """Write an image down and look at it as after any crash."""
    place.mkdir()
    for name, content in image.items():
        (place / Path(name).name).write_bytes(content)
    tally.images += 1
    tally.promised += len(promises.must)
    found = complaints(place / "monitor.db", promises)
    if not found and tally.images % REFRESHED == 0:
        found = _unlike_judged(place)
    tally.found += [f"{where}: {one}" for one in found]
    shutil.rmtree(place)


def _unlike_judged(place: Path) -> list[str]:
    """Whether the next refresh leaves a record as it was that everything would make another one."""
    url = f"sqlite:///{place / 'monitor.db'}"
    settings = Settings.model_validate({"database": {"url": url}, "folder": place})
    engine = open_database(url, anywhere=True)
    refresh(engine, now=NOW, settings=settings)
    engine.dispose()
    return unlike_rebuilt(url, settings)
