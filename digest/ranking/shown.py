"""Interests shown by papers: what a new paper has in common with those liked.

Words and pairs of words beside character n-grams (which stand in for stems and compounds), as
TF-IDF and centred on the archive: with its mean subtracted a paper is near to what it shares with
the likes and not with everybody. Ridge regression draws the likes towards 1 and the dislikes
towards -1 in their own
span, a k × k system; the nearest likes are added for the sake of a minor interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from digest.ranking.background import bag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.terms import Words

RIDGE = 0.3
NEAREST = 2
NEAREST_WEIGHT = 2.0
"""The nearest likes, beside the ridge, find a minor interest: recall .28 became .34."""
RARE = 5_000
"""A word in fewer than one text in so many weighs no more: names would drown the topic."""
PAIR_BONUS = 2.0
"""A pair is rarer than its words: about e² times."""
EVERYDAY = 0.99
LEAST_LEVEL = 0.05
SAMPLE = 1_500
"""So many papers of the archive tell the mean; some hundreds are enough."""
DISLIKE = 6.0
"""How fast a written interest's chance falls with the likeness to a disliked paper."""
UNLIKE = 0.1
"""Less likeness than this is no likeness."""
CHARACTERS = (3, 5)
CHARACTER_FEATURES = 2**18
MOST_LIKES = 1_000
"""The latest so many likes and as many dislikes are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of feature: how much each counts, and the archive's mean vector."""

    idf: NDArray[np.float64]
    mean: NDArray[np.float64]

    def vectors(self, counts: csr_array) -> csr_array:
        """Return sublinear TF-IDF rows of length 1 (of length 0 where there is nothing)."""
        return tfidf(counts, self.idf)

    def likeness(self, left: csr_array, right: csr_array) -> NDArray[np.float64]:
        """Return the cosines of `left` and `right` once the mean is subtracted, left × right."""
        import numpy as np

        products = (left @ right.T).toarray()
        ours, theirs = left @ self.mean, right @ self.mean
        square = float(self.mean @ self.mean)
        lengths = np.outer(_length(left, ours, square), _length(right, theirs, square))
        return np.asarray((products - ours[:, None] - theirs[None, :] + square) / lengths)


