"""The walls of the house: who may import whom, what loads when, and what every test says."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "digest"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    # What a command does: the line, what runs it, what looks at it, what settles things.
    frozenset({"daily", "order", "standing", "gather", "letterhead", "teach", "world", "alerts"})
    | frozenset({"daemon", "schedule", "heartbeat", "status", "check", "preview", "sample"})
    | frozenset({"attempts"})
    | frozenset({"setup", "answers", "upkeep", "services", "installation"})
    | frozenset({"library", "providers", "example"}),
    # The rooms with a door to the world, and those that make a letter.
    frozenset({"sources", "post", "outbox", "round", "retry", "store", "http", "config", "report"})
    | frozenset(
        {"render", "page", "headline", "language", "template", "fault", "thumbnail", "typography"}
    )
    | frozenset({"letter", "message", "headers", "flowed"}),
    # The core: pure functions of what was fetched and what is remembered.
    frozenset({"ranking", "issue", "choice", "quiet", "gist", "candidates", "profile"}),
    frozenset({"paper", "errors", "text", "diagnostics", "feedback", "outsiders"})
    | frozenset({"mathtext", "latex", "notation", "symbols"}),
)
"""From the outside in: a room imports only from its own layer or a deeper one."""

CORE = LAYERS[-2] | LAYERS[-1]
WORLDLY = frozenset(
    {"httpx", "smtplib", "sqlite3", "apscheduler", "feedparser", "click", "socket", "subprocess"}
)
HEAVY = ("sklearn", "numpy", "httpx", "feedparser", "apscheduler", "jinja2")


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def layer(name: str) -> int:
    return next((depth for depth, rooms in enumerate(LAYERS) if name in rooms), -1)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the tree of a module, read once; nobody changes it."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the dotted names a module imports, in functions too, but not for types alone."""
    tree = parsed(path)
    types_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in types_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("digest.")}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_inwards(path: Path) -> None:
    """A module imports only from its own layer or a deeper one."""
    mine = room(path)
    if mine == "__init__":
        return
    assert layer(mine) >= 0, f"{mine} is in no layer: say in LAYERS where it lives"
    outward = {
        other for other in rooms_imported(path) if layer(other) >= 0 and layer(other) < layer(mine)
    }
    assert outward == set()


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_does_not_reach_for_the_world(path: Path) -> None:
    """No HTTP, SQLite, SMTP, sockets, processes or command line in the core."""
    if room(path) in CORE:
        assert {name.split(".")[0] for name in imports(path)} & WORLDLY == set()


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_ranking_imports_scikit_learn(path: Path) -> None:
    """The heaviest package has one home."""
    if room(path) != "ranking":
        assert "sklearn" not in {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    """`print` and `sys.exit` stand in cli.py (and in scripts run by hand) alone."""
    tree = parsed(path)
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    if room(path) not in {"cli", "__main__"} and path.name != "build.py":
        assert calls & {"print", "sys.exit", "exit", "quit"} == set()


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


def test_tests_mirror_the_house() -> None:
    """Each room has its tests where one looks for them."""
    missing = [
        str(path.relative_to(HOUSE))
        for path in HOUSE.iterdir()
        if path.suffix == ".py" and not path.name.startswith("_")
        if not (ROOT / "tests" / f"test_{path.name}").exists()
    ]
    assert missing == []
