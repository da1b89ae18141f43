"""Query expansion by pseudo-relevance feedback (Rocchio 1971; Lavrenko & Croft 2001).

The papers of the archive that match a phrase best provide further words in which they differ from
the rest ("KV cache compression": eviction, memory, token). The weights of a query add up to 1, so
that coverage is additive and explains itself.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from digest.model.tokens import surfaces, terms
from digest.ranking.background import SATURATION
from digest.ranking.phrases.lsa import query_direction
from digest.ranking.phrases.query import LONG_QUERY_WORDS, MAX_QUERY_WORDS, Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.background import Background

PAIR_WEIGHT = 0.25
"""Weight of an adjacent pair, relative to the mean IDF of its words; a pair table gains nothing."""
FEEDBACK_PAPERS = 10
FEEDBACK_WORDS = 15
FEEDBACK_SHARE = 0.6
COMMON_SHARE = 0.6
"""Share of a word's usual rate that it must exceed to count as feedback."""
SMALL_ARCHIVE = 1_000
"""Minimum papers in the archive; expansion from fewer ranks worse."""
DISTINCTIVE_SHARE = 1 / 250
"""Maximum share of the archive with all words of a distinctive part of a phrase.

"Prompt injection" is distinctive of attacks on agents, "language models" is not. Of papers with
such a title and a coverage probability below .5, .30 were on the lists, with commoner words .03.
"""
TYPICAL_QUANTILE = 0.99
"""Quantile of the archive's own scores that serves as the level of a phrase."""
MIN_LEVEL = 0.1


def build_query(text: str, background: Background, *, expand: bool = True) -> Query | None:
    """Return `text` as a query, or None if it has no content word.

    A long text is never expanded.
    """
    words = terms(text)
    counts = Counter(words)
    if not counts:
        return None
    own_terms = (
        _paragraph(counts, background)
        if len(counts) > LONG_QUERY_WORDS
        else _phrase(words, background)
    )
    singles = {gram: weight for gram, weight in own_terms.items() if gram in counts}
    fit = _archive_coverage(singles, background)
    expand = expand and len(counts) <= LONG_QUERY_WORDS
    feedback = _feedback(fit, background) if expand else None
    expansion = _expansion(singles, feedback, background) if feedback else {}
    share = FEEDBACK_SHARE if expansion else 0.0
    whole = {gram: weight * (1 - share) for gram, weight in _normalized(own_terms).items()}
    whole |= {gram: weight * share for gram, weight in expansion.items()}
    held = (
        (1 - share) * fit + share * _archive_coverage(expansion, background) if expansion else fit
    )
    return Query(
        text=text,
        weights=whole,
        own_terms=frozenset(counts),
        surface_forms=surfaces(text, counts),
        distinctive=_distinctive(list(counts), background) if expand else (),
        level=_level(held),
        direction=query_direction(*(feedback or _known_terms(singles, background)), background),
    )


def _phrase(words: Sequence[str], background: Background) -> dict[str, float]:
    counts = Counter(words)
    own_terms = {word: (1 + log(n)) * background.weight(word) for word, n in counts.items()}
    for left, right in pairwise(words):
        mean = (background.weight(left) + background.weight(right)) / 2
        own_terms[f"{left} {right}"] = PAIR_WEIGHT * mean
    return own_terms


def _paragraph(counts: Counter[str], background: Background) -> dict[str, float]:
    own_terms = {word: n * background.weight(word) for word, n in counts.items()}
    return dict(Counter(own_terms).most_common(MAX_QUERY_WORDS))


