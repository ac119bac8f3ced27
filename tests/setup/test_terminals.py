"""terminals.csv."""

import pytest
from sqlalchemy import text

from tests.setup.conftest import LAST_MARKED, TERMINALS, Fault, Office

HEADER = "code,name,kind,host,port,serial,unit,timezone,direction,comm_key,push,installed_on\n"


def test_a_terminal_is_stored_with_every_column(every_office: Office) -> None:
    row = "T3,Cổng sau,zk,10.0.0.7,4371,CCC333,VP,Asia/Bangkok,in,12345,1,2024-05-01\n"
    assert every_office.load("terminals", HEADER + row).applied
    columns = "kind, host, port, serial, timezone, direction, comm_key, push, CAST(installed_on AS TEXT)"
    query = f"SELECT {columns} FROM terminal WHERE code = 'T3'"
    assert every_office.rows(query) == [
        ("zk", "10.0.0.7", 4371, "CCC333", "Asia/Bangkok", "in", "12345", True, "2024-05-01")
    ]


def test_what_a_row_leaves_open_has_a_default(office: Office) -> None:
    assert office.load("terminals", "code,kind\nF1,file\n").applied
    query = (
        "SELECT name, host, port, serial, timezone, direction, comm_key, push FROM terminal WHERE code = 'F1'"
    )
    assert office.rows(query) == [("F1", "", 0, None, "Asia/Ho_Chi_Minh", "", "", 0)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("T3,,fax,10.0.0.7,,,,,,,,\n", ("2", "kind", "bad_choice")),
        ("T3,,zk,,,,,,,,,\n", ("2", "host", "host_missing")),
        ("T3,,hikvision,,,,,,,,,\n", ("2", "host", "host_missing")),
        ("T3,,zk,clock.local,,,,,,,,\n", ("2", "host", "bad_host")),
        ("T3,,zk,10.0.0.7,70000,,,,,,,\n", ("2", "port", "bad_number")),
        ("T3,,zk,10.0.0.7,0,,,,,,,\n", ("2", "port", "bad_number")),
        ("T3,,zk,10.0.0.7,-1,,,,,,,\n", ("2", "port", "bad_number")),
        ("T3,,zk,10.0.0.7,,AAA111,,,,,,\n", ("2", "serial", "serial_taken")),
        ("T3,,zk,10.0.0.7,,A 1,,,,,,\n", ("2", "serial", "serial_malformed")),
        ("T3,,file,,,S9,,,,,,\nT4,,file,,,S9,,,,,,\n", ("3", "serial", "serial_taken")),
        ("T3,,file,,,,XX,,,,,\n", ("2", "unit", "unknown_unit")),
        ("T3,,file,,,,,Asia/Hanoi,,,,\n", ("2", "timezone", "bad_zone")),
        ("T3,,file,,,,,../passwd,,,,\n", ("2", "timezone", "bad_zone")),
        ("T3,,file,,,,,,both,,,\n", ("2", "direction", "bad_choice")),
        ("T3,,file,,,,,,,1000000,,\n", ("2", "comm_key", "bad_comm_key")),
        ("T3,,file,,,,,,,secret,,\n", ("2", "comm_key", "bad_comm_key")),
        ("T3,,zk,10.0.0.7,,,,,,admin:secret,,\n", ("2", "comm_key", "bad_comm_key")),
        ("T3,,hikvision,10.0.0.7,,,,,,1234,,\n", ("2", "comm_key", "bad_account")),
        ("T3,,biotime,10.0.0.7,,,,,,:secret,,\n", ("2", "comm_key", "bad_comm_key")),
        ("T3,,dahua,10.0.0.7,,,,,,admin:,,\n", ("2", "comm_key", "bad_comm_key")),
        ("T3,,dahua,10.0.0.7,,,,,,admin:a\x07b,,\n", ("2", "comm_key", "bad_characters")),
        ("T3,,file,,,,,,,,yes,\n", ("2", "push", "bad_choice")),
        ("T3,,file,,,,,,,,,soon\n", ("2", "installed_on", "bad_date")),
        ("T3,,file,,,,,,,,,\nT3,,file,,,,,,,,,\n", ("3", "code", "row_twice")),
        ("*,,file,,,,,,,,,\n", ("2", "code", "code_reserved")),
        ("manual,,file,,,,,,,,,\n", ("2", "code", "code_reserved")),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(office: Office, row: str, fault: Fault) -> None:
    assert office.faults("terminals", HEADER + row) == [fault]


def test_a_taken_serial_number_names_who_has_it(office: Office) -> None:
    error = office.fault("terminals", "code,kind,serial\nT3,file,BBB222\n")
    assert error.values == {"serial": "BBB222", "terminal": "T2"}


def test_a_comm_key_is_never_repeated_in_a_message(office: Office) -> None:
    error = office.fault("terminals", "code,kind,comm_key\nT3,file,hush-hush\n")
    assert "hush" not in error.text("vi") + error.text("en") + repr(error)


@pytest.mark.parametrize(("kind", "row"), [("zk", "admin:hush-hush"), ("dahua", "834219")])
def test_an_account_is_never_repeated_in_a_message(office: Office, kind: str, row: str) -> None:
    error = office.fault("terminals", f"code,kind,host,comm_key\nT3,{kind},10.0.0.7,{row}\n")
    assert row.rsplit(":", maxsplit=1)[-1] not in error.text("vi") + error.text("en") + repr(error)


@pytest.mark.parametrize("kind", ["hikvision", "dahua", "biotime"])
def test_a_source_with_an_account_keeps_it_in_the_column_of_the_key(office: Office, kind: str) -> None:
    office.load("terminals", f"code,kind,host,comm_key\nT3,{kind},10.0.0.7,admin:Mật khẩu:1\n")
    query = "SELECT comm_key FROM terminal WHERE code = 'T3'"
    assert office.rows(query) == [("admin:Mật khẩu:1",)]


def test_an_account_of_0_takes_the_stored_one_away(office: Office) -> None:
    office.load("terminals", "code,kind,host,comm_key\nT3,dahua,10.0.0.7,admin:x\n")
    office.load("terminals", "code,kind,host,comm_key\nT3,dahua,10.0.0.7,0\n")
    assert office.rows("SELECT comm_key FROM terminal WHERE code = 'T3'") == [("0",)]


def test_a_key_is_forgotten_where_another_kind_asks_for_an_account(office: Office) -> None:
    office.load("terminals", "code,kind,host,comm_key\nT3,zk,10.0.0.7,42\n")
    office.load("terminals", "code,kind,host\nT3,hikvision,10.0.0.7\n")
    assert office.rows("SELECT comm_key FROM terminal WHERE code = 'T3'") == [("",)]


def test_two_terminals_may_swap_their_serial_numbers(every_office: Office) -> None:
    swapped = TERMINALS.replace("AAA111", "?").replace("BBB222", "AAA111").replace("?", "BBB222")
    assert every_office.load("terminals", swapped).changed == 2
    query = "SELECT code, serial FROM terminal ORDER BY code"
    assert every_office.rows(query) == [("T1", "BBB222"), ("T2", "AAA111")]


def test_a_file_without_keys_and_serial_numbers_leaves_the_stored_ones(office: Office) -> None:
    office.load("terminals", "code,name,kind,host,serial,comm_key\nT1,Cổng chính,zk,10.0.0.5,AAA111,42\n")
    assert office.load("terminals", "code,name,kind,host\nT1,Cổng mới,zk,10.0.0.5\n").changed == 1
    query = "SELECT name, serial, comm_key FROM terminal WHERE code = 'T1'"
    assert office.rows(query) == [("Cổng mới", "AAA111", "42")]


def test_a_comm_key_of_0_takes_the_stored_one_away(office: Office) -> None:
    office.load("terminals", "code,kind,host,comm_key\nT1,zk,10.0.0.5,42\n")
    office.load("terminals", "code,kind,host,comm_key\nT1,zk,10.0.0.5,0\n")
    assert office.rows("SELECT comm_key FROM terminal WHERE code = 'T1'") == [("0",)]


@pytest.mark.parametrize(("serial", "layout"), [("AAA111", "40"), ("NEW999", "")])
def test_a_proven_layout_is_forgotten_with_the_device_it_was_proven_for(
    office: Office, serial: str, layout: str
) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE terminal SET layout = '40'"))
    office.load("terminals", f"code,name,kind,host,serial\nT1,Tên mới,zk,10.0.0.5,{serial}\n")
    assert office.rows("SELECT layout FROM terminal WHERE code = 'T1'") == [(layout,)]


def test_another_direction_marks_the_holders_of_badges_there(office: Office) -> None:
    file = "code,name,kind,host,port,serial,unit,direction\nT2,Tầng 2,zk,10.0.0.6,4370,BBB222,VP,in\n"
    assert office.load("terminals", file).changed == 1
    assert office.marks() == {("NV2", "1970-01-01", LAST_MARKED)}


def test_another_address_marks_nobody(office: Office) -> None:
    assert office.load("terminals", TERMINALS.replace("10.0.0.5", "10.0.0.99")).changed == 1
    assert office.marks() == set()


def test_a_new_terminal_marks_people_with_a_badge_everywhere(office: Office) -> None:
    office.load("terminals", "code,kind\nF1,file\n")
    assert office.marks() == {("NV2", "1970-01-01", LAST_MARKED)}


def test_the_settings_of_a_pushing_terminal_are_stored_and_kept(office: Office) -> None:
    row = "code,kind,serial,push_network,push_timezone\nP1,zk_push,PP1,10.2.0.0/24,off\n"
    assert office.load("terminals", row).applied
    assert office.load("terminals", "code,kind,serial,name\nP1,zk_push,PP1,Cổng sau\n").applied
    query = "SELECT name, push_network, push_timezone FROM terminal WHERE code = 'P1'"
    assert office.rows(query) == [("Cổng sau", "10.2.0.0/24", "off")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("push_network", "10.2.0.1/24", "bad_host"),
        ("push_network", "clock.local", "bad_host"),
        ("push_timezone", "7\tRealtime=0", "bad_zone"),
        ("push_timezone", "Asia/Ho_Chi_Minh", "bad_zone"),
    ],
)
def test_a_wrong_setting_of_a_pushing_terminal_is_refused(
    office: Office, column: str, value: str, code: str
) -> None:
    text = f"code,kind,serial,{column}\nP1,zk_push,PP1,{value}\n"
    assert office.faults("terminals", text) == [("2", column, code)]


