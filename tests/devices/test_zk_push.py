"""The text of ADMS / PUSH: every form a request comes in, what is refused, what is answered."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import zk_push
from devices.push_call import BadCall, Call, PushUpload
from devices.zk_push import DeviceInfo, call_of, device_info, split_table

LINE = b"982\t2026-11-22 07:29:51\t0\t1\t0\t\t"


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def punches(upload: PushUpload) -> list[tuple[str, int, int, int, int]]:
    """Id, seconds, state, verify and work code of each sound line."""
    batch = upload.punches
    columns = (batch.device_seconds, batch.state, batch.verify, batch.work_code)
    return list(zip(batch.device_user_id.tolist(), *(column.tolist() for column in columns), strict=True))


def refusal(method: str, path: str, query: str) -> str:
    with pytest.raises(BadCall) as refused:
        call_of(method, path, query)
    return refused.value.code


@pytest.mark.parametrize(
    ("method", "target", "what"),
    [
        ("GET", "/iclock/cdata?SN=A1&options=all&pushver=2.4.1", "handshake"),
        ("GET", "/iclock/cdata?SN=A1", "handshake"),
        ("GET", "/iclock/cdata?SN=A1&type=time", "time"),
        ("GET", "/iclock/cdata?SN=A1&table=RemoteAtt&PIN=3", "other"),
        ("POST", "/iclock/cdata?SN=A1&table=ATTLOG", "upload"),
        ("GET", "/iclock/getrequest?SN=A1", "poll"),
        ("POST", "/iclock/devicecmd?SN=A1", "results"),
        ("POST", "/iclock/registry?SN=A1", "registry"),
        ("POST", "/iclock/push?SN=A1", "registry"),
        ("GET", "/iclock/ping?SN=A1", "ping"),
    ],
)
@pytest.mark.parametrize("ending", ["", "/", ".aspx"])
def test_every_call_is_known_with_every_ending(method: str, target: str, what: str, ending: str) -> None:
    path, _, query = target.partition("?")
    assert call_of(method, path + ending, query).what == what


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/iclock",
        "/iclock/",
        "/iclock/file",
        "/iclock/cdata/../file",
        "/iclock//cdata",
        "//iclock/cdata",
        "/iclock/cdata//",
        "/iclock/cdata.aspx/",
        "/iclock/cdata.php",
        "/iclock/cdata\n",
        "/ICLOCK/cdata",
        "/iclock/cdata\x00",
        "/static/x.css",
        "",
    ],
)
def test_any_other_path_does_not_exist(path: str) -> None:
    assert refusal("GET", path, "SN=A1") == "unknown_path"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "cdata"),
        ("HEAD", "getrequest"),
        ("OPTIONS", "cdata"),
        ("POST", "getrequest"),
        ("GET", "devicecmd"),
        ("get", "cdata"),
        ("", "cdata"),
    ],
)
def test_any_other_method_is_refused(method: str, path: str) -> None:
    assert refusal(method, f"/iclock/{path}", "SN=A1") == "wrong_method"


@pytest.mark.parametrize("query", ["", "SN=", "SN=A%201", "SN=../x", "SN=" + "A" * 65, "SN=A%00", "XN=A1"])
def test_a_call_without_a_plain_serial_number_is_refused(query: str) -> None:
    assert refusal("GET", "/iclock/getrequest", query) == "bad_serial"


@pytest.mark.parametrize(
    "query", ["SN=A1&sn=B2", "SN=A1&" + "x" * 3000, "&".join(f"a{n}=1" for n in range(40))]
)
def test_a_query_that_says_a_thing_twice_or_too_much_is_refused(query: str) -> None:
    assert refusal("GET", "/iclock/getrequest", query) == "bad_query"


@pytest.mark.parametrize("query", ["SN=A1&table=ATTLOG", "sn=A1&Table=AttLog", "Sn=A1&TABLE=+attlog%20"])
def test_names_come_in_any_case_and_values_with_blanks(query: str) -> None:
    found = call_of("POST", "/iclock/cdata", query)
    assert (found.serial, found.table) == ("A1", "ATTLOG")


@pytest.mark.parametrize("stamp", ["9999", "0", "2026-11-22T07:30:00+07:00", "82983982", "None"])
def test_a_stamp_is_kept_to_the_letter(stamp: str) -> None:
    assert call_of("POST", "/iclock/cdata", f"SN=A1&table=ATTLOG&Stamp={stamp}").stamp == stamp
    assert call_of("POST", "/iclock/cdata", f"SN=A1&table=ATTLOG&Stamp={quote(stamp)}").stamp == stamp


@pytest.mark.parametrize("stamp", ["1%0ARealtime=0", "1%0D%0ASet-Cookie:x", "%00", "x" * 65, "%FF"])
def test_a_stamp_that_could_forge_a_line_is_none(stamp: str) -> None:
    assert call_of("POST", "/iclock/cdata", f"SN=A1&table=ATTLOG&Stamp={stamp}").stamp == ""


def test_a_table_of_access_controllers_is_left_with_the_terminal() -> None:
    assert refusal("POST", "/iclock/cdata", "SN=A1&table=rtlog") == "table_not_spoken"


@pytest.mark.parametrize("table", ["A/B", "..", "x" * 33, "%00", "A%0AB"])
def test_a_table_that_is_no_name_is_refused(table: str) -> None:
    assert refusal("POST", "/iclock/cdata", f"SN=A1&table={table}") == "bad_table"


UPLOAD = Call(what="upload", serial="A1")


@pytest.mark.parametrize("first", [b"TABLE=ATTLOG\n", b"table = attlog \r\n", b"TABLE=ATTLOG\x00\n"])
def test_the_first_line_may_name_the_table(first: bytes) -> None:
    assert split_table(UPLOAD, first + LINE) == ("ATTLOG", LINE)


def test_the_table_of_the_query_leaves_the_body_alone() -> None:
    named = Call(what="upload", serial="A1", table="ATTLOG")
    assert split_table(named, LINE) == ("ATTLOG", LINE)
    assert split_table(named, b"TABLE=ATTLOG\n" + LINE) == ("ATTLOG", LINE)


def test_an_upload_without_a_table_or_with_two_is_never_guessed() -> None:
    for call, body in (
        (UPLOAD, LINE),
        (Call(what="upload", serial="A1", table="ATTLOG"), b"TABLE=OPERLOG\n" + LINE),
    ):
        with pytest.raises(BadCall) as refused:
            split_table(call, body)
        assert refused.value.code == "bad_table"


@given(
    st.sampled_from(["GET", "POST", "HEAD", "TRACE", "x"]) | st.text(max_size=8),
    st.text(max_size=30) | st.sampled_from(["/iclock/cdata", "/iclock/getrequest", "/iclock/ping/"]),
    st.text(max_size=80)
    | st.lists(st.sampled_from(["SN=A1", "&", "=", "%", "%4", "table=", "\ud800"])).map("".join),
)
@settings(max_examples=600, deadline=None)
def test_any_request_is_a_call_or_refused(method: str, path: str, query: str) -> None:
    try:
        found = call_of(method, path, query)
    except BadCall:
        return
    assert "\n" not in found.serial + found.stamp + found.table + found.info


@given(st.text(alphabet="0123456789abcdefABCDEF_-", min_size=1, max_size=64))
def test_the_handshake_answers_with_nothing_but_its_lines(serial: str) -> None:
    answer = zk_push.handshake_answer(serial, stamp="9999", operations_stamp="8", timezone="7")
    assert answer.splitlines()[0] == f"GET OPTION FROM: {serial}"
    assert answer.count("\n") == 15


def test_the_handshake_asks_for_punches_only_and_leaves_the_clock_alone() -> None:
    answer = zk_push.handshake_answer("A1", stamp="", operations_stamp="", timezone="7").splitlines()
    options = dict(line.split("=", 1) for line in answer[1:])
    assert options["TransFlag"] == "TransData AttLog\tOpLog"
    assert (options["SyncTime"], options["TimeZone"], options["Realtime"]) == ("0", "7", "1")
    assert options["ATTLOGStamp"] == "0"
    assert not {"EnrollFP", "AttPhoto", "EnrollUser"} & set("".join(answer).split())


def test_the_zone_may_be_off() -> None:
    assert "TimeZone" not in zk_push.handshake_answer("A1", stamp="", operations_stamp="", timezone="")


@pytest.mark.parametrize(
    ("setting", "hours", "told"),
    [
        ("", 7.0, "7"),
        ("", 9.0, "9"),
        ("", 5.5, "330"),
        ("", -3.5, "-210"),
        ("off", 7.0, ""),
        ("+07:00", 7.0, "+07:00"),
    ],
)
def test_the_zone_is_the_terminals_own_unless_it_is_set(setting: str, hours: float, told: str) -> None:
    assert zk_push.timezone_option(setting, timedelta(hours=hours)) == told


def test_the_time_carries_its_offset() -> None:
    moment = datetime(2026, 11, 22, 10, 40, 20, 999, tzinfo=UTC).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    assert zk_push.time_answer(moment) == "Time=2026-11-22T17:40:20+07:00"


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (
            "Ver 6.8.0(build640),2,0,150,192.168.1.201,10,-1",
            DeviceInfo(firmware="Ver 6.8.0(build640)", records=150),
        ),
        ("", DeviceInfo()),
        ("X,1,2,many", DeviceInfo(firmware="X")),
        ("X,1,2,-5", DeviceInfo(firmware="X")),
    ],
)
def test_a_poll_tells_firmware_and_records(info: str, told: DeviceInfo) -> None:
    assert device_info(info) == told
