"""Papers as vectors, as likes see them: words beside characters, centred on what all share.

TF-IDF of words beside TF-IDF of character n-grams (which stand in for stems and compounds). With
the mean of the background subtracted a paper is near to what it shares with the likes and not
with everybody. Once the reader's own field is known, the words and pairs that it uses are a third
kind of vector.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import TYPE_CHECKING

from digest.ranking.terms import grams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.terms import Words

RARE = 1_500
"""A word in fewer than one text in so many weighs no more: names would drown the topic."""
SAMPLE = 1_500
"""So many papers tell the mean; some hundreds are enough."""
OWN_FIELD = 300
"""From so many papers that were added on, they have half a say on how common a word is, and on
the mean; and `Lens.usage` speaks.

They are of the reader's field and time. With the whole say they rank better far from the archive
(.705 for .702) and worse near it (.736 for .744).
"""
LEAST_USE = 2
"""A pair of words belongs to a field's usage where so many papers have it."""
CHARACTERS = (3, 5)
CHARACTER_FEATURES = 2**18


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
    """Papers as vectors of each kind, `words` over the terms `terms`."""

    terms: Sequence[str]
    words: csr_array
    characters: csr_array
    usage: csr_array
    """Words and pairs of the reader's field; no column where it is not known."""

    def pick(self, rows: Sequence[int] | slice) -> View:
        """Return some of the papers."""
        return View(
            terms=self.terms,
            words=self.words[rows],
            characters=self.characters[rows],
            usage=self.usage[rows],
        )


