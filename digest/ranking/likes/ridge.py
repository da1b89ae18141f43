"""Interests shown by papers: what a new paper has in common with those liked.

Ridge regression draws the likes towards 1 and the dislikes towards -1 in their own span, a k × k
system; the nearest likes are added for the sake of a minor interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.likes.vectors import Lens, View

    Likeness = Callable[[View, View], NDArray[np.float64]]

RIDGE = 0.3
NEAREST = (0.5, 0.3, 0.2)
"""What the nearest like, the next and the third count for: a pair of likes need not share its
say with a stranger."""
NEAREST_WEIGHT = 2.0
"""The nearest likes, beside the ridge, find a minor interest: recall .45 became .49."""
TOPICS_WEIGHT, TOPICS_FADE = 0.3, 2.0
"""What topics count for beside words (2) and characters (1), and by how many likes that falls.

With one like they add .035 to nDCG@10, with 20 they would take .01: see `topics`.
"""
EVERYDAY, EVERYDAY_OWN = 0.99, 0.95
"""Scores count by what one paper of a hundred at large reaches; of a known field, one of twenty."""
LEAST_LEVEL = 0.15
FAMILIAR = 0.7
"""Of likes with fewer known words than this the scores fall, by half where none is known.

Papers in another language share its common words, and nothing else does: a like in German found
any paper in German.
"""
DISLIKE = 6.0
"""How fast a written interest's chance falls with the likeness to a disliked paper."""
UNLIKE = 0.1
"""Less likeness than this is no likeness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the likes and dislikes of one interest say about papers."""

    scores: NDArray[np.float64]
    """One a paper; below 0 for the opposite of what is liked."""
    pull: NDArray[np.float64]
    """How much each term draws a paper up, over the view's terms."""
    nearest: NDArray[np.intp]
    """The number of the nearest like of each paper."""


def topics(likes: int) -> float:
    """Return how much topics count with so many likes: the more there are, the more words say."""
    return min(TOPICS_WEIGHT, TOPICS_FADE / max(likes, 1))


def taste(lens: Lens, papers: View, likes: View, dislikes: View) -> Taste:
    """Return what `likes` (at least one) and `dislikes` say about `papers`.

    Ridge regression in the span of the examples (Hoerl & Kennard 1970) and the likeness of the
    nearest, by what everyday papers reach (`EVERYDAY`): with many likes everything is like one.
    """
    import numpy as np

    count, others = likes.words.shape[0], dislikes.words.shape[0]
    alike = partial(lens.likeness, topics=topics(count))
    targets = np.concatenate([np.ones(count), -np.ones(others)])
    gram = _gram(alike, likes, dislikes)
    weights = np.linalg.solve(gram + RIDGE * np.eye(len(targets)), targets)
    near, scores = _held(alike, papers, likes, dislikes, weights)
    _, everyday = _held(alike, lens.everyday, likes, dislikes, weights)
    rank = EVERYDAY_OWN if lens.field.texts else EVERYDAY
    level = max(float(np.quantile(everyday, rank)), LEAST_LEVEL)
    pull = likes.words.T @ weights[:count] + dislikes.words.T @ weights[count:]
    familiar = (1 + min(float(likes.known.mean()) / FAMILIAR, 1)) / 2
    return Taste(scores=familiar * scores / level**0.5, pull=pull, nearest=near.argmax(axis=1))


def _held(
    alike: Likeness, papers: View, likes: View, dislikes: View, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the likeness of `papers` to each like, and what it all comes to."""
    import numpy as np

    near, far = alike(papers, likes), alike(papers, dislikes)
    ridge = np.hstack([near, far]) @ weights
    return near, ridge + NEAREST_WEIGHT * (_nearest(near) - _nearest(np.maximum(far, 0)))


def _nearest(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    if not likeness.shape[1]:
        return np.zeros(likeness.shape[0])
    nearest = -np.sort(-likeness, axis=1)[:, : len(NEAREST)]
    weights = np.array(NEAREST[: nearest.shape[1]])
    return np.asarray(nearest @ weights / weights.sum())


def _gram(alike: Likeness, likes: View, dislikes: View) -> NDArray[np.float64]:
    import numpy as np

    across = alike(likes, dislikes)
    return np.block([[alike(likes, likes), across], [across.T, alike(dislikes, dislikes)]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """What the nearest of the unwanted takes from each paper: disliked papers, avoided phrases."""

    factor: NDArray[np.float64]
    """What is left of a chance, 0–1."""
    nearest: NDArray[np.intp]
    """The number of that disliked paper or avoided phrase."""
    titles: Sequence[str]
    """What they are called."""

    def title(self, paper: int) -> str:
        """Return the title, or the phrase, of what spoils this paper, "" where nothing does."""
        return self.titles[self.nearest[paper]] if self.factor[paper] < 1 else ""


def spoiled(lens: Lens, papers: View, dislikes: View, titles: Sequence[str]) -> Spoiled:
    """Return what `dislikes` (at least one) take from `papers`, whatever else speaks for them."""
    import numpy as np

    likeness = lens.likeness(papers, dislikes)
    over = np.maximum(likeness.max(axis=1) - UNLIKE, 0)
    return Spoiled(factor=np.exp(-DISLIKE * over), nearest=likeness.argmax(axis=1), titles=titles)
