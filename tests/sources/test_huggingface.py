from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from fake_http import NOW, client
from http_server import Exchange, answer, ok, serving
from recordings import captured, recorded

from digest.model.errors import Unreachable, Unreadable
from digest.model.paper import Links
from digest.model.states import SourceState
from digest.sources import FetchWindow
from digest.sources._entries import Skipped
from digest.sources.huggingface import HuggingFace, days, parse

if TYPE_CHECKING:
    from pathlib import Path

    from http_server import Play

TUESDAY = FetchWindow(now=NOW, day=NOW.date())
SUNDAY = FetchWindow(now=datetime(2026, 6, 14, 10, tzinfo=UTC), day=date(2026, 6, 14))


def listing(*numbers: int, upvotes: int = 5) -> bytes:
    """Return a page of the list with papers of these numbers."""
    return json.dumps(
        [
            {
                "paper": {"id": f"2606.{n:05}", "title": f"Paper {n}", "upvotes": upvotes},
                "title": f"Paper {n}",
            }
            for n in numbers
        ]
    ).encode()


def by_day(lists: dict[str, bytes]) -> Play:
    """Return a server's part: a list for each day and page, an empty one for all others."""

    def play(exchange: Exchange) -> bytes:
        found = (
            body for words, body in lists.items() if all(w in exchange.path for w in words.split())
        )
        return ok(next(found, b"[]"))

    return play


def test_every_field_is_read() -> None:
    """Text folded and unescaped, the LaTeX title, votes, summary, keywords and links are kept."""
    first = parse(recorded("huggingface.json"), listed=date(2026, 6, 16))[0]
    assert first.id == "arxiv:2606.01001"
    assert first.title == "Sparse Attention for $n$-Page Letters"
    assert first.abstract.endswith("less, and <eos> is never missed.")
    assert first.authors == ("Ada Ferrand", "Björn Óskarsson", "Chidi Eze")
    assert first.published == datetime(2026, 6, 10, tzinfo=UTC)
    assert first.listed == date(2026, 6, 16)
    assert first.summary == "Reads long letters cheaply & well."
    assert first.keywords == ("sparse attention", "long context")
    assert (first.upvotes, first.comments, first.code_stars) == (41, 3, 120)
    assert first.thumbnail == "https://thumbs.example/2606.01001.png"
    assert first.links == Links(
        abstract="https://arxiv.org/abs/2606.01001",
        pdf="https://arxiv.org/pdf/2606.01001",
        discussion="https://huggingface.co/papers/2606.01001",
        code="https://github.com/example/letters",
        project="https://letters.example/sparse",
    )
    assert (first.sources, first.authority) == (("huggingface",), 1)


def test_only_what_every_era_had_is_needed() -> None:
    """A paper of 2024 without votes, summary or date of submission is a paper."""
    old = parse(recorded("huggingface.json"))[1]
    assert (old.id, old.upvotes, old.listed, old.links.code) == ("arxiv:2405.00010", 0, None, "")


def test_the_day_is_the_papers_own_where_none_was_asked_for() -> None:
    """SubmittedOnDailyAt is the day of the list."""
    assert parse(recorded("huggingface.json"))[0].listed == date(2026, 6, 16)


def test_a_number_for_an_id_is_left_out_and_a_withdrawn_paper_is_not_wanted() -> None:
    """2606.0101 as a number has lost its zero: no paper is better than the wrong one."""
    skip = Skipped("huggingface")
    found = parse(recorded("huggingface.json"), skip=skip)
    assert len(found) == 2
    assert skip.count == 1


@pytest.mark.parametrize("path", captured("huggingface/*.json"))
def test_real_captures_are_read_whole(path: Path) -> None:
    """Every entry of every era is a paper with an arXiv id, a title and an abstract."""
    body = path.read_bytes()
    skip = Skipped("huggingface")
    found = parse(body, skip=skip)
    assert (len(found), skip.count) == (len(json.loads(body)), 0)
    assert all(p.id.startswith("arxiv:") and p.title and p.abstract for p in found)


def test_today_and_three_weekdays_are_asked_for() -> None:
    """On a Tuesday: today, Monday, Friday, Thursday."""
    assert [day.day for day in days(TUESDAY)] == [16, 15, 12, 11]


def test_after_a_gap_up_to_a_week_is_asked_for() -> None:
    """What was listed while the computer was off is read, but no more than a week of it."""
    away = FetchWindow(now=NOW, day=NOW.date(), since=date(2026, 5, 1))
    assert [day.day for day in days(away)] == [16, 15, 12, 11, 10, 9]


def test_an_asked_day_is_the_only_one() -> None:
    """`--day` asks for that list alone."""
    asked = FetchWindow(now=NOW, day=date(2026, 3, 4), asked=True)
    assert days(asked) == (date(2026, 3, 4),)


