"""The ranker: papers and a profile in, scores and reasons out."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from digest.ranking.resources import Resources
from digest.ranking.scoring import Day

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.ranked import Ranked


class Ranker(Resources):
    """Scores papers against profiles; nothing is trained and nothing fetched."""

    def rank(self, papers: Iterable[Paper], profile: Profile) -> list[Ranked]:
        """Return every paper with its score for this reader, the highest first.

        Papers that the reader muted are among them, marked; between equal scores the more popular
        paper comes first.
        """
        whole = list(papers)
        if not whole:
            return []
        day = Day(self, whole, profile)
        ranked = [day.ranked(number) for number in range(len(whole))]
        return sorted(ranked, key=lambda r: (-r.score, -_votes(r.paper)))

    def scores(self, papers: Iterable[Paper], profile: Profile) -> NDArray[np.float64]:
        """Return the score of each paper in its place, 0–100, without reasons (much faster)."""
        return Day(self, list(papers), profile).scores


def _votes(paper: Paper) -> float:
    votes = paper.upvotes
    return votes if votes is not None and isfinite(votes) else 0
