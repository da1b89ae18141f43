"""A whole config in use."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fake_kinds import KINDS

from digest.config import Config, load
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def config(folder: Path, text: str) -> Config:
    """Return the config of this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return load(path, environ={}, local_zone=lambda: ZoneInfo("UTC"), kinds=KINDS)


def test_sending_needs_a_way_and_an_address(tmp_path: Path) -> None:
    """Both are told at once, and only when something is to be sent."""
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, "").require_transport()

    assert [p.message for p in caught.value.problems] == [
        "me has no address, so there is no recipient",
        "no delivery is set up",
    ]


def test_a_way_alone_is_not_enough(tmp_path: Path) -> None:
    """The address is missing still."""
    with pytest.raises(ConfigError, match="has no address"):
        config(tmp_path, "[maildir]\npath = 'x'").require_transport()


def test_a_reader_is_found_by_name(tmp_path: Path) -> None:
    """An unknown name is told with those there are."""
    found = config(tmp_path, "")

    assert found.reader("me") is found.readers[0]
    with pytest.raises(ConfigError, match="known: me"):
        found.reader("you")


def test_a_problem_found_later_is_shown_in_the_file(tmp_path: Path) -> None:
    """A feed that moved is shown at its address."""
    found = config(tmp_path, "[[sources]]\ntype = 'file'\npath = 'x'")

    assert found.problem(("sources", 0, "path"), "moved").line == 3
