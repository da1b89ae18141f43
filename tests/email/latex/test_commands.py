"""Commands with arguments show what LaTeX shows."""

from __future__ import annotations

import pytest

from digest.email.latex.commands import ONE, TWO, macro


def test_fractions_and_choices() -> None:
    """Two arguments are joined as they are read."""
    assert TWO["frac"]("a+b", "2") == "(a+b)/2"
    assert TWO["binom"]("n", "k") == "(n choose k)"
    assert TWO["href"]("https://a.example", "here") == "here"


@pytest.mark.parametrize(
    ("name", "argument", "expected"),
    [
        ("mathbb", "R", "ℝ"),
        ("mathbb", "K", "K"),
        ("unicode", "x3B1", "α"),
        ("unicode", "x110000", ""),
        ("unicode", "zz", ""),
        ("footnote", "see", " (see)"),
    ],
)
def test_commands_of_one_argument(name: str, argument: str, expected: str) -> None:
    """Each makes of its argument what it shows."""
    assert ONE[name](argument) == expected


@pytest.mark.parametrize(
    ("name", "letter"), [("RR", "ℝ"), ("bbZ", "ℤ"), ("IN", "ℕ"), ("cH", "H"), ("ours", "ours")]
)
def test_macros_of_the_authors(name: str, letter: str) -> None:
    """In formulae short names are letters; elsewhere a name is a word."""
    assert macro(name, math=True) == letter
    assert macro(name, math=False) == name
