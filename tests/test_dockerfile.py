"""The image as its text says it: built of what is here, run by nobody in particular, and well."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from digest.cli import cli
from digest.cli.service.units import unit

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def instructions() -> list[tuple[str, str]]:
    """Return each instruction and its argument, continued lines joined, remarks left out."""
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    words = (line.split(maxsplit=1) for line in text.splitlines() if line)
    return [(name, " ".join(argument.split())) for name, argument in words]


STEPS = instructions()


def those(name: str) -> list[str]:
    """Return the arguments of these instructions, in order."""
    return [argument for step, argument in STEPS if step == name]


def environ() -> dict[str, str]:
    """Return what the image sets."""
    return dict(pair.split("=", 1) for line in those("ENV") for pair in line.split())


def arguments() -> dict[str, str]:
    """Return what the build may be given, with the defaults."""
    return dict(line.split("=", 1) for line in those("ARG"))


def test_all_that_the_build_needs_is_copied() -> None:
    """What is copied is here, and what the wheel is made of is copied."""
    copied = {part for line in those("COPY") if "--from" not in line for part in line.split()[:-1]}
    assert [part for part in copied if not (ROOT / part).exists()] == []
    inside = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    needed = {*inside, "digest", "pyproject.toml", PROJECT["project"]["readme"]}
    assert needed | set(PROJECT["project"]["license-files"]) <= copied
    sent = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == sent


def test_its_python_is_one_we_are_tried_on() -> None:
    """A slim image of a version that pyproject.toml names, the same in both stages."""
    images = {line.split()[0] for line in those("FROM")}
    (image,) = images
    version = re.fullmatch(r"python:(\d\.\d+)-slim", image)
    assert version
    assert f"Programming Language :: Python :: {version[1]}" in PROJECT["project"]["classifiers"]


def test_the_extras_it_installs_exist() -> None:
    """Signing and libraries are in the image."""
    extras = arguments()["EXTRAS"].split(",")
    assert '".[$EXTRAS]"' in " ".join(those("RUN"))
    assert set(extras) <= set(PROJECT["project"]["optional-dependencies"])


def test_nobody_is_root_and_the_state_is_a_volume() -> None:
    """The user is made before the step to it, owns the state, and nothing comes after as root."""
    (user,) = those("USER")
    (volume,) = those("VOLUME")
    made = " ".join(those("RUN"))
    assert re.search(rf"useradd .*\b{user}\b", made)
    assert re.search(rf"--owner={user} .*{volume}", made)
    assert environ()["DIGEST_STATE"] == volume
    order = [name for name, _ in STEPS]
    assert max(i for i, name in enumerate(order) if name in {"RUN", "COPY"}) < order.index("USER")


def test_it_runs_and_looks_after_itself() -> None:
    """`digest run`, `digest status` as the check of its health, the zone to be named."""
    (entry,), (command,), (health,) = those("ENTRYPOINT"), those("CMD"), those("HEALTHCHECK")
    program, asked = json.loads(health.partition("CMD ")[2])
    assert json.loads(entry) == [program] == ["digest"]
    assert json.loads(command) == ["run"]
    assert asked == "status"
    assert {"run", "status"} <= set(cli.commands)
    assert environ()["TZ"] == "Etc/UTC"
    assert environ()["DIGEST_CONFIG"] == "/config/config.toml"


def test_what_the_service_prints_is_built_of_this(tmp_path: Path) -> None:
    """`digest run --service docker` builds this file, and gives what it asks for by its name."""
    text = unit("docker", config=tmp_path / "config.toml")
    given = re.search(r"args:\n(.*?)\n    \w", text, re.DOTALL)
    assert given
    assert set(re.findall(r"(\w+):", given[1])) == set(arguments())
    assert f"context: '{ROOT}'" in text
    assert f"state:{those('VOLUME')[0]}" in text
    assert "DIGEST_CONFIG:" in text
