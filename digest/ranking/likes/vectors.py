"""Papers as vectors, as likes see them: words and pairs, characters, topics, less what all share.

TF-IDF of words and of adjacent pairs beside TF-IDF of character n-grams (which stand in for stems
and compounds), and, while the likes are few, the topics that the words belong to. With the mean
of the field subtracted a paper is near to what it shares with the likes and not with everybody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.tokens import grams
from digest.ranking.background import counted
from digest.ranking.likes.char_ngrams import spelled
from digest.ranking.phrases.lsa import directions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.model.tokens import Text
    from digest.ranking.likes.reference import Archive, Field

RARE = 1_500
"""A word in fewer than one text in so many weighs no more: names would drown the topic."""
PRIOR = 300
"""The archive's word on what is common counts as that of so many papers of the field."""
PAIR = 0.7
"""What a pair of words weighs, by the IDF of a single word that is as rare."""
LEAST_USE = 2
"""A pair that fewer papers of the field have is as rare as one that it does not know."""
WORDS, CHARACTERS = 2.0, 1.0
"""How much each kind counts; that of the topics goes with the number of likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of feature: how much each counts, and the mean of the vectors of the field."""

    idf: NDArray[np.float64]
    mean: NDArray[np.float64]

    def vectors(self, counts: csr_array) -> csr_array:
        """Return sublinear TF-IDF rows of length 1 (of length 0 where there is nothing)."""
        return tfidf(counts, self.idf)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Papers as vectors of each kind, `words` over the terms and pairs `terms`."""

    terms: Sequence[str]
    words: csr_array
    characters: csr_array
    topics: NDArray[np.float32]
    known: NDArray[np.float64]
    """What share of its distinct words the archive or the field knows, 0–1."""

    def pick(self, rows: Sequence[int] | slice) -> View:
        """Return some of the papers."""
        return View(
            terms=self.terms,
            words=self.words[rows],
            characters=self.characters[rows],
            topics=self.topics[rows],
            known=self.known[rows],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Lens:
    """How papers look from a field: which features count, and what everybody shares."""

    archive: Archive
    field: Field

    @cached_property
    def _bags(self) -> list[Counter[str]]:
        return [_bag(text) for text in self.field.texts]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of each term of the background, then of what else the field uses."""
        known = self.archive.background.vocabulary
        papers = Counter(gram for bag in self._bags for gram in bag if gram not in known)
        used = (gram for gram, n in papers.items() if n >= LEAST_USE or " " not in gram)
        return known | {gram: number for number, gram in enumerate(used, len(known))}

    @cached_property
    def _field_words(self) -> csr_array:
        width = len(self._numbers)
        own = counted(self._bags, self._numbers) if self._bags else self.field.counts
        return _wide(own, width)

    @cached_property
    def words(self) -> Block:
        """The block of words and pairs."""
        import numpy as np

        background, width = self.archive.background, len(self._numbers)
        common = _widened(background.df / background.texts, width)
        idf = self._idf(common, self._field_words)
        pairs = np.array([" " in gram for gram in self._numbers], dtype=bool)
        idf[pairs] *= PAIR
        return self._block(idf, _wide(self.archive.sample, width), self._field_words)

    @cached_property
    def characters(self) -> Block:
        """The block of character n-grams; a field with texts is spelt marks and all."""
        texts, sample = self.field.texts, self.archive.spelt
        field = _spelt(_tokens(texts)) if texts else self.field.counts @ self.archive.spelling
        return self._block(self._idf(_holders(sample), field), sample, field)

    @cached_property
    def centre(self) -> NDArray[np.float64]:
        """The mean of the topics; they have none of their own beyond that of a known field."""
        import numpy as np

        places = directions(self.field.counts, self.archive.background)
        if not self.field.texts:
            return np.zeros(places.shape[1])
        return np.asarray(places.mean(axis=0, dtype=float))

    @cached_property
    def everyday(self) -> View:
        """What papers at large are like: a known field as vectors, or a share of the archive."""
        if self.field.texts:
            return self.view(self.field.texts)
        import numpy as np

        sample = self.archive.sample
        return View(
            terms=tuple(self._numbers),
            words=self.words.vectors(_wide(sample, len(self._numbers))),
            characters=self.characters.vectors(self.archive.spelt),
            topics=directions(sample, self.archive.background),
            known=np.ones(sample.shape[0]),
        )

    def view(self, texts: Sequence[Text]) -> View:
        """Return papers as vectors; words and pairs that the field does not know are rare."""
        import numpy as np

        bags = [_bag(text) for text in texts]
        fresh = sorted({gram for bag in bags for gram in bag if gram not in self._numbers})
        start = len(self._numbers)
        numbers = self._numbers | {gram: number for number, gram in enumerate(fresh, start)}
        unknown = _rarity(np.zeros(len(fresh)), RARE)
        unknown[[" " in gram for gram in fresh]] *= PAIR
        return View(
            terms=tuple(numbers),
            words=tfidf(counted(bags, numbers), np.concatenate([self.words.idf, unknown])),
            characters=self.characters.vectors(
                _spelt(_tokens(texts) if self.field.texts else _terms(texts))
            ),
            topics=directions(self.archive.counts(texts), self.archive.background),
            known=np.array([self._known(bag) for bag in bags]),
        )

    def _known(self, bag: Mapping[str, int]) -> float:
        words = [gram for gram in bag if " " not in gram]
        return sum(word in self._numbers for word in words) / max(len(words), 1)

    def likeness(self, left: View, right: View, *, topics: float = 0.0) -> NDArray[np.float64]:
        """Return how alike papers are, the mean of each kind, -1 to 1, left × right."""
        import numpy as np

        width = max(left.words.shape[1], right.words.shape[1])
        words = cosines(
            _wide(left.words, width), _wide(right.words, width), _widened(self.words.mean, width)
        )
        spelt = cosines(left.characters, right.characters, self.characters.mean)
        whole = WORDS * words + CHARACTERS * spelt
        if topics:
            whole = whole + topics * cosines(left.topics, right.topics, self.centre)
        return np.asarray(whole / (WORDS + CHARACTERS + topics))

    def _idf(self, common: NDArray[np.float64], field: csr_array) -> NDArray[np.float64]:
        """Return how rare features are that are so `common` at large, in the field and there."""
        papers = field.shape[0]
        return _rarity((PRIOR * common + papers * _holders(field)) / (PRIOR + papers), RARE)

    def _block(self, idf: NDArray[np.float64], sample: csr_array, field: csr_array) -> Block:
        papers = field.shape[0]
        means = PRIOR * _mean(tfidf(sample, idf)) + papers * _mean(tfidf(field, idf))
        return Block(idf=idf, mean=means / (PRIOR + papers))


