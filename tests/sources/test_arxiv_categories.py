"""A1: each arXiv category is read until its own last batch; no announced paper is missed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_http import NOW, client
from http_server import Exchange, answer, ok, serving
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import entries_of, recorded

from digest.model.errors import SourceError, Unreachable
from digest.model.states import PartState, SourceState
from digest.sources import FetchWindow, _feed_reader
from digest.sources._arxiv_calendar import announces, submitted
from digest.sources._arxiv_categories import suggested
from digest.sources.arxiv import Arxiv
from digest.sources.http import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.sources import FetchResult
    from digest.sources.http import Http

TODAY = date(2026, 6, 16)
MONDAY = date(2026, 6, 15)
WINDOW = FetchWindow(now=NOW, day=TODAY, since=MONDAY)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>updates on arXiv.org</title>'


def number(category: str, day: date) -> str:
    """Return the arXiv id of the one paper of a category on a day."""
    return f"26{day:%m}.{day:%d}{ord(category[-1]):03}"


def entry(category: str, day: date, *, announced: bool) -> str:
    """Return the entry of that paper, as the feed (by announcement) or the API (by submission)."""
    sent = (submitted(day)[0] + timedelta(hours=1)).astimezone(UTC)
    at = f"{day}T04:00:00Z" if announced else f"{sent:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"<entry><id>http://arxiv.org/abs/{number(category, day)}v1</id>"
        f"<title>Paper of {category} on {day}</title><author><name>Ada Ferrand</name></author>"
        f'<published>{at}</published><category term="{category}"/></entry>'
    )


def feed(category: str, day: date) -> bytes:
    """Return the feed of a category on a day."""
    return f"{ATOM}{entry(category, day, announced=True)}</feed>".encode()


def fetched(feeds: dict[str, bytes], api: bytes | None = None) -> tuple[FetchResult, list[str]]:
    """Return the result for these replies by category, and the API's queries."""

    def play(exchange: Exchange) -> bytes:
        if "/api" in exchange.path:
            return answer(503) if api is None else ok(api)
        return feeds[exchange.path.rpartition("/")[2]]

    with serving(play) as server:
        source = Arxiv(categories=tuple(feeds), url=server.url("/atom"), api_url=server.url("/api"))
        result = source.fetch(client(), WINDOW)
        asked = [
            parse_qs(urlsplit(path).query)["search_query"][0]
            for path in server.paths
            if "/api" in path
        ]
    return result, asked


GOOD = ok(feed("cs.LG", TODAY))
MISSING = f"{ATOM}{entry('cs.CL', TODAY, announced=False)}</feed>".encode()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (answer(404), "the server answered 404"),
        (ok(f"{ATOM}</feed>".encode()), "its feed is empty"),
        (ok(feed("cs.CL", MONDAY)), "its feed still shows the batch of 15 Jun"),
        (ok(feed("cs.CL", TODAY).removesuffix(b"</feed>")), "the feed's end is missing"),
        (ok(b"<html><body>Sorry</body></html>"), "not a feed: a web page"),
    ],
)
def test_A1_a_missing_category_is_read_from_the_api_on_the_same_day(
    broken: bytes, words: str
) -> None:
    """Missing, empty, stale, cut short or no feed: its papers come all the same; it is named."""
    result, asked = fetched({"cs.LG": GOOD, "cs.CL": broken}, MISSING)

    assert {number("cs.CL", TODAY), number("cs.LG", TODAY)} <= {
        paper.id.removeprefix("arxiv:") for paper in result.papers
    }
    assert asked == ["(cat:cs.CL) AND submittedDate:[202606121800 TO 202606151800]"]
    assert [(p.name, p.state, p.read_until) for p in result.parts] == [
        ("cs.LG", PartState.OK, TODAY),
        ("cs.CL", PartState.OK, TODAY),
    ]
    assert words in str(result.error)
    assert str(result.error).startswith("cs.CL: ")
    assert str(result.error).endswith("; read from the API instead")


def test_A1_a_category_that_nothing_could_read_is_asked_for_again() -> None:
    """Neither its feed nor the API: it stays read until Monday, the other goes on."""
    result, _ = fetched({"cs.LG": GOOD, "cs.CL": answer(404)})

    assert result.state is SourceState.OK
    assert [(p.state, p.read_until) for p in result.parts] == [
        (PartState.OK, TODAY),
        (PartState.FAILED, MONDAY),
    ]
    assert str(result.error).endswith("; asked for again next time")


def test_A1_a_small_category_may_have_no_paper() -> None:
    """The API confirms it once the batch is out: quiet, read, and not worth a word."""
    result, _ = fetched(
        {"cs.LG": GOOD, "cs.GL": ok(f"{ATOM}</feed>".encode())}, ATOM.encode() + b"</feed>"
    )

    assert result.error is None
    assert [(p.state, p.read_until) for p in result.parts][1] == (PartState.QUIET, TODAY)


def test_A1_an_empty_answer_proves_nothing_before_the_batch_is_out() -> None:
    """No feed shows today's batch: the day is not taken as read."""
    empty = ok(f"{ATOM}</feed>".encode())
    result, _ = fetched({"cs.LG": empty, "cs.CL": empty}, ATOM.encode() + b"</feed>")

    assert result.state is SourceState.STALE
    assert {part.read_until for part in result.parts} == {MONDAY}


