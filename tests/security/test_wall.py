"""Where the program goes past the database's second wall: few places, each for a reason."""

import ast

from tests.security.test_sources import ROOT, SOURCES, name_of

OPENINGS = frozenset({"beyond_wall", "seeing_all", "sees_all"})
ALLOWED = {
    "monitor/records/refresh.py": "the rules judge everybody's days, whoever has them do it",
    "monitor/store/queries/world.py": "what the rules look at: a hidden excuse would be an absence",
    "monitor/preview.py": "judges and keeps nothing; the page shows rows in scope alone",
    "monitor/setup/run.py": "checks every row against the reach itself, and against what is stored of others",
    "monitor/periods/signed.py": "a digest of part of a month would be a false one",
    "monitor/periods/verify.py": "so would a seal, compared with part of the rows",
    "monitor/periods/closing.py": "recomputes, and seals whole months",
    "monitor/periods/reopening.py": "recomputes what a month held",
    "monitor/inspections/snapshot.py": "who is expected in a unit at T is kept; the unit is in scope",
    "monitor/inspections/patterns/hits.py": "how busy terminals usually are: numbers without names",
    "monitor/inspections/report.py": "a unit's number of a year before, without names",
    "monitor/inspections/files.py": "what is hidden in public figures is decided over everybody",
    "monitor/exports/aggregates.py": "what is hidden in public figures is decided over everybody",
    "monitor/yearly/unit.py": "sums of a unit that the reader has led, for its leader's own evidence",
    "monitor/web/pages/sheet_code.py": "the sums of a closed month, for whoever holds its paper",
    "monitor/store/queries/person_day.py": "around a day of which the database has shown a record",
    "monitor/store/queries/cases.py": "how many forgotten marks were approved in a month, for who decides",
}


def test_only_these_places_go_past_the_second_wall() -> None:
    found = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and OPENINGS & {one.name for one in node.names}
    }

    assert found == set(ALLOWED)
    assert not [
        path
        for path in SOURCES
        if "set_config" in path.read_text("utf-8") and path != ROOT / "monitor" / "store" / "wall.py"
    ]
