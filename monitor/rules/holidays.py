"""The paid holidays of a year as the law fixes them, and a draft of the rest for people to confirm."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.rules.codes import DayKind
from monitor.rules.lunar import YearRefused, lunar_year, next_tet
from monitor.rules.workdays import DAY, MONDAY_TO_FRIDAY, PROPOSED, CalendarEntry

FIRST_YEAR = 2015
"""Drafts were compared with the notices of every year from here on; earlier years had other rules."""

STATUTORY, COMPUTED = "F", "C"
HOLIDAYS_LAW = "Bộ luật Lao động: ngày lễ hằng năm"
IN_LIEU_LAW = "Bộ luật Lao động: nghỉ bù vào ngày làm việc kế tiếp"
CULTURE_DAY_LAW = "Nghị quyết 28/2026/QH16, điều 2"
NOT_ANNOUNCED = "chưa có thông báo"

NATIONAL_DAY = (9, 2)
TWO_NATIONAL_DAYS_SINCE = 2021
CULTURE_DAY = (11, 24)
CULTURE_DAY_SINCE = 2026

ADJACENT_OFFSET = {1: 1, 2: -1, 3: -1, 4: 1, 5: -1, 6: -1, 7: -1}
"""Days from 2/9 to the day off beside it, by the ISO weekday of 2/9, as the notices chose it since 2021.

They had no Sunday yet: there the Saturday makes the same four days of rest as the Monday would.
"""

TET_DAYS = {-2: "hai ngày trước mùng 1", -1: "ngày trước mùng 1", 0: "mùng 1", 1: "mùng 2", 2: "mùng 3"}
"""The five days of Tết from mùng 1: two before and three after gave every break of 2015 to 2026."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedDay:
    """A day off in the words of calendar.csv, for the whole country (rules 9)."""

    on_date: date
    name: str
    document: str
    status: str
    kind: DayKind = DayKind.OFF


def draft_year(year: int) -> list[DraftedDay]:
    """The days off of a year, by date, for people with a five-day week (Labour Code 111, 112).

    Fixed holidays and Giỗ Tổ Hùng Vương are F, the days in lieu of them C. Tết, the day beside National Day,
    and what follows from these are P: the government fixes them each year. Swapped days and their make-up
    Saturdays are decisions that nobody can compute and are not drafted (see `WorkDays.lone`).
    Raises YearRefused `draft_year_too_early` before 2015 and `lunar_year_unknown` after 2100.
    """
    if year < FIRST_YEAR:
        raise YearRefused("draft_year_too_early", year=year, first=FIRST_YEAR)
    settled = list(_statutory(year))
    culture = list(_culture_day(year))
    proposed = [*_tet(year), *_beside_national_day(year)]
    taken = {day.on_date for day in (*settled, *culture)}
    computed = _in_lieu(settled, taken, COMPUTED, IN_LIEU_LAW)
    taken |= {day.on_date for day in (*computed, *proposed)}
    # Whether Culture Day is compensated is not clear yet: its first weekend is in 2029.
    guessed = _in_lieu([*proposed, *culture], taken, PROPOSED, NOT_ANNOUNCED)
    days = (*settled, *culture, *computed, *proposed, *guessed)
    return sorted(days, key=lambda day: day.on_date)


def unconfirmed_tet(rows: Iterable[CalendarEntry], today: date) -> int | None:
    """The year of the next Tết (on or after `today`) when no day off of it is confirmed, else None.

    `rows` are the national rows of the calendar. Notices come from October to January.
    Raises YearRefused `lunar_year_unknown` after 2100.
    """
    year = next_tet(today).year
    tet = list(_tet(year))
    days = {day.on_date for day in (*tet, *_in_lieu(tet, {day.on_date for day in tet}, PROPOSED, ""))}
    confirmed = (row.kind == DayKind.OFF and row.status != PROPOSED for row in rows if row.on_date in days)
    return None if any(confirmed) else year


def _statutory(year: int) -> Iterator[DraftedDay]:
    """The holidays whose dates the law or the moon fixes."""
    for on, name in (
        (date(year, 1, 1), "Tết Dương lịch"),
        (lunar_year(year).hung_kings_on, "Giỗ Tổ Hùng Vương"),
        (date(year, 4, 30), "Ngày Chiến thắng"),
        (date(year, 5, 1), "Quốc tế Lao động"),
        (date(year, *NATIONAL_DAY), "Quốc khánh"),
    ):
        yield DraftedDay(on_date=on, name=name, document=HOLIDAYS_LAW, status=STATUTORY)


def _culture_day(year: int) -> Iterator[DraftedDay]:
    if year >= CULTURE_DAY_SINCE:
        on, name = date(year, *CULTURE_DAY), "Ngày Văn hóa Việt Nam"
        yield DraftedDay(on_date=on, name=name, document=CULTURE_DAY_LAW, status=STATUTORY)


def _tet(year: int) -> Iterator[DraftedDay]:
    for offset, words in TET_DAYS.items():
        on, name = lunar_year(year).tet_on + timedelta(days=offset), f"Tết Âm lịch {year}, {words}"
        yield DraftedDay(on_date=on, name=name, document=NOT_ANNOUNCED, status=PROPOSED)


def _beside_national_day(year: int) -> Iterator[DraftedDay]:
    """The second day of National Day: the day before or after 2/9, as announced."""
    if year >= TWO_NATIONAL_DAYS_SINCE:
        national_day = date(year, *NATIONAL_DAY)
        on = national_day + timedelta(days=ADJACENT_OFFSET[national_day.isoweekday()])
        name = "Quốc khánh (ngày liền kề)"
        yield DraftedDay(on_date=on, name=name, document=NOT_ANNOUNCED, status=PROPOSED)


def _in_lieu(
    holidays: Iterable[DraftedDay], taken: Set[date], status: str, document: str
) -> list[DraftedDay]:
    """The next working day not taken for each holiday on a weekend, given by date (Labour Code 111.3)."""
    found: dict[date, DraftedDay] = {}
    for holiday in holidays:
        if holiday.on_date.isoweekday() in MONDAY_TO_FRIDAY:
            continue
        on = holiday.on_date
        while on.isoweekday() not in MONDAY_TO_FRIDAY or on in taken or on in found:
            on += DAY
        name = f"Nghỉ bù {holiday.name} ({holiday.on_date:%d/%m/%Y})"
        found[on] = DraftedDay(on_date=on, name=name, document=document, status=status)
    return list(found.values())
