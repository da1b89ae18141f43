"""Embeddings: an optional embedding model beside the words of a phrase, off by default.

Enabled by `Ranker(embedder=sentence_transformer("all-MiniLM-L6-v2"))`, or by `embeddings` under
[ranking] in the config. It is used for phrases only: for likes it ranks new papers worse than
words do (.72 against .74).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from digest.model.errors import DigestError
from digest.ranking.calibration import Curve
from digest.ranking.scorers import Explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.scorers import Scorer

EMBEDDING_CURVE = Curve(start=-9.5, slope=15.7)
"""Calibration of MiniLM's cosines, fitted on the tuning part like the other curves."""
EMBEDDING_REASON = "its meaning"
"""Reason that names the model's contribution."""
MAX_CACHED_TEXTS = 20_000
"""Maximum texts whose vectors are cached for readers who share a day's papers."""


class Embedder(Protocol):
    """Function from texts to unit vectors, texts × dimensions."""

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.floating]:
        """Return one vector for each text."""
        ...


def sentence_transformer(name: str) -> Embedder:
    """Return a model of the package sentence-transformers, loaded (or downloaded) at first use.

    Raise DigestError if the package is not installed. The first use raises it for an unknown model.
    """
    if find_spec("sentence_transformers") is None:
        raise DigestError(
            f'the embedding model "{name}" needs the package sentence-transformers',
            hint="in digest's source folder: pip install '.[embeddings]'; or leave the model out",
        )

    @cache
    def encoder() -> Callable[..., NDArray[np.floating]]:
        from sentence_transformers import SentenceTransformer

        try:
            encode: Callable[..., NDArray[np.floating]] = SentenceTransformer(name).encode
        except (OSError, ValueError) as error:
            raise DigestError(
                f'the embedding model "{name}" cannot be loaded: {error}',
                hint="check its name under [ranking], and the network for its first use",
            ) from error
        return encode

    def embed(texts: Sequence[str], /) -> NDArray[np.floating]:
        return encoder()(list(texts), normalize_embeddings=True, show_progress_bar=False)

    return embed


class EmbeddingCache:
    """Embedder with a cache of the vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors_by_text: dict[str, NDArray[np.floating]] = {}

    def probabilities(self, texts: Sequence[str], phrase: str) -> NDArray[np.float64]:
        """Return the probability that each text is about `phrase`, 0–1."""
        import numpy as np

        rows = self._vectors([phrase, *texts])
        return EMBEDDING_CURVE(np.asarray(rows[1:] @ rows[0], dtype=np.float64))

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.floating]:
        import numpy as np

        if len(self._vectors_by_text) > MAX_CACHED_TEXTS:
            self._vectors_by_text.clear()
        fresh = list(dict.fromkeys(text for text in texts if text not in self._vectors_by_text))
        if fresh:
            self._vectors_by_text.update(zip(fresh, self._embedder(fresh), strict=True))
        return np.array([self._vectors_by_text[text] for text in texts])


class EmbeddingScorer:
    """Mean of a scorer's and an embedding model's probabilities.

    nDCG@10 with MiniLM was .80 and .64 (one interest, five); the maximum of both gave .79 and .63.
    """

    def __init__(self, scorer: Scorer, meaning: NDArray[np.float64]) -> None:
        self.interest = scorer.interest
        self.probabilities = (scorer.probabilities + meaning) / 2
        self._scorer = scorer
        self._meaning = meaning

    def explain(self, paper: int) -> Explanation:
        """Return the scorer's explanation with the model's share added."""
        explanation = self._scorer.explain(paper)
        own, meant = float(self._scorer.probabilities[paper]), float(self._meaning[paper])
        whole = sum(explanation.parts.values())
        if own <= 0 or whole <= 0:
            return Explanation(parts={EMBEDDING_REASON: 1.0}, missing=explanation.missing)
        parts = {**explanation.parts, EMBEDDING_REASON: whole * meant / own}
        return Explanation(parts=parts, missing=explanation.missing)
