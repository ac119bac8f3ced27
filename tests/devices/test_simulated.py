"""The simulated terminal as a terminal: its memory, its clock, its manners."""

import socket
import threading
from datetime import UTC, datetime

import numpy as np

from devices.simulated import Faults, PunchColumns, SimulatedModel, SimulatedTerminal, SimulatedUser
from devices.zk import ZkTerminal
from tests.devices.office import MORNING, SERIAL, STAFF, clock, history, rows_of, seconds, settings_for


def punches_of(terminal: SimulatedTerminal) -> list[str]:
    reading = ZkTerminal(settings_for(terminal), clock).read()
    return [
        f"{one}@{at}"
        for one, at in zip(reading.punches.device_user_id, reading.punches.device_seconds, strict=True)
    ]


def test_a_full_terminal_forgets_its_oldest_punches() -> None:
    model = SimulatedModel(capacity=100)
    with SimulatedTerminal(serial=SERIAL, clock=clock, users=STAFF, log=history(90), model=model) as terminal:
        terminal.append(history(30, seed=2))
        reading = ZkTerminal(settings_for(terminal), clock).read()
    wanted = [*rows_of(history(90)), *rows_of(history(30, seed=2))][-100:]
    assert reading.punches.device_seconds.tolist() == [row[1] for row in wanted]
    assert (reading.count_after, reading.capacity) == (100, 100)


def test_punches_appended_from_many_threads_while_it_is_read_all_stay() -> None:
    with SimulatedTerminal(serial=SERIAL, clock=clock, users=STAFF, log=history(100)) as terminal:
        start = threading.Barrier(5)

        def append(number: int) -> None:
            start.wait()
            for step in range(20):
                at = seconds(MORNING) + number * 1000 + step
                terminal.append(PunchColumns(user_id=[STAFF[number % 3].user_id], seconds=np.array([at])))

        threads = [threading.Thread(target=append, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        start.wait()
        during = punches_of(terminal)
        for thread in threads:
            thread.join()
        after = punches_of(terminal)
    assert (len(after), len(set(after[100:]))) == (180, 80)
    assert after[: len(during)] == during


def test_its_clock_shows_its_own_zone() -> None:
    def moment() -> datetime:
        return datetime(2026, 11, 22, 18, 30, 59, 900_000, tzinfo=UTC)

    with SimulatedTerminal(serial=SERIAL, clock=moment) as terminal:
        assert ZkTerminal(settings_for(terminal), moment).check().device_time == datetime(
            2026, 11, 23, 1, 30, 59
        )
    model = SimulatedModel(timezone="Asia/Tokyo")
    with SimulatedTerminal(serial=SERIAL, clock=moment, model=model) as terminal:
        assert ZkTerminal(settings_for(terminal), moment).check().device_time == datetime(
            2026, 11, 23, 3, 30, 59
        )


def test_six_terminals_serve_side_by_side() -> None:
    terminals = [
        SimulatedTerminal(
            serial=f"CKT70100{number:02}", clock=clock, users=STAFF, log=history(200, seed=number)
        )
        for number in range(6)
    ]
    found = {}

    def read(terminal: SimulatedTerminal, number: int) -> None:
        found[number] = ZkTerminal(settings_for(terminal), clock).read()

    for terminal in terminals:
        terminal.start()
    threads = [threading.Thread(target=read, args=pair) for pair in zip(terminals, range(6), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for terminal in terminals:
        terminal.stop()
    for number in range(6):
        assert found[number].serial == f"CKT70100{number:02}"
        assert found[number].punches.device_seconds.tolist() == history(200, seed=number).seconds.tolist()


def test_stopping_frees_the_port_even_under_a_stalled_connection() -> None:
    terminal = SimulatedTerminal(serial=SERIAL, clock=clock, faults=Faults(silent=True)).start()
    with socket.create_connection((terminal.host, terminal.port)) as caller:
        caller.sendall(bytes.fromhex("5050827D08000000E80317FC00000000"))
        terminal.stop()
        with socket.create_server((terminal.host, terminal.port)):
            pass


def test_a_terminal_never_started_can_be_stopped() -> None:
    SimulatedTerminal(serial=SERIAL, clock=clock).stop()


def test_fifty_thousand_punches_of_three_hundred_people_are_encoded_and_read() -> None:
    people = [SimulatedUser(uid=n, user_id=f"{n:05d}") for n in range(1, 301)]
    log = history(50_000, users=people)
    with SimulatedTerminal(serial=SERIAL, clock=clock, users=people, log=log) as terminal:
        reading = ZkTerminal(settings_for(terminal), clock).read()
    assert reading.punches.device_user_id.tolist() == list(log.user_id)
    assert reading.punches.device_seconds.tolist() == log.seconds.tolist()
