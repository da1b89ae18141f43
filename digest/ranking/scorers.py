"""What speaks for a paper: a phrase, a text, or the likes of an interest; and in which words.

A voice gives every paper a chance to be kept, and can say of any paper what made it so: `parts`
are in any unit, for the ranker scales them until they add up to the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, Protocol

from digest.ranking.calibration import RELATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.likes.ridge import Spoiled, Taste
    from digest.ranking.likes.vectors import View
    from digest.ranking.phrases.coverage import Coverage
    from digest.ranking.phrases.index import Sheet
    from digest.ranking.phrases.lsa import Places
    from digest.ranking.phrases.query import Query

NEAR = 0.5
"""What lying in the direction of a phrase counts for, beside covering it.

Fitted with the curve on the tuning part; P1 without it .771, .3 to .8 within .006 of each other.
"""
AVOID = 0.5
"""A paper loses this much of what it covers of a phrase that the reader avoids."""
MOST_WORDS = 8
"""Of a taste so many words are named: more would not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Why a voice spoke for one paper."""

    parts: Mapping[str, float]
    """What each gram gave, in any unit; negative for what is avoided."""
    missing: tuple[str, ...] = ()
    """The reader's words that the paper lacks, as the reader wrote them."""
    like: str = ""
    """The title of the nearest liked paper."""


class Voice(Protocol):
    """One thing that speaks for papers."""

    interest: str
    """The name of the interest it belongs to."""
    chances: NDArray[np.float64]
    """For each paper the chance that the reader keeps it, 0–1."""

    def account(self, paper: int) -> Account:
        """Return why it spoke for the paper of this number."""
        ...


@dataclass(slots=True, kw_only=True)
class Written:
    """The voice of a phrase or a text."""

    interest: str
    chances: NDArray[np.float64]
    query: Query
    weight: float
    """How much the phrase and its interest count."""
    cover: Coverage
    avoided: Mapping[str, NDArray[np.float64]]
    """How much each paper has of each phrase that the interest avoids."""
    spoiled: Spoiled | None
    """How near each paper is to those disliked."""
    places: Places

    def account(self, paper: int) -> Account:
        """Return what the paper covers, what it lacks, and what of it is avoided."""
        parts = self.cover.parts(paper, self.query)
        lacking = [word for word in self.query.written if word not in parts]
        held = bent(lacking, self.cover.sheet, paper) if lacking else frozenset()
        missing = tuple(self.query.written[word] for word in lacking if word not in held)
        if not parts or 100 * self.chances[paper] >= RELATED:  # else nobody will read on
            near = NEAR * self.query.level**0.5
            for word, part in self.places.parts(paper, self.query).items():
                parts[word] = parts.get(word, 0.0) + near * part
        lost = {
            phrase: -AVOID * float(there[paper])
            for phrase, there in self.avoided.items()
            if there[paper] > 0
        }
        parts |= lost
        parts |= _loss(self.spoiled, paper, sum(parts.values()))
        return Account(parts=parts, missing=missing)


@dataclass(slots=True, kw_only=True)
class Shown:
    """The voice of the papers liked for one interest."""

    interest: str
    chances: NDArray[np.float64]
    taste: Taste
    view: View
    """The papers that are ranked."""
    titles: Sequence[str]
    """Of the liked papers, or the text that takes their place."""
    liked: bool = True
    spoiled: Spoiled | None = None
    """What the reader avoids."""

    def account(self, paper: int) -> Account:
        """Return the words that the paper shares with the likes, and the nearest of them."""
        row = self.view.words[[paper]]
        pulls = row.data * self.taste.pull[row.indices]
        drawn = [(float(p), n) for p, n in zip(pulls, row.indices, strict=True) if p > 0]
        named = {self.view.terms[n]: pull for pull, n in nlargest(MOST_WORDS, drawn)}
        like = self.titles[self.taste.nearest[paper]]
        parts = named or {like: 1.0}
        parts |= _loss(self.spoiled, paper, sum(parts.values()))
        return Account(parts=parts, like=like if self.liked else "")


def bent(words: Iterable[str], sheet: Sheet, paper: int) -> frozenset[str]:
    """Return those of `words` that a paper holds with a verb's ending ("jailbreak": jailbreaking).

    They count for no points, but a reader who sees them there would not call them missing.
    """
    held, numbers = sheet.shares(paper), sheet.words
    stems = {word: word.removesuffix("e") for word in words}
    return frozenset(
        word
        for word, stem in stems.items()
        if any(numbers.get(f"{stem}{ending}", -1) in held for ending in ("ing", "ed", "er"))
    )


def _loss(spoiled: Spoiled | None, paper: int, whole: float) -> dict[str, float]:
    """Return what a paper loses of `whole`, under the name of what it is too near to."""
    if not spoiled or whole <= 0 or not (title := spoiled.title(paper)):
        return {}
    return {title: (float(spoiled.factor[paper]) - 1) * whole}
