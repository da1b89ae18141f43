"""Reasons: the scorers' explanations in the paper's own words, adding up to its score."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.model.ranked import Reason
from digest.model.tokens import runs, surfaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model.paper import Paper
    from digest.ranking.scorers import Explanation


def reasons(paper: Paper, explanations: Sequence[tuple[Explanation, float]]) -> tuple[Reason, ...]:
    """Return the parts of all explanations, each scaled to its points, largest first."""
    points: defaultdict[str, float] = defaultdict(float)
    for explanation, share in explanations:
        whole = sum(explanation.parts.values())
        for gram, part in merge_pairs(explanation.parts).items() if whole > 0 else ():
            points[gram] += share * part / whole
    text = f"{paper.title}. {paper.abstract}"
    found = surfaces(text, points) | merge_runs(text, points)
    carried = absorb_words(points, [gram for gram in found if gram in points])
    named = [Reason(term=found.get(gram, gram), weight=part) for gram, part in carried.items()]
    return tuple(sorted(named, key=lambda reason: (-reason.weight, reason.term)))


def shapley_shares(points: Sequence[float]) -> list[float]:
    """Return each scorer's share of the maximum of `points`, which are in descending order.

    The Shapley value of a maximum (Littlechild & Owen 1973): points that several scorers reach
    are divided equally among them.
    """
    below = [*points[1:], 0.0]
    steps = [
        (high - low) / count for count, (high, low) in enumerate(zip(points, below, strict=True), 1)
    ]
    return [sum(steps[place:]) for place in range(len(points))]


def merge_pairs(parts: Mapping[str, float]) -> dict[str, float]:
    """Return one scorer's `parts` with each pair in place of its two words."""
    whole = dict(parts)
    for pair, part in parts.items():
        words = pair.split(" ")
        if part > 0 and len(words) > 1 and all(word in parts for word in words):
            whole[pair] += sum(whole.pop(word, 0.0) for word in words)
    return whole


def merge_runs(text: str, points: dict[str, float]) -> dict[str, str]:
    """Replace pairs that overlap in `text` by their run; return the runs as written there.

    A phrase of several words is then named once and whole ("software supply chain").
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


def absorb_words(points: Mapping[str, float], named: Sequence[str]) -> dict[str, float]:
    """Return `points` with each word added to the heaviest phrase among `named` that contains it.

    A word of one scorer is thus covered by the phrase of another. Negative points, and words
    without a phrase, stay separate.
    """
    whole = dict(points)
    phrases = [gram for gram in named if " " in gram and points[gram] > 0]
    for word in [gram for gram, part in points.items() if part > 0 and " " not in gram]:
        homes = [phrase for phrase in phrases if word in phrase.split(" ")]
        if homes:
            whole[max(homes, key=points.__getitem__)] += whole.pop(word)
    return whole
