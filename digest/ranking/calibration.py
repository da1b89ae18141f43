"""One scale: from what a method measures to the chance that the reader keeps the paper.

Fitted on the tuning part of the development data (tests/benchmarks/ranking.py prints the check).
Curated lists leave out most of what fits: of the papers on top, blind readers kept .99 where the
lists held less, so the lists' rates are divided by that completeness.
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
    """A logistic curve (Platt 1999), let down so that nothing found is a chance of 0."""

    start: float
    slope: float

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chances, between 0 and 1, that go with `values`."""
        import numpy as np
        from scipy.special import expit

        floor = expit(self.start)
        risen = (expit(self.start + self.slope * values) - floor) / (1 - floor)
        return np.asarray(np.maximum(risen, 0))


WRITTEN = Curve(start=-6.7, slope=6.3)
SHOWN = Curve(start=-6.2, slope=6.8)
FEW, USUAL, MANY = 3, 7, 20
"""Numbers of likes; the curve was fitted from few to many of them and stands for the usual one."""
COUNT_POWER = 0.2


TITLED = 0.5
"""The chance that a title with every word of a phrase gives by itself.

Common words are covered so easily that coverage alone says little; a title says what it means. Of
such papers that coverage alone put between .1 and .5, one of five was on the (incomplete) lists, of
the others one of twelve; nDCG@10 moved by less than .001.
"""


SAID = 0.3
"""The chance that the very phrase gives where only the abstract says it.

Of such papers .15 were on the lists, which hold .43 of what fits.
"""


def shown(values: NDArray[np.float64], likes: int) -> NDArray[np.float64]:
    """Return the chances that go with what so many likes measure: more of them measure more.

    Fitted on half the readers of two sets. Of the papers of the others with a score of 20 to 40
    .13 to .29 were on their lists, of 40 to 60 .16 to .40, of 60 to 80 .39 to .49, above .67 to
    .83 (by set, and by whether the field is known); lists hold less than half of what fits.
    """
    count = min(max(likes, FEW), MANY)
    return SHOWN(values * (USUAL / count) ** COUNT_POWER)


def named(
    chances: NDArray[np.float64], titled: NDArray[np.bool_], said: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return `chances` joined with that of a title which says it all, or of the phrase itself."""
    import numpy as np

    by_name = np.where(titled, TITLED, np.where(said, SAID, 0.0))
    return chances + by_name * (1 - chances)


def weighed(chances: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Return `chances` with their odds multiplied by `weight`.

    So a weight moves an interest up or down and never leaves the scale; one that is no positive
    number counts as 1.
    """
    if not isfinite(weight) or weight <= 0:
        return chances
    return chances * weight / (1 - chances + chances * weight)


def band(score: float) -> Band:
    """Return how well a score of 0–100 fits, in a word; "" below what is worth a word."""
    if score >= STRONG:
        return "strong"
    if score >= GOOD:
        return "good"
    return "related" if score >= RELATED else ""
