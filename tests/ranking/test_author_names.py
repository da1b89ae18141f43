"""Followed authors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.ranking.author_names import Match, followed_authors, match


@pytest.mark.parametrize(
    ("wanted", "author"),
    [
        ("Yann LeCun", "Yann LeCun"),
        ("Yann LeCun", "LeCun, Yann"),
        ("Yann LeCun", "yann lecun"),
        ("Jörg Müller", "Jorg Muller"),
        ("Jörg Müller", "Joerg Mueller"),
        ("Søren Hauberg", "Soren Hauberg"),
        ("Bernhard Schölkopf", "Schoelkopf, Bernhard"),
        ("Jean-Marie Dupont", "Jean Marie Dupont"),
        ("Geoffrey E. Hinton", "Geoffrey Hinton"),
        ("Kaiming He", "He Kaiming"),
        ("Ludwig van Beethoven", "Beethoven, Ludwig van"),
        ("Laurens van der Maaten", "Laurens Van Der Maaten"),
        ("Martin King Jr.", "Martin King, Jr."),
        ("Brian O'Neill", "Brian O’Neill"),
        ("Plato", "Plato"),
        ("Gabriel García Márquez", "Garcia Marquez, Gabriel"),
        ("Gabriel García-Márquez", "Garcia Marquez, Gabriel"),
        ("Gabriel J. García Márquez", "García-Márquez, Gabriel"),
        ("María de la Cruz López", "de la Cruz López, María"),
    ],
)
def test_one_person_under_two_spellings_is_followed(wanted: str, author: str) -> None:
    """Accents, order, case, hyphens, middle names and suffixes do not hide an author."""
    assert match(wanted, author) is Match.YES
    assert followed_authors([wanted], [author]) == ((author,), ())


@pytest.mark.parametrize(
    ("wanted", "author"),
    [
        ("Jing Wang", "J. Wang"),
        ("J. Wang", "Jing Wang"),
        ("J. Wang", "J. Wang"),
        ("Jean-Marie Dupont", "JM Dupont"),
        ("Jean-Marie Dupont", "J.-M. Dupont"),
        ("Wang", "Jing Wang"),
        ("G. García Márquez", "Garcia Marquez, Gabriel"),
        ("Gabriel García Márquez", "Garcia Marquez, G."),
    ],
)
def test_an_initial_matches_with_a_warning(wanted: str, author: str) -> None:
    """If only initials agree, the author is marked as uncertain."""
    assert match(wanted, author) is Match.MAYBE
    assert followed_authors([wanted], [author]) == ((author,), (author,))


@pytest.mark.parametrize(
    ("wanted", "author"),
    [
        ("Jing Wang", "Jun Wang"),
        ("Jing Wang", "K. Wang"),
        ("Jing Wang", "Jing Wan"),
        ("Jean-Marie Dupont", "JP Dupont"),
        ("Geoffrey E. Hinton", "Geoffrey A. Hinton"),
        ("Jing Wang", ""),
        ("", "Jing Wang"),
        ("...", ","),
        ("Gabriel Márquez", "Garcia Marquez, Gabriel"),
        ("Gabriel García", "Garcia Marquez, Gabriel"),
        ("García Márquez", "Garcia Marquez, Gabriel"),
        ("Jorge García Márquez", "Garcia Marquez, Gabriel"),
        ("Gabriel García Márquez", "Garcia Moreno, Gabriel"),
        ("Anna Li Wang", "Anna Liwang"),
        ("Jing Li Wang", "Wang, Ming"),
    ],
)
def test_another_person_is_not_followed(wanted: str, author: str) -> None:
    """A different first name, initial or family name is a different person."""
    assert match(wanted, author) is Match.NO
    assert followed_authors([wanted], [author]) == ((), ())


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "1:0"), ("He Kaiming", "K. He"), ("JM Dupont", "J M Dupont"), ("Wei", "Wei Wang")],
)
def test_the_order_of_two_names_does_not_matter(one: str, other: str) -> None:
    """A match holds with the two names exchanged."""
    assert match(one, other) is match(other, one) is Match.MAYBE


@settings(max_examples=80, deadline=None)
@given(*[st.one_of(st.text(max_size=30), st.text("ab ,:é", max_size=8))] * 2)
def test_matching_is_symmetric(one: str, other: str) -> None:
    """It does not matter which of two names the reader wrote."""
    assert match(one, other) is match(other, one)
