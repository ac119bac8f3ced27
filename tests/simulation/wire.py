"""The network between the product and the terminals: what a read and a delivery meet with on the way."""

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from devices.errors import BadReply, Unreachable
from tests.simulation.installation import port_of
from tests.simulation.terminals import EPOCH, Record, SimTerminal
from tests.simulation.world import World

Part = tuple[str, Any, bytes]

PULL_FAULTS = (
    *("unreachable", "cut", "timed_out", "short", "fewer", "garbage"),
    *("grows", "count_unknown", "log_missing", "false_empty", "no_clock"),
)
PUSH_FAULTS = ("answer_lost", "body_cut", "delivered_twice", "reordered", "garbage_line", "stranger", "slow")


def read_over(world: World, task: Mapping[str, Any]) -> Iterator[Part]:
    """What the child process of a contact tells; stands in for `devices.zk_child.parts`."""
    terminal = next(one for one in world.terminals.values() if port_of(one.id) == task["port"])
    if world.swapped and terminal.id in (1, 2):
        terminal = world.terminals[3 - terminal.id]
    fault = terminal.faults.pop(0) if terminal.faults else ""
    if fault:
        world.faults[f"pull:{fault}"] += 1
    if terminal.away or fault == "unreachable":
        raise Unreachable("unreachable")
    yield "serial", terminal.serial, b""
    if task["serial"] and terminal.serial != task["serial"]:
        raise BadReply("wrong_serial", expected=task["serial"], found=terminal.serial)
    yield "firmware", "Ver 6.60", b""
    shown = terminal.clock(world.now)
    told = None if fault == "no_clock" else (EPOCH + timedelta(seconds=shown)).isoformat()
    yield "clock", told, b""
    yield "sizes", _sizes(terminal, fault), b""
    if fault == "cut":
        raise Unreachable("broken_off")
    if fault == "grows":
        terminal.punch("90", world.now)
    body, announced, records = _log(terminal, fault, world.dice)
    world.ledger.show(terminal.id, records)
    world.ledger.may_raw.update((terminal.id, one.bytes_in(terminal.layout)) for one in records)
    yield "log", {"announced": announced}, body
    users = terminal.user_list()
    yield "users", {"announced": len(users)}, users
    if fault == "timed_out":
        raise Unreachable("timed_out")
    yield "sizes", _sizes(terminal, fault), b""
    world.delivered[terminal.id] = list(records)
    if told is not None:
        world.ledger.know(terminal.id, max(world.now, shown))


def _sizes(terminal: SimTerminal, fault: str) -> dict[str, int]:
    records = 0 if terminal.silent_count or fault in {"count_unknown", "false_empty"} else len(terminal.log)
    return {"records": records, "users": len(terminal.users), "capacity": terminal.capacity}


def _log(terminal: SimTerminal, fault: str, dice: random.Random) -> tuple[bytes, int, list[Record]]:
    """The log's bytes, how many were announced, and the records that are in them."""
    body, records = terminal.body(), list(terminal.log)
    if fault == "short":
        return body[: max(4, len(body) // 2)], len(body), records
    if fault == "fewer":
        less = records[: max(1, len(records) // 3)]
        rows = b"".join(one.bytes_in(terminal.layout) for one in less)
        body = len(rows).to_bytes(4, "little") + rows
        # A terminal that does not count cannot be caught at this: then it is no fault but its log.
        return (
            (body, len(body), less)
            if not terminal.silent_count
            else (terminal.body(), len(terminal.body()), records)
        )
    if fault == "garbage":
        rows = dice.randbytes(len(body) - 4)
        return len(rows).to_bytes(4, "little") + rows, len(body), []
    if fault in {"log_missing", "false_empty"}:
        return b"\0\0\0\0", 4, []
    return body, len(body), records


def deliver(world: World, terminal: SimTerminal, fault: str = "") -> None:
    """A terminal that delivers by itself: handshake, its queue in portions, and a poll."""
    if terminal.away:
        world.note("push", terminal.code, "away")
        return
    if fault:
        world.faults[f"push:{fault}"] += 1
    if not terminal.greeted and not _greet(world, terminal):
        return
    _strange_deliveries(world, terminal, fault)
    shuffled = fault == "reordered"
    for batch in terminal.batches(5 if shuffled else 20, world.dice, shuffled=shuffled):
        if not _upload(world, terminal, batch, fault):
            return
    if fault != "slow":
        poll(world, terminal)


def _greet(world: World, terminal: SimTerminal) -> bool:
    """Shake hands and obey: a stamp of 0 puts the whole log into the queue again."""
    status, text = _ask(world, "GET", f"/iclock/cdata?SN={terminal.serial}&options=all")
    terminal.greeted = status == 200
    if terminal.greeted and "ATTLOGStamp=0\n" in text:
        terminal.queue = list(terminal.log)
    return terminal.greeted


def _strange_deliveries(world: World, terminal: SimTerminal, fault: str) -> None:
    """What is no honest upload of this terminal, and must leave no punch."""
    target = f"/iclock/cdata?SN={terminal.serial}&table=ATTLOG&Stamp=7"
    if fault == "stranger":
        forged = Record(user="1", shown=world.now - 7, true=0).line
        status, _ = _ask(world, "POST", target.replace(terminal.serial, "UNKNOWN1"), forged)
        world.note("stranger", status)
    elif fault == "body_cut":
        lines = b"".join(one.line + b"\n" for one in terminal.queue)
        status, _ = _ask(world, "POST", target, lines[: len(lines) // 2], length=len(lines))
        world.note("body cut", status)
    elif fault == "garbage_line":
        rubbish = b"\xff\x01 rubbish"
        world.ledger.may_raw.add((terminal.id, rubbish))
        if _ask(world, "POST", target, rubbish)[0] == 200:
            world.ledger.must_raw.add((terminal.id, rubbish))


def _upload(world: World, terminal: SimTerminal, batch: list[Record], fault: str) -> bool:
    """One portion; whether the terminal goes on with the next."""
    terminal.stamp += 1
    target = f"/iclock/cdata?SN={terminal.serial}&table=ATTLOG&Stamp={terminal.stamp}"
    world.ledger.show(terminal.id, batch)
    body = b"".join(one.line + b"\n" for one in batch)
    status, text = _ask(world, "POST", target, body)
    if fault == "delivered_twice":
        _ask(world, "POST", target, body)
    ok = status == 200 and text.startswith("OK")
    world.note("push", terminal.code, len(batch), status)
    if not ok or fault == "answer_lost":
        return False
    world.ledger.owe(terminal.id, batch)
    terminal.queue = [one for one in terminal.queue if one not in batch]
    return True


def poll(world: World, terminal: SimTerminal) -> None:
    """A terminal with nothing left to send asks for work."""
    if not terminal.queue:
        world.ledger.know(terminal.id, max(world.now, terminal.clock(world.now)))
    _ask(world, "GET", f"/iclock/getrequest?SN={terminal.serial}")


def _ask(
    world: World, method: str, target: str, body: bytes = b"", *, length: int | None = None
) -> tuple[int, str]:
    """One request to the port of the terminals; status 0 when the process ended over it."""
    address: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1"}
    if length is not None:
        address["CONTENT_LENGTH"] = str(length)
    got: list[tuple[int, str]] = []

    def ask() -> int:
        answer = world.client.open(target, method=method, data=body or None, environ_overrides=address)
        got.append((answer.status_code, answer.text))
        return answer.status_code

    world.attempt("ask", world.home.web, ask)
    return got[0] if got else (0, "")
