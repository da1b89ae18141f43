"""Tables checked against their types, whoever wrote the types."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_kinds import Folder, Mail

from digest.config.positions import Document, scan
from digest.config.schema import EmailTable
from digest.config.validate import (
    Layers,
    expand_home,
    resolve_paths,
    suggestion,
    table_keys,
    validate_table,
)
from digest.delivery.secret import Secret
from digest.delivery.smtp import Smtp

if TYPE_CHECKING:
    from digest.model.errors import Problem


def document(text: str, file: str = "c.toml", **tree: Any) -> Document:
    """Return a document of this text."""
    return Document(file=file, text=text, tree=tree, places=scan(text))


def wrong(table: object) -> list[str]:
    """Return what is wrong with a [smtp] table."""
    found: list[Problem] = []
    assert validate_table(Mail, Layers({"smtp": table}, (document(""),)), ("smtp",), found) is None
    return [problem.message for problem in found]


@pytest.mark.parametrize(
    ("table", "messages"),
    [
        ({}, ["`host` is missing"]),
        ({"host": "nowhere"}, ["nowhere is no host"]),
        ({"host": date(2026, 1, 1)}, ["expected text"]),
        ({"host": "x", "port": 0, "user": 1}, ["must be at least 1", "unknown key `user`"]),
        ({"host": "x", "extra": 3}, ["expected text"]),
        ({"host": "x", "password": "plain"}, ["expected a table"]),
        ({"host": "x", "password": {"comand": "x"}}, ["unknown key `comand`"]),
        ({"host": "x", "colour": "2"}, ["string should match pattern '^[a-z]*$'"]),
        (3, ["expected a table"]),
        ([{"host": "x"}], ["expected a table"]),
    ],
)
def test_every_kind_is_checked_alike(table: object, messages: list[str]) -> None:
    """A kind's own dataclass says what is right; each key is told once."""
    assert wrong(table) == messages


def test_a_good_table_becomes_its_value() -> None:
    """Lists become tuples, texts become paths, tables become what they are."""
    table = {"host": "x", "password": {"env": "P"}, "ca_file": "ca.pem", "extra": ["a"]}

    made = validate_table(Mail, Layers({"smtp": table}, (document(""),)), ("smtp",), [])

    assert made == Mail(host="x", password=Secret(env="P"), ca_file=Path("ca.pem"), extra=("a",))


def test_a_problem_stands_in_the_file_that_says_it() -> None:
    """Of two layers the nearest that has the key is shown; else the nearest of all."""
    own, main = document("email.to = 1", "own"), document("email.papers = 1\nx = 1", "main")
    layers = Layers({}, (own, main))

    assert layers.problem(("email", "to"), "no").where == "own:1:12"
    assert layers.problem(("email", "papers"), "no").where == "main:1:16"
    assert layers.problem(("email", "trending"), "no").where == "own:1:1"
    assert layers.problem(("smtp",), "no").where == "own"


def test_keys_are_those_of_the_file() -> None:
    """An alias is the key's name."""
    assert "from" in table_keys(EmailTable)
    assert "sender" not in table_keys(EmailTable)


def test_what_cannot_be_meant_is_answered_with_all_there_is() -> None:
    """No guess is better than a wild one."""
    assert suggestion("qqq", ["b", "a"]) == "available: a, b"


def test_paths_are_anchored() -> None:
    """Relative paths begin at the config's folder, `~` at home; absolute ones stay."""
    home = Path.home()

    assert resolve_paths(Folder(path=Path("x")), Path("/c")).path == Path("/c/x")
    assert resolve_paths(Folder(path=Path("~/x")), Path("/c")).path == home / "x"
    assert resolve_paths(Folder(path=Path("/x")), Path("/c")).path == Path("/x")


def test_a_home_that_is_not_there_stays_as_it_is() -> None:
    """An unknown user's home is left for the one who opens it to tell."""
    assert expand_home(Path("~nobody-of-this-name/x")) == Path("~nobody-of-this-name/x")


@pytest.mark.parametrize(
    ("said", "meant_"), [("ssl", "tls"), ("SSL/TLS", "tls"), ("startls", "starttls"), ("x", "")]
)
def test_another_s_word_for_a_value_is_understood(said: str, meant_: str) -> None:
    """Mail programs say SSL where we say tls."""
    found: list[Problem] = []
    layers = Layers({"smtp": {"host": "x", "security": said}}, (document(""),))
    assert validate_table(Smtp, layers, ("smtp",), found) is None
    assert [p.hint for p in found] == [f'did you mean "{meant_}"?' if meant_ else ""]
