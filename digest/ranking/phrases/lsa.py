"""LSA topics: find papers of a topic in other words (Deerwester et al. 1990).

The archive is decomposed when the background is built: terms of similar papers get similar
vectors. A phrase's direction is that of the archive's best matching papers, a paper's that of its
words. Their cosine is the topic similarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from digest.ranking.background import saturate
from digest.ranking.cache import LRUCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.phrases.index import InvertedIndex
    from digest.ranking.phrases.query import Query

TOPICS = 64
"""Number of topics; 150 rank the same (nDCG@10 within .002) and enlarge the wheel."""
QUANTIZATION_STEPS = 127
MAX_CACHED_PAPERS = 1_000
"""Maximum papers whose term vectors are cached for explanations, about 30 MB."""
MAX_TOPIC_WORDS = 6
"""Maximum words that explain a topic similarity."""


def fit_topics(background: Background) -> dict[str, NDArray[np.generic]]:
    """Return the arrays `topics` and `topic_lengths` of an archive.

    The first component is common to all papers and is left out (Arora et al. 2017).
    """
    import numpy as np
    from scipy.sparse import csr_array, diags_array
    from sklearn.preprocessing import normalize
    from sklearn.utils.extmath import randomized_svd

    if not all(background.archive.shape):
        return {"topics": np.zeros((0, 0), np.int8), "topic_lengths": np.zeros(0, np.float16)}
    scale_odds = saturate(background.archive) @ diags_array(background.idf)
    papers = normalize(csr_array(scale_odds))
    count = min(TOPICS + 1, *papers.shape)
    _, _, rows = randomized_svd(papers, count, n_iter=4, random_state=0)
    term_vectors = rows.T[:, 1:]
    lengths = np.abs(term_vectors).max(axis=1, initial=0) / QUANTIZATION_STEPS
    return {
        "topics": np.rint(term_vectors / np.maximum(lengths, 1e-12)[:, None]).astype(np.int8),
        "topic_lengths": lengths.astype(np.float16),
    }


def query_direction(
    numbers: NDArray[np.intp], weights: NDArray[np.float64], background: Background
) -> NDArray[np.float32]:
    """Return the unit direction (or 0) of weighted terms, given by number."""
    import numpy as np

    contributions = (weights * background.idf[numbers]).astype(np.float32)
    place = _project(background.term_vectors(numbers).T, contributions)
    return np.asarray(place / max(float(np.linalg.norm(place)), 1e-9))


def document_directions(counts: csr_array, background: Background) -> NDArray[np.float32]:
    """Return the unit directions (or 0) of papers, from counts of the background's terms."""
    import numpy as np
    from scipy.sparse import diags_array

    every = background.term_vectors(np.arange(counts.shape[1]))
    scale_odds = saturate(counts) @ diags_array(background.idf.astype(np.float32))
    term_vectors = np.asarray(scale_odds @ every, dtype=np.float32)
    lengths = np.linalg.norm(term_vectors, axis=1)
    return np.asarray(term_vectors / np.maximum(lengths, 1e-9)[:, None])


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpace:
    """Topic vectors of a list of papers and of their words."""

    index: InvertedIndex
    words: tuple[str, ...]
    """Words in the order of their columns in the index."""
    term_vectors: NDArray[np.float32]
    """IDF-weighted vector of each word, words × topics."""
    lengths: NDArray[np.float32]
    """Length of the sum of each paper's word vectors."""
    papers: NDArray[np.float32]
    """Unit directions (or 0) of the papers, papers × topics."""
    _cosines: LRUCache[Query, NDArray[np.float32]]
    _paper_terms: LRUCache[int, tuple[list[str], NDArray[np.float32]]]
    """Words and vectors of the papers whose scores were explained."""

    @classmethod
    def of(cls, index: InvertedIndex, background: Background) -> Self:
        """Compute the vectors of the papers of an index."""
        import numpy as np

        known = background.vocabulary
        numbers = np.array([known.get(word, -1) for word in index.words], dtype=np.intp)
        term_vectors = background.term_vectors(numbers) * background.idf[numbers, None].astype(
            np.float32
        )
        papers = index.rows[:, : len(numbers)].astype(np.float32) @ term_vectors
        lengths = np.maximum(np.linalg.norm(papers, axis=1), 1e-9)
        return cls(
            index=index,
            words=tuple(index.words),
            term_vectors=term_vectors,
            lengths=lengths,
            papers=papers / lengths[:, None],
            _cosines=LRUCache(len(papers)),
            _paper_terms=LRUCache(1, most=MAX_CACHED_PAPERS),
        )

    def similarity(self, query: Query) -> NDArray[np.float64]:
        """Return the cosine of each paper and a query, at least 0."""
        cosines = self._cosines.get_or_compute(
            query, lambda _cosines: _project(self.papers, _cosines.direction)
        )
        return cosines.clip(min=0).astype(float)

    def parts(self, paper: int, query: Query) -> dict[str, float]:
        """Return the words that contribute most; their parts add up to `similarity`."""
        import numpy as np

        words, term_vectors = self._paper_terms.get_or_compute(paper, self._read)
        contributions = _project(term_vectors, query.direction)
        whole = float(contributions.sum())
        if whole <= 0:
            return {}
        named = [
            (words[place], coefficients)
            for place in np.argsort(-contributions)[:MAX_TOPIC_WORDS].tolist()
            if (coefficients := float(contributions[place])) > 0
        ]
        scale = whole / sum(coefficients for _, coefficients in named)
        return {word: coefficients * scale for word, coefficients in named}

    def _read(self, paper: int) -> tuple[list[str], NDArray[np.float32]]:
        columns, shares = self.index.row(paper)
        term_vectors = self.term_vectors[columns] * (shares / self.lengths[paper])[:, None]
        return [self.words[column] for column in columns], term_vectors.astype("f4")


def _project(
    term_vectors: NDArray[np.float32], direction: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return places @ direction; einsum avoids the start-up cost of BLAS threads."""
    import numpy as np

    return np.asarray(np.einsum("pt,t->p", term_vectors, direction))
