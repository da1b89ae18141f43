"""Inverted index of a list of papers: postings of words and adjacent pairs.

All readers of a day share the same papers, which are indexed once. A query reads only the
postings of its own terms, so its cost does not depend on the papers' length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from digest.model.tokens import holds
from digest.ranking.background import TITLE_WEIGHT, saturate
from digest.ranking.cache import LRUCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csc_array, csr_array

    from digest.model.tokens import Words
    from digest.ranking.phrases.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class InvertedIndex:
    """Inverted index: papers × words, adjacent pairs, and one empty column."""

    papers: Sequence[Words]
    words: Mapping[str, int]
    """Column number of each word."""
    pairs: NDArray[np.int64]
    """Pairs as numbers (left · words + right), ascending, in column order."""
    counts: csc_array
    """Saturated counts by column; a word in the title counts `TITLE_WEIGHT` times."""
    rows: csr_array
    """Saturated counts by paper."""
    titles: csc_array
    """Counts in the titles alone, papers × words."""
    matches: LRUCache[Query, QueryMatch]
    explained: dict[int, Mapping[int, float]] = field(default_factory=dict)
    """Rows of the papers whose scores were explained."""

    @classmethod
    def of(cls, papers: Sequence[Words]) -> Self:
        """Index `papers`."""
        import numpy as np

        words: dict[str, int] = {}
        parts = [part for paper in papers for part in paper]
        tokens = np.array(
            [words.setdefault(word, len(words)) for part in parts for word in part], dtype=np.int64
        )
        lengths = np.array([len(part) for part in parts], dtype=np.int64)
        part_of = np.repeat(np.arange(len(parts)), lengths)
        rows, times = part_of // 2, np.where(part_of % 2, 1.0, TITLE_WEIGHT)
        inside = part_of[1:] == part_of[:-1]
        codes = (tokens[:-1] * len(words) + tokens[1:])[inside]
        pairs, places = np.unique(codes, return_inverse=True)
        counts = _sum_matrix(
            (np.concatenate([times, times[:-1][inside]])),
            (np.concatenate([rows, rows[:-1][inside]])),
            (np.concatenate([tokens, places + len(words)])),
            (len(papers), len(words) + len(pairs) + 1),
        )
        named = part_of % 2 == 0
        titles = _sum_matrix(
            times[named], rows[named], tokens[named], (len(papers), len(words) + 1)
        )
        counts = saturate(counts)
        return cls(
            papers=papers,
            words=words,
            pairs=pairs,
            counts=counts,
            rows=counts.tocsr(),
            titles=titles,
            matches=LRUCache(len(papers)),
        )

    def columns(self, grams: Iterable[str]) -> tuple[int, ...]:
        """Return the columns of words and pairs (two words joined by a space)."""
        return tuple(self._column(gram) for gram in grams)

    def postings(self, column: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the numbers of the papers in a column, and their saturated counts."""
        span = slice(*self.counts.indptr[column : column + 2])
        return self.counts.indices[span], self.counts.data[span]

    def shares(self, paper: int) -> Mapping[int, float]:
        """Return the saturated counts of a paper by column, cached for explanations."""
        if paper not in self.explained:
            span = slice(*self.rows.indptr[paper : paper + 2])
            columns, shares = self.rows.indices[span], self.rows.data[span]
            self.explained[paper] = dict(zip(columns.tolist(), shares.tolist(), strict=True))
        return self.explained[paper]

    def row(self, paper: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the columns and saturated counts of a paper's words, without pairs."""
        span = slice(*self.rows.indptr[paper : paper + 2])
        columns, shares = self.rows.indices[span], self.rows.data[span]
        words = columns < len(self.words)
        return columns[words], shares[words]

    def in_title(self, words: frozenset[str]) -> NDArray[np.bool_]:
        """Return whether each paper's title contains all of `words`."""
        empty = self.titles.shape[1] - 1
        return _rows_with_all(
            self.titles, {self.words.get(word, empty) for word in words}, len(words)
        )

    def has_phrase(self, phrase: Sequence[str]) -> NDArray[np.bool_]:
        """Return whether each paper contains `phrase`, of two words or more, verbatim."""
        import numpy as np

        pairs = [f"{left} {right}" for left, right in pairwise(phrase)]
        if not pairs:
            return np.zeros(len(self.papers), dtype=bool)
        found = _rows_with_all(self.counts, {self._column(pair) for pair in pairs}, len(set(pairs)))
        for number in np.flatnonzero(found).tolist() if len(pairs) > 1 else ():
            found[number] = holds(self.papers[number], phrase)
        return found

    def _column(self, gram: str) -> int:
        import numpy as np

        empty = int(self.counts.shape[1]) - 1
        left, pair, right = gram.partition(" ")
        if not pair:
            return self.words.get(gram, empty)
        if left not in self.words or right not in self.words:
            return empty
        code = self.words[left] * len(self.words) + self.words[right]
        place = int(np.searchsorted(self.pairs, code))
        known = place < len(self.pairs) and int(self.pairs[place]) == code
        return len(self.words) + place if known else empty


def _sum_matrix(
    values: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int],
) -> csc_array:
    """Return a sparse matrix that sums the values of equal cells."""
    from scipy.sparse import coo_array

    return coo_array((values, (rows, columns)), shape=shape).tocsc()


def _rows_with_all(matrix: csc_array, columns: Iterable[int], number: int) -> NDArray[np.bool_]:
    """Return whether each row has a value in all `number` distinct columns."""
    import numpy as np

    ends = matrix.indptr
    rows = [matrix.indices[ends[column] : ends[column + 1]] for column in columns]
    held = np.bincount(np.concatenate(rows), minlength=matrix.shape[0])
    return np.asarray(held == number)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMatch:
    """Match of papers and one query; `Coverage` documents the fields."""

    scores: NDArray[np.float64]
    columns: Sequence[int]
    """Columns of its grams in the index, in the order of its weights."""
    in_title: NDArray[np.bool_]
    has_phrase: NDArray[np.bool_]
