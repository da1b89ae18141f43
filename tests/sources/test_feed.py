from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from fake_http import NOW, client
from http_server import ok, serving
from recordings import captured, entries_of, recorded

from digest.model.errors import SourceError, Unreadable
from digest.model.states import SourceState
from digest.sources import When
from digest.sources._entries import Skipped
from digest.sources.feed import Feed, papers_of, parse

if TYPE_CHECKING:
    from pathlib import Path

TUESDAY = When(now=NOW, day=NOW.date())
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
        asked = When(now=NOW, day=date(2026, 6, 15), asked=True)
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
