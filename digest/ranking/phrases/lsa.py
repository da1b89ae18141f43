"""Topics: which words mean nearly the same, though they never stand together.

Latent semantic analysis (Deerwester et al. 1990) of the archive, made once when the background is
built: terms that occur in like papers lie in like directions. A phrase points to where the papers
of the archive that fit it best lie, a paper to where its words do; the cosine of the two finds
what is of the topic in other words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from digest.ranking.background import saturated
from digest.ranking.cache import Remembered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.phrases.index import Sheet
    from digest.ranking.phrases.query import Query

TOPICS = 64
"""As many are as good as 150 (nDCG@10 within .002), and a wheel holds them."""
STEPS = 127
READ = 1_000
"""Of so many papers the words are kept apart for whoever asks next: some 30 MB."""
MOST_WORDS = 6
"""So many words tell why a paper lies near a topic."""


def learned(background: Background) -> dict[str, NDArray[np.generic]]:
    """Return `topics` and `topic_lengths` of an archive, for its file.

    The first component is what all papers share and is left out (Arora et al. 2017).
    """
    import numpy as np
    from scipy.sparse import csr_array, diags_array
    from sklearn.preprocessing import normalize
    from sklearn.utils.extmath import randomized_svd

    if not all(background.archive.shape):
        return {"topics": np.zeros((0, 0), np.int8), "topic_lengths": np.zeros(0, np.float16)}
    weighed = saturated(background.archive) @ diags_array(background.idf)
    papers = normalize(csr_array(weighed))
    count = min(TOPICS + 1, *papers.shape)
    _, _, rows = randomized_svd(papers, count, n_iter=4, random_state=0)
    places = rows.T[:, 1:]
    lengths = np.abs(places).max(axis=1, initial=0) / STEPS
    return {
        "topics": np.rint(places / np.maximum(lengths, 1e-12)[:, None]).astype(np.int8),
        "topic_lengths": lengths.astype(np.float16),
    }


def directed(
    numbers: NDArray[np.intp], weights: NDArray[np.float64], background: Background
) -> NDArray[np.float32]:
    """Return the direction, of length 1 (or 0), of terms by their numbers and weights."""
    import numpy as np

    pulls = (weights * background.idf[numbers]).astype(np.float32)
    place = _along(background.places(numbers).T, pulls)
    return np.asarray(place / max(float(np.linalg.norm(place)), 1e-9))


def directions(counts: csr_array, background: Background) -> NDArray[np.float32]:
    """Return where papers lie, of length 1 (or 0), by their counts of the background's terms."""
    import numpy as np
    from scipy.sparse import diags_array

    every = background.places(np.arange(counts.shape[1]))
    weighed = saturated(counts) @ diags_array(background.idf.astype(np.float32))
    places = np.asarray(weighed @ every, dtype=np.float32)
    lengths = np.linalg.norm(places, axis=1)
    return np.asarray(places / np.maximum(lengths, 1e-9)[:, None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where papers lie among the topics."""

    sheet: Sheet
    words: tuple[str, ...]
    """By their column in the sheet."""
    drawn: NDArray[np.float32]
    """Where each word draws a paper that holds it, words × topics."""
    lengths: NDArray[np.float32]
    """How far all its words together draw each paper."""
    papers: NDArray[np.float32]
    """The directions of the papers, papers × topics, of length 1 (or 0)."""
    asked: Remembered[Query, NDArray[np.float32]]
    read: Remembered[int, tuple[list[str], NDArray[np.float32]]]
    """The words of the papers that somebody asked why of, and where each draws them."""

    @classmethod
    def of(cls, sheet: Sheet, background: Background) -> Self:
        """Find the places of the papers on a sheet."""
        import numpy as np

        known = background.vocabulary
        numbers = np.array([known.get(word, -1) for word in sheet.words], dtype=np.intp)
        drawn = background.places(numbers) * background.idf[numbers, None].astype(np.float32)
        papers = sheet.rows[:, : len(numbers)].astype(np.float32) @ drawn
        lengths = np.maximum(np.linalg.norm(papers, axis=1), 1e-9)
        return cls(
            sheet=sheet,
            words=tuple(sheet.words),
            drawn=drawn,
            lengths=lengths,
            papers=papers / lengths[:, None],
            asked=Remembered(len(papers)),
            read=Remembered(1, most=READ),
        )

    def near(self, query: Query) -> NDArray[np.float64]:
        """Return the cosine of each paper and a query; 0 where they have nothing in common."""
        cosines = self.asked.answer(query, lambda asked: _along(self.papers, asked.direction))
        return cosines.clip(min=0).astype(float)

    def parts(self, paper: int, query: Query) -> dict[str, float]:
        """Return the words that draw a paper towards a query most; they add up to `near`."""
        import numpy as np

        words, drawn = self.read.answer(paper, self._read)
        pulls = _along(drawn, query.direction)
        whole = float(pulls.sum())
        if whole <= 0:
            return {}
        named = [
            (words[place], pull)
            for place in np.argsort(-pulls)[:MOST_WORDS].tolist()
            if (pull := float(pulls[place])) > 0
        ]
        scale = whole / sum(pull for _, pull in named)
        return {word: pull * scale for word, pull in named}

    def _read(self, paper: int) -> tuple[list[str], NDArray[np.float32]]:
        columns, shares = self.sheet.row(paper)
        drawn = self.drawn[columns] * (shares / self.lengths[paper])[:, None]
        return [self.words[column] for column in columns], drawn.astype("f4")


def _along(places: NDArray[np.float32], direction: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return places @ direction, without the threads of BLAS: they would spin longer than this."""
    import numpy as np

    return np.asarray(np.einsum("pt,t->p", places, direction))