REFUSED = recorded("arxiv_refused.xml").replace(b"XX", b"LGG")


@pytest.mark.parametrize("reply", [ok(REFUSED), answer(400, body=REFUSED)])
def test_F_a_category_that_does_not_exist_is_named(reply: bytes) -> None:
    """With arXiv's own words and a suggestion, whatever status it sends; it is never backfilled."""
    result, asked = fetched({"cs.LG": GOOD, "cs.LGG": reply}, MISSING)

    assert asked == []
    assert result.parts[1].state is PartState.UNKNOWN
    assert str(result.error) == "cs.LGG: arXiv has no such category (Bad subject class 'LGG')"
    assert result.error is not None
    assert result.error.hint == 'did you mean "cs.LG"?'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CS.lg", "cs.LG"),
        ("cs.ML", "stat.ML"),
        ("q_bio.GN", "q-bio.GN"),
        ("hepth", "hep-th"),
        ("x.YZ", ""),
    ],
)
def test_F_a_suggestion_is_the_category_that_was_meant(written: str, meant: str) -> None:
    """Case, a wrong archive and slips; nothing where nothing is near."""
    assert suggested(written) == meant


@dataclass
class FakeArxiv:
    """arXiv on one day: one paper a category and batch, feeds that may fail, an API that may."""

    day: date
    feeds: dict[str, str]
    api: bool
    source: str = "arxiv"
    staged: dict[str, bytes] = field(default_factory=dict)

    @contextmanager
    def visit(self, source: str) -> Iterator[FakeArxiv]:
        """Return itself as the session."""
        del source
        yield self

    def blame(self, error: SourceError) -> SourceError:
        """Return the error unchanged."""
        return error

    def get(self, url: str) -> Answer:
        """Return a feed or an answer of the API; raise Unreachable for what fails today."""
        if "api" in url:
            return Answer(body=self._query(url), url=url)
        category = url.rpartition("/")[2]
        state = self.feeds[category]
        last = max(d for n in range(8) if announces(d := self.day - n * timedelta(days=1)))
        before = max(d for n in range(1, 12) if announces(d := last - n * timedelta(days=1)))
        if state == "failed":
            raise Unreachable("no answer")
        if last != self.day and state == "ok":
            return Answer(body=f"{ATOM}</feed>".encode(), url=url)
        body = feed(category, before if state == "stale" else last)
        return Answer(body=body.removesuffix(b"</feed>") if state == "cut" else body, url=url)

    def _query(self, url: str) -> bytes:
        if not self.api:
            raise Unreachable("no answer")
        query = parse_qs(urlsplit(url).query)["search_query"][0]
        first, last = re.findall(r"\d{12}", query)
        days = [self.day - n * timedelta(days=1) for n in range(20)]
        found = [
            entry(category, day, announced=False)
            for day in reversed(days)
            if announces(day) and first <= f"{submitted(day)[0].astimezone(UTC):%Y%m%d%H%M}" < last
            for category in re.findall(r"cat:([\w.-]+)", query)
        ]
        return f"{ATOM}{''.join(found)}</feed>".encode()


@pytest.fixture(scope="module")
def _in_process() -> Iterator[None]:
    """Read feeds without a child process: thousands of them are read here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_feed_reader, "read", entries_of)
        yield


CATEGORIES = ("cs.LG", "cs.CL", "stat.ML")
STATES = st.sampled_from(["ok", "ok", "failed", "stale", "cut"])


@pytest.mark.usefixtures("_in_process")
@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(
        st.tuples(st.fixed_dictionaries(dict.fromkeys(CATEGORIES, STATES)), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_A1_every_announced_paper_is_offered_exactly_once(
    days: list[tuple[dict[str, str], bool]],
) -> None:
    """Any category may fail, be stale or cut on any day, the API too: one good day mends it."""
    source, first = Arxiv(categories=CATEGORIES), date(2026, 6, 15)
    since, read_until, offered = date(2026, 6, 14), dict[str, date](), list[str]()
    seen = set[str]()
    sound = (dict.fromkeys(CATEGORIES, "ok"), True)
    for n, (feeds, api) in enumerate([*days, sound]):
        day = first + n * timedelta(days=1)
        now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        window = FetchWindow(now=now, day=day, since=since, read_until=read_until)
        got = source.fetch(cast("Http", FakeArxiv(day, feeds, api)), window)
        fresh = [paper.id for paper in got.papers if paper.id not in seen]  # as the store does
        offered += fresh
        seen |= set(fresh)
        read_until = {p.name: p.read_until for p in got.parts if p.read_until}
        if got.state in (SourceState.OK, SourceState.QUIET):
            since = day
        for name, until in read_until.items():
            batches = [d for k in range(n + 1) if announces(d := first + k * timedelta(days=1))]
            assert {f"arxiv:{number(name, d)}" for d in batches if d <= until} <= seen
    announced = [d for k in range(len(days) + 1) if announces(d := first + k * timedelta(days=1))]
    # A stale feed on the first day shows the batch before it as well.
    expected = {f"arxiv:{number(name, d)}" for name in CATEGORIES for d in announced}
    before = {f"arxiv:{number(name, date(2026, 6, 12))}" for name in CATEGORIES}
    assert expected <= seen <= expected | before
    assert len(offered) == len(set(offered))
