"""The API in OpenAPI 3.1: what a program can be generated from. docs/api/openapi.json is a copy of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.exports.timesheet.form import NAMES
from monitor.web.api.asking import MOST, USUAL
from monitor.web.api.schemas import MONTH, SCHEMAS, Schema, ref
from monitor.web.prefix import V1

VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An address that can be read. `parameters` are names of PARAMETERS, `schema` one of SCHEMAS."""

    path: str
    name: str
    summary: str
    schema: str = ""
    parameters: tuple[str, ...] = ()
    problems: tuple[int, ...] = (400, 401, 403, 404, 429, 503)


DAY: Schema = {"type": "string", "format": "date"}
CODE: Schema = {"type": "string"}


def _parameter(
    name: str, schema: Schema, about: str, place: str = "query", *, required: bool = False
) -> Schema:
    needed = required or place == "path"
    return {"name": name, "in": place, "required": needed, "schema": schema, "description": about}


PARAMETERS: Mapping[str, Schema] = {
    "code": _parameter("code", CODE, "Mã; dấu / trong mã giữ nguyên.", "path"),
    "month": _parameter("month", MONTH, "Tháng, YYYY-MM.", "path"),
    "unit": _parameter("unit", CODE, "Mã đơn vị: đơn vị đó và các đơn vị bên dưới, trong phạm vi."),
    "on": _parameter("on", DAY, "Thuộc đơn vị vào ngày nào; để trống: hôm nay."),
    "from": _parameter("from", DAY, "Từ ngày.", required=True),
    "to": _parameter("to", DAY, "Đến hết ngày; nhiều nhất một năm.", required=True),
    "form": _parameter("form", {"enum": list(NAMES), "default": NAMES[0]}, "Mẫu bảng công."),
    "limit": _parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        "Nhiều nhất bao nhiêu dòng.",
    ),
    "cursor": _parameter("cursor", CODE, "`next` của trang trước; không tự ghép."),
}
PAGED = ("limit", "cursor")
OPERATIONS = (
    Operation(path="/openapi.json", name="openapi", summary="Bản mô tả này", problems=(400, 401, 429, 503)),
    Operation(
        path="/units", name="unit_list", summary="Các đơn vị", schema="Units", parameters=("unit", *PAGED)
    ),
    Operation(path="/units/{code}", name="unit", summary="Một đơn vị", schema="Unit", parameters=("code",)),
    Operation(
        path="/people",
        name="person_list",
        summary="Cán bộ thuộc các đơn vị vào một ngày",
        schema="People",
        parameters=("unit", "on", *PAGED),
    ),
    Operation(
        path="/people/{code}",
        name="person",
        summary="Một cán bộ",
        schema="Person",
        parameters=("code", "on"),
    ),
    Operation(
        path="/records",
        name="record_list",
        summary="Kết quả từng buổi",
        schema="Records",
        parameters=("unit", "from", "to", *PAGED),
    ),
    Operation(
        path="/overtime",
        name="overtime_list",
        summary="Làm thêm giờ",
        schema="OvertimePage",
        parameters=("unit", "from", "to", *PAGED),
    ),
    Operation(
        path="/months/{month}",
        name="month_list",
        summary="Kỳ công của các đơn vị: đã chốt chưa, mã bảng công",
        schema="Months",
        parameters=("month", "unit", *PAGED),
    ),
    Operation(
        path="/sheets/{month}/{code}",
        name="sheet",
        summary="Bảng công của một tháng đã chốt",
        schema="Sheet",
        parameters=("month", "code", "form"),
        problems=(400, 401, 403, 404, 409, 429, 503),
    ),
    Operation(
        path="/terminals",
        name="terminal_list",
        summary="Tình trạng máy chấm công",
        schema="Terminals",
        parameters=PAGED,
    ),
)
"""Every address of the blueprint, by the name of its view."""


def description() -> dict[str, Any]:
    """The whole description, the same for every installation."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Giám sát giờ làm việc",
            "version": VERSION,
            "description": "Chỉ đọc; mỗi yêu cầu kèm mã truy cập. Xem docs/api.md.",
        },
        "servers": [{"url": V1}],
        "security": [{"token": []}],
        "paths": {one.path: {"get": _operation(one)} for one in OPERATIONS},
        "webhooks": {"month": {"post": _webhook()}},
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    schema = ref(one.schema) if one.schema else {"type": "object"}
    answers: dict[str, Any] = {
        "200": {"description": "OK", "content": {"application/json": {"schema": schema}}},
        "304": {"description": "Không đổi so với If-None-Match"},
    }
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    answers |= {str(status): {"description": "Từ chối", "content": problem} for status in one.problems}
    return {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [PARAMETERS[name] for name in one.parameters],
        "responses": answers,
    }


def _webhook() -> dict[str, Any]:
    return {
        "summary": "Kỳ công đã chốt, hoặc mở lại",
        "requestBody": {"content": {"application/json": {"schema": ref("MonthEvent")}}},
        "responses": {"2XX": {"description": "Đã nhận"}},
    }
