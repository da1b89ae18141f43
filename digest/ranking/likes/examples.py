"""Example set: the ranked papers and the reader's examples in one vector space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.profile import Interest
from digest.model.tokens import text_of
from digest.ranking.phrases.query import LONG_QUERY_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.tokens import Text
    from digest.ranking.likes.vectors import DocumentVectors, VectorSpace

MAX_LIKES = 1_000
"""Maximum likes, and maximum dislikes, that are used; the latest count."""


class ExampleSet:
    """Ranked papers and the examples they are compared with, as vectors of one space."""

    def __init__(
        self, space: VectorSpace, papers: Sequence[Text], examples: Sequence[Text]
    ) -> None:
        self.space = space
        self._vectors = space.embed([*papers, *examples])
        self._places = {text: place for place, text in enumerate(examples, len(papers))}
        self.papers = self._vectors.pick(slice(0, len(papers)))

    def of(self, examples: Mapping[str, Text]) -> DocumentVectors:
        """Return the vectors of some of the examples."""
        return self._vectors.pick([self._places[text] for text in examples.values()])


def recent_texts(papers: Sequence[Paper]) -> dict[str, Text]:
    """Return the texts of the latest papers by title, without empty ones."""
    texts = {paper.title: text_of(paper.title, paper.abstract) for paper in papers[-MAX_LIKES:]}
    return {title: text for title, text in texts.items() if any(text.words)}


def paragraph(interest: Interest) -> Text | None:
    """Return the description of an interest if it is long; it then counts like a liked paper.

    Coverage ranks worse: .655 against .697 for an abstract, .567 against .597 for 40 words.
    """
    text = text_of("", interest.about)
    return text if len(set(text.words.abstract)) > LONG_QUERY_WORDS else None


def positive_examples(interest: Interest) -> list[Text]:
    """Return the positive examples of an interest: its likes and a long description."""
    text = paragraph(interest)
    return [*recent_texts(interest.liked).values(), *([text] if text else [])]


def all_examples(profile: Profile) -> list[Text]:
    """Return all examples of a profile, each once: likes, dislikes, long descriptions."""
    general = Interest(liked=profile.liked, disliked=profile.disliked)
    interests = [general, *profile.interests]
    disliked = [text for interest in interests for text in recent_texts(interest.disliked).values()]
    return list(
        dict.fromkeys(
            [*(text for interest in interests for text in positive_examples(interest)), *disliked]
        )
    )
