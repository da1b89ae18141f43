"""Papers taken apart once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.tokens import Words, grams, holds
from digest.ranking.background import SATURATION, bag
from digest.ranking.phrases.index import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORDS = st.lists(st.sampled_from(["cell", "gene", "mouse", "virus"]), max_size=6).map(tuple)
PAPERS = st.lists(st.builds(Words, WORDS, WORDS), max_size=5)


def held(sheet: Sheet, grams: Sequence[str]) -> NDArray[np.float64]:
    """Return how much each paper holds of each gram; by column and by paper that is the same."""
    found = np.zeros((len(sheet.papers), len(grams)))
    for place, column in enumerate(sheet.columns(grams)):
        papers, shares = sheet.holders(column)
        found[papers, place] = shares
        by_paper = [sheet.shares(paper).get(column, 0.0) for paper in range(len(sheet.papers))]
        assert found[:, place].tolist() == by_paper
    return found


@given(papers=PAPERS, phrase=WORDS)
def test_a_sheet_says_what_each_paper_would_say_by_itself(
    papers: list[Words], phrase: tuple[str, ...]
) -> None:
    """Counts of words and pairs, titles and phrases are those of the papers one by one."""
    sheet = Sheet.of(papers)
    asked = sorted(set(grams(phrase)) | {"gene", "unknown", "gene unknown"})
    counts = held(sheet, asked)
    for row, paper in enumerate(papers):
        own = bag(tuple(grams(paper.title)), tuple(grams(paper.abstract)))
        expected = [own.get(gram, 0) / (own.get(gram, 0) + SATURATION) for gram in asked]
        assert counts[row].tolist() == pytest.approx(expected)
        assert sheet.said(phrase)[row] == (len(phrase) > 1 and holds(paper, phrase))
        if phrase:
            assert sheet.titled(frozenset(phrase))[row] == (set(phrase) <= set(paper.title))


def test_a_pair_never_reaches_from_the_title_into_the_abstract() -> None:
    """Nor from one paper into the next: the last word and the first one are no neighbours."""
    sheet = Sheet.of([Words(("a",), ("b",)), Words(("c",), ())])
    assert not held(sheet, ["a b", "b c"]).any()


def test_a_column_does_not_depend_on_the_company() -> None:
    """The same paper gives the same shares beside others: a score must not drift."""
    paper = Words(("gene", "mouse"), ("gene", "virus"))
    asked = ["gene", "gene mouse", "gene virus"]
    alone = held(Sheet.of([paper]), asked)[0]
    beside = held(Sheet.of([Words(("virus",), ("mouse", "gene")), paper]), asked)[1]
    assert alone.tolist() == beside.tolist()
