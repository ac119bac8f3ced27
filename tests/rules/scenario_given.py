"""What a scenario presupposes, in Vietnamese, one line for each condition."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from monitor.text.translate import sentence
from tests.rules.scenario import Scenario, Table
from tests.rules.scenario_words import PUNCH

SHIFTS = {"+": " hôm sau", "-": " hôm trước"}
EXCUSES = {"leave": "nghỉ phép", "business_trip": "công tác", "unpaid": "nghỉ không lương", "sick": "nghỉ ốm"}
APPROVALS = {"approved": "", "pending": ", chưa duyệt", "rejected": ", bị từ chối"}
ENTRIES = {
    "duty": "trực",
    "extra": "ca bổ sung",
    "overtime": "làm thêm (`overtime`)",
    "release": "được nghỉ (`release`)",
}
PLACES = {"start": "đầu ngày", "end": "cuối ngày", "either": "tùy ý"}
DAYS = {"off": "ngày nghỉ", "makeup": "làm bù", "work": "ngày làm việc"}


def day_text(text: str) -> str:
    """`2026-03-02` as T2 02/03/2026."""
    on = date.fromisoformat(text)
    return f"{sentence(f'weekday_short_{on.isoweekday()}', {})} {on:%d/%m/%Y}"


def moment_text(text: str) -> str:
    """`+06:05` as 06:05 hôm sau, a full moment with its date."""
    if re.match(r"\d{4}-", text):
        day, _, time = text.partition(" ")
        return f"{time} {day_text(day)}"
    return f"`{text.lstrip('+-')}`{SHIFTS.get(text[0], '')}" if text else ""


def conditions(scenario: Scenario) -> Iterator[str]:
    """All that a scenario says of the world, the day first, the punches last."""
    given = scenario.given
    yield "Ngày: " + ", ".join(day_text(day) for day in scenario.days)
    for key, tell in TELLERS.items():
        if key in given:
            yield from tell(given[key])
    yield from _punch_lines("Lượt chấm", given.get("punches", ""))
    yield from _punch_lines("Lượt chấm bù", given.get("manual", "")) if "manual" in given else ()
    if "now" in given:
        yield f"Thời điểm hỏi: {moment_text(given['now'])}"


def _punch_lines(name: str, written: str | Table) -> Iterator[str]:
    if isinstance(written, str):
        yield f"{name}: {_punches(written)}"
        return
    for day, words in written.items():
        yield f"{name} {day_text(day)}: {_punches(words)}"


def _punches(words: str) -> str:
    return ", ".join(_punch(word) for word in words.split()) or "không có"


def _punch(word: str) -> str:
    found = PUNCH.fullmatch(word)
    if found is None:
        raise ValueError(word)
    user = f"mã {found['user']} " if found["user"] else ""
    terminal = f" ở {found['terminal']}" if found["terminal"] else ""
    states = f" (phím {found['states']})" if found["states"] else ""
    return f"{user}{moment_text(found['time'])}{terminal}{states}"


def _settings(table: Table) -> str:
    return ", ".join(f"`{name} = {_value(value)}`" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _regulations(rows: Iterable[Table]) -> Iterator[str]:
    rows = list(rows)
    if not rows:
        yield "Quy chế: chưa có"
    for row in rows:
        rest = {k: v for k, v in row.items() if k not in {"code", "applies_to", "valid_from", "sessions"}}
        targets = " ".join(f"`{target}`" for target in row.get("applies_to", ["*"]))
        since = f" từ {day_text(row['valid_from'])}" if "valid_from" in row else ""
        sessions = f"; {', '.join(row['sessions'])}" if "sessions" in row else ""
        settings = f"; {_settings(rest)}" if rest else ""
        yield f"Quy chế {row['code']} cho {targets}{since}{sessions}{settings}"


def _calendar(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        scope = f" của {row['scope']}" if "scope" in row else ""
        swapped = f" cho {day_text(row['for_date'])}" if "for_date" in row else ""
        status = f" ({row['status']})" if "status" in row else ""
        yield f"Lịch{scope}: {day_text(row['date'])} {DAYS[row['kind']]}{swapped}{status}"


def _excuses(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        document = f", văn bản {day_text(row['document_date'])}" if "document_date" in row else ""
        entered = f", nhập lúc {moment_text(row['entered_at'])}" if "entered_at" in row else ""
        yield (
            f"Giấy {EXCUSES[row['type']]}{_whose(row)} {_span(row)}"
            f"{APPROVALS[row.get('status', 'approved')]}{document}{entered}"
        )


def _roster(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        yield f"Lịch trực{_whose(row)}: {ENTRIES[row['kind']]} {_span(row)}"


def _allowances(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        yield f"Thời gian được phép: {row['minutes']} phút {PLACES[row['where']]}{_validity(row)}"


def _coverage(rows: Iterable[Table]) -> Iterator[str]:
    rows = list(rows)
    if not rows:
        yield "Dữ liệu máy: chưa đọc được gì"
    for row in rows:
        declared = ", đã khai báo" if row.get("declared") else ""
        yield f"Dữ liệu máy {row.get('terminal', 'cong')} đủ {_span(row)}{declared}"


def _badges(rows: Iterable[Table]) -> Iterator[str]:
    rows = list(rows)
    if not rows:
        yield "Mã chấm công: chưa có"
    for row in rows:
        place = f" ở {row['terminal']}" if "terminal" in row else ""
        yield f"Mã {row['device_user_id']}{place}: {row['person']}{_validity(row)}"


def _terminals(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        direction = {"in": ", chỉ vào", "out": ", chỉ ra"}.get(row.get("direction", ""), "")
        since = f", lắp ngày {day_text(row['installed_on'])}" if "installed_on" in row else ""
        yield f"Máy {row['code']} của {row['unit']}{direction}{since}"


def _units(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        yield f"Đơn vị {row['code']}" + (f", trực thuộc {row['parent']}" if "parent" in row else "")


def _people(rows: Iterable[Table]) -> Iterator[str]:
    for row in rows:
        yield f"Người {row['code']}" + (f" ở {row['unit']}" if "unit" in row else "") + _validity(row)


def _validity(row: Table) -> str:
    since = f", từ {day_text(row['valid_from'])}" if "valid_from" in row else ""
    return since + (f", đến hết {day_text(row['valid_to'])}" if "valid_to" in row else "")


def _span(row: Table) -> str:
    return f"{moment_text(row['from'])} đến {moment_text(row['to'])}"


def _whose(row: Table) -> str:
    return f" của {row['person']}" if "person" in row else ""


TELLERS: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "regulation": lambda name: [f"Quy chế: `{name}`"],
    "settings": lambda table: [f"Thiết lập: {_settings(table)}"],
    "sessions": lambda texts: [f"Buổi: {', '.join(texts)}"],
    "regulations": _regulations,
    "units": _units,
    "people": _people,
    "calendar": _calendar,
    "roster": _roster,
    "excuses": _excuses,
    "allowances": _allowances,
    "terminals": _terminals,
    "badges": _badges,
    "observed": lambda _: ["Dữ liệu máy do chương trình tự đọc; máy im lặng có thể bị nghi là đã tắt"],
    "coverage": _coverage,
    "findings": lambda rows: [f"Kiểm tra thấy{_whose(row)} không có mặt: {_span(row)}" for row in rows],
    "explained": lambda days: [f"Giải trình được chấp nhận: {', '.join(day_text(day) for day in days)}"],
}
