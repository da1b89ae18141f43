from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_http import NOW, client
from http_server import Exchange, answer, ok, serving
from recordings import captured, entries_of, recorded

from digest.model.errors import Unreadable
from digest.model.states import SourceState
from digest.sources import FetchWindow
from digest.sources._arxiv_entries import papers_of, papers_of_query, wanted
from digest.sources._entries import Skipped
from digest.sources.arxiv import Arxiv, by_id, parse, parse_query

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.paper import Paper

TUESDAY = FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 6, 15))
SUNDAY = FetchWindow(now=datetime(2026, 6, 14, 10, tzinfo=UTC), day=date(2026, 6, 14))
EMPTY = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title></feed>'


def batch(
    body: bytes, *, cross_lists: bool = True, replacements: bool = False
) -> tuple[Paper, ...]:
    """Read a feed of the day as `parse` does, but without a process of its own."""
    choice = wanted(cross_lists=cross_lists, replacements=replacements)
    return papers_of(entries_of(body), "arxiv", choice, Skipped("arxiv"))


def query(body: bytes) -> tuple[Paper, ...]:
    """Read an answer of the API as `parse_query` does, but without a process of its own."""
    return papers_of_query(entries_of(body), "arxiv", Skipped("arxiv"))


def test_the_batch_of_the_day_is_read() -> None:
    """The announcement's head goes, TeX and angle brackets in the abstract stay."""
    first, second = parse(recorded("arxiv_atom.xml"))
    assert first.id == "arxiv:2606.01001"
    assert first.abstract == (
        r"We read letters of $1<p<q$ pages with few looks; <think> stays, at $2.7\times$ less cost."
    )
    assert first.authors == ("Ada Ferrand", "Gökhan Çelik", "Jan Haußer")
    assert first.categories == ("cs.LG", "stat.ML")
    assert first.listed == date(2026, 6, 16)
    assert first.published == datetime(2026, 6, 16, 4, tzinfo=UTC)
    assert first.links.pdf == "https://arxiv.org/pdf/2606.01001"
    assert (first.sources, first.authority) == (("arxiv",), 2)
    assert (second.id, second.published) == ("arxiv:2606.01044", None)
    assert "doi:10.1234/guest.44" in second.aliases


@pytest.mark.parametrize(
    ("cross_lists", "replacements", "ids"),
    [
        (False, False, ["2606.01001"]),
        (True, False, ["2606.01001", "2606.01044"]),
        (False, True, ["2606.01001", "2501.00077"]),
        (True, True, ["2606.01001", "2606.01044", "2501.00077", "2505.00078"]),
    ],
)
def test_announce_types_are_a_choice(
    *, cross_lists: bool, replacements: bool, ids: list[str]
) -> None:
    """New papers always, guests and new versions by choice, withdrawn ones never."""
    found = batch(recorded("arxiv_atom.xml"), cross_lists=cross_lists, replacements=replacements)
    assert [paper.id.removeprefix("arxiv:") for paper in found] == ids


def test_a_feed_that_tells_an_error_is_one() -> None:
    """ArXiv wraps "no such category" into a valid feed without entries."""
    with pytest.raises(Unreadable, match="does not know") as caught:
        batch(recorded("arxiv_refused.xml"))
    assert "cs.LG" in caught.value.hint


def test_answers_of_the_query_api_are_read() -> None:
    """The paper's own category first, the announcement's day from the submission's instant."""
    first, second = parse_query(recorded("arxiv_query.xml"))
    assert first.authors == ("Fay Gold", "Gus Hall")
    assert first.listed == date(2026, 6, 15)
    assert second.categories == ("cs.RO", "cs.LG")
    assert second.aliases[0] == "doi:10.1234/monday.1"


def test_an_error_of_the_query_api_is_no_paper() -> None:
    """An entry called Error is what the API says, not what somebody wrote."""
    with pytest.raises(Unreadable, match="incorrect id format for abc"):
        query(recorded("arxiv_error.xml"))


