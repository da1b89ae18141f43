"""The tables hold what they promise."""

from __future__ import annotations

import unicodedata

import pytest

from digest.email.latex import symbols


@pytest.mark.parametrize("table", [symbols.LETTERS, symbols.SIGNS, symbols.DOUBLE])
def test_characters_are_harmless(table: dict[str, str]) -> None:
    """No sign is a control character, a private one or a backslash, and none is long."""
    for name, sign in table.items():
        assert name
        assert 1 <= len(sign) <= len("BibTeX"), name
        assert "\\" not in sign, name
        assert not any(unicodedata.category(c).startswith("C") for c in sign), name


def test_greek_letters_are_greek() -> None:
    """Each letter is the one of its name, in both cases."""
    assert [symbols.LETTERS[name] for name in ("alpha", "lambda", "omega")] == ["α", "λ", "ω"]
    assert [symbols.LETTERS[name] for name in ("Gamma", "Lambda", "Xi")] == ["Γ", "Λ", "Ξ"]


def test_accents_combine() -> None:
    """Every accent is a combining character."""
    assert all(unicodedata.combining(accent) for accent in symbols.ACCENTS.values())


def test_no_command_is_in_two_tables() -> None:
    """What leaves no trace has no other meaning, and what sets a style none either."""
    others = symbols.LETTERS.keys() | symbols.SIGNS.keys() | symbols.NAMES | symbols.STYLES
    silent = symbols.NOTHING | symbols.DROPPED | symbols.SPACES

    assert others & silent == set()
    assert set() == symbols.NOTHING & symbols.DROPPED
