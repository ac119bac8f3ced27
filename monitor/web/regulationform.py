"""The form of a regulation: filled from a template or a stored version, and turned into a file to try out."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from flask import request

from monitor.exports.regulations import Version, as_toml
from monitor.text.vietnamese import fold
from monitor.web import forms
from monitor.web.forms import FormRefused
from monitor.web.uploads import Upload

TEMPLATES = Path(__file__).parents[1] / "data" / "regulation_templates.toml"
PLACES = 6
"""So many sessions fit the form; more come by file."""
WEEK = (1, 2, 3, 4, 5)
NUMBERS = (
    "grace_late_minutes",
    "grace_early_minutes",
    "late_is_absent_after_minutes",
    "early_is_absent_after_minutes",
)
DEFAULTS: dict[str, Any] = {
    "code": "gio-hanh-chinh",
    "title": "",
    "document": "",
    "marks": 4,
    "grace_late_minutes": 0,
    "grace_early_minutes": 0,
    "late_is_absent_after_minutes": None,
    "early_is_absent_after_minutes": None,
}
LONGEST = 200


@cache
def templates() -> tuple[Mapping[str, Any], ...]:
    """The templates that come with the product."""
    return tuple(tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))["template"])


def from_template(code: str) -> dict[str, Any]:
    """A version as a template has it; the usual hours without one."""
    chosen = next((one for one in templates() if one["code"] == code), templates()[0])
    sessions = [
        {"name": name, "weekdays": list(WEEK), "start": start, "end": end, "cong": 0.5}
        for name, start, end in chosen["sessions"]
    ]
    return {**DEFAULTS, "valid_from": "", "applies_to": [], "session": sessions}


def from_stored(version: Mapping[str, Any]) -> dict[str, Any]:
    """A stored version as the next one begins: the same but for the day and the document."""
    return {**version, "valid_from": "", "document": ""}


def from_form() -> dict[str, Any]:
    """What was sent. Raises FormRefused `form_bad_day`, `regulation_form_empty`."""
    starts = forms.day("valid_from")
    kept: dict[str, Any] = {name: forms.field(name)[:LONGEST] for name in ("title", "document")}
    kept["code"] = forms.field("code")[:LONGEST] or _code_of(kept["title"])
    kept |= {name: forms.small_number(forms.field(name)) for name in NUMBERS}
    found = kept | {
        "valid_from": starts or "",
        "applies_to": request.form.getlist("applies_to"),
        "marks": forms.small_number(forms.field("marks")),
        "session": [one for one in map(_session, range(PLACES)) if one["name"] or one["start"] or one["end"]],
        **_kept_settings(),
    }
    if not found["session"] and found["marks"]:
        raise FormRefused("regulation_form_empty")
    return found


def _kept_settings() -> dict[str, Any]:
    """What the form has no field for travels with it, so that a copy does not lose it."""
    words = {name: forms.field(name) for name in ("grace_counts", "direction") if forms.field(name)}
    numbers = {
        name: forms.small_number(forms.field(name))
        for name in (
            "open_before_minutes",
            "close_after_minutes",
            "repeat_within_seconds",
            "chain_within_minutes",
            "missing_mark_credit_minutes",
        )
        if forms.field(name)
    }
    return {**words, **numbers, "truncate_to_minute": forms.field("truncate_to_minute") == "1"}


def _code_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:40]


def _session(place: int) -> dict[str, Any]:
    cong = forms.field(f"cong-{place}").replace(",", ".")
    return {
        "name": forms.field(f"ten-{place}")[:LONGEST],
        "weekdays": sorted(
            int(day) for day in request.form.getlist(f"ngay-{place}") if day in set("1234567")
        ),
        "start": forms.field(f"tu-{place}")[:5],
        "end": forms.field(f"den-{place}")[:5],
        "cong": float(cong) if re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,2})?", cong) else None,
    }


def as_upload(version: Version) -> Upload:
    """The version as the file that an import reads: tried and applied as any other."""
    name = f"{version['code'] or 'quy-che'}.toml"
    return Upload(kind="regulations", name=name, data=as_toml([version]))


def as_date(value: object) -> str:
    """A day for a date field."""
    return value.isoformat() if isinstance(value, date) else ""
