"""Phím tắt: told on a page, switched off and on, and remembered beyond a log-in."""

from tests.web.conftest import LogIn


def test_the_keys_are_told_and_can_be_switched_off_and_on(log_in: LogIn) -> None:
    client = log_in("nhansu")
    assert 'data-keys="on"' in client.get("/phim-tat").text

    client.post("/phim-tat", data={"phim": "off"})
    assert 'data-keys="off"' in client.get("/may").text
    client.post("/phim-tat", data={"phim": "on"})
    assert 'data-keys="on"' in client.get("/may").text


def test_switched_off_they_stay_off_after_the_next_log_in(log_in: LogIn) -> None:
    client = log_in("nhansu")
    client.post("/phim-tat", data={"phim": "off"})
    client.post("/dang-xuat")
    client.post("/dang-nhap", data={"user_name": "hanh"})

    assert 'data-keys="off"' in client.get("/phim-tat").text
