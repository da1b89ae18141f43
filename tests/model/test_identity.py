"""The same paper has the same identity, whatever its sources call it."""

from __future__ import annotations

import pytest

from digest.model.identity import arxiv_id, canonical_url, identity, same, title_key, url_key

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/abs?2025Slow0", "https://a.example/abs?2025Slow1"),
        ("https://a.example/paper.php?ref=0", "https://a.example/paper.php?ref=1"),
        ("https://a.example/x?id=1", "https://a.example/x?id=2"),
        ("https://a.example/x?source=17", "https://a.example/x?source=18"),
        ("https://a.example/x?id=", "https://a.example/x"),
    ],
)
def test_A5_a_query_that_names_a_paper_is_part_of_its_link(one: str, other: str) -> None:
    """Only what tracks a visit is left out."""
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize("query", ["rss=1", "ref=rss", "source=feed", "utm_source=x", "af=R"])
def test_A5_a_query_that_tracks_a_visit_is_not(query: str) -> None:
    """The same page is the same link."""
    assert canonical_url(f"https://a.example/x?{query}") == "a.example/x"


@pytest.mark.parametrize(
    "title",
    [
        "Введение",
        "编者按",
        "Errata",
        "Acknowledgment of Reviewers",
        "Editorial Board and Table of Contents",
        "Introduction to the Special Issue",
        "Publisher Correction and Author Correction",
        "Issue Information, Volume 12, Number 3 (2026)",
        "От редакции: слово главного редактора",
        "本期专题前言",
        "Inhaltsverzeichnis und Vorwort der Herausgeber",
    ],
)
def test_A11_a_generic_title_identifies_nothing(title: str) -> None:
    """Many papers bear it, in any language."""
    assert title_key(title) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Erratum to: Slow waves order the replay of maps",
        "A review of books in the age of machines",
        "Медленные волны упорядочивают карты",
        "编者按：大型语言模型的高效推理研究",
        "Response of reviewers to chocolate, a trial",
    ],
)
def test_A11_a_title_with_words_of_its_own_identifies(title: str) -> None:
    """A generic word beside a topic does no harm."""
    assert title_key(title) != ""


def test_A6_a_guessed_doi_is_marked_and_contradicts_nothing() -> None:
    """What stands in a page's address may carry the page's own tail."""
    guessed = identity(link="https://a.example/doi/10.1000/x1/extra", title=LONG)
    known = identity(doi="10.1000/x1", title=LONG)
    assert guessed[0] == "doi:10.1000/x1/extra"
    assert same(guessed, known)
    assert not same(identity(doi="10.1000/x2", title=LONG), known)
    assert identity(link="https://doi.org/10.1000/x1", title=LONG) == (
        "doi:10.1000/x1",
        url_key("https://doi.org/10.1000/x1"),
        title_key(LONG),
    )


def test_A5_a_link_alone_joins_no_papers_with_titles_and_guids_of_their_own() -> None:
    """A table of contents is the link of many papers."""
    link = "https://a.example/toc"
    one = identity(link=link, title=LONG, guid="a")
    other = identity(link=link, title="Another Title, Long Enough to Identify", guid="b")
    assert not same(one, other)
    assert same(one, identity(link=link, title=LONG, guid="b"))
    assert same(one, identity(link=link, title="Another Title, Long Enough", guid="a"))
    assert same(one, identity(link=link, title="Editorial"))
