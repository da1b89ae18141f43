"""Interests shown by papers: what a new paper has in common with those liked.

Words and character n-grams (which stand in for stems and compounds), both as TF-IDF, both centred
on the archive: without its mean, a paper is near to what it shares with the likes and not with
everybody. Ridge regression draws the likes towards 1 and the dislikes towards -1 in their own
span, a k × k system; the nearest likes are added for the sake of a minor interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.ranking.background import bag

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.terms import Words

RIDGE = 0.3
NEAREST = 3
SAMPLE = 1_500
"""So many papers of the archive tell the mean; some hundreds are enough."""
DISLIKE = 6.0
"""How fast a written interest's chance falls with the likeness to a disliked paper."""
UNLIKE = 0.05
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
        lengths = np.outer(self._length(left, ours, square), self._length(right, theirs, square))
        return np.asarray((products - ours[:, None] - theirs[None, :] + square) / lengths)

    def _length(
        self, rows: csr_array, along: NDArray[np.float64], square: float
    ) -> NDArray[np.float64]:
        import numpy as np

        own = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        return np.sqrt(np.maximum(own - 2 * along + square, 1e-9))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Papers as both kinds of vectors, over the terms `terms`."""

    terms: Sequence[str]
    words: csr_array
    characters: csr_array

    def rows(self, start: int, stop: int) -> View:
        """Return some of the papers."""
        part = slice(start, stop)
        return View(terms=self.terms, words=self.words[part], characters=self.characters[part])


@dataclass(frozen=True, kw_only=True)
class Lens:
    """How papers look from the background: which features count, and what everybody shares."""

    background: Background

    @cached_property
    def sample(self) -> csr_array:
        """Return an even sample of the archive's term counts."""
        archive = self.background.archive
        return archive[:: max(archive.shape[0] // SAMPLE, 1)]

    @cached_property
    def spelling(self) -> csr_array:
        """Return the character n-grams of each known term, hashed."""
        return spelled(self.background.words)

    @cached_property
    def words(self) -> Block:
        """Return the block of words."""
        idf = self.background.idf.astype(float)
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

    def view(self, papers: Sequence[Words]) -> View:
        """Return `papers` as vectors; words that the background does not know count as rarest."""
        import numpy as np
        from scipy.sparse import csr_array, vstack

        known = self.background.vocabulary
        bags = [bag(paper.title, paper.abstract) for paper in papers]
        fresh = sorted({term for counts in bags for term in counts if term not in known})
        numbers = {term: number for number, term in enumerate(fresh, len(known))}
        rows = [{known.get(t, numbers.get(t, 0)): n for t, n in counts.items()} for counts in bags]
        counts = _matrix(rows, len(known) + len(fresh))
        spelling = vstack([self.spelling, spelled(fresh)], format="csr") if fresh else self.spelling
        idf = np.concatenate([self.words.idf, np.full(len(fresh), self.background.rarest)])
        return View(
            terms=(*self.background.words, *fresh),
            words=tfidf(counts, idf),
            characters=self.characters.vectors(csr_array(counts @ spelling)),
        )

    def likeness(self, left: View, right: View) -> NDArray[np.float64]:
        """Return how alike papers are in words and in characters, -1 to 1, left × right."""
        import numpy as np

        mean = self.words.mean
        padding = np.zeros(left.words.shape[1] - len(mean))
        words = Block(idf=self.words.idf, mean=np.concatenate([mean, padding]))
        return (
            words.likeness(left.words, right.words)
            + self.characters.likeness(left.characters, right.characters)
        ) / 2


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


def _matrix(rows: Sequence[dict[int, int]], columns: int) -> csr_array:
    import numpy as np
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *(len(row) for row in rows)])
    numbers = np.array([n for row in rows for n in row], dtype=np.int32)
    values = np.array([float(n) for row in rows for n in row.values()])
    return csr_array((values, numbers, ends), shape=(len(rows), columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the likes and dislikes of one interest say about papers."""

    scores: NDArray[np.float64]
    """One a paper; about 1 for a paper like those liked, below 0 for the opposite."""
    pull: NDArray[np.float64]
    """How much each term draws a paper up, over the view's terms."""
    nearest: NDArray[np.intp]
    """The number of the nearest like of each paper."""


def taste(lens: Lens, papers: View, likes: View, dislikes: View) -> Taste:
    """Return what `likes` (at least one) and `dislikes` say about `papers`.

    Ridge regression in the span of the examples (Hoerl & Kennard 1970), and the mean likeness of
    the three nearest.
    """
    import numpy as np

    near = lens.likeness(papers, likes)
    far = lens.likeness(papers, dislikes)
    both = np.hstack([near, far])
    targets = np.concatenate([np.ones(near.shape[1]), -np.ones(far.shape[1])])
    gram = _gram(lens, likes, dislikes)
    weights = np.linalg.solve(gram + RIDGE * np.eye(len(targets)), targets)
    scores = both @ weights + _nearest(near) - _nearest(np.maximum(far, 0))
    count = near.shape[1]
    pull = likes.words.T @ weights[:count] + dislikes.words.T @ weights[count:]
    return Taste(scores=scores, pull=pull, nearest=near.argmax(axis=1))


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
