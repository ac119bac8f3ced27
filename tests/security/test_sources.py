"""What the sources must not hold: unescaped text, SQL put together, shells, stray processes, secrets."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("monitor", "devices", "jobs") for path in (ROOT / folder).rglob("*.py"))
TEMPLATES = sorted((ROOT / "monitor").rglob("*.html"))
EXCEPTIONS = ROOT / "docs" / "security" / "exceptions.md"

MARKUP_ALLOWED = {
    "monitor/web/daybar.py": "numbers and our own class names only",
    "monitor/web/strip.py": "numbers and our own class names only",
    "monitor/web/arrivals.py": "numbers and our own class names only",
    "monitor/web/charts.py": "numbers and our own class names only",
    "monitor/web/checkcharts.py": "numbers, dates and our own class names only",
    "monitor/web/weekdrawing.py": "numbers put into a constant",
    "monitor/web/monthpage.py": "15,500 cells: every text goes through escape",
    "monitor/web/pages/board.py": "what our own template has escaped already",
    "monitor/web/navigation.py": "what our own template has escaped already; and an empty text",
    "monitor/web/language.py": "a constant",
    "monitor/web/enrolment.py": "the picture of a code, drawn by us",
}
QUERIES_ALLOWED = {
    "monitor/store/migrations/versions/": "names of our own tables; no data comes near",
    "monitor/backup/": "names that the database itself gives, quoted by its own rules; no data comes near",
    "monitor/store/session.py": "a pragma takes no parameter; its value is one of two of our own",
}
STARTS_PROCESSES = {
    "monitor/cli/supervision.py": "our own servers, a fixed command",
    "devices/files/workbook.py": "the workbook reader, a fixed command; the file goes over the pipe",
    "devices/zk_child.py": "the reading child, a fixed command; the task goes over the pipe",
}
_PROCESSES = frozenset({"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"})
_SHELLS = re.compile(r"system|popen|startfile|fork|forkpty|posix_spawnp?|(?:spawn|exec)[lv]p?e?")
_DYNAMIC = frozenset({"eval", "exec", "compile", "__import__"})
_UNPICKLERS = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "yaml"})


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# Unescaped text.


def unescaped(template: str) -> list[str]:
    """What a template writes as it is."""
    return re.findall(r"\|\s*safe\b|\bautoescape\s+false|\|\s*forceescape|Markup\(|\|\s*xmlattr", template)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_text_as_it_is(path: Path) -> None:
    assert unescaped(path.read_text(encoding="utf-8")) == []


def test_planted_an_unescaped_template_is_noticed() -> None:
    for careless in ("{{ name|safe }}", "{{ name | safe }}", "{% autoescape false %}", "{{ Markup(name) }}"):
        assert unescaped(careless)
    assert unescaped("{{ name }} is safe") == []


def test_markup_is_made_of_our_own_numbers_only() -> None:
    found = {
        name_of(path)
        for path in SOURCES
        for name, _ in calls(path.read_text("utf-8"))
        if name.endswith("Markup")
    }
    assert found - MARKUP_ALLOWED.keys() == set()


# Queries.


def put_together(source: str) -> list[int]:
    """Lines on which the text of a query is built of parts: `text()` and `execute()` take literals only."""
    found = []
    for name, node in calls(source):
        wanted = {
            "text",
            "execute",
            "exec_driver_sql",
            "executemany",
            "executescript",
            "literal_column",
            "DDL",
        }
        if name.rpartition(".")[2] not in wanted or not node.args:
            continue
        first = node.args[0]
        formatted = isinstance(first, ast.JoinedStr | ast.BinOp) or (
            isinstance(first, ast.Call) and ast.unparse(first.func).endswith((".format", ".join", ".replace"))
        )
        found += [node.lineno] if formatted else []
    return found


def test_no_query_is_put_together_of_text() -> None:
    found = {
        name_of(path): lines
        for path in SOURCES
        if not name_of(path).startswith(tuple(QUERIES_ALLOWED))
        and (lines := put_together(path.read_text("utf-8")))
    }
    assert found == {}


def test_planted_an_interpolated_query_is_noticed() -> None:
    for careless in (
        'text(f"SELECT {x}")',
        'c.execute("SELECT " + x)',
        'text("SELECT %s" % x)',
        'sa.text("{}".format(x))',
    ):
        assert put_together(careless) == [1]
    assert put_together('text("SELECT 1")') == []


# Processes, shells, code from data.


def forbidden_calls(source: str) -> list[str]:
    """Calls of shells, of programs, of code made of data, of formats that run code when read."""
    found = []
    for name, node in calls(source):
        head, _, last = name.rpartition(".")
        shell = any(word.arg == "shell" for word in node.keywords)
        if shell or (head == "os" and _SHELLS.fullmatch(last)) or (not head and last in _DYNAMIC):
            found.append(name)
    for part in ast.walk(ast.parse(source)):
        modules = [one.name for one in part.names] if isinstance(part, ast.Import) else []
        modules += [part.module or ""] if isinstance(part, ast.ImportFrom) else []
        found += [module for module in modules if module.partition(".")[0] in _UNPICKLERS]
    return found


def test_no_shell_no_evaluated_text_no_pickles() -> None:
    found = {name_of(path): bad for path in SOURCES if (bad := forbidden_calls(path.read_text("utf-8")))}
    assert found == {}


def test_planted_a_shell_is_noticed() -> None:
    for careless in (
        'os.system("ls " + x)',
        "subprocess.run(x, shell=True)",
        "eval(x)",
        "import pickle",
        "os.popen(x)",
    ):
        assert forbidden_calls(careless)


def test_processes_are_started_where_it_is_known_only() -> None:
    found = {
        name_of(path)
        for path in SOURCES
        for name, _ in calls(path.read_text("utf-8"))
        if name.startswith("subprocess.") and name.rpartition(".")[2] in _PROCESSES
    }
    assert found - STARTS_PROCESSES.keys() == set()


def generic_writes(source: str) -> list[int]:
    """Lines that write a cell without saying its type: the library then makes formulas and links of text."""
    risky = {
        "write",
        "write_row",
        "write_column",
        "write_formula",
        "write_url",
        "write_rich_string",
        "write_array_formula",
    }
    return [
        node.lineno
        for name, node in calls(source)
        if name.rpartition(".")[2] in risky and len(node.args) >= 2 and "sheet" in name.rpartition(".")[0]
    ]


def test_every_cell_of_a_workbook_is_written_with_its_type() -> None:
    writers = [path for path in SOURCES if "xlsxwriter" in path.read_text("utf-8")]
    assert writers
    folder = [path for path in SOURCES if name_of(path).startswith("monitor/exports/")]
    assert {
        name_of(path): lines for path in folder if (lines := generic_writes(path.read_text("utf-8")))
    } == {}
    assert generic_writes("sheet.write(0, 1, name)") == [1]


# Exceptions of the linter.


def suppressions() -> dict[str, set[str]]:
    """File -> security rules that are switched off on a line of it."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if (match := re.search(r"#\s*noqa:\s*([A-Z0-9, ]+)", line)) is not None:
                rules = {rule for rule in re.split(r"[, ]+", match[1]) if re.fullmatch(r"S\d+", rule)}
                if rules:
                    found.setdefault(name_of(path), set()).update(rules)
    return found


