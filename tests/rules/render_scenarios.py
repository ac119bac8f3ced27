"""Scenarios as pages of the documentation: `python -m tests.rules.render_scenarios` writes them anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.text.translate import sentence
from tests.rules.scenario import Scenario, Subject, Table, presets, scenarios, subjects
from tests.rules.scenario_given import conditions, day_text, moment_text

FOLDER = Path(__file__).parents[2] / "docs" / "scenarios"
INDEX = "README.md"
NOTICE = "<!-- Viết từ tests/rules/scenarios; sửa ở đó rồi chạy: python -m tests.rules.render_scenarios -->"
ALWAYS = ("session", "in", "out", "status", "late", "early", "reasons")
COLUMNS = {
    "person": "Người",
    "date": "Ngày",
    "unit": "Đơn vị",
    "session": "Buổi",
    "hours": "Giờ của buổi",
    "due": "Phải có mặt",
    "window": "Khung",
    "in": "Vào",
    "in_at": "Máy vào",
    "out": "Ra",
    "out_at": "Máy ra",
    "status": "Kết luận",
    "late": "Muộn (phút)",
    "early": "Sớm (phút)",
    "worked": "Làm (phút)",
    "cong": "Công",
    "symbol": "Ký hiệu",
    "reasons": "Lý do",
    "extras": "Lượt thừa",
    "outside": "Lượt ngoài khung",
    "uncovered": "Máy chưa đủ dữ liệu",
    "version": "Phiên bản quy tắc",
}
OVERTIME_COLUMNS = {
    "person": "Người",
    "date": "Ngày",
    "hours": "Giờ được duyệt",
    "class": "Loại ngày",
    "present": "Có mặt",
    "minutes": "Làm thêm (phút)",
    "night": "Trong đó đêm (phút)",
}
PEERS = (
    "F, O, T, V là bốn nhóm phần mềm chấm công mà tên phép thử, tài liệu hoặc lỗi đã báo được đọc;",
    "các mục có tên riêng là lỗi dựng lại được. Kết quả mong đợi theo sổ quy tắc này, không theo phần",
    "mềm kia. Những điều sau không có trong sổ quy tắc nên không có tình huống: làm tròn từng lượt",
    "chấm (chỉ cắt phút khi so, R4-h); ngày công theo giờ kết thúc hoặc theo ngày làm nhiều nhất (chỉ",
    "theo ngày bắt đầu, R1-f); giờ linh hoạt và cộng bù theo tuần; tự điền giờ ra (không bao giờ,",
    "R4-v); vị trí và địa chỉ mạng khi chấm.",
)


def pages() -> dict[str, str]:
    """File name and text of every page."""
    by_subject = {f"{subject.name}.md": _page(subject) for subject in subjects()}
    return {INDEX: _index(), **by_subject}


def _page(subject: Subject) -> str:
    lines = [NOTICE, "", f"# {subject.title}", "", subject.about, ""]
    lines += ["Quy tắc: [rules.vi.md](../rules.vi.md). Các trang khác: [mục lục](README.md).", ""]
    for scenario in subject.scenarios:
        lines += [*_section(scenario), ""]
    return "\n".join(lines).rstrip() + "\n"


def _section(scenario: Scenario) -> Iterator[str]:
    yield f"## {scenario.title}"
    yield ""
    yield " ".join(f"[{rule}]" for rule in scenario.rules)
    yield ""
    yield from (f"- {line}" for line in conditions(scenario))
    if "note" in scenario.given:
        yield f"- Ghi chú: {scenario.given['note']}"
    yield ""
    yield from _table(scenario.expect, COLUMNS, ALWAYS) if scenario.expect else ["Không có dòng nào."]
    if scenario.given.get("overtime"):
        yield ""
        yield "Làm thêm:"
        yield ""
        yield from _table(
            scenario.given["overtime"], OVERTIME_COLUMNS, ("hours", "class", "minutes", "night")
        )
    if "total" in scenario.given:
        yield ""
        yield f"Cả ngày: {_total(scenario.given['total'])}."


def _table(rows: Sequence[Table], columns: Mapping[str, str], always: Sequence[str]) -> Iterator[str]:
    """The rows expected; columns that no row speaks of are left out."""
    named = [name for name in columns if name in always or any(name in row for row in rows)]
    yield "| " + " | ".join(columns[name] for name in named) + " |"
    yield "|" + "---|" * len(named)
    for row in rows:
        yield "| " + " | ".join(_cell(name, row.get(name, "")) for name in named) + " |"


def _cell(name: str, value: Any) -> str:
    """One cell in the words of the product's pages; no minutes of lateness are left blank."""
    if value == "" or (value == 0 and name in {"late", "early"}):
        return ""
    return IN_WORDS.get(name, str)(value).replace(".", ",")


