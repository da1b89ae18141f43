"""Papers taken apart once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.ranking.background import SATURATION, bag
from digest.ranking.sheet import Sheet
from digest.ranking.terms import Words, grams, holds

WORDS = st.lists(st.sampled_from(["cell", "gene", "mouse", "virus"]), max_size=6).map(tuple)
PAPERS = st.lists(st.builds(Words, WORDS, WORDS), max_size=5)


@given(papers=PAPERS, phrase=WORDS)
def test_a_sheet_says_what_each_paper_would_say_by_itself(
    papers: list[Words], phrase: tuple[str, ...]
) -> None:
    """Counts of words and pairs, titles and phrases are those of the papers one by one."""
    sheet = Sheet.of(papers)
    asked = sorted(set(grams(phrase)) | {"gene", "unknown", "gene unknown"})
    counts = sheet.columns(asked).toarray()
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
    assert sheet.columns(["a b", "b c"]).toarray().sum() == 0


def test_a_column_does_not_depend_on_the_company() -> None:
    """The same paper gives the same shares beside others: a score must not drift."""
    paper = Words(("gene", "mouse"), ("gene", "virus"))
    asked = ["gene", "gene mouse", "gene virus"]
    alone = Sheet.of([paper]).columns(asked).toarray()[0]
    beside = Sheet.of([Words(("virus",), ("mouse", "gene")), paper]).columns(asked).toarray()[1]
    assert alone.tolist() == beside.tolist()
