"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


LONG = 8
"""Beyond so many distinct words the archive's answer drifts: .528 became .142 on paragraphs."""

MOST_WORDS = 300
"""Of a very long text the heaviest words speak for it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Query:
    """A phrase or a text, ready to be held against papers; itself and no other, as a key."""

    text: str
    weights: Mapping[str, float]
    """Of its own grams and of those that the archive lent; they add up to 1."""
    own: frozenset[str]
    """The words that the reader wrote."""
    written: Mapping[str, str]
    """The same, in their order, as they stand there."""
    telling: tuple[frozenset[str], ...]
    """The smallest parts of the phrase, of two words or more, that mean it by themselves."""
    level: float
    """The score that one paper in a hundred of the archive reaches."""
    direction: NDArray[np.float32]
    """Where it lies among the topics of the archive, of length 1; 0 where nobody can say."""
