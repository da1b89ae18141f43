"""Whatever README shows is true: its commands run, its configs load, its code works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from town import digest

from digest.cli import cli
from digest.config import load
from digest.delivery.providers import PROVIDERS
from digest.delivery.retry_policy import GIVEN_UP_AFTER
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.process

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LONGEST = 200
"""Lines."""


def blocks(*languages: str) -> list[str]:
    """Return the blocks of these languages."""
    return [text for language, text in BLOCKS if language in languages]


def commands() -> list[str]:
    """Return each command line of the README, its remark taken off."""
    lines = "".join(blocks("console", "sh")).splitlines()
    return [plain for line in lines if (plain := re.sub(r"\s+#.*", "", line).strip())]


def those(program: str) -> list[str]:
    """Return the command lines that begin with `program`."""
    return [line for line in commands() if line.split()[0] == program]


ENDLESS = {
    "digest preview": "-o page.html",
    "digest run": "--once-due",
    "digest init": "--defaults",
}
"""What is added to commands that ask or that never end."""
PAPERS = (
    ("2406.11838", "Autoregressive Image Generation", "Flow matching and diffusion for images."),
    ("2606.01003", "Notes on Medieval Accounting", "Ledgers of one abbey are read again."),
)
CONFIG = """
[[interests]]
name = "Flows"
phrases = ["flow matching"]
[[sources]]
type = "file"
path = "papers.jsonl"
[email]
to = "ada@reader.test"
[maildir]
path = "mail"
[schedule]
timezone = "UTC"
[storage]
path = "state"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, which is the home as well, with a config that needs no network."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "config.toml").write_text(CONFIG)
    lines = (json.dumps({"id": i, "title": t, "abstract": a}) for i, t, a in PAPERS)
    (folder / "papers.jsonl").write_text("\n".join(lines))
    (folder / "library.bib").write_text("@misc{a, title={A Paper of Mine}, doi={10.1000/mine}}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(folder))
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "DIGEST_CONFIG", "DIGEST_STATE"):
            patch.delenv(name, raising=False)
        digest("preview", "-o", "seen.html")
        yield folder


@pytest.mark.parametrize("line", those("digest"))
def test_every_command_runs(home: Path, line: str) -> None:
    """As it stands, with papers and a mailbox of this folder."""
    done = digest(*shlex.split(f"{line} {ENDLESS.get(line, '')}")[1:])
    assert (done.code, "Traceback" in done.err) == (0, False), (line, done)


