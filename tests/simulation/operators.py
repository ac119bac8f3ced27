"""What people in the office do to the product: leave, badges, files, months, copies; and their mistakes."""

import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from devices.errors import BadReply
from monitor.backup.aftercare import care
from monitor.backup.sqlite import copy_online
from monitor.intake import import_punches
from monitor.intake.undo import undo_import
from monitor.periods import PeriodRefused, close_period
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import Entered, enter_excuse, withdraw_excuse
from monitor.setup import import_file
from monitor.store.session import StoreError, open_database, reading, transaction
from monitor.store.tables import Excuse, FileImport, Terminal
from tests.simulation.installation import NEWCOMER, SETTINGS, instant
from tests.simulation.oracle import DAY, PENDING
from tests.simulation.properties import ask, sealed_rows
from tests.simulation.terminals import EPOCH, Record, shown_as
from tests.simulation.world import FOREVER, World

Step = Callable[[World], None]
ZONE = "Asia/Ho_Chi_Minh"
MONTH_CLOSED = "register_month_closed"
"""What is refused for good: the operator lets it be."""


def leave(person: int, day: int) -> Step:
    """A day's leave is entered, perhaps long after."""

    def enter_leave(world: World) -> None:
        world.truth.muddle([person], f"leave {day}")
        month_is_open = True
        entered = Entered(person_id=person, type_code="leave", starts=day * DAY, ends=(day + 1) * DAY - 1)
        try:
            with transaction(world.home.web.engine) as session:
                enter_excuse(session, entered, entered_at=world.now, actor="account:hr", at=world.clock())
        except RegisterRefused as refused:
            world.note("leave", refused.code)  # entered already, its answer was lost
            month_is_open = refused.code != MONTH_CLOSED
        if month_is_open:
            world.truth.excused.add((person, day))
        world.truth.put_right([person], f"leave {day}")

    return enter_leave


def no_leave(person: int, day: int) -> Step:
    """The leave is taken back."""

    def withdraw_leave(world: World) -> None:
        world.truth.muddle([person], f"leave {day}")
        wanted = select(col(Excuse.id)).where(
            col(Excuse.person_id) == person, col(Excuse.starts) == day * DAY, col(Excuse.status) == "approved"
        )
        try:
            with transaction(world.home.web.engine) as session:
                for excuse_id in session.scalars(wanted).all():
                    withdraw_excuse(
                        session, excuse_id or 0, reason="đi làm", actor="account:hr", at=world.clock()
                    )
            world.truth.excused.discard((person, day))
        except RegisterRefused as refused:
            world.note("leave stays", refused.code)
            if refused.code != MONTH_CLOSED:
                raise
        world.truth.put_right([person], f"leave {day}")

    return withdraw_leave


def badges(rows: Sequence[tuple[int, str, int | None, int | None]], *, right: bool) -> Step:
    """A file of badges; one that is not right says something untrue of everybody in it."""

    def enter_badges(world: World) -> None:
        people = {row[0] for row in rows}
        world.truth.muddle(people, "badges")
        lines = ["person,terminal,device_user_id,valid_from,valid_to"]
        lines += [f"N{p},*,{user},{_date(first)},{_date(last)}" for p, user, first, last in rows]
        file = world.home.folder / "badges.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        report = import_file(
            world.home.web.engine, "badges", file, now=world.clock(), zone=ZONE, actor="account:hr"
        )
        world.note("badges", report.applied)
        if right:
            world.truth.put_right(people, "badges")

    return enter_badges


def _date(day: int | None) -> str:
    return "" if day is None else f"{EPOCH + timedelta(days=day):%Y-%m-%d}"


def reuse(world: World, person: int, day: int) -> Step:
    """From a day on, the id of somebody who has left is the newcomer's."""
    world.truth.holders.remove((person, str(person), 0, FOREVER))
    world.truth.holders += [(person, str(person), 0, day - 1), (NEWCOMER, str(person), day, FOREVER)]
    return badges([(person, str(person), None, day - 1), (NEWCOMER, str(person), day, None)], right=True)


