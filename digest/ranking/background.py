"""The background: how rare each word is, and an archive of papers as term counts.

A day's thirty papers cannot tell a rare word from a common one, and a score that rests on them
changes from day to day. So a table of document frequencies is shipped, and with it an archive of
papers (counts of terms, no sentences) that tells which words travel with a topic. Both live in one
compressed file; each part is read when it is first asked for.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csc_array, csr_array


TITLE_WEIGHT = 3
"""A word of the title counts as often as three of the abstract (2 to 5 measured alike)."""

SATURATION = 1.2
"""BM25's k1; anything between 0.5 and 2 measured alike."""

SHIPPED = "background.npz"


@dataclass(frozen=True, kw_only=True)
class Background:
    """Document frequencies of terms, and an archive of papers as term counts."""

    parts: Mapping[str, NDArray[np.generic]]
    """What `digest.ranking.build_background` writes."""

    @classmethod
    def read(cls, source: bytes | Path) -> Self:
        """Open a background file; its parts are decompressed when they are first used."""
        import numpy as np

        stream = BytesIO(source) if isinstance(source, bytes) else source
        return cls(parts=np.load(stream, allow_pickle=False))

    @cached_property
    def about(self) -> Mapping[str, str]:
        """How it was made: `made` (a date), `papers`, `texts`, `from`."""
        return dict(json.loads(bytes(self.parts["about"])))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every known term and its number, by frequency."""
        known = bytes(self.parts["vocabulary"]).decode().splitlines()
        return {term: number for number, term in enumerate(known)}

    @cached_property
    def texts(self) -> int:
        """How many texts the frequencies come from."""
        return int(self.about["texts"])

    @cached_property
    def df(self) -> NDArray[np.float64]:
        """In how many texts each term occurs."""
        return self.parts["df"].astype(float)

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """The inverse document frequency of each term, as in BM25 (Robertson & Zaragoza 2009)."""
        import numpy as np

        return np.log1p((self.texts - self.df + 0.5) / (self.df + 0.5))

    @cached_property
    def rarest(self) -> float:
        """The inverse document frequency of a word that was never seen."""
        from math import log1p

        return log1p((self.texts + 0.5) / 0.5)

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of `term`, known or not."""
        number = self.vocabulary.get(term)
        return self.rarest if number is None else float(self.idf[number])

    @cached_property
    def archive(self) -> csr_array:
        """The archive, papers × terms, each count with the title's words counted thrice."""
        import numpy as np
        from scipy.sparse import csr_array

        gaps, counts, lengths = (self.parts[name] for name in ("gaps", "counts", "lengths"))
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        numbers = ungap(gaps, ends)
        size = (len(lengths), len(self.vocabulary))
        return csr_array((counts.astype(np.float32), numbers, ends), shape=size)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The vocabulary in the order of its numbers."""
        return tuple(self.vocabulary)

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """The share of the archive's papers that hold each term."""
        import numpy as np

        papers = max(self.archive.shape[0], 1)
        holders = np.bincount(self.archive.indices, minlength=len(self.vocabulary))
        return np.asarray(holders / papers)

    @cached_property
    def columns(self) -> csc_array:
        """The archive by term, counts saturated: what an interest is held against."""
        return saturated(self.archive).tocsc()

    def holders(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the archive's papers that hold `term`, by number, and how much of it each."""
        columns, number = self.columns, self.vocabulary.get(term)
        start, end = (0, 0) if number is None else columns.indptr[number : number + 2]
        return columns.indices[start:end], columns.data[start:end]

    @cached_property
    def _topics(self) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        import numpy as np

        return self.parts["topics"].astype(np.int8), self.parts["topic_lengths"].astype(np.float32)

    def places(self, numbers: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return where terms lie among the topics of the archive, terms × topics (LSA).

        0 for terms that have no number (-1).
        """
        import numpy as np

        directions, lengths = self._topics
        if numbers.min(initial=0) >= 0:
            return directions[numbers] * lengths[numbers, None]
        found = np.zeros((len(numbers), directions.shape[1]), dtype=np.float32)
        known = numbers >= 0
        found[known] = directions[numbers[known]] * lengths[numbers[known], None]
        return found

    def count(self, papers: Sequence[Mapping[str, int]]) -> csr_array:
        """Return term counts as a sparse matrix, papers × vocabulary; unknown terms are dropped."""
        return counted(papers, self.vocabulary)

    def describe(self) -> str:
        """Return one line about its make-up and date."""
        about = self.about
        return (
            f"{len(self.vocabulary):,} words from {int(about['texts']):,} papers, an archive of "
            f"{int(about['papers']):,} ({about['from']}), made {about['made']}"
        )


@cache
def shipped() -> Background:
    """Return the background that comes with digest."""
    return Background.read(files("digest.ranking").joinpath(SHIPPED).read_bytes())


def bag(title: Sequence[str], abstract: Sequence[str]) -> dict[str, int]:
    """Return how often each gram occurs, the title's as often as `TITLE_WEIGHT` others."""
    counts = Counter(abstract)
    for gram in title:
        counts[gram] += TITLE_WEIGHT
    return counts


def counted(bags: Sequence[Mapping[str, int]], numbers: Mapping[str, int]) -> csr_array:
    """Return the counts of what has a number, bags × numbers; the rest is dropped."""
    import numpy as np
    from scipy.sparse import csr_array

    rows = [{numbers[t]: n for t, n in bag.items() if t in numbers} for bag in bags]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.array([number for row in rows for number in row], dtype=np.int32)
    values = np.array([n for row in rows for n in row.values()], dtype=np.float32)
    return csr_array((values, columns, ends), shape=(len(rows), len(numbers)))


def saturated(counts: csr_array) -> csr_array:
    """Return tf / (tf + SATURATION) for each count: the tenth mention says little more."""
    whole = counts.copy()
    whole.data = whole.data / (whole.data + SATURATION)
    return whole


def ungap(gaps: NDArray[np.generic], ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the ascending numbers of each row from the gaps between them."""
    import numpy as np

    sums = np.zeros(len(gaps) + 1, dtype=np.int32)  # may wrap round: only differences matter
    np.cumsum(gaps, dtype=np.int32, out=sums[1:])
    return np.asarray(sums[1:] - np.repeat(sums[ends[:-1]], np.diff(ends)))
