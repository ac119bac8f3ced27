"""On clean logs the driver and plain pyzk agree; where pyzk loses punches, the driver does not."""

from dataclasses import replace

import pytest

from devices.simulated import Faults, PunchColumns, SimulatedModel, SimulatedTerminal
from devices.zk import ZkTerminal
from tests.devices.office import MORNING, NOW, SERIAL, STAFF, clock, history, rows_of, seconds, settings_for
from tests.devices.plain_pyzk import attendance, connected

pytestmark = pytest.mark.slow


def terminal(
    count: int, layout: str = "40", faults: Faults | None = None, **model: object
) -> SimulatedTerminal:
    return SimulatedTerminal(
        serial=SERIAL,
        clock=clock,
        users=STAFF,
        log=history(count),
        model=replace(SimulatedModel(layout=layout), **model),  # type: ignore[arg-type]  # by name
        faults=faults,
    )


def driver_rows(simulated: SimulatedTerminal, **changes: object) -> list[tuple[str, int, int, int]]:
    punches = ZkTerminal(settings_for(simulated, **changes), clock).read().punches
    columns = (punches.device_user_id, punches.device_seconds, punches.verify, punches.state)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("udp", [False, True])
@pytest.mark.parametrize("user_bytes", [28, 72])
@pytest.mark.parametrize("layout", ["8", "16", "40"])
@pytest.mark.parametrize("count", [3, 5000])
def test_plain_pyzk_and_the_driver_read_the_same_clean_log(
    layout: str, user_bytes: int, count: int, udp: bool
) -> None:
    with terminal(count, layout, user_bytes=user_bytes, udp=udp) as simulated:
        with connected(simulated, udp=udp) as client:
            theirs = attendance(client)
        assert theirs == rows_of(history(count))
        assert driver_rows(simulated, transport="udp" if udp else "") == theirs


def test_plain_pyzk_reads_everything_else_the_simulated_terminal_says() -> None:
    with terminal(10) as simulated, connected(simulated) as client:
        assert client.get_serialnumber() == SERIAL
        assert client.get_firmware_version() == "Ver 6.60 Sep 19 2019"
        assert client.get_platform() == "ZMM220_TFT"
        assert client.get_device_name() == "Simulated"
        assert seconds(client.get_time()) == seconds(NOW.replace(tzinfo=None)) + 7 * 3600
        users = client.get_users()
        assert [(one.uid, one.user_id, one.name) for one in users] == [
            (one.uid, one.user_id, one.name) for one in STAFF
        ]
        client.read_sizes()
        assert (client.users, client.records, client.rec_cap, client.rec_av) == (3, 10, 100_000, 99_990)


def test_plain_pyzk_clears_the_simulated_log_which_the_driver_never_does() -> None:
    with terminal(10) as simulated:
        driver_rows(simulated)
        assert len(simulated) == 10
        with connected(simulated) as client:
            client.clear_attendance()
        assert len(simulated) == 0


def pyzk_rows(simulated: SimulatedTerminal) -> object:
    with connected(simulated) as client:
        try:
            return attendance(client)
        except Exception as error:  # whatever it is, all punches are lost
            return type(error)


@pytest.mark.parametrize("layout", ["49", "49-marker", "40-marker", "8-ma300"])
@pytest.mark.parametrize("count", [2, 10, 100])
def test_layouts_that_pyzk_garbles_are_read_right(layout: str, count: int) -> None:
    with terminal(count, layout) as simulated:
        assert pyzk_rows(simulated) != rows_of(history(count))
        assert driver_rows(simulated) == rows_of(history(count))


@pytest.mark.parametrize(("layout", "count"), [("8", 100), ("8", 1), ("16", 100), ("49", 100)])
def test_a_punch_between_count_and_read_garbles_pyzk_and_not_the_driver(layout: str, count: int) -> None:
    late = PunchColumns(user_id=["1002"], seconds=history(count).seconds[-1:] + 60)
    wanted = [*rows_of(history(count)), *rows_of(late)]
    with terminal(count, layout) as simulated:
        simulated.faults = Faults(on_log_request=lambda: simulated.append(late))
        assert pyzk_rows(simulated) != wanted
    with terminal(count, layout) as simulated:
        simulated.faults = Faults(on_log_request=lambda: simulated.append(late))
        assert driver_rows(simulated) == wanted


@pytest.mark.parametrize("faults", [Faults(reported_count=0), Faults(short_sizes=True)])
@pytest.mark.parametrize("layout", ["8", "8-ma300", "16", "40", "49", "49-marker", "40-marker"])
def test_a_count_of_nothing_hides_the_log_from_pyzk_and_not_from_the_driver(
    layout: str, faults: Faults
) -> None:
    with terminal(100, layout, faults) as simulated:
        assert pyzk_rows(simulated) == []
        reading = ZkTerminal(settings_for(simulated), clock).read()
        assert len(reading.punches) == 100
        assert reading.notes == ("count_not_reported",)


def test_one_30_february_costs_pyzk_the_log_and_the_driver_one_punch() -> None:
    with terminal(100, faults=Faults(impossible_date_rows=(41,))) as simulated:
        assert pyzk_rows(simulated) is ValueError
        wanted = rows_of(history(100))
        assert driver_rows(simulated) == wanted[:41] + wanted[42:]


def test_a_live_event_in_front_of_the_log_stops_pyzk_and_not_the_driver() -> None:
    with terminal(100, faults=Faults(event_before_reply=True)) as simulated:
        assert isinstance(pyzk_rows(simulated), type)
        assert driver_rows(simulated) == rows_of(history(100))


def test_leading_zeros_arrive() -> None:
    simulated = SimulatedTerminal(
        serial=SERIAL,
        clock=clock,
        log=PunchColumns(user_id=["007", "7", "0007"], seconds=[seconds(MORNING)] * 3),  # type: ignore[arg-type]  # a list will do
    )
    with simulated:
        assert [row[0] for row in driver_rows(simulated)] == ["007", "7", "0007"]