PIN = "ab" * 32


@pytest.mark.parametrize(
    ("kind", "transport", "stored", "port"),
    [
        ("zk", "", "", 4370),
        ("zk", "tcp", "", 4370),
        ("zk", "udp", "udp", 4370),
        ("hikvision", "http", "", 80),
        ("hikvision", "https", "https", 443),
        ("dahua", f"https:sha256={PIN.upper()}", f"https:sha256={PIN}", 443),
        ("biotime", "https:do-not-verify", "https:do-not-verify", 443),
    ],
)
def test_the_way_to_a_terminal_is_stored_in_one_form_and_brings_its_usual_port(
    office: Office, kind: str, transport: str, stored: str, port: int
) -> None:
    assert office.load("terminals", f"code,kind,host,transport\nT3,{kind},10.0.0.7,{transport}\n").applied
    assert office.rows("SELECT transport, port FROM terminal WHERE code = 'T3'") == [(stored, port)]


@pytest.mark.parametrize(
    ("kind", "transport"),
    [("zk", "https"), ("hikvision", "udp"), ("hikvision", "https:sha256=ab"), ("file", "tcp")],
)
def test_a_way_that_a_kind_does_not_know_is_refused(office: Office, kind: str, transport: str) -> None:
    file = f"code,kind,host,transport\nT3,{kind},10.0.0.7,{transport}\n"
    assert office.faults("terminals", file) == [("2", "transport", "transport_unknown")]
    assert "tcp" in office.fault("terminals", "code,kind,host,transport\nT3,zk,10.0.0.7,x\n").text("vi")