@pytest.mark.parametrize("line", those("make"))
def test_every_target_is_one_of_the_makefile(line: str) -> None:
    """Running them is for people: the target is there, and make knows how."""
    done = subprocess.run(
        ["make", "--dry-run", *line.split()[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", those("eval"))
def test_the_shell_learns_to_complete(line: str) -> None:
    """After it, bash asks digest for its commands and options."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"{line}; complete -p digest; COMP_WORDS='digest sta' COMP_CWORD=1 digest"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PATH": path, "_DIGEST_COMPLETE": "bash_complete"},
    )
    assert "digest" in done.stdout
    assert "status" in done.stdout


@pytest.mark.parametrize("line", [*those("pipx"), *those("docker")])
def test_what_is_built_from_here_can_be(line: str) -> None:
    """The extras that are named exist, and so does the file that is built."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {name for part in re.findall(r"\[([\w,]+)\]", line) for name in part.split(",")}
    assert extras <= set(project["optional-dependencies"])
    assert (ROOT / ("Dockerfile" if line.startswith("docker") else "pyproject.toml")).is_file()


def test_no_line_is_left_untried() -> None:
    """Each command line belongs to a test above."""
    known = {"digest", "make", "eval", "pipx", "docker"}
    assert {line.split()[0] for line in commands()} == known
    assert {language for language, _ in BLOCKS} <= {"console", "sh", "toml", "text", "python"}


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_config_loads(text: str, tmp_path: Path) -> None:
    """Without a problem or a warning."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    config = load(path, environ={"DIGEST_STATE": str(tmp_path)})
    assert [problem for problem in config.warnings if "zone" not in problem.message] == []
    assert config.require_transport().kind == "smtp"


@pytest.mark.parametrize("text", blocks("text"))
def test_a_mistake_is_shown_as_it_says(text: str, tmp_path: Path) -> None:
    """The very words, at the very place."""
    line = next(line for line in text.splitlines() if line.startswith("4 |"))[4:]
    path = tmp_path / "config.toml"
    path.write_text(f'[[interests]]\nname = "Worlds"\nphrases = [\n{line}\n]\n{CONFIG}')
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert str(caught.value).replace(f"{tmp_path}/", "") == text.strip()


@pytest.mark.parametrize("text", blocks("python"))
def test_every_piece_of_code_works(text: str) -> None:
    """In a Python of its own, with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "print(" not in text or done.stdout.startswith("arxiv:2406.11838 ")


def test_the_source_of_ones_own_is_one() -> None:
    """What it reads becomes papers."""
    text = next(text for text in blocks("python") if "@source" in text)
    script = f"""
import sys; sys.path[:0] = [{str(ROOT / "tests" / "support")!r}]
from fake_arxiv import FakeHttp
{text}
from digest.sources import kinds
lab = kinds()["lab"](url="https://lab.test/titles")
found = lab.fetch(FakeHttp({{"lab.test": b"One\\nTwo"}}), None)
print(lab.name, found.source, [paper.title for paper in found.papers], found.state.value)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "lab lab ['One', 'Two'] ok", done.stderr


def test_every_option_and_file_that_is_named_exists() -> None:
    """In tables and prose too."""
    known = {
        option
        for command in (cli, *cli.commands.values())
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--strict"}  # mypy's
    assert named <= known
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert [name for name in cli.commands if f"digest {name}" not in README] == []


def test_every_dependency_is_accounted_for() -> None:
    """The table and pyproject.toml name the same packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {re.split(r"[<>=\[]", line)[0] for line in project["dependencies"]}
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = text.partition("| dependency |")[2].splitlines()[2:]
    named = [name for row in rows if row.startswith("|") for name in row.split("|")[1].split(",")]
    assert sorted(name.strip() for name in named) == sorted(required)


def test_the_numbers_it_boasts_of_are_so() -> None:
    """Two dozen providers, five days of tries."""
    assert "two dozen providers" in README
    assert "tried for five days" in README
    assert len({provider.name for provider in PROVIDERS}) >= 24
    assert timedelta(days=5) == GIVEN_UP_AFTER


def test_it_can_be_read_in_one_sitting() -> None:
    """No longer than it may be."""
    assert len(README.splitlines()) <= LONGEST


def test_the_figures_are_those_of_the_benchmark() -> None:
    """Each figure of docs/ranking.md is in the benchmark's own record."""
    page = (ROOT / "docs" / "ranking.md").read_text(encoding="utf-8")
    record = (ROOT / "tests" / "benchmarks" / "README.md").read_text(encoding="utf-8")
    quality = re.findall(r"(?<![\d.])\.\d{3}", page)
    row = page.partition("| `digest -h` |")[2].splitlines()[2]
    cost = re.findall(r"\d[\d.]*(?=(?: s| MB|/s)?)", row.replace("10,000", ""))
    assert (len(quality) >= 15, len(cost) >= 8) == (True, True)
    assert [figure for figure in quality + cost if figure not in record] == []


DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_in_documents_lead_somewhere(path: Path) -> None:
    """Each relative link of each document names a file that exists."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_files_named_in_the_architecture_exist() -> None:
    """ARCHITECTURE.md names no module that is gone."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:digest/|tests/)?(?:[a-z_]+/)+[a-z_]*(?:\.py)?)`", text)
    known = [ROOT / name for name in named], [ROOT / "digest" / name for name in named]
    assert [
        n for n, a, b in zip(named, *known, strict=True) if not (a.exists() or b.exists())
    ] == []