def _session(name: str) -> str:
    return sentence(f"kind_{name}", {}) if name in {"duty", "extra"} else name


def _reasons(codes: str) -> str:
    return "; ".join(f"{sentence(f'reason_{code}', {})} (`{code}`)" for code in codes.split(";"))


def _interval(text: str) -> str:
    return " – ".join(moment_text(part) for part in text.split(" to "))


def _moments(text: str) -> str:
    return ", ".join(moment_text(part) for part in text.split())


IN_WORDS: Mapping[str, Callable[[Any], str]] = {
    "date": day_text,
    "session": _session,
    "status": lambda code: sentence(f"status_{code}", {}),
    "reasons": _reasons,
    "in": moment_text,
    "out": moment_text,
    "class": lambda code: sentence(f"overtime_{code}", {}),
    **dict.fromkeys(("hours", "due", "window", "present"), _interval),
    **dict.fromkeys(("extras", "outside"), _moments),
}


def _total(total: Table) -> str:
    return ", ".join(
        _cell(name, value) if name == "status" else f"{COLUMNS[name].lower()}: {value}".replace(".", ",")
        for name, value in total.items()
    )


def _index() -> str:
    lines = [NOTICE, "", "# Tình huống", ""]
    lines += [
        f"{len(scenarios())} tình huống tính tay theo [sổ quy tắc](../rules.vi.md); phép thử chạy từng tình",
        "huống qua bộ tính và qua một bản viết chậm, độc lập. Giờ không ghi ngày là của ngày đang xét.",
        "Không nói khác thì quy chế là `bon-luot`, máy đã đọc đủ, và thời điểm hỏi là 12:00 hôm sau.",
        "",
        "| trang | số tình huống |",
        "|---|---|",
    ]
    lines += [
        f"| [{subject.title}]({subject.name}.md) | {len(subject.scenarios)} |" for subject in subjects()
    ]
    lines += ["", "## Quy chế có tên", "", "| tên | số lượt | buổi | khác |", "|---|---|---|---|"]
    lines += [_preset(name, table) for name, table in presets().items()]
    lines += ["", "## Quy tắc nào ở trang nào", "", "| quy tắc | tình huống |", "|---|---|"]
    lines += [f"| {rule} | {places} |" for rule, places in _places().items()]
    lines += [
        "",
        "## Điều phần mềm khác thử hoặc làm sai",
        "",
        *PEERS,
        "",
        "| điều ấy | tình huống |",
        "|---|---|",
    ]
    lines += [
        f"| {scenario.given['peer']} | {scenario.title} ([{scenario.subject}]({scenario.subject}.md)) |"
        for scenario in scenarios()
        if "peer" in scenario.given
    ]
    return "\n".join(lines) + "\n"


def _preset(name: str, table: Table) -> str:
    rest = ", ".join(f"`{key} = {value}`" for key, value in table.items() if key not in {"marks", "sessions"})
    return f"| `{name}` | {table['marks']} | {', '.join(table['sessions']) or 'không có'} | {rest} |"


def _places() -> dict[str, str]:
    """For each rule shown the pages that show it, with how often."""
    found: dict[str, dict[str, int]] = {}
    for scenario in scenarios():
        for rule in scenario.rules:
            pages = found.setdefault(rule, {})
            pages[scenario.subject] = pages.get(scenario.subject, 0) + 1
    return {
        rule: ", ".join(f"[{page}]({page}.md) {count}" for page, count in found[rule].items())
        for rule in sorted(found, key=_in_order)
    }


def _in_order(rule: str) -> tuple[float, int, str]:
    section, _, letters = rule.removeprefix("R").partition("-")
    return float(section), len(letters), letters


def main() -> None:
    """Write all pages and take away those whose subject is gone."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