def punch_file(world: World, terminal_id: int, records: Sequence[Record], name: str) -> Step:
    """A punch file of a terminal is imported; the same file again changes nothing."""
    text = "".join(f"{one.user:>9}\t{shown_as(one.shown)}\t1\t0\t{one.verify}\t0\n" for one in records)

    def enter_file(world: World) -> None:
        path = world.home.folder / name
        path.write_text(text, encoding="ascii")
        world.ledger.show(terminal_id, records)
        try:
            import_punches(
                world.home.web.engine, path, f"M{terminal_id}", now=world.clock(), actor="account:hr"
            )
        except BadReply as refused:
            if records or refused.code != "file_without_lines":
                raise
            world.note("file refused", refused.code)
        world.ledger.owe(terminal_id, records)

    return enter_file


def undo_file(terminal_id: int, records: Sequence[Record], name: str) -> Step:
    """The file was another office's: it counts no more."""

    def undo(world: World) -> None:
        with reading(world.home.web.engine) as session:
            wanted = select(col(FileImport.id)).where(col(FileImport.file_name) == name)
            ids = list(session.scalars(wanted))
        for import_id in ids:
            try:
                with transaction(world.home.web.engine) as session:
                    undo_import(session, import_id or 0, by="account:hr", reason="nhầm", now=world.clock())
            except StoreError as error:
                if error.code != "import_already_undone":
                    raise
        world.withheld |= {(terminal_id, one.user, one.shown) for one in records}
        world.truth.put_right((int(one.user) for one in records), "file")

    return undo


def new_serial(terminal_id: int) -> Step:
    """Another device stands there: its serial number is entered."""

    def enter_serial(world: World) -> None:
        with transaction(world.home.web.engine) as session:
            session.get_one(Terminal, terminal_id).serial = world.terminals[terminal_id].serial

    return enter_serial


def close_month(month: str) -> Step:
    """The month is closed, and from then on never changes."""

    def close(world: World) -> None:
        try:
            closed = close_period(
                world.home.web.engine,
                "VP",
                month,
                now=world.clock(),
                actor="account:hr",
                settings=SETTINGS,
            )
            world.note("closed", closed[0].sessions)
        except PeriodRefused as refused:
            world.note("close", refused.code)
        if month not in world.sealed and (rows := sealed_rows(world, month)):
            world.sealed[month] = rows
            ((first, last),) = ask(world, "SELECT first_day, last_day FROM period WHERE month = ?", month)
            world.closed.append((first, last, {person for person, _ in world.truth.muddled}))

    return close


def back_up(world: World) -> None:
    """A copy by the backup's own means, while everything runs; what it owes is what is owed now."""
    copy = world.home.folder / "copy.db"
    world.attempt("backup", world.home.web, lambda: copy_online(world.home.path, copy))
    world.backup = (world.ledger.copy(), len(world.done), dict(world.sealed), world.now)


def restore(world: World) -> None:
    """The copy is put back with the restore's own aftercare; the operator enters again what is missing."""
    if world.backup is None:
        return
    world.faults["restore"] += 1
    ledger, entered, sealed, made = world.backup
    back = world.home.folder / "back.db"
    shutil.copyfile(world.home.folder / "copy.db", back)
    engine = open_database(f"sqlite:///{back}", anywhere=True)
    with transaction(engine) as session:
        care(session, made_at=instant(made), now=world.clock(), actor="account:admin")
    engine.dispose()
    if world.home.has_log:
        # With a write-ahead log the restore refuses as long as anybody is at the file.
        world.home.let_go()
    back.replace(world.home.path)
    world.ledger.must, world.ledger.must_raw = ledger.must, ledger.must_raw
    world.ledger.known_until = ledger.known_until
    world.sealed = sealed
    world.restart_web()
    world.restart_work()
    for terminal in world.terminals.values():
        terminal.greeted = False
        if terminal.pushes:
            world.truth.disturbed.add(terminal.id)
    again, world.done = world.done[entered:], world.done[:entered]
    world.todo = again + world.todo
    world.note("restored", PENDING, len(again))