def listed() -> dict[str, set[str]]:
    rows = re.findall(
        r"^\| `([^`]+)` \| ([S0-9, ]+) \| .+ \| \d{4}-\d{2}-\d{2} \|$", EXCEPTIONS.read_text("utf-8"), re.M
    )
    return {path: set(rules.split(", ")) for path, rules in rows}


def test_every_exception_of_the_security_linter_is_listed_with_its_reason_and_date() -> None:
    assert suppressions() == listed()


# Secrets in the repository.

SECRETS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "token": r"\b(?:gh[pousr]_\w{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9]{32,})\b",
    "signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password in an address": r"\b[a-z][a-z0-9+]*://[^\s:/@\"'<>{}]+:[^\s/@\"'<>{}]{3,}@[\w.-]+",
    "password set": r"(?i)^\s*[A-Z_.]*(?:password|secret_key|api_key)\s*[:=]\s*[\"'][^\"'{}<>$]{12,}[\"']",
}
SECRETS_ALLOWED = {
    "tests/": "made up for a test",
    "devices/simulated/": "a simulated terminal's",
}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def secrets_in(text: str) -> list[str]:
    return [what for what, pattern in SECRETS.items() if re.search(pattern, text, re.MULTILINE)]


def test_the_repository_holds_no_secret() -> None:
    found = {}
    for path in tracked():
        name = name_of(path)
        if name.startswith(tuple(SECRETS_ALLOWED)) or path.suffix in {".png", ".lock"}:
            continue
        if what := secrets_in(path.read_bytes().decode("utf-8", "replace")):
            found[name] = what
    assert found == {}


def test_no_test_holds_a_private_key_or_a_token() -> None:
    """Keys of tests are made when they run."""
    allowed = {name_of(Path(__file__))}
    found = {
        name_of(path): bad
        for path in tracked()
        if path.suffix in {".py", ".toml", ".pem", ".key", ".json", ".txt"} and name_of(path) not in allowed
        if (
            bad := set(secrets_in(path.read_bytes().decode("utf-8", "replace")))
            & {"private key", "cloud key", "token"}
        )
    }
    assert found == {}


def test_planted_secrets_are_noticed() -> None:
    dashes = "-" * 5
    for careless in (
        f"{dashes}BEGIN PRIVATE KEY{dashes}",
        f"{dashes}BEGIN OPENSSH PRIVATE KEY{dashes}",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        'password = "correct-horse-battery"',
        "url = postgresql://monitor:hunter22@db/monitor",
    ):
        assert secrets_in(careless), careless
    assert secrets_in('secret_key = ""  # empty') == []
