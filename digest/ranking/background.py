"""Background: document frequencies of terms, and an archive of papers as term counts.

Frequencies of one day's thirty papers are too noisy, and scores would change from day to day.
The archive (term counts, no sentences) provides the co-occurring words for query expansion.
Both are in one compressed file, whose parts are decompressed at first use.
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
"""Weight of a word in the title against one in the abstract; 2 to 5 measured alike."""

SATURATION = 1.2
"""BM25's k1; values between 0.5 and 2 measured alike."""

SHIPPED = "background.npz"


@dataclass(frozen=True, kw_only=True)
class Background:
    """Document frequencies of terms, and an archive of papers as term counts."""

    parts: Mapping[str, NDArray[np.generic]]
    """Arrays as `digest.ranking.build_background` writes them."""

    @classmethod
    def read(cls, source: bytes | Path) -> Self:
        """Open a background file; its parts are decompressed at first use."""
        import numpy as np

        stream = BytesIO(source) if isinstance(source, bytes) else source
        return cls(parts=np.load(stream, allow_pickle=False))

    @cached_property
    def about(self) -> Mapping[str, str]:
        """Origin of the file: `made` (a date), `papers`, `texts`, `from`."""
        return dict(json.loads(bytes(self.parts["about"])))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Known terms and their numbers, by frequency."""
        known = bytes(self.parts["vocabulary"]).decode().splitlines()
        return {term: number for number, term in enumerate(known)}

    @cached_property
    def texts(self) -> int:
        """Number of texts behind the frequencies."""
        return int(self.about["texts"])

    @cached_property
    def df(self) -> NDArray[np.float64]:
        """Document frequency of each term."""
        return self.parts["df"].astype(float)

    @cached_property
    def idf(self) -> NDArray[np.float64]:
        """Inverse document frequency of each term, as in BM25 (Robertson & Zaragoza 2009)."""
        import numpy as np

        return np.log1p((self.texts - self.df + 0.5) / (self.df + 0.5))

    @cached_property
    def max_idf(self) -> float:
        """Inverse document frequency of an unknown word."""
        from math import log1p

        return log1p((self.texts + 0.5) / 0.5)

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of `term`, known or not."""
        number = self.vocabulary.get(term)
        return self.max_idf if number is None else float(self.idf[number])

    @cached_property
    def archive(self) -> csr_array:
        """Archive as counts, papers × terms, with the title's words counted three times."""
        import numpy as np
        from scipy.sparse import csr_array

        gaps, counts, lengths = (self.parts[name] for name in ("gaps", "counts", "lengths"))
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        numbers = decode_gaps(gaps, ends)
        size = (len(lengths), len(self.vocabulary))
        return csr_array((counts.astype(np.float32), numbers, ends), shape=size)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Vocabulary in the order of its numbers."""
        return tuple(self.vocabulary)

    @cached_property
    def document_share(self) -> NDArray[np.float64]:
        """Share of the archive's papers that contain each term."""
        import numpy as np

        papers = max(self.archive.shape[0], 1)
        postings = np.bincount(self.archive.indices, minlength=len(self.vocabulary))
        return np.asarray(postings / papers)

    @cached_property
    def archive_by_term(self) -> csc_array:
        """Archive by term with saturated counts, for scoring an interest against it."""
        return saturate(self.archive).tocsc()

    def postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the numbers of the archive's papers with `term`, and the saturated counts."""
        archive_by_term, number = self.archive_by_term, self.vocabulary.get(term)
        start, end = (0, 0) if number is None else archive_by_term.indptr[number : number + 2]
        return archive_by_term.indices[start:end], archive_by_term.data[start:end]

    @cached_property
    def _topics(self) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        import numpy as np

        return self.parts["topics"].astype(np.int8), self.parts["topic_lengths"].astype(np.float32)

    def term_vectors(self, numbers: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the LSA vectors of terms, terms × topics; 0 for unknown terms (number -1)."""
        import numpy as np

        document_directions, lengths = self._topics
        if numbers.min(initial=0) >= 0:
            return document_directions[numbers] * lengths[numbers, None]
        found = np.zeros((len(numbers), document_directions.shape[1]), dtype=np.float32)
        known = numbers >= 0
        found[known] = document_directions[numbers[known]] * lengths[numbers[known], None]
        return found

    def count(self, papers: Sequence[Mapping[str, int]]) -> csr_array:
        """Return term counts as a sparse matrix, papers × vocabulary; unknown terms are dropped."""
        return count_matrix(papers, self.vocabulary)

    def describe(self) -> str:
        """Return one line about the size and the date of the file."""
        about = self.about
        return (
            f"{len(self.vocabulary):,} words from {int(about['texts']):,} papers, an archive of "
            f"{int(about['papers']):,} ({about['from']}), made {about['made']}"
        )


@cache
def shipped_background() -> Background:
    """Return the background that is shipped with digest."""
    return Background.read(files("digest.ranking").joinpath(SHIPPED).read_bytes())


def bag(title: Sequence[str], abstract: Sequence[str]) -> dict[str, int]:
    """Return the counts of all grams; each in the title counts `TITLE_WEIGHT` times."""
    counts = Counter(abstract)
    for gram in title:
        counts[gram] += TITLE_WEIGHT
    return counts


def count_matrix(bags: Sequence[Mapping[str, int]], numbers: Mapping[str, int]) -> csr_array:
    """Return counts as a sparse matrix, bags × numbers; terms without a number are dropped."""
    import numpy as np
    from scipy.sparse import csr_array

    rows = [{numbers[t]: n for t, n in bag.items() if t in numbers} for bag in bags]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    archive_by_term = np.array([number for row in rows for number in row], dtype=np.int32)
    values = np.array([n for row in rows for n in row.values()], dtype=np.float32)
    return csr_array((values, archive_by_term, ends), shape=(len(rows), len(numbers)))


def saturate(counts: csr_array) -> csr_array:
    """Return tf / (tf + SATURATION) for each count, because repetition adds little."""
    whole = counts.copy()
    whole.data = whole.data / (whole.data + SATURATION)
    return whole


def decode_gaps(gaps: NDArray[np.generic], ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the ascending numbers of each row from the gaps between them."""
    import numpy as np

    sums = np.zeros(
        len(gaps) + 1, dtype=np.int32
    )  # wraps around harmlessly: only differences are used
    np.cumsum(gaps, dtype=np.int32, out=sums[1:])
    return np.asarray(sums[1:] - np.repeat(sums[ends[:-1]], np.diff(ends)))