def _length(rows: csr_array, along: NDArray[np.float64], square: float) -> NDArray[np.float64]:
    """Return the lengths of rows of length 1 (or 0, the empty ones) less the mean."""
    import numpy as np

    own = np.diff(rows.indptr) > 0
    return np.asarray(np.sqrt(np.maximum(own - 2 * along + square, 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Papers as both kinds of vectors, over the terms `terms`."""

    terms: Sequence[str]
    words: csr_array
    characters: csr_array

    def pick(self, rows: Sequence[int] | slice) -> View:
        """Return some of the papers."""
        return View(terms=self.terms, words=self.words[rows], characters=self.characters[rows])


@dataclass(frozen=True, kw_only=True)
class Lens:
    """How papers look from the background: which features count, and what everybody shares."""

    background: Background

    @cached_property
    def sample(self) -> csr_array:
        """Return the term counts of the papers added last and of an even share of the others.

        What was fetched tells the reader's field and time, and so the best mean to leave out.
        """
        from scipy.sparse import csr_array, vstack

        archive = self.background.archive
        fresh = archive.shape[0] - min(len(self.background.added), SAMPLE - SAMPLE // 3)
        others = archive[: fresh : max(fresh // (SAMPLE - archive.shape[0] + fresh), 1)]
        return csr_array(vstack([others, archive[fresh:]], format="csr"))

    @cached_property
    def spelling(self) -> csr_array:
        """Return the character n-grams of each known term, hashed."""
        return spelled(self.background.words)

    @cached_property
    def words(self) -> Block:
        """Return the block of words."""
        import numpy as np

        idf = np.log((1 + RARE) / (1 + RARE * self.background.df / self.background.texts)) + 1
        return Block(idf=idf, mean=_mean(tfidf(self.sample, idf)))

    @cached_property
    def characters(self) -> Block:
        """Return the block of character n-grams, weighted by the sample they occur in."""
        import numpy as np

        counts = self.sample @ self.spelling
        papers = counts.shape[0]
        df = np.bincount(counts.indices, minlength=CHARACTER_FEATURES)
        idf = np.log((1 + papers) / (1 + df)) + 1
        return Block(idf=idf, mean=_mean(tfidf(counts, idf)))

    @cached_property
    def everyday(self) -> View:
        """Return the sample as vectors: what papers at large are like."""
        from scipy.sparse import csr_array

        return View(
            terms=self.background.words,
            words=self.words.vectors(self.sample),
            characters=self.characters.vectors(csr_array(self.sample @ self.spelling)),
        )

    def view(self, papers: Sequence[Words]) -> View:
        """Return `papers` as vectors; words that the background does not know count as rare."""
        import numpy as np
        from scipy.sparse import csr_array, vstack

        known = self.background.vocabulary
        singles = [bag(paper.title, paper.abstract) for paper in papers]
        pairs = [bag(_pairs(paper.title), _pairs(paper.abstract)) for paper in papers]
        fresh = sorted({term for counts in singles for term in counts if term not in known})
        numbers = known | {term: number for number, term in enumerate(fresh, len(known))}
        both = sorted({pair for counts in pairs for pair in counts})
        idf = np.concatenate([self.words.idf, np.full(len(fresh), log(1 + RARE) + 1)])
        width = len(idf)
        numbers |= {pair: number for number, pair in enumerate(both, width)}
        spelling = vstack([self.spelling, spelled(fresh)], format="csr") if fresh else self.spelling
        counts = _matrix(singles, numbers, width)
        whole = [one | two for one, two in zip(singles, pairs, strict=True)]
        return View(
            terms=(*self.background.words, *fresh, *both),
            words=tfidf(_matrix(whole, numbers, len(numbers)), _with_pairs(idf, both, numbers)),
            characters=self.characters.vectors(csr_array(counts @ spelling)),
        )

    def likeness(self, left: View, right: View) -> NDArray[np.float64]:
        """Return how alike papers are in words and in characters, -1 to 1, left × right."""
        width = max(left.words.shape[1], right.words.shape[1])
        block = Block(idf=self.words.idf, mean=_widened(self.words.mean, width))
        words = block.likeness(_wide(left.words, width), _wide(right.words, width))
        return (words + self.characters.likeness(left.characters, right.characters)) / 2


def _pairs(words: Sequence[str]) -> list[str]:
    return list(map(" ".join, pairwise(words)))


def _with_pairs(
    idf: NDArray[np.float64], pairs: Sequence[str], numbers: Mapping[str, int]
) -> NDArray[np.float64]:
    """Return `idf` followed by that of `pairs`: the mean of their words and a bonus."""
    import numpy as np

    words = [pair.split(" ") for pair in pairs]
    left = idf[[numbers[one] for one, _ in words]]
    right = idf[[numbers[two] for _, two in words]]
    rare = np.minimum((left + right) / 2 + PAIR_BONUS, log(1 + RARE) + 1)
    return np.concatenate([idf, rare])


def _widened(mean: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([mean, np.zeros(width - len(mean))])


def _wide(rows: csr_array, width: int) -> csr_array:
    """Return `rows` with empty columns added: fresh terms follow the known ones."""
    from scipy.sparse import csr_array

    return csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))


def spelled(terms: Sequence[str]) -> csr_array:
    """Return the character 3- to 5-grams of each term as hashed counts, terms × features."""
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import HashingVectorizer

    hasher = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=CHARACTERS,
        n_features=CHARACTER_FEATURES,
        alternate_sign=False,
        norm=None,
    )
    return csr_array(hasher.transform(terms))


def tfidf(counts: csr_array, idf: NDArray[np.float64]) -> csr_array:
    """Return sublinear TF-IDF rows of length 1 (of length 0 where there is nothing)."""
    import numpy as np
    from scipy.sparse import csr_array, diags_array

    weighed = csr_array(counts, dtype=float)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ weighed)


def _mean(rows: csr_array) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(rows.sum(axis=0) / max(rows.shape[0], 1)).ravel()


def _matrix(
    papers: Sequence[Mapping[str, int]], numbers: Mapping[str, int], columns: int
) -> csr_array:
    import numpy as np
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *(len(counts) for counts in papers)])
    indices = np.array([numbers[term] for counts in papers for term in counts], dtype=np.int32)
    values = np.array([float(n) for counts in papers for n in counts.values()])
    return csr_array((values, indices, ends), shape=(len(papers), columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the likes and dislikes of one interest say about papers."""

    scores: NDArray[np.float64]
    """One a paper; below 0 for the opposite of what is liked."""
    pull: NDArray[np.float64]
    """How much each term draws a paper up, over the view's terms."""
    nearest: NDArray[np.intp]
    """The number of the nearest like of each paper."""


def taste(lens: Lens, papers: View, likes: View, dislikes: View) -> Taste:
    """Return what `likes` (at least one) and `dislikes` say about `papers`.

    Ridge regression in the span of the examples (Hoerl & Kennard 1970) and the likeness of the
    nearest, in units of what one paper in a hundred of the archive reaches: with many likes
    everything is like one of them.
    """
    import numpy as np

    count, others = likes.words.shape[0], dislikes.words.shape[0]
    targets = np.concatenate([np.ones(count), -np.ones(others)])
    gram = _gram(lens, likes, dislikes)
    weights = np.linalg.solve(gram + RIDGE * np.eye(len(targets)), targets)
    near, scores = _held(lens, papers, likes, dislikes, weights)
    _, everyday = _held(lens, lens.everyday, likes, dislikes, weights)
    level = max(float(np.quantile(everyday, EVERYDAY)), LEAST_LEVEL)
    pull = likes.words.T @ weights[:count] + dislikes.words.T @ weights[count:]
    return Taste(scores=scores / level**0.5, pull=pull, nearest=near.argmax(axis=1))


def _held(
    lens: Lens, papers: View, likes: View, dislikes: View, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the likeness of `papers` to each like, and what it all comes to."""
    import numpy as np

    near, far = lens.likeness(papers, likes), lens.likeness(papers, dislikes)
    ridge = np.hstack([near, far]) @ weights
    return near, ridge + NEAREST_WEIGHT * (_nearest(near) - _nearest(np.maximum(far, 0)))


def _nearest(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    if not likeness.shape[1]:
        return np.zeros(likeness.shape[0])
    return np.asarray(np.sort(likeness, axis=1)[:, -NEAREST:].mean(axis=1))


def _gram(lens: Lens, likes: View, dislikes: View) -> NDArray[np.float64]:
    import numpy as np

    across = lens.likeness(likes, dislikes)
    return np.block(
        [
            [lens.likeness(likes, likes), across],
            [across.T, lens.likeness(dislikes, dislikes)],
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """How much the nearest disliked paper takes from each paper."""

    factor: NDArray[np.float64]
    """What is left of a chance, 0–1."""
    nearest: NDArray[np.intp]
    titles: Sequence[str]

    def title(self, paper: int) -> str:
        """Return the title of the disliked paper that spoils this one, "" where none does."""
        return self.titles[self.nearest[paper]] if self.factor[paper] < 1 else ""


def spoiled(lens: Lens, papers: View, dislikes: View, titles: Sequence[str]) -> Spoiled:
    """Return what `dislikes` (at least one) take from `papers`, whatever else speaks for them."""
    import numpy as np

    likeness = lens.likeness(papers, dislikes)
    over = np.maximum(likeness.max(axis=1) - UNLIKE, 0)
    return Spoiled(factor=np.exp(-DISLIKE * over), nearest=likeness.argmax(axis=1), titles=titles)
