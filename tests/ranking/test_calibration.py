"""One scale for all methods."""

from __future__ import annotations

import numpy as np
import pytest

from digest.ranking.calibration import (
    FEW,
    GOOD,
    MANY,
    RELATED,
    SHOWN,
    STRONG,
    TITLED,
    USUAL,
    WRITTEN,
    Curve,
    band,
    named,
    shown,
    weighed,
)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (100, "strong"),
        (STRONG, "strong"),
        (STRONG - 0.1, "good"),
        (GOOD, "good"),
        (GOOD - 0.1, "related"),
        (RELATED, "related"),
        (RELATED - 0.1, ""),
        (0, ""),
    ],
)
def test_a_band_is_a_word_for_a_score(score: float, expected: str) -> None:
    """Each band begins at its bound."""
    assert band(score) == expected


@pytest.mark.parametrize("curve", [WRITTEN, SHOWN])
def test_more_is_never_less_likely(curve: Curve) -> None:
    """Chances rise with what is measured, from 0 and below 1."""
    chances = curve(np.linspace(-1, 5, 50))
    assert (np.diff(chances) >= 0).all()
    assert chances[0] == 0
    assert chances[-1] <= 1


def test_the_same_measure_says_more_with_fewer_likes() -> None:
    """Between a few and many; beyond, their number makes no difference, and nothing stays 0."""
    values = np.array([0.0, 0.8])
    chances = [shown(values, likes)[1] for likes in (1, FEW, USUAL, MANY, 500)]
    assert chances[0] == chances[1] > chances[2] > chances[3] == chances[4]
    assert chances[2] == SHOWN(values)[1]
    assert shown(values, FEW)[0] == 0


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf"), 1.0])
def test_a_weight_that_is_none_changes_nothing(weight: float) -> None:
    """Weights that are no positive number count as 1."""
    assert weighed(np.array([0.2, 0.9]), weight).tolist() == pytest.approx([0.2, 0.9])


def test_a_weight_multiplies_the_odds() -> None:
    """A weight of 3 turns one in four into one in two; certainty stays."""
    assert weighed(np.array([0.0, 0.25, 1.0]), 3).tolist() == pytest.approx([0, 0.5, 1])


def test_a_title_that_says_it_all_is_a_chance_of_its_own() -> None:
    """Named papers rise to at least the title's chance, keep their order and stay below 1."""
    chances = np.array([0.0, 0.2, 1.0, 0.2])
    nothing = np.zeros(4, dtype=bool)
    risen = named(chances, np.array([True, True, True, False]), nothing)
    assert risen.tolist() == pytest.approx([TITLED, TITLED + 0.2 * (1 - TITLED), 1, 0.2])


def test_the_very_phrase_says_something_anywhere() -> None:
    """In the abstract less than in the title, and never less than coverage alone."""
    chances = np.array([0.0, 0.0, 0.9])
    yes, no = np.ones(3, dtype=bool), np.zeros(3, dtype=bool)
    assert (named(chances, no, yes) > chances).all()
    assert (named(chances, yes, yes) > named(chances, no, yes)).all()
    assert (named(chances, no, no) == chances).all()
