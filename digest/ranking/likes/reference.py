"""The field that likes are seen from: papers of the reader's kind, liked or not.

What a topic is shows against what lies around it: "network" tells little among papers on
learning, and much among papers on fungi. So how rare a word is, and what all papers share, is
told by the archive and by the reader's own field: the papers fetched lately, or, while these are
few, the tenth of the archive that lies nearest to the likes by topic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from digest.ranking.background import bag
from digest.ranking.likes.char_ngrams import table
from digest.ranking.phrases.lsa import directions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.model.tokens import Text
    from digest.ranking.background import Background

OWN_FIELD = 300
"""From so many papers that were fetched lately, they are the field."""
SAMPLE = 1_500
"""So many papers tell what is common; with 3,000 or 7,900 the likes rank the same within .002."""
LOOKED_AT = 6_000
"""So many papers of the archive are compared with the likes."""
NEAR_SHARE = 0.1
"""This share of them is the field of one who has none yet.

Likes with the shipped background, mean nDCG@10 among 50 papers on two sets: .822 and .884 from
the whole archive, .827 and .885 from the tenth, .829 and .878 from a fiftieth: what is too near
is the topic itself.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Papers of the reader's kind."""

    counts: csr_array
    """How often each term of the background occurs, papers × terms."""
    texts: Sequence[Text] = ()
    """The papers themselves where they were fetched; the archive has only counts."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """The background's archive as likes see it."""

    background: Background

    @cached_property
    def sample(self) -> csr_array:
        """An even share of the archive, papers × terms."""
        return _even(self.background.archive, SAMPLE)

    @cached_property
    def spelling(self) -> csr_array:
        """The character n-grams of each term."""
        return table(self.background.words)

    @cached_property
    def spelt(self) -> csr_array:
        """The character n-grams of `sample`."""
        return self.sample @ self.spelling

    @cached_property
    def _looked_at(self) -> csr_array:
        return _even(self.background.archive, LOOKED_AT)

    @cached_property
    def _places(self) -> NDArray[np.float32]:
        return directions(self._looked_at, self.background)

    @property
    def nothing(self) -> Field:
        """The field of nobody: the archive alone tells what is common."""
        return Field(counts=self.sample[:0])

    def counts(self, texts: Sequence[Text]) -> csr_array:
        """Return how often each term of the background occurs, texts × terms."""
        return self.background.count([bag(*text.words) for text in texts])

    def own(self, texts: Sequence[Text]) -> Field:
        """Return the field made of the last of `texts`."""
        latest = [text for text in texts if any(text.words)][-SAMPLE:]
        return Field(counts=self.counts(latest), texts=latest)

    def nearby(self, examples: Sequence[Text]) -> Field:
        """Return the papers of the archive that lie nearest to `examples` by topic.

        Nobody's field where no example has a known word: nothing is near to nowhere.
        """
        import numpy as np

        wanted = directions(self.counts(examples), self.background).sum(axis=0)
        if not wanted.any():
            return self.nothing
        near = np.einsum("pt,t->p", self._places, wanted)
        count = round(NEAR_SHARE * len(near))
        nearest = np.sort(np.argsort(-near, kind="stable")[:count])
        return Field(counts=self._looked_at[nearest])


def _even(papers: csr_array, count: int) -> csr_array:
    """Return at least so many papers, evenly spread, or all of them where they are fewer."""
    return papers[:: max(papers.shape[0] // count, 1)]
