"""The demo's regulations: working hours by season, four marks in general and two at the department."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.demo.workdays import SUMMER, SUMMER_BEGINS, WINTER, WINTER_BEGINS, Hours

SETTINGS = """
[[regulation]]
code = "{code}"
title = "{title}"
document = "{document}"
valid_from = {valid_from}
applies_to = ["{target}"]
marks = {marks}
grace_late_minutes = 5
grace_early_minutes = 5
"""
SESSION = """
[[regulation.session]]
name = "{name}"
weekdays = [1, 2, 3, 4, 5]
start = "{start}"
end = "{end}"
cong = 0.5
"""
SESSION_NAMES = ("Sáng", "Chiều")


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Hours in force from a date until the next season."""

    valid_from: date
    name: str
    hours: Hours


def regulations_toml(first_year: int, last_year: int) -> str:
    """The text of regulations.toml (rules 9) for the seasons of these years, both inclusive."""
    versions = []
    for number, season in enumerate(_seasons(first_year, last_year)):
        province = f"Quyết định số {1207 + 431 * number}/QĐ-UBND của UBND tỉnh Lam Giang"
        office_hours = {"code": "gio-hanh-chinh", "title": f"Giờ hành chính {season.name}", "marks": 4}
        versions.append(_version(season, office_hours | {"document": province, "target": "*"}))
        department = f"Quyết định số {86 + 57 * number}/QĐ-SNV ban hành nội quy cơ quan"
        own_hours = {"code": "gio-snv", "title": f"Giờ Sở Nội vụ {season.name}", "marks": 2}
        versions.append(_version(season, own_hours | {"document": department, "target": "unit:SNV"}))
    return "".join(versions).lstrip()


def _seasons(first_year: int, last_year: int) -> Iterator[Season]:
    """The first one begins with the history, because nobody can be judged before any regulation."""
    yield Season(valid_from=date(first_year, 1, 1), name="mùa đông", hours=WINTER)
    for year in range(first_year, last_year + 1):
        yield Season(valid_from=date(year, *SUMMER_BEGINS), name="mùa hè", hours=SUMMER)
        yield Season(valid_from=date(year, *WINTER_BEGINS), name="mùa đông", hours=WINTER)


def _version(season: Season, settings: dict[str, object]) -> str:
    head = SETTINGS.format(valid_from=season.valid_from, **settings)
    sessions = zip(SESSION_NAMES, season.hours.starts, season.hours.ends, strict=True)
    return head + "".join(
        SESSION.format(name=name, start=_clock(start), end=_clock(end)) for name, start, end in sessions
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
