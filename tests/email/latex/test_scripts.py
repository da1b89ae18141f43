"""Pieces of formulae in plain Unicode."""

from __future__ import annotations

import pytest

from digest.email.latex.scripts import ONE, TWO, lowered, macro, raised, wrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("2", "²"),
        ("-1", "⁻¹"),
        ("T", "ᵀ"),
        ("∘", "°"),
        ("k", "^k"),
        ("3/4", "^(3/4)"),
        ("1a", "^(1a)"),
    ],
)
def test_superscripts(text: str, expected: str) -> None:
    """Raised characters where all of them exist, else plainly."""
    assert raised(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("2", "₂"),
        ("ij", "ᵢⱼ"),
        ("max", "_max"),
        ("10", "₁₀"),
        ("i,j", "_(i,j)"),
        ("(n)", "₍ₙ₎"),
    ],
)
def test_subscripts(text: str, expected: str) -> None:
    """Lowered characters where all of them exist and they are few, else plainly."""
    assert lowered(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab", "ab"),
        ("12", "12"),
        ("a+b", "(a+b)"),
        ("(a+b)", "(a+b)"),
        (" x ", "x"),
        ("1a", "(1a)"),
    ],
)
def test_brackets(text: str, expected: str) -> None:
    """Only what would be misread without them stands in brackets."""
    assert wrapped(text) == expected


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