def test_a_file_without_the_column_leaves_the_way_alone_except_for_another_kind(office: Office) -> None:
    office.load("terminals", "code,kind,host,transport\nT3,dahua,10.0.0.7,https\n")
    office.load("terminals", "code,name,kind,host\nT3,Cổng,dahua,10.0.0.7\n")
    query = "SELECT transport, port FROM terminal WHERE code = 'T3'"
    assert office.rows(query) == [("https", 443)]
    office.load("terminals", "code,kind,host\nT3,zk,10.0.0.7\n")
    assert office.rows(query) == [("", 4370)]


def test_a_push_key_is_kept_until_0_takes_it_away_and_never_repeated(office: Office) -> None:
    query = "SELECT push_key FROM terminal WHERE code = 'P1'"
    office.load("terminals", "code,kind,serial,push_key\nP1,zk_push,PP1,88888888\n")
    office.load("terminals", "code,name,kind,serial\nP1,Cổng,zk_push,PP1\n")
    assert office.rows(query) == [("88888888",)]
    office.load("terminals", "code,kind,serial,push_key\nP1,zk_push,PP1,0\n")
    assert office.rows(query) == [("",)]
    error = office.fault("terminals", "code,kind,serial,push_key\nP1,zk_push,PP1,hush hush\n")
    assert error.code == "bad_push_key"
    assert "hush" not in error.text("vi") + error.text("en") + repr(error)
