"""One scale for all methods."""

from __future__ import annotations

import numpy as np
import pytest

from digest.ranking.calibration import (
    FEW_LIKES,
    GOOD,
    LIKES_CURVE,
    MANY_LIKES,
    PHRASE_CURVE,
    RELATED,
    STRONG,
    TITLE_PROBABILITY,
    TYPICAL_LIKES,
    Curve,
    band,
    likes_probability,
    scale_odds,
    with_exact_matches,
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
def test_each_band_begins_at_its_bound(score: float, expected: str) -> None:
    """Each band begins at its bound."""
    assert band(score) == expected


@pytest.mark.parametrize("curve", [PHRASE_CURVE, LIKES_CURVE])
def test_probabilities_rise_with_the_value(curve: Curve) -> None:
    """Probabilities rise with the value, from 0 to below 1."""
    probabilities = curve(np.linspace(-1, 5, 50))
    assert (np.diff(probabilities) >= 0).all()
    assert probabilities[0] == 0
    assert probabilities[-1] <= 1


def test_the_same_value_is_more_probable_with_fewer_likes() -> None:
    """Holds between few and many likes; a value of 0 stays 0."""
    values = np.array([0.0, 0.8])
    probabilities = [
        likes_probability(values, likes)[1]
        for likes in (1, FEW_LIKES, TYPICAL_LIKES, MANY_LIKES, 500)
    ]
    assert (
        probabilities[0]
        == probabilities[1]
        > probabilities[2]
        > probabilities[3]
        == probabilities[4]
    )
    assert probabilities[2] == LIKES_CURVE(values)[1]
    assert likes_probability(values, FEW_LIKES)[0] == 0


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf"), 1.0])
def test_an_invalid_weight_changes_nothing(weight: float) -> None:
    """Weights that are no positive number count as 1."""
    assert scale_odds(np.array([0.2, 0.9]), weight).tolist() == pytest.approx([0.2, 0.9])


def test_a_weight_multiplies_the_odds() -> None:
    """A weight of 3 turns one in four into one in two; certainty stays."""
    assert scale_odds(np.array([0.0, 0.25, 1.0]), 3).tolist() == pytest.approx([0, 0.5, 1])


def test_a_full_title_match_has_its_own_probability() -> None:
    """Title matches rise to at least the title's probability, keep their order and stay below 1."""
    probabilities = np.array([0.0, 0.2, 1.0, 0.2])
    nothing = np.zeros(4, dtype=bool)
    risen = with_exact_matches(probabilities, np.array([True, True, True, False]), nothing)
    assert risen.tolist() == pytest.approx(
        [TITLE_PROBABILITY, TITLE_PROBABILITY + 0.2 * (1 - TITLE_PROBABILITY), 1, 0.2]
    )


def test_the_exact_phrase_in_the_abstract_counts_less_than_in_the_title() -> None:
    """The probability is below that of a title match and at least that of coverage."""
    probabilities = np.array([0.0, 0.0, 0.9])
    yes, no = np.ones(3, dtype=bool), np.zeros(3, dtype=bool)
    assert (with_exact_matches(probabilities, no, yes) > probabilities).all()
    assert (
        with_exact_matches(probabilities, yes, yes) > with_exact_matches(probabilities, no, yes)
    ).all()
    assert (with_exact_matches(probabilities, no, no) == probabilities).all()
