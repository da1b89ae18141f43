"""ROUGE-1, -2 and -L (C.-Y. Lin 2004) without stemming: the reward in training."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

_TOKEN = re.compile(r"[a-z0-9]+")


def rouge(candidate: str, references: Iterable[str]) -> float:
    """Return the mean F1 of ROUGE-1, -2 and -L with the best of the references."""
    words = _TOKEN.findall(candidate.lower())
    return max((_mean(words, _TOKEN.findall(text.lower())) for text in references), default=0.0)


def _mean(left: Sequence[str], right: Sequence[str]) -> float:
    common = _longest_common(left, right)
    lengths = len(left), len(right)
    return (
        _overlap(left, right)
        + _overlap([*pairwise(left)], [*pairwise(right)])
        + _f1(common, *lengths)
    ) / 3


def _overlap(left: Sequence[Hashable], right: Sequence[Hashable]) -> float:
    common = (Counter(left) & Counter(right)).total()
    return _f1(common, len(left), len(right))


def _f1(common: int, left: int, right: int) -> float:
    return 2 * common / (left + right) if common else 0.0


def _longest_common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(right) + 1)
    for one in left:
        before = 0
        for place, other in enumerate(right, 1):
            before, row[place] = (
                row[place],
                before + 1 if one == other else max(row[place], row[place - 1]),
            )
    return row[-1]
