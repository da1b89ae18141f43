"""Profile of one reader: interests, liked and disliked papers, followed authors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model.paper import Paper

UNNAMED = "likes"
"""Name of an interest without a name, a phrase or a description."""
MAX_NAME_CHARS = 40
"""Maximum length of a name made from a text, as a summary shows names."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Short phrase and its weight among the phrases of its interest."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Interest:
    """Topic that a reader wants; its phrases are alternatives, the best of them counts most."""

    name: str
    phrases: tuple[Phrase, ...]
    about: str
    """Free text: a paragraph in the reader's own words."""
    weight: float
    avoid: tuple[str, ...]
    """Phrases that lower a paper's score for this interest."""
    liked: tuple[Paper, ...]
    disliked: tuple[Paper, ...]

    def __init__(
        self,
        *,
        name: str = "",
        phrases: Iterable[str | Phrase] = (),
        about: str = "",
        weight: float = 1.0,
        avoid: Iterable[str] = (),
        liked: Iterable[Paper] = (),
        disliked: Iterable[Paper] = (),
    ) -> None:
        """Accept any iterables, and plain strings for phrases."""
        whole = tuple(p if isinstance(p, Phrase) else Phrase(p) for p in phrases)
        first = whole[0].text if whole else _opening(about)
        put = object.__setattr__
        put(self, "name", name or first or UNNAMED)
        put(self, "phrases", whole)
        put(self, "about", about)
        put(self, "weight", weight)
        put(self, "avoid", tuple(avoid))
        put(self, "liked", tuple(liked))
        put(self, "disliked", tuple(disliked))


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Profile:
    """Preferences of one reader; the best interest decides a paper's score."""

    interests: tuple[Interest, ...]
    liked: tuple[Paper, ...]
    """Liked papers that belong to no named interest."""
    disliked: tuple[Paper, ...]
    authors: tuple[str, ...]
    """Authors whose papers are always shown."""
    avoid: tuple[str, ...]
    mute: tuple[str, ...]
    """Phrases whose papers are never shown."""

    def __init__(
        self,
        *,
        interests: Sequence[Interest] = (),
        liked: Iterable[Paper] = (),
        disliked: Iterable[Paper] = (),
        authors: Iterable[str] = (),
        avoid: Iterable[str] = (),
        mute: Iterable[str] = (),
    ) -> None:
        """Accept any iterables."""
        put = object.__setattr__
        put(self, "interests", tuple(interests))
        put(self, "liked", tuple(liked))
        put(self, "disliked", tuple(disliked))
        put(self, "authors", tuple(authors))
        put(self, "avoid", tuple(avoid))
        put(self, "mute", tuple(mute))

    @property
    def empty(self) -> bool:
        """Return whether it has no interest, like or followed author."""
        return not (self.interests or self.liked or self.authors)


def _opening(text: str) -> str:
    """Return the first sentences of `text` where they are short, else its first words and "…"."""
    return cut(" ".join(text.split()), MAX_NAME_CHARS, "sentence").removesuffix(".")
