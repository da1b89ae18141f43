"""Query: a phrase or a text prepared for scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


LONG_QUERY_WORDS = 8
"""Maximum distinct words for expansion; expanded paragraphs fell from .528 to .142."""

MAX_QUERY_WORDS = 300
"""Maximum words of a long text; the heaviest are kept."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Query:
    """Phrase or text with weighted terms; compared by identity, as a cache key."""

    text: str
    weights: Mapping[str, float]
    """Weights of its own grams and the expansion terms; they add up to 1."""
    own_terms: frozenset[str]
    """Words that the reader wrote."""
    surface_forms: Mapping[str, str]
    """Same words in order, as the reader spelt them."""
    distinctive: tuple[frozenset[str], ...]
    """Smallest parts of the phrase, of two words or more, that identify it."""
    level: float
    """Score that one in a hundred papers of the archive reaches."""
    direction: NDArray[np.float32]
    """Unit direction among the topics, or 0 if no word is known."""