def test_the_lists_of_the_days_are_joined() -> None:
    """A paper bears the day of the list it stands in."""
    lists = {"2026-06-16": listing(1), "2026-06-15": listing(2), "2026-06-12": listing(3)}
    with serving(by_day(lists)) as server:
        got = HuggingFace(url=server.url("/api/daily_papers")).fetch(client(), TUESDAY)
    assert [(p.id[-1], p.listed.day) for p in got.papers if p.listed] == [
        ("1", 16),
        ("2", 15),
        ("3", 12),
    ]
    assert (got.state, got.error, got.due) == (SourceState.OK, None, True)
    assert server.paths[0] == "/api/daily_papers?date=2026-06-16&limit=100"


def test_a_long_list_is_read_page_by_page() -> None:
    """Fifty or more entries mean that there may be another page."""
    pages = {
        "2026-06-16 p=2": listing(*range(100, 110)),
        "2026-06-16 p=1": listing(*range(50, 100)),
        "2026-06-16": listing(*range(50)),
    }
    with serving(by_day(pages)) as server:
        asked = FetchWindow(now=NOW, day=NOW.date(), asked=True)
        got = HuggingFace(url=server.url()).fetch(client(), asked)
    assert len(got.papers) == 110
    assert len(server.paths) == 3


def test_a_list_without_an_end_is_left_in_the_end() -> None:
    """Ten pages are more than any day has."""

    def play(exchange: Exchange) -> bytes:
        return ok(listing(*range(50 * exchange.number, 50 * exchange.number + 50)))

    with serving(play) as server:
        asked = FetchWindow(now=NOW, day=NOW.date(), asked=True)
        got = HuggingFace(url=server.url()).fetch(client(), asked)
    assert (len(got.papers), len(server.paths)) == (500, 10)


def test_a_server_without_pages_is_asked_twice_at_most() -> None:
    """The same page again means that there is no other."""
    with serving(ok(listing(*range(60)))) as server:
        asked = FetchWindow(now=NOW, day=NOW.date(), asked=True)
        got = HuggingFace(url=server.url("/?key=1")).fetch(client(), asked)
    assert len(got.papers) == 60
    assert server.paths[1] == "/?key=1&date=2026-06-16&limit=100&p=1"


def test_a_server_without_days_gives_todays_list_once() -> None:
    """The same list for every day is today's."""
    with serving(ok(listing(1, 2))) as server:
        got = HuggingFace(url=server.url()).fetch(client(), TUESDAY)
    assert {p.listed for p in got.papers} == {NOW.date()}
    assert len(server.paths) == 2


def test_few_votes_are_left_out() -> None:
    """min_upvotes is a wish of the reader's."""
    with serving(ok(listing(1, upvotes=4))) as server:
        assert HuggingFace(url=server.url(), min_upvotes=5).fetch(client(), TUESDAY).papers == ()


def test_nothing_on_sunday_is_quiet_and_on_tuesday_stale() -> None:
    """An empty list is no failure; on a working day it is not yet filled."""
    with serving(ok(b"[]")) as server:
        source = HuggingFace(url=server.url())
        assert source.fetch(client(), SUNDAY).state is SourceState.QUIET
        assert source.fetch(client(), TUESDAY).state is SourceState.STALE


def test_a_refused_day_is_not_the_end() -> None:
    """Today has not begun where the server stands: the days before it are read all the same."""

    def play(exchange: Exchange) -> bytes:
        return answer(400) if "06-16" in exchange.path else ok(listing(exchange.number))

    with serving(play) as server:
        got = HuggingFace(url=server.url()).fetch(client(), TUESDAY)
    assert (len(got.papers), got.state) == (3, SourceState.OK)
    assert isinstance(got.error, Unreachable)


def test_papers_found_before_a_failure_are_kept() -> None:
    """The server goes down after the first day: its papers go on, with the error beside them."""

    def play(exchange: Exchange) -> bytes:
        return ok(listing(1)) if exchange.number == 0 else answer(403)

    with serving(play) as server:
        got = HuggingFace(url=server.url()).fetch(client(), TUESDAY)
    assert len(got.papers) == 1
    assert got.state is SourceState.OK
    assert isinstance(got.error, Unreachable)


def test_an_object_is_no_list() -> None:
    """An error told as JSON is an error."""
    with pytest.raises(Unreadable, match="no list"):
        parse(b'{"error": "too many requests"}')


def test_the_token_goes_to_its_own_origin_only() -> None:
    """A bearer token is sent where it belongs, and never after a redirect or elsewhere."""
    with serving(ok(b"[]")) as other, serving(ok(b"[]")) as server:
        http = client(tokens={server.url()[:-1]: "secret", "https://huggingface.co": "bad\n"})
        HuggingFace(url=server.url()).fetch(http, SUNDAY)
        HuggingFace(url=other.url()).fetch(http, SUNDAY)
    assert server.exchanges[0].header("authorization") == "Bearer secret"
    assert other.exchanges[0].header("authorization") == ""


def test_a_paper_s_own_day_counts() -> None:
    """A server that ignores the date it is asked for does not make old papers new."""
    first = parse(recorded("huggingface.json"), listed=date(2026, 7, 1))[0]
    assert first.listed == date(2026, 6, 16)
