"""Reader: recipients, interests and schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.issue import IssueLimits
from digest.model.profile import Interest, Phrase, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.config import schema
    from digest.model.paper import Paper

    Lookup = Callable[[str], Paper | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Person (or list of addresses) with interests, taste and a time of day."""

    name: str
    """`me` for the main file's reader, else the `id` or the stem of the reader's file."""
    email: schema.EmailTable
    interests: tuple[schema.InterestTable, ...] = ()
    taste: schema.TasteTable
    schedule: schema.ScheduleTable

    @property
    def limits(self) -> IssueLimits:
        """Return the limits of this reader's digest."""
        email = self.email
        return IssueLimits(
            papers=email.papers,
            min_score=email.min_score,
            trending=email.trending,
            empty=email.empty,
            summary=email.summary,
            weekly=self.schedule.every == "week",
        )

    @property
    def paper_ids(self) -> tuple[str, ...]:
        """Return the ids of all papers that this reader likes or dislikes in the config."""
        groups: tuple[schema.TasteTable | schema.InterestTable, ...] = (self.taste, *self.interests)
        return tuple(dict.fromkeys(key for g in groups for key in (*g.liked, *g.disliked)))

    def profile(
        self,
        papers_by_id: Lookup,
        liked: Iterable[Paper] = (),
        disliked: Iterable[Paper] = (),
    ) -> Profile:
        """Return the profile for the ranker.

        The config has ids of papers; those unknown to `papers_by_id` are left out. `liked` and
        `disliked` are votes, added to the config's.
        """
        taste = self.taste
        return Profile(
            interests=[_interest(interest, papers_by_id) for interest in self.interests],
            liked=(*_known(taste.liked, papers_by_id), *liked),
            disliked=(*_known(taste.disliked, papers_by_id), *disliked),
            authors=taste.authors,
            avoid=taste.avoid,
            mute=taste.mute,
        )


def _interest(interest: schema.InterestTable, papers_by_id: Lookup) -> Interest:
    return Interest(
        name=interest.name,
        phrases=[Phrase(phrase.phrase, phrase.weight) for phrase in interest.phrases],
        about=interest.about,
        weight=interest.weight,
        avoid=interest.avoid,
        liked=_known(interest.liked, papers_by_id),
        disliked=_known(interest.disliked, papers_by_id),
    )


def _known(ids: Iterable[str], papers_by_id: Lookup) -> tuple[Paper, ...]:
    return tuple(paper for key in ids if (paper := papers_by_id(key)) is not None)
