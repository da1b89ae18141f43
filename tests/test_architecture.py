"""The walls of the house: who may import whom, what loads when, and what every test says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "digest"

LAYERS = (
    "model",
    "ranking",
    "sources",
    "store",
    "email",
    "delivery",
    "config",
    "app",
    "cli",
)
"""The packages of digest, lowest first: each imports only itself and those before it."""
NOT_IMPORTED = {
    "sources": {"ranking"},
    "store": {"ranking", "sources"},
    "email": {"sources", "store"},
    "delivery": {"ranking", "sources", "email"},
    "config": {"store"},
}
"""Lower packages that are no business of a package: it gets what it needs as values."""
ENTRIES = {*LAYERS, "__init__.py", "__main__.py", "py.typed"}
CORE = ("model", "ranking", "email")
WORLDLY = {"httpx", "smtplib", "sqlite3", "apscheduler", "feedparser", "click", "socket"} | {
    "subprocess",
    "urllib.request",
}
MAX_LINES = 300
MAX_FUNCTION_LINES = 45
HEAVY = ("sklearn", "numpy", "httpx", "feedparser", "apscheduler", "jinja2")


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return the tree of a module, read once; nobody changes it."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the dotted names that a module imports, those inside functions and for types too."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(found)


def named(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def graph() -> dict[str, set[str]]:
    """Return for each module of digest the modules that it imports itself."""
    known = {named(path) for path in modules()}
    arrows: dict[str, set[str]] = {}
    for path in modules():
        dotted = {name for name in imports(path) if name.split(".")[0] == "digest"}
        whole = {name for name in dotted if name in known}
        arrows[named(path)] = whole - {name.rpartition(".")[0] for name in whole} - {named(path)}
    return arrows


IDIOM = re.compile(
    r"^(What|How|Who|When|Where|Why|So many|So much|Of so|Of )\b"
    r"|\b(nobody|somebody|whoever|nowhere|hears?|speaks?|dress|wish(es)?|tells?|told)\b",
    re.IGNORECASE,
)
"""Openings and words that say less than the field's own (a free relative names no subject)."""


CALLED_BY_LIBRARIES = {
    # click
    "list_commands",
    "get_command",
    "resolve_command",
    "parse_args",
    "format_help",
    # jinja2
    "load_bytecode",
    "dump_bytecode",
    "is_safe_attribute",
    "is_safe_callable",
    # httpcore, html.parser
    "connect_tcp",
    "start_tls",
    "handle_request",
    "handle_starttag",
    "handle_endtag",
    "handle_data",
}
"""Methods that override those of a library's class."""


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield place and text of every docstring in digest."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield f"{named(path)}:{getattr(node, 'lineno', 1)}", text


def test_docstrings_are_plain() -> None:
    """Docstrings begin with a noun or a verb, and use none of the words that say little."""
    assert [f"{place}: {text[:60]}" for place, text in docstrings() if IDIOM.search(text)] == []


def test_files_and_functions_are_short() -> None:
    """No file is over 300 lines, no function over 45 without its docstring."""
    long = [named(path) for path in modules() if path.read_text().count("\n") > MAX_LINES]
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                if (node.end_lineno or 0) - first.lineno >= MAX_FUNCTION_LINES:
                    long.append(f"{named(path)}.{node.name}")
    assert long == []


def test_a_class_name_is_used_once() -> None:
    """Two classes of digest never have the same public name."""
    found = Counter(
        node.name
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in found.items() if times > 1] == []


def test_public_names_have_callers() -> None:
    """Each public function, class and method is named elsewhere in digest, templates or its API."""
    words = Counter(
        word
        for path in (*modules(), *(ROOT / "templates").rglob("*.*"))
        for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    )
    unused = [
        f"{named(path)}.{node.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and node.name not in CALLED_BY_LIBRARIES
        and not node.decorator_list
        and words[node.name] == 1
    ]
    assert unused == []


def test_folders_are_layers() -> None:
    """The packages are those of the drawing, and each imports only lower ones that concern it."""
    entries = {path.name for path in HOUSE.iterdir()} - {"__pycache__"}
    assert entries == ENTRIES
    wrong = []
    for path in modules():
        mine = path.relative_to(HOUSE).parts[0]
        if mine not in LAYERS:
            continue
        allowed = set(LAYERS[: LAYERS.index(mine) + 1]) - NOT_IMPORTED.get(mine, set())
        others = {name.split(".")[1] for name in imports(path) if name.startswith("digest.")}
        wrong += [f"{named(path)} -> {other}" for other in others & set(LAYERS) - allowed]
    assert wrong == []


def test_no_modules_import_each_other() -> None:
    """Imports go in no circle, type-checking imports included."""
    assert list(TopologicalSorter(graph()).static_order())


def test_the_core_opens_nothing() -> None:
    """model, ranking and email use no HTTP, SQLite, SMTP, socket, process or command line."""
    wrong = [
        f"{named(path)}: {name}"
        for path in modules()
        if path.relative_to(HOUSE).parts[0] in CORE
        for name in imports(path) & WORLDLY
    ]
    assert wrong == []


def test_scikit_learn_is_used_in_ranking_only() -> None:
    """The heaviest dependency has one home."""
    users = {
        path.relative_to(HOUSE).parts[0]
        for path in modules()
        for name in imports(path)
        if name.split(".")[0] == "sklearn"
    }
    assert users == {"ranking"}


def test_only_the_command_line_prints_and_exits() -> None:
    """`print` and `sys.exit` stand in cli/ and in the build scripts."""
    wrong = [
        f"{named(path)}: {call}"
        for path in modules()
        if path.relative_to(HOUSE).parts[0] not in {"cli", "__main__.py"}
        and not path.name.startswith("build")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        for call in [ast.unparse(node.func)]
        if call in {"print", "sys.exit", "exit", "quit"}
    ]
    assert wrong == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["send", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """`digest --help` answers before any of the big packages is read."""
    script = (
        "import sys\nfrom digest.cli import main\n"
        f"sys.argv = ['digest', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stderr.strip() == "[]"


def test_importing_digest_loads_nothing_heavy() -> None:
    """`import digest` is cheap; the Ranker comes when it is asked for."""
    script = f"import sys, digest; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_ranker_is_there_for_who_asks() -> None:
    """By the name that `digest` itself promises; a name that it does not is an error as usual."""
    import digest
    from digest.ranking.ranker import Ranker

    assert digest.Ranker is Ranker
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        digest.nothing  # noqa: B018  # to ask for it is the test


@cache
def _tests() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (path, node)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_every_test_states_its_law() -> None:
    """A docstring says what must be true, not how it is tried."""
    silent = [f"{path.name}:{node.name}" for path, node in _tests() if not ast.get_docstring(node)]
    assert silent == []


def test_every_test_can_fail() -> None:
    """Each test asserts something, or expects an error."""

    def asserts(node: ast.FunctionDef) -> bool:
        words = ast.unparse(node)
        return any(w in words for w in ("assert", "raises(", "warns(", ".fail(", ".until("))

    toothless = [f"{path.name}:{node.name}" for path, node in _tests() if not asserts(node)]
    assert toothless == []


def test_every_public_function_is_documented() -> None:
    """Public functions, classes and modules have a docstring."""
    bare = []
    for path in modules():
        tree = parsed(path)
        if not ast.get_docstring(tree):
            bare.append(str(path.relative_to(ROOT)))
        bare += [
            f"{path.relative_to(ROOT)}:{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert bare == []
