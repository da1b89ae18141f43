"""Interests in words: how much of a phrase a paper covers, and of the words that travel with it.

Coverage is the share of the phrase's weight that the paper holds: additive, so that it explains
itself, and the same for the same paper every day. Expansion is pseudo-relevance feedback (Rocchio
1971; Lavrenko & Croft 2001): the papers of the archive that fit the phrase best lend it the words
in which they differ from the rest ("KV cache compression": eviction, memory, token).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING

from digest.ranking.background import saturated
from digest.ranking.terms import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from digest.ranking.background import Background
    from digest.ranking.sheet import Sheet

PAIR = 0.25
"""An adjacent pair weighs this much of its words' mean: a table of pairs gains nothing."""
LONG = 8
"""Beyond so many distinct words the archive's answer drifts: .528 became .142 on paragraphs."""
MOST_WORDS = 300
"""Of a very long text the heaviest words speak for it."""
FEEDBACK_PAPERS = 10
FEEDBACK_WORDS = 15
FEEDBACK_SHARE = 0.6
COMMON_SHARE = 0.6
"""A word counts as travelling with a topic where it exceeds this share of its usual rate."""
SMALL_ARCHIVE = 1_000
"""Expansion from fewer papers does harm."""
TELLING_SHARE = 1 / 250
"""Two words of a longer phrase say what it means where fewer papers of the archive hold both.

"Prompt injection" tells of attacks on agents, "language models" of everything. Of papers with such
a title and a chance below .5 by coverage .30 were on the lists, of those with commoner words .03.
"""
EVERYDAY = 0.99
"""The quantile of the archive's own scores that tells how easily a phrase is covered."""
LEAST_LEVEL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A phrase or a text, ready to be held against papers."""

    text: str
    weights: Mapping[str, float]
    """Of its own grams and of those that the archive lent; they add up to 1."""
    own: frozenset[str]
    """The words that the reader wrote."""
    telling: tuple[frozenset[str], ...]
    """The smallest parts of the phrase, of two words or more, that mean it by themselves."""
    level: float
    """The score that one paper in a hundred of the archive reaches."""


def query(text: str, background: Background, *, expand: bool = True) -> Query | None:
    """Return `text` as a query, or None where no word of it carries a topic.

    A long text is not expanded, whatever `expand` says.
    """
    words = terms(text)
    counts = Counter(words)
    if not counts:
        return None
    own = _paragraph(counts, background) if len(counts) > LONG else _phrase(words, background)
    singles = {gram: weight for gram, weight in own.items() if gram in counts}
    fit = _cover(singles, background)
    expand = expand and len(counts) <= LONG
    lent = _expansion(singles, fit, background) if expand else {}
    share = FEEDBACK_SHARE if lent else 0.0
    whole = {gram: weight * (1 - share) for gram, weight in _shares(own).items()}
    whole |= {gram: weight * share for gram, weight in lent.items()}
    held = (1 - share) * fit + share * _cover(lent, background) if lent else fit
    return Query(
        text=text,
        weights=whole,
        own=frozenset(counts),
        telling=_telling(list(counts), background) if expand else (),
        level=_level(held),
    )


def _phrase(words: Sequence[str], background: Background) -> dict[str, float]:
    counts = Counter(words)
    own = {word: (1 + log(n)) * background.weight(word) for word, n in counts.items()}
    for left, right in pairwise(words):
        mean = (background.weight(left) + background.weight(right)) / 2
        own[f"{left} {right}"] = PAIR * mean
    return own


def _paragraph(counts: Counter[str], background: Background) -> dict[str, float]:
    own = {word: n * background.weight(word) for word, n in counts.items()}
    return dict(Counter(own).most_common(MOST_WORDS))


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {gram: weight / whole for gram, weight in weights.items()}


def _cover(weights: Mapping[str, float], background: Background) -> NDArray[np.float64]:
    """Return how much of `weights` each paper of the archive covers."""
    import numpy as np

    known = [word for word in weights if word in background.vocabulary]
    whole = sum(weights.values())
    values = np.array([weights[word] for word in known])
    columns = background.columns[:, [background.vocabulary[word] for word in known]]
    return np.asarray(columns @ values) / whole


def _expansion(
    own: Mapping[str, float], fit: NDArray[np.float64], background: Background
) -> dict[str, float]:
    """Return the words that travel with `own` in the archive, with weights that add up to 1."""
    import numpy as np

    best = _highest(fit, FEEDBACK_PAPERS)
    if len(fit) < SMALL_ARCHIVE or not len(best):
        return {}
    lend = saturated(background.archive[best])
    words = np.unique(lend.indices)
    rate = np.asarray(fit[best] @ lend)[words] / fit[best].sum()
    gain = (rate - COMMON_SHARE * background.share[words]) * background.idf[words]
    mine = [number for word in own if (number := background.vocabulary.get(word)) is not None]
    gain[np.isin(words, mine)] = 0
    chosen = _highest(gain, FEEDBACK_WORDS)
    return _shares({background.words[words[n]]: float(gain[n]) for n in chosen})


def _telling(words: Sequence[str], background: Background) -> tuple[frozenset[str], ...]:
    """Return the smallest sets of `words`, but not all of them, that few papers hold."""
    import numpy as np

    papers = background.archive.shape[0]
    sizes = range(2, len(words))
    if papers < SMALL_ARCHIVE or not sizes:
        return ()
    codes = np.zeros(papers, dtype=np.int64)
    columns = background.columns
    for place, word in enumerate(words):
        if (number := background.vocabulary.get(word)) is not None:
            codes[columns.indices[columns.indptr[number] : columns.indptr[number + 1]]] += (
                1 << place
            )
    held = np.bincount(codes, minlength=1 << len(words))
    found: list[frozenset[str]] = []
    for size in sizes:
        for places in combinations(range(len(words)), size):
            some, code = frozenset(words[n] for n in places), sum(1 << n for n in places)
            holders = held[np.arange(len(held)) & code == code].sum()
            if holders < TELLING_SHARE * papers and not any(one <= some for one in found):
                found.append(some)
    return tuple(found)


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Return the places of the `count` highest values above 0, of equal ones the first first."""
    import numpy as np

    places = np.flatnonzero(values > 0)
    if len(places) > count:
        least = np.partition(values[places], -count)[-count]
        places = places[values[places] >= least]
    return places[np.argsort(-values[places], kind="stable")][:count]


