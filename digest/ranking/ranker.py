"""Ranker: papers and a profile in, scores and reasons out."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from digest.ranking.resources import Resources
from digest.ranking.scoring import ProfileScoring

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.ranked import Ranked


class Ranker(Resources):
    """Ranker of papers for profiles; it needs no training and no network."""

    def rank(self, papers: Iterable[Paper], profile: Profile) -> list[Ranked]:
        """Return all papers with their scores for this reader, highest first.

        Muted papers are included and marked; equal scores are ordered by upvotes.
        """
        whole = list(papers)
        if not whole:
            return []
        scoring = ProfileScoring(self, whole, profile)
        ranked = [scoring.ranked(number) for number in range(len(whole))]
        return sorted(ranked, key=lambda r: (-r.score, -_votes(r.paper)))

    def scores(self, papers: Iterable[Paper], profile: Profile) -> NDArray[np.float64]:
        """Return the papers' scores, 0–100, in the given order; faster than `rank`."""
        return ProfileScoring(self, list(papers), profile).scores


def _votes(paper: Paper) -> float:
    votes = paper.upvotes
    return votes if votes is not None and isfinite(votes) else 0
