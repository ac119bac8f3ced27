"""The links on every page: a table, and who is shown what of it."""

import re

import pytest
from flask import Flask

from monitor.text.sentences import SENTENCES
from monitor.web import navigation
from monitor.web.navigation import ENTRIES, FEW, Entry, Place
from tests.web.conftest import LogIn


def main_links(text: str) -> dict[str, str]:
    """Places of the links by their words."""
    nav = text[text.index('<nav class="main-nav"') : text.index('class="top-right"')]
    found = re.findall(r'<a class="(?:nav|in)-(\w+)".*?<span[^>]*>([^<]+)</span>', nav, re.DOTALL)
    return {words: place for place, words in found}


def test_every_entry_leads_to_a_page_of_the_application(app: Flask) -> None:
    assert [entry.endpoint for entry in ENTRIES if entry.endpoint not in app.view_functions] == []


def test_every_entry_has_its_words_and_its_icon(log_in: LogIn) -> None:
    sprite = log_in("nhansu").get("/phim-tat").text

    assert [entry.words for entry in ENTRIES if entry.words not in SENTENCES] == []
    assert [entry.icon for entry in ENTRIES if f'id="i-{entry.icon}"' not in sprite] == []


def test_a_bar_has_no_more_places_than_a_phone(log_in: LogIn) -> None:
    for user in ("nhansu", "hanh", "admin", "duc", "kythuat", "thanhtra", "giamsat"):
        found = main_links(log_in(user).get("/phim-tat").text)
        bar = [words for words, place in found.items() if place == "bar"]
        assert 0 < len(bar) <= FEW - (len(bar) < len(found)), user


def test_nobody_is_shown_a_link_that_the_role_may_not_follow(log_in: LogIn) -> None:
    assert "Nhật ký" in main_links(log_in("nhansu").get("/phim-tat").text)
    found = main_links(log_in("duc").get("/phim-tat").text)
    assert "Cá nhân" in found
    assert not {"Hôm nay", "Nhật ký", "Máy chấm công"} & set(found)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(endpoint="nobody.home", words="nav_today", icon="today", place=Place.BAR),
        Entry(endpoint="nobody.home", words="nav_today", icon="today", place=Place.MORE, of_person=True),
    ],
)
def test_an_entry_without_its_page_is_left_out(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch, entry: Entry
) -> None:
    before = main_links(log_in("nhansu").get("/phim-tat").text)
    monkeypatch.setattr(navigation, "ENTRIES", (*ENTRIES, entry))

    assert main_links(log_in("nhansu").get("/phim-tat").text) == before


def test_a_count_stands_beside_its_link_and_none_where_nothing_waits(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [3]
    entry = Entry(
        endpoint="keys.overview",
        words="nav_duties",
        icon="decide",
        place=Place.BAR,
        count=lambda: waiting[0],
    )
    monkeypatch.setattr(navigation, "ENTRIES", (entry,))

    text = log_in("duc").get("/phim-tat").text
    assert re.search(r'class="nav-count">3<span class="visually-hidden"> việc đang chờ', text)
    waiting[0] = 0
    assert "nav-count" not in log_in("hanh").get("/phim-tat").text
