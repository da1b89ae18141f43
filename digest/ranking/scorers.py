"""Scorers: each gives papers a probability of interest and explains it.

One scorer stands for a phrase, a text, or the liked papers of an interest. The parts of an
explanation are in any unit: `explain` scales them to the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Protocol

from digest.ranking.calibration import RELATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.likes.ridge import LikesFit, Penalty
    from digest.ranking.likes.vectors import DocumentVectors
    from digest.ranking.phrases.coverage import Coverage
    from digest.ranking.phrases.index import InvertedIndex
    from digest.ranking.phrases.lsa import TopicSpace
    from digest.ranking.phrases.query import Query

TOPIC_WEIGHT = 0.5
"""Weight of the topic similarity beside the coverage of a phrase.

Fitted with the curve on the tuning part: P1 is .771 without it; .3 to .8 differ by .006.
"""
AVOID_WEIGHT = 0.5
"""Weight of the coverage of an avoided phrase, which is subtracted."""
MAX_NAMED_WORDS = 8
"""Maximum words named for a match with liked papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Explanation of one paper's probability."""

    parts: Mapping[str, float]
    """Contribution of each gram in any unit, negative for avoided phrases."""
    missing: tuple[str, ...] = ()
    """Query words that the paper lacks, as the reader wrote them."""
    like: str = ""
    """Title of the nearest liked paper."""


class Scorer(Protocol):
    """Source of probabilities for one interest."""

    interest: str
    """Name of its interest."""
    probabilities: NDArray[np.float64]
    """Probability that the reader keeps each paper, 0–1."""

    def explain(self, paper: int) -> Explanation:
        """Return the explanation for the paper with this number."""
        ...


@dataclass(slots=True, kw_only=True)
class PhraseScorer:
    """Scorer of a phrase or a text."""

    interest: str
    probabilities: NDArray[np.float64]
    query: Query
    weight: float
    """Product of the phrase's and the interest's weights."""
    cover: Coverage
    avoided: Mapping[str, NDArray[np.float64]]
    """Coverage of each avoided phrase by each paper."""
    penalty: Penalty | None
    """Penalty for similarity to disliked papers."""
    topics: TopicSpace

    def explain(self, paper: int) -> Explanation:
        """Return the covered, missing and avoided terms of the paper."""
        parts = self.cover.parts(paper, self.query)
        lacking = [word for word in self.query.surface_forms if word not in parts]
        held = inflected(lacking, self.cover.index, paper) if lacking else frozenset()
        missing = tuple(self.query.surface_forms[word] for word in lacking if word not in held)
        if (
            not parts or 100 * self.probabilities[paper] >= RELATED
        ):  # below, the reasons are not shown
            topic_weight = TOPIC_WEIGHT * self.query.level**0.5
            for word, part in self.topics.parts(paper, self.query).items():
                parts[word] = parts.get(word, 0.0) + topic_weight * part
        lost = {
            phrase: -AVOID_WEIGHT * float(there[paper])
            for phrase, there in self.avoided.items()
            if there[paper] > 0
        }
        parts |= lost
        parts |= _penalty_part(self.penalty, paper, sum(parts.values()))
        return Explanation(parts=parts, missing=missing)


@dataclass(slots=True, kw_only=True)
class ExampleScorer:
    """Scorer of the papers liked for one interest."""

    interest: str
    probabilities: NDArray[np.float64]
    fit: LikesFit
    vectors: DocumentVectors
    """Vectors of the ranked papers."""
    titles: Sequence[str]
    """Titles of the liked papers, or the paragraph in their place."""
    liked: bool = True
    penalty: Penalty | None = None
    """Penalty for avoided phrases."""

    def explain(self, paper: int) -> Explanation:
        """Return the words that the paper shares with the likes, and the nearest like."""
        row = self.vectors.words[[paper]]
        contributions = row.data * self.fit.coefficients[row.indices]
        drawn = [(float(p), n) for p, n in zip(contributions, row.indices, strict=True) if p > 0]
        named = {self.vectors.terms[n]: part for part, n in nlargest(MAX_NAMED_WORDS, drawn)}
        like = self.titles[self.fit.nearest[paper]]
        parts = named or {like: 1.0}
        parts |= _penalty_part(self.penalty, paper, sum(parts.values()))
        return Explanation(parts=parts, like=like if self.liked else "")


def inflected(words: Iterable[str], index: InvertedIndex, paper: int) -> frozenset[str]:
    """Return those of `words` that a paper has with a verb's ending ("jailbreak": jailbreaking).

    They add no points, but must not be reported as missing.
    """
    held, numbers = index.shares(paper), index.words
    stems = {word: word.removesuffix("e") for word in words}
    return frozenset(
        word
        for word, stem in stems.items()
        if any(numbers.get(f"{stem}{ending}", -1) in held for ending in ("ing", "ed", "er"))
    )


def _penalty_part(penalty: Penalty | None, paper: int, whole: float) -> dict[str, float]:
    """Return the negative part of a penalty, under the title that causes it."""
    if not penalty or whole <= 0 or not (title := penalty.title(paper)):
        return {}
    return {title: (float(penalty.factor[paper]) - 1) * whole}
