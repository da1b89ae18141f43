"""Reasons: what the voices say of a paper, in the paper's own words, adding up to its score."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.model.ranked import Reason
from digest.model.tokens import runs, surfaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.paper import Paper
    from digest.ranking.scorers import Account


def reasons(paper: Paper, accounts: Sequence[tuple[Account, float]]) -> tuple[Reason, ...]:
    """Return the parts of all accounts, each scaled to its points, the heaviest first."""
    points: defaultdict[str, float] = defaultdict(float)
    for account, share in accounts:
        whole = sum(account.parts.values())
        for gram, part in joined(account.parts).items() if whole > 0 else ():
            points[gram] += share * part / whole
    text = f"{paper.title}. {paper.abstract}"
    found = surfaces(text, points) | chained(text, points)
    carried = gathered(points, [gram for gram in found if gram in points])
    named = [Reason(term=found.get(gram, gram), weight=part) for gram, part in carried.items()]
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
    """Return one voice's `parts` with each pair that is among them in place of its words."""
    whole = dict(parts)
    for pair, part in parts.items():
        words = pair.split(" ")
        if part > 0 and len(words) > 1 and all(word in parts for word in words):
            whole[pair] += sum(whole.pop(word, 0.0) for word in words)
    return whole


def chained(text: str, points: dict[str, float]) -> dict[str, str]:
    """Put each run of pairs that overlap in `text` in their place; return the runs as they stand.

    A phrase of several words is so named once and whole ("software supply chain"), not in pairs
    cut where chance has it.
    """
    pairs = {gram: gram.split(" ") for gram, part in points.items() if part > 0 and " " in gram}
    if {words[0] for words in pairs.values()}.isdisjoint(words[-1] for words in pairs.values()):
        return {}
    found = {}
    for run, surface in runs(text, pairs).items():
        parts = dict.fromkeys(map(" ".join, pairwise(run.split(" "))))
        if all(part in points for part in parts):
            points[run] = sum(points.pop(part) for part in parts)
            found[run] = surface
    return found


def gathered(points: Mapping[str, float], named: Sequence[str]) -> dict[str, float]:
    """Return `points` with each word in the heaviest phrase among `named` that holds it.

    So one voice's word stands in the phrase of another, or in the longer run of its own pair.
    What is lost stays by itself, and so does a word that no phrase of the paper holds.
    """
    whole = dict(points)
    phrases = [gram for gram in named if " " in gram and points[gram] > 0]
    for word in [gram for gram, part in points.items() if part > 0 and " " not in gram]:
        homes = [phrase for phrase in phrases if word in phrase.split(" ")]
        if homes:
            whole[max(homes, key=points.__getitem__)] += whole.pop(word)
    return whole