@dataclass(frozen=True, kw_only=True)
class Lens:
    """How papers look from the background: which features count, and what everybody shares."""

    background: Background

    @cached_property
    def field(self) -> csr_array:
        """Return the term counts of the papers added last; no row where too few are known."""
        known, archive = len(self.background.added), self.background.archive
        count = min(known, SAMPLE) if known >= OWN_FIELD else 0
        return archive[archive.shape[0] - count :]

    @cached_property
    def samples(self) -> Sequence[csr_array]:
        """Return an even share of the archive and, if it is known, one of the field."""
        archive = self.background.archive
        half = self.field[-SAMPLE // 2 :]
        whole = archive[:: max(archive.shape[0] // (SAMPLE - half.shape[0]), 1)]
        return [whole, half] if half.shape[0] else [whole]

    @cached_property
    def spelling(self) -> csr_array:
        """Return the character n-grams of each known term, hashed."""
        from scipy.sparse import vstack

        words, known = self.background.words, len(self.background.parts["df"])
        table = _table(tuple(words[:known]))
        fresh = words[known:]
        return vstack([table, spelled(fresh)], format="csr") if fresh else table

    @cached_property
    def words(self) -> Block:
        """Return the block of words."""
        known = self.background
        shares = [known.df / known.texts]
        if self.field.shape[0]:
            shares.append(_holders(self.field))
        return _block(self.samples, [_rarity(share, RARE) for share in shares])

    @cached_property
    def characters(self) -> Block:
        """Return the block of character n-grams, weighted by the samples they occur in."""
        counts = [sample @ self.spelling for sample in self.samples]
        return _block(counts, [_rarity(_holders(part), part.shape[0]) for part in counts])

    @cached_property
    def _grams(self) -> Mapping[str, int]:
        """Return the number of each word and pair that the reader's field uses, if it is known."""
        if not self.field.shape[0]:
            return {}
        papers = Counter(gram for paper in self.background.added[-SAMPLE:] for gram in paper)
        used = (gram for gram, n in papers.items() if n >= LEAST_USE or " " not in gram)
        return {gram: number for number, gram in enumerate(used)}

    @cached_property
    def usage(self) -> Block:
        """Return the block of words and pairs of the reader's field: others do not count."""
        counts = _matrix(self.background.added[-SAMPLE:], self._grams)
        return _block([counts], [_rarity(_holders(counts), RARE)])

    @cached_property
    def everyday(self) -> View:
        """Return what papers at large are like: the field as vectors, or a share of the archive."""
        papers: Sequence[Mapping[str, int]] = self.background.added[-SAMPLE:]
        counts = self.field
        if not counts.shape[0]:
            (counts,) = self.samples
            papers = [{}] * counts.shape[0]
        return View(
            terms=self.background.words,
            words=self.words.vectors(counts),
            characters=self.characters.vectors(counts @ self.spelling),
            usage=self.usage.vectors(_matrix(papers, self._grams)),
        )

    def view(self, papers: Sequence[Words]) -> View:
        """Return `papers` as vectors; words that the background does not know count as rare."""
        import numpy as np
        from scipy.sparse import vstack

        known = self.background.vocabulary
        bags = [Counter((*paper.title, *paper.abstract)) for paper in papers]
        fresh = sorted({term for counts in bags for term in counts if term not in known})
        numbers = known | {term: number for number, term in enumerate(fresh, len(known))}
        idf = np.concatenate([self.words.idf, np.full(len(fresh), log(1 + RARE) + 1)])
        spelling = vstack([self.spelling, spelled(fresh)], format="csr") if fresh else self.spelling
        counts = _matrix(bags, numbers)
        used = [Counter(gram for part in paper for gram in grams(part)) for paper in papers]
        return View(
            terms=(*self.background.words, *fresh),
            words=tfidf(counts, idf),
            characters=self.characters.vectors(counts @ spelling),
            usage=self.usage.vectors(_matrix(used, self._grams)),
        )

    def likeness(self, left: View, right: View) -> NDArray[np.float64]:
        """Return how alike papers are, the mean of each kind, -1 to 1, left × right."""
        import numpy as np

        width = max(left.words.shape[1], right.words.shape[1])
        block = Block(idf=self.words.idf, mean=_widened(self.words.mean, width))
        kinds = [
            block.likeness(_wide(left.words, width), _wide(right.words, width)),
            self.characters.likeness(left.characters, right.characters),
        ]
        if self._grams:
            kinds.append(self.usage.likeness(left.usage, right.usage))
        return np.asarray(sum(kinds) / len(kinds))


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


@lru_cache(maxsize=2)
def _table(terms: tuple[str, ...]) -> csr_array:
    """Return what `spelled` does: of the shipped table it takes longer than all else together."""
    return spelled(terms)


def tfidf(counts: csr_array, idf: NDArray[np.float64]) -> csr_array:
    """Return sublinear TF-IDF rows of length 1 (of length 0 where there is nothing)."""
    import numpy as np
    from scipy.sparse import csr_array, diags_array

    weighed = csr_array(counts, dtype=float)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ weighed)


def _rarity(share: NDArray[np.float64], papers: int) -> NDArray[np.float64]:
    """Return the smoothed IDF of what a share of so many papers holds."""
    import numpy as np

    return np.asarray(np.log((1 + papers) / (1 + papers * share)) + 1)


def _block(samples: Sequence[csr_array], rarities: Sequence[NDArray[np.float64]]) -> Block:
    """Return the block in which each of these IDFs, and the mean of each sample, has its say."""
    import numpy as np

    idf = np.mean(rarities, axis=0)
    return Block(idf=idf, mean=np.mean([_mean(tfidf(rows, idf)) for rows in samples], axis=0))


def _mean(rows: csr_array) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(rows.sum(axis=0) / max(rows.shape[0], 1)).ravel()


def _holders(counts: csr_array) -> NDArray[np.float64]:
    """Return the share of rows that hold each column."""
    import numpy as np

    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(holders / max(counts.shape[0], 1))


def _matrix(papers: Sequence[Mapping[str, int]], numbers: Mapping[str, int]) -> csr_array:
    """Return the counts of the grams that have a number, papers × grams."""
    import numpy as np
    from scipy.sparse import csr_array

    rows = [{numbers[t]: n for t, n in counts.items() if t in numbers} for counts in papers]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([number for row in rows for number in row], dtype=np.int32)
    values = np.array([float(n) for row in rows for n in row.values()])
    return csr_array((values, indices, ends), shape=(len(rows), len(numbers)))
