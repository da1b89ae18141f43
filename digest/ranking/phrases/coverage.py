"""How much papers cover of queries: the share of a query's weight that stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from digest.model.tokens import terms
from digest.ranking.phrases.index import Covered
from digest.ranking.phrases.query import LONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.phrases.index import Sheet
    from digest.ranking.phrases.query import Query

PART = 0.35
"""Of a phrase to avoid so much of the weight may be named for nothing: "epidemic models" is not
all that has a model.

Measured with pairs of written interests, one wanted and the other avoided, on the tuning part: of
the avoided papers .49 were in the top ten without a word, .26 with this, .22 where every part
counts in full; nDCG@10 of the wanted .792, .779, .760, and of the wanted that were shown (a score
of 25) .57, .50, .36 remained. The test part tells the same.
"""


def coverage(sheet: Sheet, queries: Sequence[Query]) -> Coverage:
    """Return how much of each query each paper covers.

    Nothing is fitted on the papers: the vocabulary is the readers' own words and those that
    travel with them, so a paper's score is the same every day and in every company.
    """
    import numpy as np

    found = [_covered(sheet, query) for query in queries]
    return Coverage(
        sheet=sheet,
        scores=np.column_stack([one.scores for one in found]),
        titled=np.column_stack([one.titled for one in found]),
        said=np.column_stack([one.said for one in found]),
    )


def _covered(sheet: Sheet, query: Query) -> Covered:
    """Return what papers hold of a query; remembered, for many readers ask the same."""
    return sheet.asked.answer(query, partial(_looked_up, sheet))


def _looked_up(sheet: Sheet, query: Query) -> Covered:
    import numpy as np

    scores, columns = np.zeros(len(sheet.papers)), sheet.columns(query.weights)
    for column, weight in zip(columns, query.weights.values(), strict=True):
        papers, shares = sheet.holders(column)
        scores[papers] += weight * shares
    said = sheet.said(terms(query.text))
    for part in query.telling:
        said |= sheet.titled(part)
    return Covered(scores=scores, columns=columns, titled=sheet.titled(query.own), said=said)


def unwanted(sheet: Sheet, query: Query) -> NDArray[np.float64]:
    """Return how much of a query each paper has for one who avoids it, 0–1: see `PART`."""
    import numpy as np

    covered, named = _covered(sheet, query), np.zeros(len(sheet.papers))
    for column, weight in zip(covered.columns, query.weights.values(), strict=True):
        named[sheet.holders(column)[0]] += weight
    free = 0.0 if len(query.own) > LONG else PART
    return np.asarray(covered.scores * ((named - free) / (1 - free)).clip(0, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What papers hold of queries."""

    sheet: Sheet
    scores: NDArray[np.float64]
    """Papers × queries, 0–1."""
    titled: NDArray[np.bool_]
    """Papers × queries: whether the title alone holds every word of the query."""
    said: NDArray[np.bool_]
    """Papers × queries: whether the query's words, two or more, stand there side by side, or the
    title holds a telling part of them."""

    def parts(self, paper: int, query: Query) -> dict[str, float]:
        """Return what each gram of `query` gives to one paper; the sum is its score."""
        shares = self.sheet.shares(paper)
        columns = _covered(self.sheet, query).columns
        return {
            gram: weight * shares[column]
            for (gram, weight), column in zip(query.weights.items(), columns, strict=True)
            if column in shares
        }
