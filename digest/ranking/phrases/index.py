"""A list of papers by the words and pairs they hold: taken apart once, whoever asks.

All readers of a day are held against the same papers. Each paper's words become numbers once;
a reader's question then reads only the columns of its own words, so that it costs as much as
what it finds and not as much as the papers are long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from digest.model.tokens import holds
from digest.ranking.background import TITLE_WEIGHT, saturated
from digest.ranking.cache import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csc_array, csr_array

    from digest.model.tokens import Words
    from digest.ranking.phrases.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Papers × their words, then their adjacent pairs, then one column that nobody holds."""

    papers: Sequence[Words]
    words: Mapping[str, int]
    """The number of each word, which is its column."""
    pairs: NDArray[np.int64]
    """Every pair as one number (left · words + right), ascending: in the order of its column."""
    counts: csc_array
    """How often, saturated; the title counts as often as `TITLE_WEIGHT` abstracts."""
    rows: csr_array
    """The same, by paper."""
    titles: csc_array
    """Papers × words, of the titles alone."""
    asked: Remembered[Query, Covered]
    read: dict[int, Mapping[int, float]] = field(default_factory=dict)
    """What each paper holds that somebody asked why of."""

    @classmethod
    def of(cls, papers: Sequence[Words]) -> Self:
        """Take `papers` apart."""
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
        counts = _matrix(
            (np.concatenate([times, times[:-1][inside]])),
            (np.concatenate([rows, rows[:-1][inside]])),
            (np.concatenate([tokens, places + len(words)])),
            (len(papers), len(words) + len(pairs) + 1),
        )
        named = part_of % 2 == 0
        titles = _matrix(times[named], rows[named], tokens[named], (len(papers), len(words) + 1))
        counts = saturated(counts)
        return cls(
            papers=papers,
            words=words,
            pairs=pairs,
            counts=counts,
            rows=counts.tocsr(),
            titles=titles,
            asked=Remembered(len(papers)),
        )

    def columns(self, grams: Iterable[str]) -> tuple[int, ...]:
        """Return the columns of some words and pairs (two words joined by a space)."""
        return tuple(self._column(gram) for gram in grams)

    def holders(self, column: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the numbers of the papers that hold a gram, and how much of it each."""
        span = slice(*self.counts.indptr[column : column + 2])
        return self.counts.indices[span], self.counts.data[span]

    def shares(self, paper: int) -> Mapping[int, float]:
        """Return how much a paper holds of each gram, by column; read once, whoever asks why."""
        if paper not in self.read:
            span = slice(*self.rows.indptr[paper : paper + 2])
            columns, shares = self.rows.indices[span], self.rows.data[span]
            self.read[paper] = dict(zip(columns.tolist(), shares.tolist(), strict=True))
        return self.read[paper]

    def row(self, paper: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the columns of a paper's words, without pairs, and how much it holds of each."""
        span = slice(*self.rows.indptr[paper : paper + 2])
        columns, shares = self.rows.indices[span], self.rows.data[span]
        words = columns < len(self.words)
        return columns[words], shares[words]

    def titled(self, words: frozenset[str]) -> NDArray[np.bool_]:
        """Tell of each paper whether its title holds every one of `words`."""
        nobody = self.titles.shape[1] - 1
        return _all(self.titles, {self.words.get(word, nobody) for word in words}, len(words))

    def said(self, phrase: Sequence[str]) -> NDArray[np.bool_]:
        """Tell of each paper whether the words of `phrase`, two or more, stand side by side."""
        import numpy as np

        pairs = [f"{left} {right}" for left, right in pairwise(phrase)]
        if not pairs:
            return np.zeros(len(self.papers), dtype=bool)
        found = _all(self.counts, {self._column(pair) for pair in pairs}, len(set(pairs)))
        for number in np.flatnonzero(found).tolist() if len(pairs) > 1 else ():
            found[number] = holds(self.papers[number], phrase)
        return found

    def _column(self, gram: str) -> int:
        import numpy as np

        nobody = int(self.counts.shape[1]) - 1
        left, pair, right = gram.partition(" ")
        if not pair:
            return self.words.get(gram, nobody)
        if left not in self.words or right not in self.words:
            return nobody
        code = self.words[left] * len(self.words) + self.words[right]
        place = int(np.searchsorted(self.pairs, code))
        known = place < len(self.pairs) and int(self.pairs[place]) == code
        return len(self.words) + place if known else nobody


def _matrix(
    values: NDArray[np.float64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int],
) -> csc_array:
    """Return the sums of what falls into the same cell."""
    from scipy.sparse import coo_array

    return coo_array((values, (rows, columns)), shape=shape).tocsc()


def _all(matrix: csc_array, columns: Iterable[int], number: int) -> NDArray[np.bool_]:
    """Tell of each row whether it has something in `number` of these columns, each named once."""
    import numpy as np

    ends = matrix.indptr
    rows = [matrix.indices[ends[column] : ends[column + 1]] for column in columns]
    held = np.bincount(np.concatenate(rows), minlength=matrix.shape[0])
    return np.asarray(held == number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What papers hold of one query; `Coverage` tells what the fields mean."""

    scores: NDArray[np.float64]
    columns: Sequence[int]
    """Of its grams in the sheet, in the order of its weights."""
    titled: NDArray[np.bool_]
    said: NDArray[np.bool_]
