"""Formulae on one line of plain Unicode."""

from __future__ import annotations

import pytest

from digest.model.notation import accented, bracketed, fraction, root, subscript, superscript


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
    assert superscript(text) == expected


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
    assert subscript(text) == expected


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
    assert bracketed(text) == expected


@pytest.mark.parametrize(
    ("radicand", "degree", "expected"),
    [("2", "", "√2"), ("x+1", "3", "∛(x+1)"), ("x", "n", "x^(1/n)"), ("a b", "5", "(a b)^(1/5)")],
)
def test_roots(radicand: str, degree: str, expected: str) -> None:
    """A degree without a sign of its own is a power."""
    assert root(radicand, degree) == expected


def test_a_fraction_keeps_its_parts_together() -> None:
    """A sum above or below the bar stands in brackets."""
    assert fraction("a+b", "2") == "(a+b)/2"


def test_an_accented_letter_is_composed() -> None:
    """Unicode's own letter is used where there is one; a dotless i gets its accent."""
    assert accented("e", "\u0301") == "\u00e9"
    assert accented("ı", "\u0301") == "\u00ed"
