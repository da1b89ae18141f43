from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from fake_http import NOW, client
from http_server import Exchange, answer, ok, serving
from recordings import recorded

from digest.model.errors import Unreadable
from digest.model.states import SourceState
from digest.sources import FetchWindow
from digest.sources._entries import Skipped
from digest.sources.biorxiv import Biorxiv, parse

TUESDAY = FetchWindow(now=NOW, day=NOW.date())


def page(first: int, count: int, total: object) -> bytes:
    """Return a page of the API with papers of these numbers."""
    entries = [
        {"doi": f"10.1101/2026.06.14.{n:06}", "title": f"Paper {n}", "version": "1"}
        for n in range(first, first + count)
    ]
    message = {"status": "ok", "count": count, "total": total, "cursor": first}
    return json.dumps({"messages": [message], "collection": entries}).encode()


def test_new_preprints_are_read() -> None:
    """Names turned round, references replaced, the page linked; second versions are not new."""
    skip = Skipped("biorxiv")
    first, second = parse(recorded("biorxiv.json"), skip=skip)
    assert first.id == "doi:10.1101/2026.06.14.111111"
    assert first.authors == ("P. Marsh", "L. K. van der Berg")
    assert first.abstract == "Cells keep time <by> counting tides."
    assert first.listed == date(2026, 6, 15)
    assert first.published == datetime(2026, 6, 15, tzinfo=UTC)
    assert first.links.abstract == "https://www.biorxiv.org/content/10.1101/2026.06.14.111111v1"
    assert second.id == "doi:10.64898/2026.06.14.222222"
    assert skip.count == 1


def test_categories_are_a_choice() -> None:
    """Written with spaces, hyphens or underscores, large or small."""
    found = parse(recorded("biorxiv.json"), categories=("Cell_Biology",))
    assert [paper.categories for paper in found] == [("cell biology",)]


def test_no_posts_is_no_failure() -> None:
    """The API says in words that there is nothing."""
    assert parse(recorded("biorxiv_none.json")) == ()
    assert parse(b'{"messages": [{"status": "no posts found"}]}') == ()


@pytest.mark.parametrize("body", [b"[]", b'{"messages": []}', b'{"collection": 3}'])
def test_another_shape_is_an_error(body: bytes) -> None:
    """Without a collection it is no answer of this API."""
    with pytest.raises(Unreadable):
        parse(body)


@pytest.mark.parametrize("total", [150, "150"])
def test_pages_follow_the_cursor(total: object) -> None:
    """The next page begins where the count of this one ends."""

    def play(exchange: Exchange) -> bytes:
        return ok(page(0, 100, total) if exchange.path.endswith("/0") else page(100, 50, total))

    with serving(play) as server:
        got = Biorxiv(url=server.url(), server="medrxiv").fetch(client(), TUESDAY)
    assert len(got.papers) == 150
    assert server.paths == [
        "/details/medrxiv/2026-06-14/2026-06-16/0",
        "/details/medrxiv/2026-06-14/2026-06-16/100",
    ]


def test_a_cursor_that_does_not_move_ends_the_reading() -> None:
    """A page that counts nothing is the last one."""
    with serving(ok(page(0, 0, 99999999999))) as server:
        got = Biorxiv(url=server.url()).fetch(client(), TUESDAY)
    assert (got.state, len(server.paths)) == (SourceState.STALE, 1)


@pytest.mark.parametrize(
    ("when", "span"),
    [
        (FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 6, 15)), "2026-06-14/2026-06-16"),
        (FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 1, 1)), "2026-06-09/2026-06-16"),
        (FetchWindow(now=NOW, day=date(2026, 6, 13), asked=True), "2026-06-13/2026-06-13"),
    ],
)
def test_the_days_asked_for(when: FetchWindow, span: str) -> None:
    """Two days back, a week after a gap, or just the asked day."""
    with serving(ok(recorded("biorxiv_none.json"))) as server:
        Biorxiv(url=server.url()).fetch(client(), when)
    assert server.paths == [f"/details/biorxiv/{span}/0"]


def test_nothing_on_a_saturday_is_quiet() -> None:
    """Editors rest at the weekend."""
    with serving(ok(recorded("biorxiv_none.json"))) as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 13), asked=True)
        assert Biorxiv(url=server.url()).fetch(client(), asked).state is SourceState.QUIET


def test_pages_read_before_a_failure_are_kept() -> None:
    """With the error beside them."""

    def play(exchange: Exchange) -> bytes:
        return ok(page(0, 100, 150)) if exchange.path.endswith("/0") else answer(404)

    with serving(play) as server:
        got = Biorxiv(url=server.url()).fetch(client(), TUESDAY)
    assert (len(got.papers), got.state) == (100, SourceState.OK)
    assert got.error is not None


def test_an_endless_list_is_left_in_the_end() -> None:
    """Thirty pages are more than any week has."""

    def play(exchange: Exchange) -> bytes:
        return ok(page(exchange.number, 1, 10**8))

    with serving(play) as server:
        got = Biorxiv(url=server.url()).fetch(client(), TUESDAY)
    assert len(got.papers) == len(server.paths) == 30
