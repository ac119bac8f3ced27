"""The demo's input files in the form of rules 9, so that it goes through the same importers as an office."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from monitor.demo.organisation import OFFICES, TERMINALS
from monitor.demo.regulations import regulations_toml
from monitor.demo.world import World

Row = Mapping[str, object]
BLOC = "chính quyền"
UNFORESEEN = ("sick", "child_sick")


def write_files(world: World, ports: Mapping[str, int], folder: Path) -> dict[str, Path]:
    """Write every input file into `folder`; gives their paths by kind, in the order to import them.

    `ports` are the ports of 127.0.0.1 on which the terminals listen, by code.
    """
    texts = {
        "units": _csv(_units(world)),
        "people": _csv(_people(world)),
        "terminals": _csv(_terminals(world, ports)),
        "badges": _csv(_badges(world)),
        "regulations": regulations_toml(world.span.begins.year, world.span.ends.year),
        "excuses": _csv(_excuses(world)),
        "roster": _csv(_roster(world)),
        "allowances": _csv(_allowances(world)),
        "staffing": _csv(_staffing(world)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{kind}.{'toml' if kind == 'regulations' else 'csv'}" for kind in texts}
    for kind, path in paths.items():
        path.write_text(texts[kind], encoding="utf-8", newline="\n")
    return paths


def _csv(rows: Iterable[Row]) -> str:
    listed = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in listed)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)


def _units(world: World) -> Iterable[Row]:
    since = date(world.span.begins.year - 1, 7, 1)
    for office in OFFICES:
        yield {
            "code": office.code,
            "name": office.name,
            "parent": office.parent,
            "public_facing": int(office.public_facing),
            "bloc": BLOC,
            "valid_from": since,
            "valid_to": None,
        }


def _people(world: World) -> Iterable[Row]:
    for person in world.people:
        for posting in person.postings:
            yield {
                "code": person.code,
                "name": person.name,
                "unit": posting.unit,
                "position": posting.position,
                "role": posting.role,
                "valid_from": posting.valid_from,
                "valid_to": posting.valid_to,
            }


def _terminals(world: World, ports: Mapping[str, int]) -> Iterable[Row]:
    for device in TERMINALS:
        yield {
            "code": device.code,
            "name": device.name,
            "kind": "zk",
            "host": "127.0.0.1",
            "port": ports[device.code],
            "serial": device.serial,
            "unit": device.unit,
            "timezone": "Asia/Ho_Chi_Minh",
            "direction": "",
            "comm_key": "",
            "push": 0,
            "installed_on": date(world.span.begins.year - 1, 12, 31),
        }


def _badges(world: World) -> Iterable[Row]:
    enrolled = {person.code for person in world.people if person.enrolled}
    for badge in world.badges:
        if badge.person in enrolled:
            yield {
                "person": badge.person,
                "terminal": badge.terminal,
                "device_user_id": badge.device_user_id,
                "valid_from": badge.valid_from,
                "valid_to": badge.valid_to,
            }


def _excuses(world: World) -> Iterable[Row]:
    """What is on record by now: illness that nobody has reported yet is not, plans are."""
    for excuse in sorted(world.excuses, key=lambda one: (one.starts, one.person, one.type)):
        if excuse.type in UNFORESEEN and excuse.entered_at > world.span.now:
            continue
        entered_at = min(excuse.entered_at, world.span.now)
        yield {
            "person": world.people[excuse.person].code,
            "type": excuse.type,
            "from": excuse.starts,
            "to": excuse.ends,
            "status": excuse.status,
            "document": excuse.document,
            "document_date": min(excuse.document_on, entered_at.date()),
            "entered_at": entered_at,
        }


def _roster(world: World) -> Iterable[Row]:
    for entry in sorted(world.roster, key=lambda one: (one.starts, one.person, one.kind)):
        yield {
            "person": world.people[entry.person].code,
            "kind": entry.kind,
            "from": entry.starts,
            "to": entry.ends,
            "place": entry.place,
            "document": entry.document,
        }


def _allowances(world: World) -> Iterable[Row]:
    for allowance in world.allowances:
        yield {
            "person": world.people[allowance.person].code,
            "kind": allowance.kind,
            "minutes": allowance.minutes,
            "where": allowance.where,
            "valid_from": allowance.valid_from,
            "valid_to": allowance.valid_to,
            "document": allowance.document,
        }


def _staffing(world: World) -> Iterable[Row]:
    """Where the public is served, at least two thirds of the posts are to be there."""
    since = date(world.span.begins.year, 1, 1)
    for office in OFFICES:
        people = sum(post.count for post in office.posts)
        if office.public_facing and people:
            document = f"Thông báo số 7/TB-{office.symbol or 'UBND'} về bố trí người trực một cửa"
            yield {
                "unit": office.code,
                "session": "",
                "people": people * 2 // 3,
                "valid_from": since,
                "document": document,
            }
