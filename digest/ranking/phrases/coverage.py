"""Coverage: the share of a query's weight that a paper contains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from digest.model.tokens import terms
from digest.ranking.phrases.index import QueryMatch
from digest.ranking.phrases.query import LONG_QUERY_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.phrases.index import InvertedIndex
    from digest.ranking.phrases.query import Query

FREE_SHARE = 0.35
"""Share of an avoided phrase's weight that a paper may match without a penalty.

Avoiding "epidemic models" must not penalise every paper with a model. Measured on pairs of a
wanted and an avoided interest (no penalty, this share, no free share): avoided papers in the top
ten .49, .26, .22; nDCG@10 of the wanted .792, .779, .760; wanted papers with a score of 25 or more
.57, .50, .36. The test part agrees.
"""


def coverage(index: InvertedIndex, queries: Sequence[Query]) -> Coverage:
    """Return the coverage of each query by each paper.

    Nothing is fitted on the papers, so a paper's score is the same on every day and in any list.
    """
    import numpy as np

    found = [_match(index, query) for query in queries]
    return Coverage(
        index=index,
        scores=np.column_stack([one.scores for one in found]),
        in_title=np.column_stack([one.in_title for one in found]),
        has_phrase=np.column_stack([one.has_phrase for one in found]),
    )


def _match(index: InvertedIndex, query: Query) -> QueryMatch:
    """Return the match of papers and a query, cached for readers with the same phrase."""
    return index.matches.get_or_compute(query, partial(_compute_match, index))


def _compute_match(index: InvertedIndex, query: Query) -> QueryMatch:
    import numpy as np

    scores, columns = np.zeros(len(index.papers)), index.columns(query.weights)
    for column, weight in zip(columns, query.weights.values(), strict=True):
        papers, shares = index.postings(column)
        scores[papers] += weight * shares
    has_phrase = index.has_phrase(terms(query.text))
    for part in query.distinctive:
        has_phrase |= index.in_title(part)
    return QueryMatch(
        scores=scores,
        columns=columns,
        in_title=index.in_title(query.own_terms),
        has_phrase=has_phrase,
    )


def avoided_coverage(index: InvertedIndex, query: Query) -> NDArray[np.float64]:
    """Return the coverage of an avoided query, 0–1, less the `FREE_SHARE`."""
    import numpy as np

    covered, named = _match(index, query), np.zeros(len(index.papers))
    for column, weight in zip(covered.columns, query.weights.values(), strict=True):
        named[index.postings(column)[0]] += weight
    free = 0.0 if len(query.own_terms) > LONG_QUERY_WORDS else FREE_SHARE
    return np.asarray(covered.scores * ((named - free) / (1 - free)).clip(0, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Match of papers and queries."""

    index: InvertedIndex
    scores: NDArray[np.float64]
    """Papers × queries, 0–1."""
    in_title: NDArray[np.bool_]
    """Papers × queries: whether the title contains every word of the query."""
    has_phrase: NDArray[np.bool_]
    """Papers × queries: whether the paper contains the exact phrase of two words or more, or the
    title a distinctive part of it."""

    def parts(self, paper: int, query: Query) -> dict[str, float]:
        """Return the contribution of each gram of `query` to one paper's score."""
        shares = self.index.shares(paper)
        columns = _match(self.index, query).columns
        return {
            gram: weight * shares[column]
            for (gram, weight), column in zip(query.weights.items(), columns, strict=True)
            if column in shares
        }
