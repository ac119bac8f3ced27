"""Whatever the file: it is refused with a code, or each of its lines is a punch or kept aside."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import DeviceError
from devices.files import LAYOUTS, read_punch_file
from tests.devices.files.test_workbooks import HTML, PAIR_HEADER, xlsx

pytestmark = pytest.mark.slow

HEADERS = {
    "glg": "No\tMchn\tEnNo\t\tName\tMode\tIOMd\tDateTime",
    "alog": "No\tDN\tUID\tName\tStatus\tAction\tAPB\tJobCode\tDateTime",
    "acno": "AC-No.,No.,Name,Time,State",
    "checkinout": "USERID,CHECKTIME,CHECKTYPE,VERIFYCODE,SENSORID",
    "biotime": "emp_code,punch_time,punch_state,verify_type,terminal_sn",
    "pairs": "Mã N.Viên;Tên;Ngày;Vào 1;Ra 1;Vào 2;Ra 2",
}
CELLS = st.one_of(
    st.sampled_from(
        ["5", "0000005", "13/01/2026", "2/3/2026", "01/14/2026 8:02 AM", "2026-02-30 07:00", "7:53", "0.33"]
    ),
    st.sampled_from(
        ["46024", "46024.5", "2000-01-01  00:00:00", "C/In", "", " ", '"', "999999999999", "5.0"]
    ),
    st.text(max_size=12),
)
WORKBOOK = xlsx([PAIR_HEADER, [1, 5, "", 46024, "", "7:53", "17:00"]])


def test_every_layout_with_a_header_is_tried() -> None:
    assert HEADERS.keys() == LAYOUTS.keys() - {"attlog"}


@pytest.mark.parametrize("layout", HEADERS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_lines_are_punches_or_kept_aside(layout: str, data: st.DataObject) -> None:
    header = HEADERS[layout]
    separator = next(sign for sign in "\t,;" if sign in header)
    width = st.integers(0, header.count(separator) + 3)
    rows = data.draw(st.lists(width.flatmap(lambda count: st.lists(CELLS, min_size=count, max_size=count))))
    text = "\n".join([header, *(separator.join(row) for row in rows)])
    order = data.draw(st.sampled_from(["", ":dmy", ":mdy"]))
    try:
        reading = read_punch_file(text.encode(), layout + order)
    except DeviceError:
        return
    assert reading.layout == layout
    assert reading.lines == len(reading.batch) + len(reading.bad)
    if layout != "pairs":
        assert reading.lines <= sum(bool(line.strip()) for line in text.split("\n")) - 1
    assert all(record.reason for record in reading.bad)


@pytest.mark.parametrize("source", [WORKBOOK, HTML.encode()], ids=["workbook", "html"])
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_damage_ends_in_a_refusal_or_a_reading(source: bytes, data: st.DataObject) -> None:
    damaged = bytearray(source)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(4, len(source) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(source)))
    try:
        reading = read_punch_file(bytes(damaged[:cut]))
    except DeviceError:
        return
    assert reading.lines == len(reading.batch) + len(reading.bad)