def _normalized(weights: Mapping[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {gram: weight / whole for gram, weight in weights.items()}


def _archive_coverage(weights: Mapping[str, float], background: Background) -> NDArray[np.float64]:
    """Return the coverage of `weights` by each paper of the archive."""
    import numpy as np

    found = [background.postings(word) for word in weights]
    each = np.repeat(list(weights.values()), [len(papers) for papers, _ in found])
    papers, shares = (np.concatenate(part) for part in zip(*found, strict=True))
    size = background.archive.shape[0]
    return np.asarray(np.bincount(papers, each * shares, size) / sum(weights.values()))


class TermRates(NamedTuple):
    """Rates of some terms of the vocabulary, by number."""

    words: NDArray[np.intp]
    rates: NDArray[np.float64]


def _feedback(fit: NDArray[np.float64], background: Background) -> TermRates | None:
    """Return the term rates of the best matching papers of the archive, weighted by their fit.

    None if no paper matches or the archive is too small.
    """
    import numpy as np

    best = _highest(fit, FEEDBACK_PAPERS)
    if len(fit) < SMALL_ARCHIVE or not len(best):
        return None
    whole, ends = background.archive, background.archive.indptr
    spans = [slice(ends[paper], ends[paper + 1]) for paper in best]
    counts = np.concatenate([whole.data[span] for span in spans])
    fits = np.repeat(fit[best], [span.stop - span.start for span in spans])
    words, places = np.unique(
        np.concatenate([whole.indices[span] for span in spans]), return_inverse=True
    )
    rates = np.bincount(places, fits * counts / (counts + SATURATION)) / fit[best].sum()
    return TermRates(words.astype(np.intp), rates)


def _known_terms(own_terms: Mapping[str, float], background: Background) -> TermRates:
    """Return the known words of a text with their weights."""
    import numpy as np

    numbers = background.vocabulary
    known = {numbers[word]: weight for word, weight in own_terms.items() if word in numbers}
    return TermRates(np.array([*known], dtype=np.intp), np.array([*known.values()], dtype=float))


def _expansion(
    own_terms: Mapping[str, float], feedback: TermRates, background: Background
) -> dict[str, float]:
    """Return the expansion terms of `own_terms`, with weights that add up to 1."""
    words, rates = feedback
    gain = (rates - COMMON_SHARE * background.document_share[words]) * background.idf[words]
    for word in own_terms:
        gain[words == background.vocabulary.get(word, -1)] = 0
    chosen = _highest(gain, FEEDBACK_WORDS)
    return _normalized({background.words[words[n]]: float(gain[n]) for n in chosen})


def _distinctive(words: Sequence[str], background: Background) -> tuple[frozenset[str], ...]:
    """Return the smallest proper subsets of `words` that few papers contain."""
    import numpy as np

    papers = background.archive.shape[0]
    sizes = range(2, len(words))
    if papers < SMALL_ARCHIVE or not sizes:
        return ()
    codes = np.zeros(papers, dtype=np.int64)
    for place, word in enumerate(words):
        codes[background.postings(word)[0]] += 1 << place
    held = np.bincount(codes, minlength=1 << len(words))
    found: list[frozenset[str]] = []
    for size in sizes:
        for places in combinations(range(len(words)), size):
            some, code = frozenset(words[n] for n in places), sum(1 << n for n in places)
            postings = held[np.arange(len(held)) & code == code].sum()
            if postings < DISTINCTIVE_SHARE * papers and not any(one <= some for one in found):
                found.append(some)
    return tuple(found)


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Return the positions of the `count` highest values above 0, in stable order."""
    import numpy as np

    near = np.flatnonzero(values > values.max(initial=0.0) / 2)  # usually few: avoids sorting all
    places = near if len(near) >= count else np.flatnonzero(values > 0)
    if len(places) > count:
        least = np.partition(values[places], -count)[-count]
        places = places[values[places] >= least]
    return places[np.argsort(-values[places], kind="stable")][:count]


def _level(scores: NDArray[np.float64]) -> float:
    """Return the quantile of `scores`, computed only from those above the minimum."""
    import numpy as np

    high, beyond = scores[scores > MIN_LEVEL], (1 - TYPICAL_QUANTILE) * (len(scores) - 1)
    if len(high) - 1 <= beyond:
        return MIN_LEVEL
    return float(np.quantile(high, 1 - beyond / (len(high) - 1)))
