"""Calibration: maps each method's raw values to the probability that the reader keeps the paper.

Fitted on the tuning part of the development data (tests/benchmarks/ranking.py prints the check).
Curated lists are incomplete: blind readers kept .99 of the top papers, more than the lists hold.
The lists' rates are therefore divided by their completeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Band = Literal["strong", "good", "related", ""]

STRONG = 65.0
GOOD = 40.0
RELATED = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Logistic curve (Platt 1999), shifted so that a value of 0 gives the probability 0."""

    start: float
    slope: float

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities, 0–1, of `values`."""
        import numpy as np
        from scipy.special import expit

        floor = expit(self.start)
        risen = (expit(self.start + self.slope * values) - floor) / (1 - floor)
        return np.asarray(np.maximum(risen, 0))


PHRASE_CURVE = Curve(start=-6.7, slope=6.3)
LIKES_CURVE = Curve(start=-6.2, slope=6.8)
FEW_LIKES, TYPICAL_LIKES, MANY_LIKES = 3, 7, 20
"""Numbers of likes: the range in which the curve was fitted, and the number it stands for."""
COUNT_POWER = 0.2


TITLE_PROBABILITY = 0.5
"""Probability from a title that contains every word of a phrase.

Coverage alone underrates phrases of common words. Of such papers with a coverage probability of
.1 to .5, one in five was on the (incomplete) lists, of the others one in twelve. nDCG@10 changed
by less than .001.
"""


PHRASE_PROBABILITY = 0.3
"""Probability from the exact phrase in the abstract alone.

Of such papers .15 were on the lists, which hold .43 of the relevant papers.
"""


def likes_probability(values: NDArray[np.float64], likes: int) -> NDArray[np.float64]:
    """Return the probabilities of scores from `likes` liked papers; more likes give higher scores.

    Fitted on half the readers of two sets. For the other half, the share of papers on their lists
    was .13–.29 at scores of 20–40, .16–.40 at 40–60, .39–.49 at 60–80 and .67–.83 above. The
    lists hold less than half of the relevant papers.
    """
    count = min(max(likes, FEW_LIKES), MANY_LIKES)
    return LIKES_CURVE(values * (TYPICAL_LIKES / count) ** COUNT_POWER)


def with_exact_matches(
    probabilities: NDArray[np.float64], in_title: NDArray[np.bool_], has_phrase: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return `probabilities` combined with those of a full title match or an exact phrase."""
    import numpy as np

    by_name = np.where(in_title, TITLE_PROBABILITY, np.where(has_phrase, PHRASE_PROBABILITY, 0.0))
    return probabilities + by_name * (1 - probabilities)


def scale_odds(probabilities: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Return `probabilities` with their odds multiplied by `weight`.

    A weight therefore never leaves the scale of 0–1; one that is not positive counts as 1.
    """
    if not isfinite(weight) or weight <= 0:
        return probabilities
    return probabilities * weight / (1 - probabilities + probabilities * weight)


def band(score: float) -> Band:
    """Return the band of a score of 0–100, or "" below `RELATED`."""
    if score >= STRONG:
        return "strong"
    if score >= GOOD:
        return "good"
    return "related" if score >= RELATED else ""
