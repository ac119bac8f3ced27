"""The lines of an ATTLOG upload: every form a punch comes in, and what becomes of the rest."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.push_call import BadCall, PushUpload
from devices.zk_push import call_of
from devices.zk_push_lines import count_lines, read_attlog

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


def test_the_documented_upload_is_read() -> None:
    body = LINE + b"\n1001\t2026-11-22 07:30:04\t255\t15\t0\t0\t0\n"
    assert punches(read_attlog(body)) == [
        ("982", seconds("2026-11-22 07:29:51"), 0, 1, 0),
        ("1001", seconds("2026-11-22 07:30:04"), 255, 15, 0),
    ]


def test_the_third_field_is_the_state_and_the_fourth_the_verify_method() -> None:
    batch = read_attlog(b"7\t2026-11-22 07:30:04\t1\t15\t3").punches
    assert (batch.state[0], batch.verify[0], batch.work_code[0]) == (1, 15, 3)


@pytest.mark.parametrize("count", range(4, 17))
def test_four_to_sixteen_fields_are_a_punch(count: int) -> None:
    fields = ["007", "2026-11-22 07:30:04", "0", "1", *["0"] * 12][:count]
    upload = read_attlog("\t".join(fields).encode())
    assert punches(upload) == [("007", seconds("2026-11-22 07:30:04"), 0, 1, 0)]


@pytest.mark.parametrize(
    "line",
    [
        b"982\t2026-11-22T07:29:51\t0\t1",
        b" 982 \t2026-11-22 07:29:51\t0\t1\t0\t\t\r",
        b"982\t2026-11-22 07:29:51\t0\t1\x00\x00\x00",
        b"982\t2026-11-22 07:29:51\t0\t1\t\xc4\xe3\xba\xc3\t",  # GBK where a work code should be
        "982\t2026-11-22 07:29:51\t0\t1\t0\tNguyễn Thị Hồng".encode(),
        "982\t2026-11-22 07:29:51\t0\t1\t0\tNguyêÞn".encode("cp1258", "replace"),
    ],
)
def test_variants_of_a_line_are_the_same_punch(line: bytes) -> None:
    upload = read_attlog(b"\n\r\n" + line + b"\n\x00\n \n")
    assert punches(upload) == [("982", seconds("2026-11-22 07:29:51"), 0, 1, 0)]
    assert upload.bad == ()


def test_an_empty_state_or_verify_is_none_at_all() -> None:
    assert punches(read_attlog(b"5\t2026-11-22 07:30:04\t\t")) == [
        ("5", seconds("2026-11-22 07:30:04"), -1, -1, 0)
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"982\t1763771391\t0\t1", "epoch_time"),
        (b"982\t1763771391000\t0\t1", "epoch_time"),
        (b"982\t2026-02-30 07:29:51\t0\t1", "impossible_date"),
        (b"982\t0000-01-01 00:00:00\t0\t1", "impossible_date"),
        (b"982\t2026-11-22 25:00:00\t0\t1", "impossible_date"),
        (b"982\t22/11/2026 07:29\t0\t1", "bad_line"),
        (b"982\t2026-11-22 07:29:51\t0", "bad_line"),
        (b"982\t2026-11-22 07:29:51\tin\t1", "bad_line"),
        (b"982\t2026-11-22 07:29:51\t0\t256", "bad_line"),
        (b"\t".join([b"982", b"2026-11-22 07:29:51", *[b"0"] * 15]), "bad_line"),
        (b"\t2026-11-22 07:29:51\t0\t1", "bad_user_id"),
        (b"\xff\xfe\t2026-11-22 07:29:51\t0\t1", "bad_user_id"),
        (b"1\x0012\t2026-11-22 07:29:51\t0\t1", "bad_user_id"),
        (b"1" * 25 + b"\t2026-11-22 07:29:51\t0\t1", "bad_user_id"),
        ("９８２\t2026-11-22 07:29:51\t0\t1".encode(), "bad_user_id"),
        (b"\x89PNG\x1a", "bad_line"),
    ],
)
def test_a_bad_line_keeps_its_bytes_and_a_reason_and_the_others_are_punches(line: bytes, reason: str) -> None:
    upload = read_attlog(LINE + b"\n" + line + b"\n" + LINE)
    assert len(upload.punches) == 2
    assert [(record.raw, record.reason, record.line) for record in upload.bad] == [(line, reason, 2)]


def test_of_an_endless_line_only_its_length_is_kept() -> None:
    (bad,) = read_attlog(b"9" * 100_000).bad
    assert bad.reason == "line_too_long"
    assert bad.raw.startswith(b"long line, 100000 bytes, not kept")


def test_lines_are_counted_before_they_are_read() -> None:
    assert [count_lines(body) for body in (b"", b"a", b"a\n", b"a\nb", b"a\nb\n")] == [1, 1, 1, 2, 2]


@given(
    st.binary(max_size=600)
    | st.lists(st.sampled_from([LINE, b"\n", b"\t", b"\x00", b"1", b"\r"])).map(b"".join)
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_punches_and_bad_lines_that_add_up_to_the_lines(body: bytes) -> None:
    upload = read_attlog(body)
    lines = [line for line in body.split(b"\n") if line.strip(b" \t\r\x00")]
    assert upload.lines == len(lines)
    for place, raw in enumerate(upload.punches.raw):
        alone = read_attlog(bytes(raw))
        assert punches(alone) == [punches(upload)[place]]  # its own bytes say exactly this punch
