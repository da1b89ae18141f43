"""Lines that fit, whatever stands in them."""

from __future__ import annotations

from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import Tty

from digest.cli.terminal import fold, labelled, short, width


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text("ab-/", min_size=1, max_size=9), min_size=1, max_size=30))
def test_folding_loses_and_tears_no_word(words: list[str]) -> None:
    """No line is longer than it may be, and what was said is said."""
    lines = fold(" ".join(words), within=20, indent="  ", first="> ")
    assert " ".join(lines).replace("> ", "", 1).split() == words
    assert max(map(len, lines)) <= 20


def test_an_address_sticks_out_rather_than_being_torn() -> None:
    """It can be copied."""
    address = "https://example.org/" + "x" * 90
    assert fold(f"look at {address} now") == ["look at", address, "now"]


def test_a_label_that_is_too_long_has_its_own_line() -> None:
    """The text stands in its column all the same."""
    assert labelled("me", "next", column=6) == ["me    next"]
    assert labelled("methods", "next", column=6, indent=" ") == [" methods", "      next"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [("~", "~"), ("~/a/b.toml", "~/a/b.toml"), ("/srv/a", "/srv/a"), ("words here", "words here")],
)
def test_the_home_folder_is_written_as_one_would(path: str, shown: str) -> None:
    """Other paths, and the neighbours of the home folder, stay whole."""
    assert short(Path(path).expanduser()) == shown
    assert short(f"{Path.home()}s/a") == f"{Path.home()}s/a"


def test_where_there_is_no_room_for_columns_a_label_stands_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A text that is six columns wide cannot be read."""
    monkeypatch.setenv("COLUMNS", "40")
    with redirect_stdout(Tty()):
        assert labelled("me", "next", column=6) == ["me", "  next"]
        assert labelled("", "next", column=6) == ["  next"]


@pytest.mark.parametrize(("columns", "filled"), [("5", 24), ("70", 70), ("300", 100)])
def test_a_line_fills_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, filled: int
) -> None:
    """What goes into a file has 80 columns, whatever the terminal has."""
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == 80
    with redirect_stdout(Tty()):
        assert width() == filled
