"""Reference corpus: papers of the reader's field, liked or not, that likes are compared against.

The weight of a word depends on the field: "network" is common in papers on learning and rare in
papers on fungi. Term rarity and the mean vector come from the archive and from the reader's field.
The field is the papers fetched recently, or, while they are few, the tenth of the archive nearest
to the likes by topic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.ranking.background import bag
from digest.ranking.likes.char_ngrams import cached_char_ngrams
from digest.ranking.phrases.lsa import document_directions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.model.tokens import Text
    from digest.ranking.background import Background

MIN_RECENT_PAPERS = 300
"""Minimum recently fetched papers that serve as the field."""
SAMPLE_PAPERS = 1_500
"""Papers from which frequencies are estimated; 3,000 or 7,900 rank the same within .002."""
SEARCHED_PAPERS = 6_000
"""Papers of the archive that are compared with the likes."""
NEAR_SHARE = 0.1
"""Share of them that serves as the field of a new reader.

Mean nDCG@10 among 50 papers on two sets: .822 and .884 with the whole archive, .827 and .885 with
a tenth, .829 and .878 with a fiftieth, which is too close to the topic itself.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCorpus:
    """Papers of the reader's field."""

    counts: csr_array
    """Counts of the background's terms, papers × terms."""
    texts: Sequence[Text] = ()
    """Papers themselves if they were fetched; the archive has only counts."""


@dataclass(frozen=True, kw_only=True)
class ReferenceArchive:
    """Archive of the background, prepared for comparison with likes."""

    background: Background

    @cached_property
    def sample(self) -> csr_array:
        """Evenly spaced sample of the archive, papers × terms."""
        return _even(self.background.archive, SAMPLE_PAPERS)

    @cached_property
    def term_ngrams(self) -> csr_array:
        """Character n-grams of each term."""
        return cached_char_ngrams(self.background.words)

    @cached_property
    def sample_ngrams(self) -> csr_array:
        """Character n-grams of `sample`."""
        return self.sample @ self.term_ngrams

    @cached_property
    def _searched(self) -> csr_array:
        return _even(self.background.archive, SEARCHED_PAPERS)

    @cached_property
    def _directions(self) -> NDArray[np.float32]:
        return document_directions(self._searched, self.background)

    @property
    def empty(self) -> ReferenceCorpus:
        """Empty field: frequencies come from the archive alone."""
        return ReferenceCorpus(counts=self.sample[:0])

    def counts(self, texts: Sequence[Text]) -> csr_array:
        """Return the counts of the background's terms, texts × terms."""
        return self.background.count([bag(*text.words) for text in texts])

    def recent(self, texts: Sequence[Text]) -> ReferenceCorpus:
        """Return a field made of the latest `texts`."""
        latest = [text for text in texts if any(text.words)][-SAMPLE_PAPERS:]
        return ReferenceCorpus(counts=self.counts(latest), texts=latest)

    def nearest_papers(self, examples: Sequence[Text]) -> ReferenceCorpus:
        """Return the papers of the archive nearest to `examples` by topic.

        The field is empty if no example has a known word.
        """
        import numpy as np

        wanted = document_directions(self.counts(examples), self.background).sum(axis=0)
        if not wanted.any():
            return self.empty
        near = np.einsum("pt,t->p", self._directions, wanted)
        count = round(NEAR_SHARE * len(near))
        nearest = np.sort(np.argsort(-near, kind="stable")[:count])
        return ReferenceCorpus(counts=self._searched[nearest])


def _even(papers: csr_array, count: int) -> csr_array:
    """Return at least `count` papers, evenly spaced, or all if there are fewer."""
    return papers[:: max(papers.shape[0] // count, 1)]
