"""All sources against one server that answers as the real ones do, with their own captures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_http import MemoryCache, client
from http_server import Exchange, answer, ok, serving
from recordings import CAPTURES, recorded

from digest.model.merging import merge
from digest.model.states import SourceState
from digest.sources import FetchWindow, Source
from digest.sources.arxiv import Arxiv
from digest.sources.biorxiv import Biorxiv
from digest.sources.feed import Feed
from digest.sources.huggingface import HuggingFace

NOW = datetime(2026, 6, 16, 10, tzinfo=UTC)
WHEN = FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 6, 15))


def replies(path: str) -> bytes | None:
    """Return what the real place would answer to `path`, None where it has nothing."""
    parts = urlsplit(path)
    if parts.path == "/api/daily_papers":
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        found = CAPTURES / f"huggingface/daily_papers_date_{asked['date']}.json"
        return found.read_bytes() if found.exists() and "p" not in asked else b"[]"
    if parts.path == "/atom/cs.AI":
        body = (CAPTURES / "arxiv/rss.arxiv.org_atom_cs.AI_2025-08-20.xml").read_bytes()
        return body.replace(b"2025-08-20", b"2026-06-16")  # the batch of today
    if parts.path == "/api/query":
        return (CAPTURES / "arxiv/api_query_5_2026-06-14.xml").read_bytes()
    if parts.path == "/blog.xml":
        return (CAPTURES / "odd_feeds/feedrs_rss_2.0_cloudflare.xml").read_bytes()
    return recorded("biorxiv.json") if parts.path.startswith("/details/") else None


@pytest.mark.skipif(not CAPTURES.exists(), reason="real captures are not here: set DIGEST_DATA")
def test_real_captures_over_http_become_papers() -> None:
    """Four places, one client: every paper of the day once, and on the second visit 304s."""

    def play(exchange: Exchange) -> bytes:
        body = replies(exchange.path)
        if exchange.header("if-none-match"):
            return answer(304)
        return answer(404) if body is None else ok(body, 'ETag: "it"')

    with serving(play) as server:
        sources: list[Source] = [
            HuggingFace(url=server.url("/api/daily_papers")),
            Arxiv(categories=("cs.AI",), url=server.url("/atom"), api_url=server.url("/api/query")),
            Feed(name="blog", url=server.url("/blog.xml")),
            Biorxiv(url=server.url()),
        ]
        http = client(cache=MemoryCache())
        first = [source.fetch(http, WHEN) for source in sources]
        http.commit()
        second = [source.fetch(http, WHEN) for source in sources]
    assert [(got.state, got.error) for got in first] == [(SourceState.OK, None)] * 4
    assert [len(got.papers) for got in first] == [34, 7, 1, 2]
    assert second == first
    assert len(merge(p for got in first for p in got.papers)) == 44
    assert "/api/daily_papers?date=2026-06-16&limit=100" in server.paths
