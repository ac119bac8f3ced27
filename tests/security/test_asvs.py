"""The table of ASVS requirements: complete, no row empty, every test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")

IDS = re.compile(r"\d+\.\d+\.\d+")
CORE = IDS.findall("""
1.1.2 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.2 1.3.3 1.3.6 1.4.2 1.5.2 2.1.2 2.2.1 2.2.2 2.2.3 2.3.1
2.3.3 2.3.4 2.4.1 3.2.2 3.3.1 3.3.2 3.3.4 3.4.3 3.4.4 3.4.6 3.5.1 3.5.3 4.1.3 5.2.1 5.2.2 5.2.3
5.3.2 6.2.1 6.2.4 6.3.1 6.3.2 6.3.3 6.4.1 6.5.1 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.5 8.1.1
8.1.2 8.2.1 8.2.2 8.2.3 8.3.1 8.4.1 11.4.2 11.5.1 12.2.1 13.2.2 13.2.3 13.3.1 13.4.2 13.4.5 14.1.1
14.2.4 14.3.2 15.2.1 15.2.2 15.3.3 16.2.1 16.2.2 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2
16.4.3 16.5.1 16.5.3
""")
LEVEL_3 = IDS.findall("1.2.10 2.3.5 6.3.8 7.5.3 8.3.2 13.1.3 14.2.7 15.4.1 15.4.2 16.5.4")


def test_every_requirement_stands_in_the_table_once() -> None:
    ids = [row[0] for row in ROW.findall(TABLE)]

    assert len(CORE) == 80
    assert sorted(ids) == sorted([*CORE, *LEVEL_3])


def test_every_row_names_a_test_a_check_by_hand_or_a_reason() -> None:
    unfounded = [
        row[0]
        for row in ROW.findall(TABLE)
        if not NAMED.search(row[2]) and not re.search(r"by hand \d{4}-\d{2}-\d{2}|N/A", row[2])
    ]

    assert unfounded == []


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for file, name in NAMED.findall(TABLE):
        path = ROOT / "tests" / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
            missing.append(f"{file}::{name}")

    assert missing == []
