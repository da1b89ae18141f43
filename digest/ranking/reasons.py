"""Reasons: what the voices say of a paper, in the paper's own words, adding up to its score."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.ranking import Reason
from digest.ranking.terms import surfaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.paper import Paper
    from digest.ranking.voices import Account


def reasons(paper: Paper, accounts: Sequence[tuple[Account, float]]) -> tuple[Reason, ...]:
    """Return the parts of all accounts, each scaled to its points, the heaviest first."""
    points: defaultdict[str, float] = defaultdict(float)
    for account, share in accounts:
        whole = sum(account.parts.values())
        for gram, part in joined(account.parts).items() if whole > 0 else ():
            points[gram] += share * part / whole
    found = surfaces(f"{paper.title}. {paper.abstract}", points)
    named = [Reason(term=found.get(gram, gram), weight=part) for gram, part in points.items()]
    return tuple(sorted(named, key=lambda reason: (-reason.weight, reason.term)))


def shared(points: Sequence[float]) -> list[float]:
    """Return each voice's share of the highest of `points`, which are in falling order.

    The Shapley value of "the best one counts" (Littlechild & Owen 1973): what several reach is
    theirs in equal parts, what is beyond belongs to those who reach it.
    """
    below = [*points[1:], 0.0]
    steps = [
        (high - low) / count for count, (high, low) in enumerate(zip(points, below, strict=True), 1)
    ]
    return [sum(steps[place:]) for place in range(len(points))]


def joined(parts: Mapping[str, float]) -> dict[str, float]:
    """Return `parts` with each pair that is among them in place of its words, points and all."""
    whole = dict(parts)
    for pair in parts:
        words = pair.split(" ")
        if len(words) > 1 and all(word in parts for word in words):
            whole[pair] += sum(whole.pop(word, 0.0) for word in words)
    return whole
