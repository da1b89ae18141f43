"""Sources and ways of delivery, made from their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_kinds import KINDS, Mail

from digest.config.components import build_sources, build_transport, registered, secret_keys
from digest.config.positions import Document
from digest.config.validate import Layers
from digest.delivery.secret import Secret

HERE = Document(file="c.toml", text="", tree={}, places={})


def names(*tables: object) -> tuple[list[str], list[str]]:
    """Return the names of the sources that these tables make, and what is wrong."""
    problems: list[Any] = []
    layers = Layers({"sources": list(tables)}, (HERE,))
    made = build_sources(layers, KINDS.sources, Path("/c"), problems)
    return [getattr(s, "name", "-") for s in made], [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ([], ["huggingface"]),
        ([{"type": "huggingface"}] * 3, ["huggingface", "huggingface 2", "huggingface 3"]),
        (
            [
                {"type": "huggingface", "name": "x"},
                {"type": "huggingface", "name": "X"},
                {"type": "huggingface", "name": "x 2"},
            ],
            ["x", "X 2", "x 2 2"],
        ),
        ([{"type": "file", "path": "x"}], ["-"]),
    ],
)
def test_each_source_has_its_own_name(tables: list[object], expected: list[str]) -> None:
    """Names tell sources apart in the store, whatever their case; none at all means the default."""
    assert names(*tables) == (expected, [])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "a source needs a `type`"),
        ({"type": "huggingfac"}, "unknown type of source 'huggingfac'"),
        ({"type": 3}, "unknown type of source 3"),
        ({"type": "file"}, "`path` is missing"),
        ({"type": "huggingface", "min_upvotes": -1}, "must be at least 0"),
        (3, "expected tables"),
    ],
)
def test_a_wrong_source_is_told(table: object, message: str) -> None:
    """The others are made all the same."""
    assert names(table)[1] == [message]


def way(*, private: bool = True, **tables: Any) -> tuple[Any, list[str]]:
    """Return the way of delivery that these tables make, and what is wrong."""
    problems: list[Any] = []
    layers = Layers(tables, (HERE,))
    made = build_transport(layers, KINDS.transports, Path("/c"), problems, private=private)
    return made, [problem.message for problem in problems]


def test_there_may_be_no_way() -> None:
    """A config for previews needs no mail server."""
    assert way(email={}) == (None, [])


def test_two_ways_are_one_too_many() -> None:
    """Exactly one of the tables."""
    assert way(smtp={"host": "x"}, maildir={"path": "x"})[1] == [
        "[smtp] and [maildir] both set up delivery"
    ]


@pytest.mark.parametrize(
    ("password", "secret"),
    [
        ("plain", Secret(value="plain")),
        ({"command": "pass x"}, Secret(command="pass x")),
        ({"command": ["pass", "x"]}, Secret(command=("pass", "x"))),
        ({"env": "X"}, Secret(env="X")),
        ({"file": "x"}, Secret(file="/c/x")),
        ({"file": "/x"}, Secret(file="/x")),
        ({"file": "~/x"}, Secret(file=str(Path.home() / "x"))),
        ({"file": "$CREDENTIALS_DIRECTORY/x"}, Secret(file="$CREDENTIALS_DIRECTORY/x")),
    ],
)
def test_secrets_have_many_forms(password: object, secret: Secret) -> None:
    """Each is one field; a relative file lies beside the config."""
    assert way(smtp={"host": "x", "password": password}) == (Mail(host="x", password=secret), [])


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ({}, "expected one of command, file, env"),
        ({"env": "X", "file": "x"}, "expected one of command, file, env"),
        ({"value": "x"}, "other users can read this file, so it must not contain a password"),
        ("x", "other users can read this file, so it must not contain a password"),
        (3, "expected a table"),
        ({"file": 3}, "expected text"),
    ],
)
def test_c07_a_wrong_secret_is_told(password: object, message: str) -> None:
    """None, two, or one in the open where others read the file."""
    assert way(private=False, smtp={"host": "x", "password": password})[1] == [message]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"host": ""}, "must not be empty"),
        ({"host": "x", "port": 0}, "must be at least 1"),
        ({"host": "x", "per_minute": -1}, "must be at least 0"),
        ({"host": "x", "proxy_url": "ftp://x"}, "expected a web address"),
    ],
)
def test_c06_every_kind_keeps_to_the_same_rules(table: dict[str, Any], message: str) -> None:
    """Hosts, ports, numbers and addresses are checked, whether or not a kind says so itself."""
    assert way(smtp=table) == (None, [message])


def test_c06_the_ports_of_the_real_kind_are_checked() -> None:
    """A port is between 1 and 65535."""
    problems: list[Any] = []
    layers = Layers({"smtp": {"host": "x", "port": 70000}}, (HERE,))

    assert (
        build_transport(layers, registered().transports, Path("/c"), problems, private=True) is None
    )
    assert problems[0].message == "must be at least 1 and at most 65535"


def test_a_table_of_another_shape_is_told() -> None:
    """`smtp = 3` is no table."""
    assert way(smtp=3)[1] == ["expected a table"]


@pytest.mark.parametrize("table", [*registered().sources.items(), *registered().transports.items()])
def test_every_registered_kind_can_be_checked(table: tuple[str, type]) -> None:
    """The types of all kinds can be read by the checker: an unknown key is told as one."""
    problems: list[Any] = []
    tree = {"sources": [{"type": table[0], "nonsense": 1}], table[0]: {"nonsense": 1}}
    layers = Layers(tree, (HERE,))
    if table[0] in registered().transports:
        build_transport(layers, registered().transports, Path("/c"), problems, private=True)
    else:
        build_sources(layers, registered().sources, Path("/c"), problems)

    assert "unknown key `nonsense`" in [problem.message for problem in problems]


def test_smtp_has_its_secret() -> None:
    """The password of the real kind is known as one."""
    assert "password" in secret_keys(registered().transports["smtp"])
