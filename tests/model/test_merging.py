"""One paper from its records in several sources, and never one from two papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.identity import identity, same
from digest.model.merging import merge
from digest.model.paper import Links, Paper

LONG = "A Title That Is Long Enough to Identify a Paper"


def test_a_paper_from_three_sources_is_one() -> None:
    """It knows all its sources, keeps arXiv's text, the upvotes, and every link."""
    listed = Paper(
        id="arxiv:2406.11838",
        title="Images, only 2.7times faster",
        abstract="We gain 2.7times.",
        upvotes=54,
        summary="Faster images.",
        links=Links(discussion="https://huggingface.co/papers/2406.11838"),
        listed=date(2026, 6, 12),
        sources=("huggingface",),
        authority=1,
    )
    archive = Paper(
        id="arxiv:2406.11838",
        title=r"Images, only $2.7\times$ faster",
        abstract=r"We gain $2.7\times$.",
        published=datetime(2026, 6, 10, tzinfo=UTC),
        links=Links(abstract="https://arxiv.org/abs/2406.11838"),
        listed=date(2026, 6, 11),
        sources=("arxiv",),
        authority=2,
    )
    post = Paper(
        id="url:0123456789abcdef", title="images, only 2.7times faster", sources=("a blog",)
    )
    (paper,) = merge([post, listed, archive])
    assert paper.id == "arxiv:2406.11838"
    assert paper.sources == ("a blog", "arxiv", "huggingface")
    assert (paper.title, paper.abstract) == (archive.title, archive.abstract)
    assert (paper.upvotes, paper.summary) == (54, "Faster images.")
    assert paper.links.abstract
    assert paper.links.discussion
    assert paper.listed == date(2026, 6, 11)
    assert "url:0123456789abcdef" in paper.keys


def test_equal_titles_do_not_make_two_arxiv_papers_one() -> None:
    """Two papers with different arXiv ids stay two."""
    one, other = (Paper(id=f"arxiv:2406.0000{n}", title=LONG) for n in (1, 2))
    assert len(merge([one, other])) == 2
    assert not same(one.keys, other.keys)


def test_a_paper_that_links_two_others_joins_them() -> None:
    """Three entries, each sharing a key with the next, are one paper."""
    by_doi = Paper(id="doi:10.1000/x1", title="A first title, long enough to identify")
    by_link = Paper(id="url:0123456789abcdef", title="A second title, long enough to identify")
    bridge = Paper(id="doi:10.1000/x1", title=by_link.title)
    assert len(merge([by_doi, by_link, bridge])) == 1


IDS = st.sampled_from(["arxiv:2406.00001", "arxiv:2406.00002", "doi:10.1/a", "url:aa", "title:bb"])
PAPERS = st.lists(
    st.builds(
        Paper,
        id=IDS,
        title=st.sampled_from([LONG, LONG.upper(), "Another Long Title of a Different Paper", "x"]),
        abstract=st.sampled_from(["", "short", "a longer abstract"]),
        aliases=st.lists(IDS, max_size=2).map(tuple),
        upvotes=st.none() | st.integers(0, 9),
        sources=st.sampled_from([("a",), ("b",)]),
    ),
    max_size=7,
)


@settings(deadline=None, max_examples=80)
@given(PAPERS)
def test_merging_twice_changes_nothing(papers: list[Paper]) -> None:
    """Merging is idempotent, and no source is lost."""
    once = merge(papers)
    assert merge(once) == once
    assert {s for p in once for s in p.sources} == {s for p in papers for s in p.sources}


@settings(deadline=None, max_examples=80)
@given(PAPERS, st.randoms())
def test_the_order_of_sources_does_not_matter(papers: list[Paper], random: object) -> None:
    """The same papers come out, whichever source answered first."""
    shuffled = sorted(papers, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert set(merge(papers)) == set(merge(shuffled))


def test_a_lone_paper_is_kept_as_it_is() -> None:
    """Merging one paper returns that very paper."""
    paper = Paper(id="arxiv:2406.11838", title=LONG)
    assert merge([paper]) == (paper,)
    assert merge([paper, replace(paper)]) == (paper,)


TITLES = st.sampled_from(
    [LONG, "Another Long Title of a Different Paper", "A Third Title That Identifies Its Paper"]
)


def paper_of(link: str, title: str, guid: str, source: str) -> Paper:
    """Return a paper as a feed describes it."""
    keys = identity(link=link, title=title, guid=guid)
    return Paper(id=keys[0], aliases=keys[1:], title=title, sources=(source,))


ENTRIES = st.lists(
    st.builds(
        paper_of,
        st.sampled_from(
            ["https://a.example/toc", "https://a.example/1", "https://b.example/?id=2"]
        ),
        TITLES,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["feed", "blog"]),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(ENTRIES, st.randoms())
def test_A5_merging_never_joins_papers_whose_titles_and_guids_differ(
    papers: list[Paper], random: object
) -> None:
    """Merging is idempotent and order-free, and each paper has a relative by title or guid."""
    once = merge(papers)
    shuffled = sorted(papers, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert set(merge(shuffled)) == set(once)
    assert merge(once) == once
    for one in papers:
        home = next(paper for paper in once if set(one.keys) <= set(paper.keys))
        bound = {key for key in home.keys if key.startswith(("title:", "guid:"))}
        near = [p for p in papers if p != one and set(p.keys) <= set(home.keys)]
        near = [p for p in near if not set(p.keys) & set(one.keys) & bound]
        assert all(_chained(one, other, papers) for other in near)


def _chained(one: Paper, other: Paper, papers: list[Paper]) -> bool:
    """Return whether papers that share a title or a guid lead from one to the other."""
    known = {key for key in one.keys if key.startswith(("title:", "guid:"))}
    for _ in papers:
        for paper in papers:
            mine = {key for key in paper.keys if key.startswith(("title:", "guid:"))}
            known |= mine if mine & known else set()
    return bool(known & set(other.keys))


def test_A6_a_guessed_doi_becomes_certain_by_a_source_that_knows_it() -> None:
    """The merged paper has no guess left, so that it contradicts another DOI again."""
    page = identity(link="https://a.example/doi/10.1000/x1", title=LONG)
    entry = identity(doi="10.1000/x1", title=LONG)
    records = [Paper(id=keys[0], aliases=keys[1:], title=LONG) for keys in (page, entry)]
    (paper,) = merge(records)
    assert not any(key.startswith("guessed:") for key in paper.keys)
    other = identity(doi="10.1000/x2", title=LONG)
    assert len(merge([paper, Paper(id=other[0], aliases=other[1:], title=LONG)])) == 2