@pytest.mark.parametrize("path", captured("arxiv/*.xml"))
def test_real_captures_are_read(path: Path) -> None:
    """Every real entry becomes a paper with an arXiv id and authors, the one error an error."""
    body = path.read_bytes()
    read = query if path.name.startswith("api_") else batch
    if "HTTP400" in path.name:
        with pytest.raises(Unreadable):
            read(body)
        return
    found = read(body)
    assert all(p.id.startswith("arxiv:") and p.title and p.authors for p in found)
    assert len(found) <= body.count(b"<entry>") + body.count(b"<item>")


def test_each_category_has_its_request() -> None:
    """A paper of two categories is one paper."""
    with serving(ok(recorded("arxiv_atom.xml"))) as server:
        source = Arxiv(categories=("cs.LG", "stat.ML"), url=server.url("/atom"))
        got = source.fetch(client(), TUESDAY)
    assert server.paths == ["/atom/cs.LG", "/atom/stat.ML"]
    assert len(got.papers) == 2
    assert (got.state, got.due) == (SourceState.OK, True)


def test_many_categories_share_requests() -> None:
    """Seventeen categories at three seconds each would outlast the visit."""
    many = tuple(f"cs.{chr(65 + n)}X" for n in range(17))
    with serving(answer(404)) as server:
        Arxiv(categories=many, url=server.url()).fetch(client(), TUESDAY)
    assert len(server.paths) == 6
    assert server.paths[0] == "/cs.AX+cs.BX+cs.CX"


def test_an_empty_feed_on_sunday_is_quiet_and_on_tuesday_stale() -> None:
    """Nothing is announced on Sundays; on a Tuesday the batch is not there yet."""
    with serving(ok(recorded("arxiv_weekend.xml"))) as server:
        source = Arxiv(categories=("cs.LG",), url=server.url())
        assert source.fetch(client(), SUNDAY).state is SourceState.QUIET
        assert source.fetch(client(), TUESDAY).state is SourceState.STALE


def test_one_category_that_fails_leaves_the_others() -> None:
    """The papers of the sound ones go on, with the error beside them and what it means."""

    def play(exchange: Exchange) -> bytes:
        return answer(400) if "XX" in exchange.path else ok(recorded("arxiv_atom.xml"))

    with serving(play) as server:
        got = Arxiv(categories=("cs.XX", "cs.LG"), url=server.url()).fetch(client(), TUESDAY)
    assert (len(got.papers), got.state) == (2, SourceState.OK)
    assert got.error is not None
    assert "categories" in got.error.hint


def test_missed_batches_are_asked_of_the_api() -> None:
    """Last read on Friday, now it is Tuesday: Monday's batch is asked for by submission time."""

    def play(exchange: Exchange) -> bytes:
        return ok(recorded("arxiv_query.xml" if "api" in exchange.path else "arxiv_atom.xml"))

    with serving(play) as server:
        source = Arxiv(
            categories=("cs.LG", "cs.CL"), url=server.url("/atom"), api_url=server.url("/api")
        )
        friday = FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 6, 12))
        got = source.fetch(client(), friday)
    asked = parse_qs(urlsplit(server.paths[2]).query)
    assert asked["search_query"] == [
        "(cat:cs.LG OR cat:cs.CL) AND submittedDate:[202606111800 TO 202606121800]"
    ]
    assert [p.listed.day for p in got.papers if p.listed] == [16, 16, 15, 15]


def test_guests_among_missed_papers_are_a_choice() -> None:
    """The API's `cat:` also finds cross-lists."""
    with serving(ok(recorded("arxiv_query.xml"))) as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 15), asked=True)
        source = Arxiv(categories=("cs.LG",), api_url=server.url(), cross_lists=False)
        got = source.fetch(client(), asked)
    assert [paper.id for paper in got.papers] == ["arxiv:2606.00500"]


def entries(first: int, count: int) -> bytes:
    """Return a page of the query API with papers of these numbers."""
    entry = (
        "<entry><id>http://arxiv.org/abs/2606.{n:05}v1</id><title>T {n}</title>"
        "<published>2026-06-12T15:00:00Z</published></entry>"
    )
    inner = "".join(entry.format(n=n) for n in range(first, first + count))
    return EMPTY.replace(b"</feed>", inner.encode() + b"</feed>")


