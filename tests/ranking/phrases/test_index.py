"""Inverted index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.tokens import Words, grams, holds
from digest.ranking.background import SATURATION, bag
from digest.ranking.phrases.index import InvertedIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORDS = st.lists(st.sampled_from(["cell", "gene", "mouse", "virus"]), max_size=6).map(tuple)
PAPERS = st.lists(st.builds(Words, WORDS, WORDS), max_size=5)


def shares_of(index: InvertedIndex, grams: Sequence[str]) -> NDArray[np.float64]:
    """Return the saturated counts of grams; by column and by paper they agree."""
    found = np.zeros((len(index.papers), len(grams)))
    for place, column in enumerate(index.columns(grams)):
        papers, shares = index.postings(column)
        found[papers, place] = shares
        by_paper = [index.shares(paper).get(column, 0.0) for paper in range(len(index.papers))]
        assert found[:, place].tolist() == by_paper
    return found


@given(papers=PAPERS, phrase=WORDS)
def test_the_index_agrees_with_each_paper_alone(
    papers: list[Words], phrase: tuple[str, ...]
) -> None:
    """Counts of words and pairs, titles and phrases are those of the papers one by one."""
    index = InvertedIndex.of(papers)
    asked = sorted(set(grams(phrase)) | {"gene", "unknown", "gene unknown"})
    counts = shares_of(index, asked)
    for row, paper in enumerate(papers):
        own = bag(tuple(grams(paper.title)), tuple(grams(paper.abstract)))
        expected = [own.get(gram, 0) / (own.get(gram, 0) + SATURATION) for gram in asked]
        assert counts[row].tolist() == pytest.approx(expected)
        assert index.has_phrase(phrase)[row] == (len(phrase) > 1 and holds(paper, phrase))
        if phrase:
            assert index.in_title(frozenset(phrase))[row] == (set(phrase) <= set(paper.title))


def test_a_pair_never_reaches_from_the_title_into_the_abstract() -> None:
    """Nor from one paper into the next: the last word and the first one are no neighbours."""
    index = InvertedIndex.of([Words(("a",), ("b",)), Words(("c",), ())])
    assert not shares_of(index, ["a b", "b c"]).any()


def test_postings_do_not_depend_on_other_papers() -> None:
    """The same paper gives the same shares beside others: a score must not drift."""
    paper = Words(("gene", "mouse"), ("gene", "virus"))
    asked = ["gene", "gene mouse", "gene virus"]
    alone = shares_of(InvertedIndex.of([paper]), asked)[0]
    beside = shares_of(InvertedIndex.of([Words(("virus",), ("mouse", "gene")), paper]), asked)[1]
    assert alone.tolist() == beside.tolist()
