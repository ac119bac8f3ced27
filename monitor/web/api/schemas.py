"""The shapes of the API's answers, as JSON Schema 2020-12 (which OpenAPI 3.1 takes as it is).

Closed for programs that check what we send (`additionalProperties`), open in meaning: a new field is a new
property here, and a change of the description.
"""

from collections.abc import Mapping
from typing import Any

from monitor.rules.codes import OvertimeClass, Reason, Status
from monitor.store.tables.origins import ORIGINS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DATE: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
CLOCK: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"}
MONTH: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def ref(name: str) -> Schema:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, Schema], *optional: str) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _page(name: str) -> Schema:
    return _object({"items": _list(ref(name)), "next": nullable(TEXT)})


def _numbers() -> Schema:
    return {"type": "object", "additionalProperties": {"type": "number"}}


_VALID = {"valid_from": nullable(DATE), "valid_to": nullable(DATE)}
_STEP = _object({"unit": TEXT, "kind": {"enum": list(ORIGINS)}, "on": DATE, "document": TEXT})
_RECORD = {
    "person": TEXT,
    "date": DATE,
    "seq": {"type": "integer"},
    "unit": TEXT,
}
_SHEET_DAY = _object({"date": DATE, "kind": TEXT, "name": TEXT})
_SHEET_PERSON = _object(
    {
        "person": TEXT,
        "name": TEXT,
        "position": TEXT,
        "days": {"type": "object", "additionalProperties": _list(TEXT)},
        "totals": _numbers(),
    }
)
_SHEET_UNIT = _object(
    {
        "unit": TEXT,
        "name": TEXT,
        "state": {"const": "closed"},
        "pending_sessions": COUNT,
        "code": TEXT,
        "seal": TEXT,
        "closed_at": INSTANT,
        "days": _list(_SHEET_DAY),
        "people": _list(_SHEET_PERSON),
        "totals": _numbers(),
    }
)

SCHEMAS: Mapping[str, Schema] = {
    "Unit": _object(
        {
            "code": TEXT,
            "name": TEXT,
            "parent": nullable(TEXT),
            "public_facing": FLAG,
            "bloc": TEXT,
            **_VALID,
            "predecessors": _list(ref("Step")),
            "successors": _list(ref("Step")),
        }
    ),
    "Step": _STEP,
    "Units": _page("Unit"),
    "Person": _object(
        {"code": TEXT, "name": TEXT, "postings": _list(ref("Posting")), "badges": _list(ref("Badge"))},
        "badges",
    ),
    "People": _page("Person"),
    "Posting": _object(
        {"unit": TEXT, "position": TEXT, "role": {"enum": ["staff", "deputy", "head"]}, **_VALID}
    ),
    "Badge": _object({"terminal": TEXT, "device_user_id": TEXT, **_VALID}),
    "Record": _object(
        {
            **_RECORD,
            "session": TEXT,
            "start": CLOCK,
            "end": CLOCK,
            "in": nullable(CLOCK),
            "out": nullable(CLOCK),
            "status": {"enum": [status.name.lower() for status in Status]},
            "late_minutes": COUNT,
            "early_minutes": COUNT,
            "worked_minutes": COUNT,
            "symbol": TEXT,
            "cong": {"type": "number", "minimum": 0},
            "reasons": _list({"enum": [reason.name.lower() for reason in Reason if reason.name]}),
            "rule_version": TEXT,
        }
    ),
    "Records": _page("Record"),
    "Overtime": _object(
        {
            **_RECORD,
            "class": {"enum": [one.name.lower() for one in OvertimeClass]},
            "from": CLOCK,
            "to": CLOCK,
            "present_from": nullable(CLOCK),
            "present_to": nullable(CLOCK),
            "overtime_minutes": COUNT,
            "night_minutes": COUNT,
        }
    ),
    "OvertimePage": _page("Overtime"),
    "Month": _object(
        {
            "unit": TEXT,
            "month": MONTH,
            "state": {"enum": ["open", "closed", "reopen_requested", "reopened"]},
            "code": nullable(TEXT),
            "seal": nullable(TEXT),
            "closed_at": nullable(INSTANT),
            "pending_adjustments": COUNT,
        }
    ),
    "Months": _page("Month"),
    "Sheet": _object(
        {
            "schema": {"const": "monitor timesheet 1"},
            "form": TEXT,
            "month": MONTH,
            "columns": _list(_object({"number": {"type": "integer"}, "title": TEXT})),
            "units": _list(_SHEET_UNIT),
        }
    ),
    "Terminal": _object(
        {
            "code": TEXT,
            "name": TEXT,
            "unit": nullable(TEXT),
            "kind": TEXT,
            "state": {"enum": ["good", "late", "lost", "off"]},
            "last_good_at": nullable(INSTANT),
            "last_tried_at": nullable(INSTANT),
            "last_punch": nullable(CLOCK),
            "error": nullable(TEXT),
            "records": nullable(COUNT),
            "capacity": nullable(COUNT),
            "clock_offset_seconds": nullable({"type": "integer"}),
            "quarantined": COUNT,
            "unknown_ids": COUNT,
            "gaps": _list(_object({"from": CLOCK, "to": CLOCK})),
        }
    ),
    "Terminals": _page("Terminal"),
    "Problem": _object(
        {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "code": TEXT, "detail": TEXT}
    ),
    "MonthEvent": _object(
        {
            "type": {"enum": ["month.closed", "month.reopened"]},
            "timestamp": INSTANT,
            "data": _object({"unit": TEXT, "month": MONTH, "code": TEXT, "seal": TEXT}),
        }
    ),
}
"""By name. `MonthEvent` is what webhooks carry."""