def _level(scores: NDArray[np.float64]) -> float:
    import numpy as np

    return max(float(np.quantile(scores, EVERYDAY)), LEAST_LEVEL) if len(scores) else LEAST_LEVEL


def coverage(sheet: Sheet, queries: Sequence[Query]) -> Coverage:
    """Return how much of each query each paper covers.

    Nothing is fitted on the papers: the vocabulary is the readers' own words and those that
    travel with them, so a paper's score is the same every day and in every company.
    """
    import numpy as np

    numbers = {g: n for n, g in enumerate(sorted({g for q in queries for g in q.weights}))}
    weights = np.zeros((len(numbers), len(queries)))
    for number, query in enumerate(queries):
        weights[[numbers[gram] for gram in query.weights], number] = list(query.weights.values())
    columns = sheet.columns(numbers)
    return Coverage(
        counts=columns.tocsr(),
        numbers=numbers,
        scores=np.asarray(columns @ weights),
        titled=np.column_stack([sheet.titled(query.own) for query in queries]),
        said=np.column_stack([_said(sheet, query) for query in queries]),
    )


def _said(sheet: Sheet, query: Query) -> NDArray[np.bool_]:
    found = sheet.said(terms(query.text))
    for part in query.telling:
        found |= sheet.titled(part)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What papers hold of queries."""

    counts: csr_array
    """Papers × grams, saturated."""
    numbers: Mapping[str, int]
    """The column of each gram."""
    scores: NDArray[np.float64]
    """Papers × queries, 0–1."""
    titled: NDArray[np.bool_]
    """Papers × queries: whether the title alone holds every word of the query."""
    said: NDArray[np.bool_]
    """Papers × queries: whether the query's words, two or more, stand there side by side, or the
    title holds a telling part of them."""

    def parts(self, paper: int, query: Query) -> dict[str, float]:
        """Return what each gram of `query` gives to one paper; the sum is its score."""
        first, end = self.counts.indptr[paper : paper + 2]
        columns, shares = self.counts.indices[first:end], self.counts.data[first:end]
        present = dict(zip(columns.tolist(), shares.tolist(), strict=True))
        return {
            gram: weight * share
            for gram, weight in query.weights.items()
            if (share := present.get(self.numbers[gram], 0.0)) > 0
        }