def cosines(
    left: csr_array | NDArray[np.float32],
    right: csr_array | NDArray[np.float32],
    mean: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the cosines of rows of length 1 once the mean is subtracted, left × right.

    0 for rows of length 0: what says nothing is like nothing.
    """
    import numpy as np

    products = left @ right.T
    whole = products if isinstance(products, np.ndarray) else products.toarray()
    ours, theirs = left @ mean, right @ mean
    square = float(mean @ mean)
    some = np.outer(_some(left), _some(right))
    lengths = np.sqrt(np.outer(1 - 2 * ours + square, 1 - 2 * theirs + square).clip(1e-12))
    return np.asarray((whole - ours[:, None] - theirs[None, :] + square) / lengths * some)


def _some(rows: csr_array | NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which rows hold anything."""
    import numpy as np

    if isinstance(rows, np.ndarray):
        return np.asarray(rows.any(axis=1))
    return np.asarray(np.diff(rows.indptr) > 0)


def tfidf(counts: csr_array, idf: NDArray[np.float64]) -> csr_array:
    """Return sublinear TF-IDF rows of length 1 (of length 0 where there is nothing)."""
    import numpy as np
    from scipy.sparse import csr_array, diags_array

    weighed = csr_array(counts, dtype=float)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ weighed)


def _bag(text: Text) -> Counter[str]:
    """Return how often each term and each pair occurs."""
    return Counter(gram for part in text.words for gram in grams(part))


def _terms(texts: Sequence[Text]) -> list[Counter[str]]:
    return [Counter((*text.words.title, *text.words.abstract)) for text in texts]


def _tokens(texts: Sequence[Text]) -> list[Counter[str]]:
    return [Counter(text.tokens) for text in texts]


def _spelt(bags: Sequence[Mapping[str, int]]) -> csr_array:
    """Return the character n-grams of bags of words, each word spelt out once."""
    words = list(dict.fromkeys(word for bag in bags for word in bag)) or [""]
    return counted(bags, {word: number for number, word in enumerate(words)}) @ spelled(words)


def _rarity(share: NDArray[np.float64], papers: int) -> NDArray[np.float64]:
    """Return the smoothed IDF of what a share of so many papers holds."""
    import numpy as np

    return np.asarray(np.log((1 + papers) / (1 + papers * share)) + 1)


def _mean(rows: csr_array) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(rows.sum(axis=0) / max(rows.shape[0], 1)).ravel()


def _holders(counts: csr_array) -> NDArray[np.float64]:
    """Return the share of rows that hold each column."""
    import numpy as np

    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(holders / max(counts.shape[0], 1))


def _widened(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([values, np.zeros(width - len(values))])


def _wide(rows: csr_array, width: int) -> csr_array:
    """Return `rows` with empty columns added: fresh terms follow the known ones."""
    from scipy.sparse import csr_array

    return csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
