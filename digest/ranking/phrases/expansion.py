"""Interests in words: how much of a phrase a paper covers, and of the words that travel with it.

Coverage is the share of the phrase's weight that the paper holds: additive, so that it explains
itself, and the same for the same paper every day. Expansion is pseudo-relevance feedback (Rocchio
1971; Lavrenko & Croft 2001): the papers of the archive that fit the phrase best lend it the words
in which they differ from the rest ("KV cache compression": eviction, memory, token).
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from math import log
from typing import TYPE_CHECKING, NamedTuple

from digest.model.tokens import surfaces, terms
from digest.ranking.background import SATURATION
from digest.ranking.phrases.lsa import directed
from digest.ranking.phrases.query import LONG, MOST_WORDS, Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.ranking.background import Background

PAIR = 0.25
"""An adjacent pair weighs this much of its words' mean: a table of pairs gains nothing."""
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
    company = _company(fit, background) if expand else None
    lent = _expansion(singles, company, background) if company else {}
    share = FEEDBACK_SHARE if lent else 0.0
    whole = {gram: weight * (1 - share) for gram, weight in _shares(own).items()}
    whole |= {gram: weight * share for gram, weight in lent.items()}
    held = (1 - share) * fit + share * _cover(lent, background) if lent else fit
    return Query(
        text=text,
        weights=whole,
        own=frozenset(counts),
        written=surfaces(text, counts),
        telling=_telling(list(counts), background) if expand else (),
        level=_level(held),
        direction=directed(*(company or _known(singles, background)), background),
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

    found = [background.holders(word) for word in weights]
    each = np.repeat(list(weights.values()), [len(papers) for papers, _ in found])
    papers, shares = (np.concatenate(part) for part in zip(*found, strict=True))
    size = background.archive.shape[0]
    return np.asarray(np.bincount(papers, each * shares, size) / sum(weights.values()))


class Held(NamedTuple):
    """How much is held of some words of the vocabulary, by their numbers."""

    words: NDArray[np.intp]
    rates: NDArray[np.float64]


def _company(fit: NDArray[np.float64], background: Background) -> Held | None:
    """Return what the papers of the archive that fit best hold, each heard as well as it fits.

    None where nothing fits, or where the archive is too small to ask.
    """
    import numpy as np

    best = _highest(fit, FEEDBACK_PAPERS)
    if len(fit) < SMALL_ARCHIVE or not len(best):
        return None
    whole, ends = background.archive, background.archive.indptr
    spans = [slice(ends[paper], ends[paper + 1]) for paper in best]
    counts = np.concatenate([whole.data[span] for span in spans])
    heard = np.repeat(fit[best], [span.stop - span.start for span in spans])
    words, places = np.unique(
        np.concatenate([whole.indices[span] for span in spans]), return_inverse=True
    )
    rates = np.bincount(places, heard * counts / (counts + SATURATION)) / fit[best].sum()
    return Held(words.astype(np.intp), rates)


def _known(own: Mapping[str, float], background: Background) -> Held:
    """Return the words of a text that the background knows, by their weights."""
    import numpy as np

    numbers = background.vocabulary
    known = {numbers[word]: weight for word, weight in own.items() if word in numbers}
    return Held(np.array([*known], dtype=np.intp), np.array([*known.values()], dtype=float))


def _expansion(own: Mapping[str, float], company: Held, background: Background) -> dict[str, float]:
    """Return the words that travel with `own` in the archive, with weights that add up to 1."""
    words, rates = company
    gain = (rates - COMMON_SHARE * background.share[words]) * background.idf[words]
    for word in own:
        gain[words == background.vocabulary.get(word, -1)] = 0
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
    for place, word in enumerate(words):
        codes[background.holders(word)[0]] += 1 << place
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

    near = np.flatnonzero(values > values.max(initial=0.0) / 2)  # often few, and quickly found
    places = near if len(near) >= count else np.flatnonzero(values > 0)
    if len(places) > count:
        least = np.partition(values[places], -count)[-count]
        places = places[values[places] >= least]
    return places[np.argsort(-values[places], kind="stable")][:count]


def _level(scores: NDArray[np.float64]) -> float:
    """Return the quantile, looked for only among what is above the least level."""
    import numpy as np

    high, beyond = scores[scores > LEAST_LEVEL], (1 - EVERYDAY) * (len(scores) - 1)
    if len(high) - 1 <= beyond:
        return LEAST_LEVEL
    return float(np.quantile(high, 1 - beyond / (len(high) - 1)))
