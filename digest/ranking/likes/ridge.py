"""Ridge regression on liked and disliked papers.

Targets are 1 for likes and -1 for dislikes, solved in their span as a k × k system. Similarity to
the nearest likes is added, so that a minor interest among the likes is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.likes.vectors import DocumentVectors, VectorSpace

    Similarity = Callable[[DocumentVectors, DocumentVectors], NDArray[np.float64]]

RIDGE = 0.3
NEAREST = (0.5, 0.3, 0.2)
"""Weights of the three nearest likes, so that two related likes suffice."""
NEAREST_WEIGHT = 2.0
"""Weight of the nearest likes beside the ridge; recall of a minor interest rose from .45 to .49."""
TOPICS_WEIGHT, TOPICS_FADE = 0.3, 2.0
"""Weight of topics beside words (2) and characters (1), and its decline with more likes.

Topics add .035 to nDCG@10 with one like and would cost .01 with 20.
"""
TYPICAL_QUANTILE, RECENT_TYPICAL_QUANTILE = 0.99, 0.95
"""Quantiles of typical scores used as the unit: in the archive, and in a known field."""
MIN_LEVEL = 0.15
FAMILIAR_SHARE = 0.7
"""Share of known words below which scores are reduced, to one half at none.

Papers in another language share its common words: a like in German matched any German paper.
"""
DISLIKE_RATE = 6.0
"""Rate at which a phrase's probability falls with the similarity to a disliked paper."""
MIN_SIMILARITY = 0.1
"""Similarity to a disliked paper below which there is no penalty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikesFit:
    """Result of the regression for one interest."""

    scores: NDArray[np.float64]
    """Score of each paper, negative if it resembles the dislikes."""
    coefficients: NDArray[np.float64]
    """Coefficient of each term."""
    nearest: NDArray[np.intp]
    """Number of the nearest like of each paper."""


def topics(likes: int) -> float:
    """Return the weight of topics for a number of likes; words suffice with many likes."""
    return min(TOPICS_WEIGHT, TOPICS_FADE / max(likes, 1))


def fit_likes(
    space: VectorSpace, papers: DocumentVectors, likes: DocumentVectors, dislikes: DocumentVectors
) -> LikesFit:
    """Return the scores of `papers` from `likes` (at least one) and `dislikes`.

    Ridge regression in the span of the examples (Hoerl & Kennard 1970) plus the similarity to the
    nearest. The sum is divided by the level of typical papers, which rises with many likes.
    """
    import numpy as np

    count, others = likes.words.shape[0], dislikes.words.shape[0]
    alike = partial(space.similarity, topics=topics(count))
    targets = np.concatenate([np.ones(count), -np.ones(others)])
    gram = _gram(alike, likes, dislikes)
    weights = np.linalg.solve(gram + RIDGE * np.eye(len(targets)), targets)
    near, scores = _score(alike, papers, likes, dislikes, weights)
    _, typical = _score(alike, space.typical, likes, dislikes, weights)
    rank = RECENT_TYPICAL_QUANTILE if space.field.texts else TYPICAL_QUANTILE
    level = max(float(np.quantile(typical, rank)), MIN_LEVEL)
    coefficients = likes.words.T @ weights[:count] + dislikes.words.T @ weights[count:]
    familiar = (1 + min(float(likes.known.mean()) / FAMILIAR_SHARE, 1)) / 2
    return LikesFit(
        scores=familiar * scores / level**0.5,
        coefficients=coefficients,
        nearest=near.argmax(axis=1),
    )


def _score(
    alike: Similarity,
    papers: DocumentVectors,
    likes: DocumentVectors,
    dislikes: DocumentVectors,
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the similarity of `papers` to each like, and their total scores."""
    import numpy as np

    near, far = alike(papers, likes), alike(papers, dislikes)
    ridge = np.hstack([near, far]) @ weights
    return near, ridge + NEAREST_WEIGHT * (_nearest(near) - _nearest(np.maximum(far, 0)))


def _nearest(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    if not similarity.shape[1]:
        return np.zeros(similarity.shape[0])
    nearest = -np.sort(-similarity, axis=1)[:, : len(NEAREST)]
    weights = np.array(NEAREST[: nearest.shape[1]])
    return np.asarray(nearest @ weights / weights.sum())


def _gram(
    alike: Similarity, likes: DocumentVectors, dislikes: DocumentVectors
) -> NDArray[np.float64]:
    import numpy as np

    across = alike(likes, dislikes)
    return np.block([[alike(likes, likes), across], [across.T, alike(dislikes, dislikes)]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """Penalty on each paper for a disliked paper or an avoided phrase."""

    factor: NDArray[np.float64]
    """Factor on the probability, 0–1."""
    nearest: NDArray[np.intp]
    """Number of the disliked paper or avoided phrase that causes it."""
    titles: Sequence[str]
    """Titles of the disliked papers, or the avoided phrases."""

    def title(self, paper: int) -> str:
        """Return the title or phrase that causes a paper's penalty, or "" without one."""
        return self.titles[self.nearest[paper]] if self.factor[paper] < 1 else ""


def dislike_penalty(
    space: VectorSpace, papers: DocumentVectors, dislikes: DocumentVectors, titles: Sequence[str]
) -> Penalty:
    """Return the penalty of `dislikes` (at least one) on `papers`."""
    import numpy as np

    similarity = space.similarity(papers, dislikes)
    over = np.maximum(similarity.max(axis=1) - MIN_SIMILARITY, 0)
    return Penalty(
        factor=np.exp(-DISLIKE_RATE * over), nearest=similarity.argmax(axis=1), titles=titles
    )
