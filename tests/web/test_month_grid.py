"""The grid of a month: the official sheet's own cells, with what needs somebody beside them."""

import json
import re

from tests.web.month_office import HALL, Months, months
from tests.web.test_speed import counted, crowd

__all__ = ["months"]

ROW = re.compile(r'<tr data-c="([^"]+)"><th scope=row>(.*?)</th>(.*)')


def rows_of(page: str) -> dict[str, list[str]]:
    """Staff code -> the cells of the person's row, totals included, as HTML."""
    return {code: re.split(r"<td(?: class=[aoq])?>", cells)[1:] for code, _name, cells in ROW.findall(page)}


def plain(cell: str) -> list[str]:
    """The symbols of a cell."""
    bare = re.sub(r"<sup>.*?</sup>", "", cell)
    return re.sub(r"<[^>]+>", " ", bare).split()


def test_a_cell_has_the_official_symbol_and_splits_where_sessions_differ(months: Months) -> None:
    months.change("UPDATE session_record SET symbol = 'P', status = 7 WHERE person_id = 1 AND seq = 0")
    page = months.browser("hanh").get(HALL).text

    cell = rows_of(page)["CB001"][23]
    assert plain(cell) == ["P", "+"]
    assert "<span class=h>" in cell
    assert plain(rows_of(page)["CB002"][23]) == ["+"]


def test_lateness_is_an_annotation_with_words_and_never_a_symbol(months: Months) -> None:
    page = months.browser("hanh").get(HALL).text
    cell = rows_of(page)["CB002"][23]

    assert "<sup>m<i> đi muộn 13 phút</i></sup>" in cell
    assert '<sup class="mark">m</sup>Đi muộn' in page
    assert "late 13" not in page
    english = months.browser("hanh")
    english.get(f"{HALL}?lang=en")
    read = english.get(HALL).text
    assert "13 min late" in read
    assert ("T2<b>" in page, "T2<b>" in read, "Mon<b>" in read) == (True, False, True)


def test_the_grid_shows_what_the_sheet_that_is_handed_over_says(months: Months) -> None:
    months.change("UPDATE session_record SET symbol = 'CT' WHERE person_id = 3 AND seq = 1")
    client = months.browser("hanh")
    shown = rows_of(client.get(HALL).text)
    sheet = json.loads(client.get(f"{HALL}/tep?loai=json").data)["units"][0]

    assert [person["person"] for person in sheet["people"]] == list(shown)
    for person in sheet["people"]:
        cells, totals = shown[person["person"]][:28], shown[person["person"]][28:]
        by_day = {day["date"]: plain(cell) for day, cell in zip(sheet["days"], cells, strict=True)}
        assert {day: symbols for day, symbols in by_day.items() if symbols} == person["days"]
        figures = [float(total.replace(",", ".") or 0) for total in totals]
        assert figures == [float(total) for total in person["totals"].values()]


def test_who_moved_stands_in_each_unit_with_the_days_spent_there(months: Months) -> None:
    months.change("UPDATE posting SET valid_to = '2026-02-23' WHERE person_id = 2")
    months.change(
        "INSERT INTO posting (person_id, unit_id, position, role, valid_from) "
        "SELECT 2, id, '', 'staff', '2026-02-24' FROM unit WHERE code = 'kt'"
    )
    months.change(
        "UPDATE session_record SET unit_id = (SELECT id FROM unit WHERE code = 'kt') "
        "WHERE person_id = 2 AND day = 20508"
    )
    client = months.browser("giamsat")
    before, after = (
        ROW.search(client.get(f"/bang-cong/{unit}/2026-02?tim=CB002").text) for unit in ("vp", "kt")
    )

    assert before is not None
    assert after is not None
    away = [re.findall(r"<td(?: class=(\w))?>", row[3])[:28] for row in (before, after)]
    assert [kind == "a" for kind in away[0]] == [False] * 23 + [True] * 5
    assert [kind == "a" for kind in away[1]] == [True] * 23 + [False] * 5


def test_weekends_and_holidays_are_shaded_and_lettered(months: Months) -> None:
    months.change(
        "INSERT INTO calendar_day (on_date, kind, name, document, status) "
        "VALUES ('2026-02-19', 'off', 'Tết Nguyên đán', '', 'F')"
    )
    page = months.browser("hanh").get(HALL).text

    assert '<th scope="col" class="o">T7<b>7</b></th>' in page
    assert '<th scope="col" class="o">T5<b>19</b><span class="day-off">L</span></th>' in page
    assert "19/02 Tết Nguyên đán" in page


def test_the_filter_keeps_those_who_wait_for_somebody(months: Months) -> None:
    months.change("UPDATE session_record SET status = 1 WHERE person_id = 3 AND seq = 0 AND day = 20508")
    page = months.browser("hanh").get(f"{HALL}?loc=can-xu-ly").text

    assert list(rows_of(page)) == ["CB003"]
    assert "Thiếu lượt chấm: 1" in page


def test_the_search_needs_no_accents(months: Months) -> None:
    client = months.browser("hanh")

    assert list(rows_of(client.get(f"{HALL}?tim=duc").text)) == ["CB002"]
    assert list(rows_of(client.get(f"{HALL}?tim=cb003").text)) == ["CB003"]
    assert "Không tìm thấy" in client.get(f"{HALL}?tim=khong ai").text


def test_whose_scope_holds_only_some_days_finds_no_month(months: Months) -> None:
    assert months.browser("thanhtra").get("/bang-cong/kt/2026-02").status_code == 404
    assert months.browser("giamsat").get("/bang-cong/kt/2026-02").status_code == 200


def test_looking_at_a_month_leaves_a_trace_of_everybody_in_it(months: Months) -> None:
    months.browser("nhansu").get(HALL)

    shown = months.rows(
        "SELECT count(*), min(first_day), max(last_day) FROM shown "
        "JOIN audit_entry ON audit_entry.id = entry_id WHERE action = 'view_month'"
    )
    assert shown == [(5, 20485, 20512)]


def test_a_closed_month_shows_its_sealed_rows(months: Months) -> None:
    months.sign("gui", "xac-nhan", "duyet", "chot")
    page = months.browser("hanh").get(HALL).text

    assert "data-closed" in page
    assert "Đã chốt công" in page


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(months: Months) -> None:
    client, counts = months.browser("nhansu"), []
    for first, last in ((0, 5), (5, 60)):
        crowd(months.engine, first, last)
        client.get("/bang-cong/lon/2026-02")  # the first look within the hour writes the trail,
        client.get("/bang-cong/lon/2026-02")  # the next makes what is kept until the next commit
        with counted(months.engine) as statements:
            assert len(rows_of(client.get("/bang-cong/lon/2026-02").text)) == last
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[0] <= 32


def test_no_name_and_no_code_becomes_markup(months: Months) -> None:
    months.change("UPDATE person SET name = '<b>Đức\" onload=x', code = 'A<i>&\"' WHERE code = 'CB002'")
    page = months.browser("hanh").get(HALL).text

    assert "&lt;b&gt;Đức&#34; onload=x" in page
    assert 'data-c="A&lt;i&gt;&amp;&#34;"' in page
    assert "<b>Đức" not in page
    assert "A<i>" not in page
