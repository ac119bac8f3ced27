"""The user list: who sits in which slot, and nothing else."""

import struct

import pytest

from devices.errors import BadReply
from devices.simulated import SimulatedUser
from devices.simulated.encode import encode_user_28, encode_user_72
from devices.zk_users import ZkUser, decode_users, user_ids
from tests.devices.office import HUNG, LAN, MINH, STAFF

ENCODERS = {28: encode_user_28, 72: encode_user_72}


def body_of(*users: SimulatedUser, size: int = 72) -> bytes:
    payload = b"".join(
        ENCODERS[size](
            uid=user.uid,
            user_id=user.user_id,
            name=user.name_bytes,
            password=user.password.encode(),
            card=user.card,
        )
        for user in users
    )
    return struct.pack("<I", len(payload)) + payload


def read(body: bytes, count: int | None = None) -> tuple[ZkUser, ...]:
    return decode_users(body, announced=len(body), before=count, after=count)


@pytest.mark.parametrize("count", [None, 0, 3])
@pytest.mark.parametrize("size", [28, 72])
def test_slots_and_ids_are_read_under_both_record_sizes(size: int, count: int | None) -> None:
    users = read(body_of(*STAFF, size=size), count)
    assert [(user.uid, user.user_id) for user in users] == [(13, "1001"), (14, "1002"), (15, "1003")]
    assert user_ids(users) == {13: "1001", 14: "1002", 15: "1003"}


def test_names_are_cut_at_24_bytes_without_half_a_letter() -> None:
    nhung = SimulatedUser(uid=1, user_id="1", name="Nguyễn Thị Hồng Nhung")
    assert read(body_of(LAN, nhung, MINH))[1].name == "Nguyễn Thị Hồng Nh"
    cut = SimulatedUser(uid=2, user_id="2", name="Nguyễn Thị Bích Phươngễ")
    assert "\ufffd" not in read(body_of(LAN, cut, MINH))[1].name


def test_a_name_in_another_encoding_is_left_out_and_its_user_kept() -> None:
    old = SimulatedUser(
        uid=5, user_id="5", name="Trần Hùng".encode("utf-16-le").replace(b"\0", b"") + b"\xff"
    )
    user = read(body_of(LAN, old, MINH))[1]
    assert (user.user_id, user.name) == ("5", "")


def test_passwords_and_cards_are_nowhere_in_what_is_kept() -> None:
    kept = repr(read(body_of(LAN, HUNG, MINH)))
    assert str(LAN.name) in kept
    assert LAN.password not in kept
    assert str(LAN.card) not in kept
    assert set(ZkUser.__slots__) == {"uid", "user_id", "name"}


def test_leading_zeros_stay_in_the_72_byte_form() -> None:
    assert read(body_of(SimulatedUser(uid=1, user_id="007"), LAN))[0].user_id == "007"


def test_an_id_that_is_not_text_leaves_its_slot_unnamed() -> None:
    body = bytearray(body_of(*(SimulatedUser(uid=n, user_id=str(n)) for n in range(1, 21))))
    body[4 + 72 * 3 + 48] = 0xFF
    assert 4 not in user_ids(read(bytes(body)))
    assert len(read(bytes(body))) == 19


def test_a_slot_that_stands_for_two_people_names_nobody() -> None:
    twice = read(body_of(LAN, SimulatedUser(uid=13, user_id="9999"), MINH))
    assert user_ids(twice) == {15: "1003"}


def test_no_users_is_an_empty_list() -> None:
    assert read(b"") == ()
    assert read(struct.pack("<I", 0), 0) == ()


@pytest.mark.parametrize(
    ("body", "announced", "code"),
    [
        (body_of(*STAFF), 999, "user_list_size_mismatch"),
        (body_of(*STAFF)[:-1], 219, "user_list_size_mismatch"),
        (struct.pack("<I", 100) + bytes(100), 104, "user_list_unreadable"),
        (struct.pack("<I", 144) + bytes(144), 148, "user_list_unreadable"),
        (struct.pack("<I", 504) + b"1" * 504, 508, "user_list_unreadable"),  # 7 of 72 bytes or 18 of 28
    ],
)
def test_a_list_that_does_not_add_up_is_refused(body: bytes, announced: int, code: str) -> None:
    with pytest.raises(BadReply) as caught:
        decode_users(body, announced=announced, before=None, after=None)
    assert caught.value.code == code


def test_a_count_that_fits_neither_size_is_refused() -> None:
    with pytest.raises(BadReply, match="user_list_unreadable"):
        read(body_of(*STAFF), 300)