def test_an_endless_answer_of_the_api_is_left_in_the_end() -> None:
    """Four pages of 500 are more than a week of any reader's categories."""
    with serving(lambda exchange: ok(entries(500 * exchange.number, 500))) as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 15), asked=True)
        got = Arxiv(categories=("cs.LG",), api_url=server.url()).fetch(client(), asked)
    assert (len(got.papers), len(server.paths)) == (2000, 4)


def test_a_long_answer_of_the_api_is_read_page_by_page() -> None:
    """500 entries mean that there may be more."""

    def play(exchange: Exchange) -> bytes:
        return ok(entries(0, 500) if "start=0" in exchange.path else entries(500, 20))

    with serving(play) as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 15), asked=True)
        got = Arxiv(categories=("cs.LG",), api_url=server.url("/?v=1")).fetch(client(), asked)
    assert len(got.papers) == 520
    assert len(server.paths) == 2


def test_nothing_was_announced_on_an_asked_sunday() -> None:
    """No request is needed to know that."""
    with serving(b"") as server:
        asked = FetchWindow(now=NOW, day=date(2026, 6, 14), asked=True)
        got = Arxiv(categories=("cs.LG",), api_url=server.url()).fetch(client(), asked)
    assert (got.state, got.papers, server.paths) == (SourceState.QUIET, (), [])


def test_without_an_api_an_asked_day_gets_what_the_feed_holds_of_it() -> None:
    """A feed at another address says nothing about where its API would be."""
    with serving(ok(recorded("arxiv_atom.xml"))) as server:
        source = Arxiv(categories=("cs.LG",), url=server.url())
        asked = FetchWindow(now=NOW, day=date(2026, 6, 15), asked=True)
        assert source.fetch(client(), asked).papers == ()
        assert server.paths == ["/cs.LG"]
    assert not source.backfills


def test_a_failing_backfill_does_not_take_the_batch_with_it() -> None:
    """Today's papers are there, with the error beside them."""

    def play(exchange: Exchange) -> bytes:
        return answer(404) if "api" in exchange.path else ok(recorded("arxiv_atom.xml"))

    with serving(play) as server:
        source = Arxiv(categories=("cs.LG",), url=server.url("/atom"), api_url=server.url("/api"))
        got = source.fetch(client(), FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 6, 1)))
    assert (len(got.papers), got.state) == (2, SourceState.OK)
    assert got.error is not None


def test_a_feed_without_its_end_says_so() -> None:
    """Whole entries are kept; the reader is told that some may be missing."""
    whole = recorded("arxiv_atom.xml")
    with serving(ok(whole[: whole.index(b"A Guest From")])) as server:
        got = Arxiv(categories=("cs.LG",), url=server.url()).fetch(client(), TUESDAY)
    assert len(got.papers) == 1
    assert isinstance(got.error, Unreadable)


def test_an_entry_without_an_id_is_left_out() -> None:
    """It is counted, as the withdrawn one is, and the others go on."""
    body = recorded("arxiv_atom.xml")
    body = body.replace(b"oai:arXiv.org:2606.01044v1", b"x").replace(b"abs/2606.01044", b"abs/y")
    with serving(ok(body)) as server:
        got = Arxiv(categories=("cs.LG",), url=server.url()).fetch(client(), TUESDAY)
    assert (len(got.papers), got.skipped) == (1, 2)


def test_papers_are_found_by_their_ids() -> None:
    """Ids, links and versions ask for the same paper, all in one request."""
    with serving(ok(recorded("arxiv_query.xml"))) as server:
        found = by_id(
            client(),
            ["2606.00500", "https://arxiv.org/abs/2606.00500v2", "arXiv:2606.00501", "no id"],
            api_url=server.url("/q"),
        )
    assert server.paths == ["/q?id_list=2606.00500%2C2606.00501&max_results=2"]
    assert [paper.title for paper in found] == ["Missed on a Monday", "A Guest on a Monday"]


def test_without_ids_nothing_is_asked() -> None:
    """No id, no request."""
    assert by_id(client(), ["nothing"], api_url="http://127.0.0.1:1/") == ()
