"""The same paper is one paper, whatever its sources call it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.identity import (
    arxiv_id,
    canonical_url,
    doi_of,
    identity,
    same,
    title_key,
    url_key,
)
from digest.model.merging import merge
from digest.model.paper import Links, Paper

LONG = "A Title That Is Long Enough to Identify a Paper"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2406.11838", "2406.11838"),
        ("2406.11838v3", "2406.11838"),
        ("arXiv:2406.11838v1", "2406.11838"),
        ("oai:arXiv.org:2508.03699v1", "2508.03699"),
        ("0704.0001", "0704.0001"),
        ("math.CA/0611800", "math/0611800"),
        ("math/0611800v2", "math/0611800"),
        ("astro-ph/0601001v1", "astro-ph/0601001"),
        ("http://arxiv.org/abs/astro-ph/0601001v1", "astro-ph/0601001"),
        ("http://arxiv.org/abs/math.CA/0611800v1", "math/0611800"),
        ("https://arxiv.org/pdf/2406.11838v2.pdf", "2406.11838"),
        ("https://export.arxiv.org/abs/2406.11838?context=cs", "2406.11838"),
        ("https://huggingface.co/papers/2406.11838", "2406.11838"),
        ("https://doi.org/10.48550/arXiv.2406.11838", "2406.11838"),
        ("10.48550/arxiv.2406.11838", "2406.11838"),
        ("https://example.org/2406.11838", ""),
        ("https://notarxiv.org/abs/2406.11838", ""),
        ("https://arxiv.org/list/cs.CL/recent", ""),
        ("10.1101/2024.05.01.592345", ""),
        ("", ""),
    ],
)
def test_an_arxiv_id_is_found_in_every_form(text: str, expected: str) -> None:
    """Version, subject class, host and DOI form do not count; other hosts' numbers are no ids."""
    assert arxiv_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doi:10.1101/2024.05.01.592345", "10.1101/2024.05.01.592345"),
        ("https://doi.org/10.1038/S41586-026-0001-1", "10.1038/s41586-026-0001-1"),
        ("https://www.biorxiv.org/content/10.1101/2024.05.01.592345v1?rss=1", None),
        ("10.48550/arXiv.2406.11838", ""),
        ("no number here", ""),
    ],
)
def test_a_doi_is_found_in_lower_case(text: str, expected: str | None) -> None:
    """A DOI is compared without case; arXiv's own DOIs count as arXiv ids."""
    found = doi_of(text)
    assert found == expected if expected is not None else found.startswith("10.1101/2024.05.01")


def test_links_are_compared_without_what_does_not_matter() -> None:
    """Scheme, www, tracking parameters, their order, fragments and a last slash do not count."""
    one = "http://www.example.org/post/?b=2&utm_source=x&a=1#top"
    other = "https://example.org/post?a=1&b=2"
    assert canonical_url(one) == canonical_url(other)
    assert url_key(one) == url_key(other)
    assert canonical_url("http://example.org:8080/x") != canonical_url("http://example.org/x")


@pytest.mark.parametrize("url", ["https://[x/", "https://a:b/", "https://a:99999999/"])
def test_a_malformed_link_is_a_link_all_the_same(url: str) -> None:
    """It identifies what bears it, and nothing raises."""
    assert canonical_url(url) == url
    assert identity(link=url)[0] == url_key(url)


def test_titles_are_compared_without_case_accents_and_punctuation() -> None:
    """A title that only differs in typography is the same title; a short one identifies nothing."""
    assert title_key("Café — Networks: a Survey!") == title_key("cafe networks a  survey")
    assert title_key("Editorial") == ""


def test_a_title_in_another_script_identifies_sooner() -> None:
    """A short title in Chinese says as much as a long one in English."""
    assert title_key("大型语言模型的高效推理") != ""


def test_identity_prefers_arxiv_then_doi_then_link_then_title() -> None:
    """The strongest identity is the id; the others are aliases."""
    keys = identity(doi="10.1000/x1", link="https://arxiv.org/abs/2406.11838v2", title=LONG)
    assert keys == ("arxiv:2406.11838", "doi:10.1000/x1", title_key(LONG))
    assert identity(doi="10.1000/x1", link="https://example.org/a")[0] == "doi:10.1000/x1"
    assert identity(link="https://example.org/a", title=LONG)[0] == url_key("https://example.org/a")
    assert identity(title=LONG) == (title_key(LONG),)
    assert identity(title="Note")[0].startswith("title:")


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
