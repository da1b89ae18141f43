from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from fake_http import NOW, client
from http_server import ok, serving
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import captured, entries_of, recorded

from digest.model.errors import SourceError, Unreadable
from digest.model.merging import merge
from digest.model.states import SourceState
from digest.sources import FetchWindow, _feed_reader
from digest.sources._entries import Skipped
from digest.sources.feed import Feed, papers_of, parse

if TYPE_CHECKING:
    from pathlib import Path

TUESDAY = FetchWindow(now=NOW, day=NOW.date())
NO_FEED = {"feedrs_xml_iso8859.xml", "empty.xml", "gzipped_body_no_header.xml.gz"} | {
    "html_instead_of_feed.html",
    "json.json",
}


def test_a_journals_feed_is_read() -> None:
    """Markup goes but keeps letters together; the preamble goes; names are turned round."""
    (paper,) = parse(recorded("journal.rdf"), source="tides", now=NOW)
    assert paper.id == "doi:10.1234/tides-1"
    assert paper.title == "Water in H₂O & other seas"
    assert paper.abstract == "The sea is measured once more."
    assert paper.authors == ("N. LAPIN", "A. B. SIMON-ROE")
    assert paper.published == datetime(2026, 6, 15, tzinfo=UTC)
    assert paper.listed == date(2026, 6, 15)
    assert (paper.sources, paper.authority) == (("tides",), 0)


def test_a_labs_feed_is_read() -> None:
    """Links made whole, an address before a name taken off, scripts gone."""
    papers = parse(recorded("lab.rss"), location="https://lab.example/feed.xml", now=NOW)
    first, archive, untitled, future, impossible = papers
    assert first.links.abstract == "https://lab.example/posts/1?utm_source=feed"
    assert first.authors == ("Alice Reed",)
    assert first.abstract == "Short note."
    assert first.categories == ("notes",)
    assert archive.id == "arxiv:2606.01001"
    assert archive.title == "On $k<n$ letters, from the archive"
    assert untitled.title == "A note without a title, told in a sentence."
    assert future.published == NOW
    assert impossible.published is None


# That a billion laughs stay unheard is held by P04 as well, and quicker.
@pytest.mark.parametrize(
    "path", captured("*odd_feeds*/*", slow={"billion_laughs.xml"}) + captured("biorxiv/*.xml")
)
def test_real_and_odd_feeds_are_read_or_refused(path: Path) -> None:
    """What is a feed gives papers with titles; what is none is told, never an empty day."""
    body = path.read_bytes()
    if path.name in NO_FEED:
        with pytest.raises(Unreadable, match="not a feed"):
            entries_of(body)
        return
    found = papers_of(entries_of(body), "odd", NOW, Skipped("odd"))
    assert all(paper.title and paper.id for paper in found)
    assert all(paper.published is None or paper.published <= NOW for paper in found)


def test_a_feed_is_a_source() -> None:
    """Its papers bear its name; one broken entry is left out and counted."""
    with serving(ok(recorded("lab.rss"), "Content-Type: application/rss+xml")) as server:
        got = Feed(name="lab", url=server.url("/blog/feed.xml")).fetch(client(), TUESDAY)
    assert (len(got.papers), got.skipped, got.state) == (5, 1, SourceState.OK)
    assert got.papers[0].sources == ("lab",)
    assert got.papers[0].links.abstract == server.url("/posts/1?utm_source=feed")


def test_of_an_asked_day_only_its_entries_are_held() -> None:
    """Entries without a date belong to no day."""
    with serving(ok(recorded("lab.rss"))) as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 15), asked=True)
        got = Feed(url=server.url()).fetch(client(), asked)
    assert [paper.title for paper in got.papers] == ["Post with an address first"]


def test_an_error_names_its_source_and_address() -> None:
    """Also where the answer came but could not be read; the secret part of the address stays."""
    with serving(ok(b"hello")) as server:
        got = Feed(name="lab", url=server.url("/feed?key=secret")).fetch(client(), TUESDAY)
    assert isinstance(got.error, SourceError)
    assert (got.error.source, got.error.url) == ("lab", server.url("/feed?…"))


def test_a_text_that_repeats_the_title_is_no_abstract() -> None:
    """Nothing is said twice."""
    body = b'<rss version="2.0"><channel><title>T</title><item><title>Same</title>'
    body += (
        b"<link>https://a.example/1</link><description>Same</description></item></channel></rss>"
    )
    assert parse(body)[0].abstract == ""


ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["Slow waves order the replay", "Beans ferment faster", "Editorial"]),
        st.sampled_from(["/toc", "/toc#1", "/x?id=1", "/x?ref=2", "/10.1000/x1/full"]),
        st.sampled_from(["", "one", "two", "three"]),
    ),
    max_size=6,
    unique_by=lambda item: item[0],
)


@settings(deadline=None, max_examples=15)
@given(ITEMS)
def test_A5_no_paper_of_a_feed_is_lost_by_merging_with_another(
    items: list[tuple[str, str, str]],
) -> None:
    """Entries with titles of their own stay as many as they are, whatever link and guid say."""
    entries = tuple(
        _feed_reader.FeedEntry(title=title, link=f"https://a.example{path}", id=guid)
        for title, path, guid in items
    )
    found = papers_of(_feed_reader.ParsedFeed(entries=entries), "feed", NOW, Skipped("feed"))
    assert sorted(paper.title for paper in merge(found)) == sorted(title for title, _, _ in items)


@pytest.mark.parametrize(
    "identifiers",
    [
        ["10.1000/x1", "pmid:123"],
        ["pmid:123", "doi:10.1000/x1"],
        ["urn:issn:1234-5678", "https://doi.org/10.1000/X1", "123"],
        ["123", "10.1000%2Fx1"],
        ["10.1000/x1"],
    ],
)
def test_A8_the_identifier_that_is_a_doi_wins(identifiers: list[str]) -> None:
    """Whatever its place among several."""
    known = "".join(f"<dc:identifier>{one}</dc:identifier>" for one in identifiers)
    body = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title>'
        f"<item><title>Slow waves order the replay</title>{known}</item></channel></rss>"
    )
    (paper,) = parse(body.encode())
    assert paper.id == "doi:10.1000/x1"
