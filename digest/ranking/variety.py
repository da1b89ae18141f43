"""Diversity: near-duplicates fall behind, and big feeds show more than one side of a topic.

Maximal marginal relevance (Carbonell & Goldstein 1998). Same-day near-duplicates are rare (99.9 %
of pairs are below .21), so a small feed only has its copies collapsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.ranking import background
from digest.ranking.field import Archive
from digest.ranking.terms import text_of
from digest.ranking.vectors import Lens

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking import Ranked
    from digest.ranking.background import Background

COPY = 0.5
"""Papers more alike than this are one for the reader: the better one stays in front."""
BIG = 200
"""From so many papers on, likeness to what is already chosen costs points."""
RELEVANCE = 0.8
"""How much the score counts beside novelty (lambda)."""
FRONT = 60
"""So many papers from the top are looked at; the rest keeps its order behind them."""


def diversify(ranked: Sequence[Ranked], known: Background | None = None) -> list[Ranked]:
    """Return the same papers, near-duplicates after all others of the front.

    On big feeds (`BIG` papers or more) the front is also ordered by score less likeness to what
    stands above. `known` is the background, the shipped one by default.
    """
    front, rest = list(ranked[:FRONT]), list(ranked[FRONT:])
    if len(front) < 2:  # noqa: PLR2004 - one paper has no neighbour
        return [*front, *rest]
    archive = Archive(background=known or background.shipped())
    lens = Lens(archive=archive, field=archive.nothing)
    view = lens.view([text_of(r.paper.title, r.paper.abstract) for r in front])
    alike = lens.likeness(view, view)
    order = _varied(front, alike) if len(ranked) >= BIG else list(range(len(front)))
    first, copies = _copies(order, alike)
    return [*(front[n] for n in (*first, *copies)), *rest]


def _varied(front: Sequence[Ranked], alike: NDArray[np.float64]) -> list[int]:
    left = list(range(len(front)))
    order: list[int] = []
    while left:
        best = max(left, key=lambda n: _worth(front[n], alike, n, order))
        order.append(best)
        left.remove(best)
    return order


def _worth(one: Ranked, alike: NDArray[np.float64], number: int, above: Sequence[int]) -> float:
    nearest = max((float(alike[number, other]) for other in above), default=0.0)
    return RELEVANCE * one.score / 100 - (1 - RELEVANCE) * nearest


def _copies(order: Sequence[int], alike: NDArray[np.float64]) -> tuple[list[int], list[int]]:
    first: list[int] = []
    copies: list[int] = []
    for number in order:
        copy = any(alike[number, other] > COPY for other in first)
        (copies if copy else first).append(number)
    return first, copies
