"""Papers beside the examples that a reader gave, all in one view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.profile import Interest
from digest.model.tokens import text_of
from digest.ranking.phrases.query import LONG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.tokens import Text
    from digest.ranking.likes.vectors import Lens, View

MOST_LIKES = 1_000
"""The latest so many likes and as many dislikes are looked at."""


class Gallery:
    """Papers beside the examples that they are compared with, all in one view."""

    def __init__(self, lens: Lens, papers: Sequence[Text], examples: Sequence[Text]) -> None:
        self.lens = lens
        self._view = lens.view([*papers, *examples])
        self._places = {text: place for place, text in enumerate(examples, len(papers))}
        self.papers = self._view.pick(slice(0, len(papers)))

    def of(self, examples: Mapping[str, Text]) -> View:
        """Return some examples."""
        return self._view.pick([self._places[text] for text in examples.values()])


def latest(papers: Sequence[Paper]) -> dict[str, Text]:
    """Return the texts of the last papers by title, without those that say nothing."""
    texts = {paper.title: text_of(paper.title, paper.abstract) for paper in papers[-MOST_LIKES:]}
    return {title: text for title, text in texts.items() if any(text.words)}


def paragraph(wish: Interest) -> Text | None:
    """Return a long text, which is held against papers as a liked one would be.

    Its coverage ranks worse: .655 against .697 for an abstract, .567 against .597 for 40 words.
    """
    text = text_of("", wish.about)
    return text if len(set(text.words.abstract)) > LONG else None


def wanted(wish: Interest) -> list[Text]:
    """Return the examples of what a wish wants: likes, and a long text."""
    text = paragraph(wish)
    return [*latest(wish.liked).values(), *([text] if text else [])]


def examples_of(profile: Profile) -> list[Text]:
    """Return what a profile gives as examples, each once: likes, dislikes, long texts."""
    everybody = Interest(liked=profile.liked, disliked=profile.disliked)
    wishes = [everybody, *profile.interests]
    disliked = [text for wish in wishes for text in latest(wish.disliked).values()]
    return list(dict.fromkeys([*(text for wish in wishes for text in wanted(wish)), *disliked]))
