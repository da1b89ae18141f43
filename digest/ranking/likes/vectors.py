"""Vector space for likes: words and pairs, character n-grams and topics, centred on the field.

TF-IDF of words and adjacent pairs, beside TF-IDF of character n-grams (a substitute for stems and
compounds), and, while likes are few, LSA topics. Subtracting the field's mean vector removes
similarity that all papers of the field share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.tokens import grams
from digest.ranking.background import count_matrix
from digest.ranking.likes.char_ngrams import char_ngrams
from digest.ranking.phrases.lsa import document_directions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.model.tokens import Text
    from digest.ranking.likes.reference import ReferenceArchive, ReferenceCorpus

IDF_PAPERS = 1_500
"""Number of texts that caps the IDF, so that rare names do not dominate."""
PRIOR_PAPERS = 300
"""Papers of the field that the archive's frequencies count as (a prior)."""
PAIR_WEIGHT = 0.7
"""Weight of a pair, relative to the IDF of an equally rare word."""
MIN_PAIR_PAPERS = 2
"""Minimum papers of the field for a pair to be in its vocabulary."""
WORDS_WEIGHT, CHARACTERS_WEIGHT = 2.0, 1.0
"""Weights of the kinds of features; that of topics depends on the number of likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of feature: IDF weights and the mean vector of the field."""

    idf: NDArray[np.float64]
    mean: NDArray[np.float64]

    def vectors(self, counts: csr_array) -> csr_array:
        """Return sublinear TF-IDF rows of length 1, or 0 for empty rows."""
        return tfidf(counts, self.idf)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVectors:
    """Vectors of papers by kind of feature; the columns of `words` are `terms`."""

    terms: Sequence[str]
    words: csr_array
    characters: csr_array
    topics: NDArray[np.float32]
    known: NDArray[np.float64]
    """Share of each paper's distinct words that the archive or the field knows."""

    def pick(self, rows: Sequence[int] | slice) -> DocumentVectors:
        """Return the vectors of some of the papers."""
        return DocumentVectors(
            terms=self.terms,
            words=self.words[rows],
            characters=self.characters[rows],
            topics=self.topics[rows],
            known=self.known[rows],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorSpace:
    """Vector space of a field: feature weights and mean vectors."""

    archive: ReferenceArchive
    field: ReferenceCorpus

    @cached_property
    def _bags(self) -> list[Counter[str]]:
        return [_gram_counts(text) for text in self.field.texts]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Numbers of the background's terms, followed by further terms of the field."""
        known = self.archive.background.vocabulary
        papers = Counter(gram for bag in self._bags for gram in bag if gram not in known)
        used = (gram for gram, n in papers.items() if n >= MIN_PAIR_PAPERS or " " not in gram)
        return known | {gram: number for number, gram in enumerate(used, len(known))}

    @cached_property
    def _field_words(self) -> csr_array:
        width = len(self._numbers)
        recent = count_matrix(self._bags, self._numbers) if self._bags else self.field.counts
        return _pad_columns(recent, width)

    @cached_property
    def words(self) -> Block:
        """Features of words and pairs."""
        import numpy as np

        background, width = self.archive.background, len(self._numbers)
        common = _pad(background.df / background.texts, width)
        idf = self._idf(common, self._field_words)
        pairs = np.array([" " in gram for gram in self._numbers], dtype=bool)
        idf[pairs] *= PAIR_WEIGHT
        return self._block(idf, _pad_columns(self.archive.sample, width), self._field_words)

    @cached_property
    def characters(self) -> Block:
        """Features of character n-grams; a field with texts includes its punctuation."""
        texts, sample = self.field.texts, self.archive.sample_ngrams
        field = (
            _char_counts(_tokens(texts)) if texts else self.field.counts @ self.archive.term_ngrams
        )
        return self._block(self._idf(_document_shares(sample), field), sample, field)

    @cached_property
    def topic_mean(self) -> NDArray[np.float64]:
        """Mean topic vector of a known field; 0 otherwise, because LSA is already centred."""
        import numpy as np

        places = document_directions(self.field.counts, self.archive.background)
        if not self.field.texts:
            return np.zeros(places.shape[1])
        return np.asarray(places.mean(axis=0, dtype=float))

    @cached_property
    def typical(self) -> DocumentVectors:
        """Vectors of typical papers: a known field, or a sample of the archive."""
        if self.field.texts:
            return self.embed(self.field.texts)
        import numpy as np

        sample = self.archive.sample
        return DocumentVectors(
            terms=tuple(self._numbers),
            words=self.words.vectors(_pad_columns(sample, len(self._numbers))),
            characters=self.characters.vectors(self.archive.sample_ngrams),
            topics=document_directions(sample, self.archive.background),
            known=np.ones(sample.shape[0]),
        )

    def embed(self, texts: Sequence[Text]) -> DocumentVectors:
        """Return papers as vectors; unknown words and pairs get the highest IDF."""
        import numpy as np

        bags = [_gram_counts(text) for text in texts]
        fresh = sorted({gram for bag in bags for gram in bag if gram not in self._numbers})
        start = len(self._numbers)
        numbers = self._numbers | {gram: number for number, gram in enumerate(fresh, start)}
        unknown = _smoothed_idf(np.zeros(len(fresh)), IDF_PAPERS)
        unknown[[" " in gram for gram in fresh]] *= PAIR_WEIGHT
        return DocumentVectors(
            terms=tuple(numbers),
            words=tfidf(count_matrix(bags, numbers), np.concatenate([self.words.idf, unknown])),
            characters=self.characters.vectors(
                _char_counts(_tokens(texts) if self.field.texts else _terms(texts))
            ),
            topics=document_directions(self.archive.counts(texts), self.archive.background),
            known=np.array([self._known(bag) for bag in bags]),
        )

    def _known(self, bag: Mapping[str, int]) -> float:
        words = [gram for gram in bag if " " not in gram]
        return sum(word in self._numbers for word in words) / max(len(words), 1)

    def similarity(
        self, left: DocumentVectors, right: DocumentVectors, *, topics: float = 0.0
    ) -> NDArray[np.float64]:
        """Return the weighted mean of the cosines of all kinds, -1 to 1, left × right."""
        import numpy as np

        width = max(left.words.shape[1], right.words.shape[1])
        words = cosines(
            _pad_columns(left.words, width),
            _pad_columns(right.words, width),
            _pad(self.words.mean, width),
        )
        spelt = cosines(left.characters, right.characters, self.characters.mean)
        whole = WORDS_WEIGHT * words + CHARACTERS_WEIGHT * spelt
        if topics:
            whole = whole + topics * cosines(left.topics, right.topics, self.topic_mean)
        return np.asarray(whole / (WORDS_WEIGHT + CHARACTERS_WEIGHT + topics))

    def _idf(self, common: NDArray[np.float64], field: csr_array) -> NDArray[np.float64]:
        """Return the IDF from the frequencies in the archive (`common`) and in the field."""
        papers = field.shape[0]
        return _smoothed_idf(
            (PRIOR_PAPERS * common + papers * _document_shares(field)) / (PRIOR_PAPERS + papers),
            IDF_PAPERS,
        )

    def _block(self, idf: NDArray[np.float64], sample: csr_array, field: csr_array) -> Block:
        papers = field.shape[0]
        means = PRIOR_PAPERS * _mean(tfidf(sample, idf)) + papers * _mean(tfidf(field, idf))
        return Block(idf=idf, mean=means / (PRIOR_PAPERS + papers))


def cosines(
    left: csr_array | NDArray[np.float32],
    right: csr_array | NDArray[np.float32],
    mean: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the cosines of unit rows after subtracting the mean, left × right.

    Empty rows have cosines of 0.
    """
    import numpy as np

    products = left @ right.T
    whole = products if isinstance(products, np.ndarray) else products.toarray()
    ours, theirs = left @ mean, right @ mean
    square = float(mean @ mean)
    some = np.outer(_nonzero_rows(left), _nonzero_rows(right))
    lengths = np.sqrt(np.outer(1 - 2 * ours + square, 1 - 2 * theirs + square).clip(1e-12))
    return np.asarray((whole - ours[:, None] - theirs[None, :] + square) / lengths * some)


def _nonzero_rows(rows: csr_array | NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which rows are not empty."""
    import numpy as np

    if isinstance(rows, np.ndarray):
        return np.asarray(rows.any(axis=1))
    return np.asarray(np.diff(rows.indptr) > 0)


def tfidf(counts: csr_array, idf: NDArray[np.float64]) -> csr_array:
    """Return sublinear TF-IDF rows of length 1, or 0 for empty rows."""
    import numpy as np
    from scipy.sparse import csr_array, diags_array

    scale_odds = csr_array(counts, dtype=float)
    scale_odds.data = (1 + np.log(scale_odds.data)) * idf[scale_odds.indices]
    lengths = np.sqrt(np.asarray(scale_odds.multiply(scale_odds).sum(axis=1)).ravel())
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ scale_odds)


def _gram_counts(text: Text) -> Counter[str]:
    """Return the counts of terms and pairs."""
    return Counter(gram for part in text.words for gram in grams(part))


def _terms(texts: Sequence[Text]) -> list[Counter[str]]:
    return [Counter((*text.words.title, *text.words.abstract)) for text in texts]


def _tokens(texts: Sequence[Text]) -> list[Counter[str]]:
    return [Counter(text.tokens) for text in texts]


def _char_counts(bags: Sequence[Mapping[str, int]]) -> csr_array:
    """Return the character n-grams of bags of words, computed once for each word."""
    words = list(dict.fromkeys(word for bag in bags for word in bag)) or [""]
    return count_matrix(bags, {word: number for number, word in enumerate(words)}) @ char_ngrams(
        words
    )


def _smoothed_idf(share: NDArray[np.float64], papers: int) -> NDArray[np.float64]:
    """Return the smoothed IDF of features in a share of `papers` papers."""
    import numpy as np

    return np.asarray(np.log((1 + papers) / (1 + papers * share)) + 1)


def _mean(rows: csr_array) -> NDArray[np.float64]:
    import numpy as np

    return np.asarray(rows.sum(axis=0) / max(rows.shape[0], 1)).ravel()


def _document_shares(counts: csr_array) -> NDArray[np.float64]:
    """Return the share of rows with each column."""
    import numpy as np

    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(holders / max(counts.shape[0], 1))


def _pad(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([values, np.zeros(width - len(values))])


def _pad_columns(rows: csr_array, width: int) -> csr_array:
    """Return `rows` with empty columns added for new terms."""
    from scipy.sparse import csr_array

    return csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
