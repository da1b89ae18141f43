"""Whatever the bytes are, a parser gives papers or Unreadable, and its papers are clean."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recordings import entries_of, recorded

from digest.model.errors import Unreadable
from digest.sources import _arxiv_entries, biorxiv, feed, file, huggingface
from digest.sources._entries import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model.paper import Paper

QUICK = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PARSERS: dict[str, Callable[[bytes], tuple[Paper, ...]]] = {
    "huggingface.json": huggingface.parse,
    "biorxiv.json": biorxiv.parse,
    "papers.jsonl": file.parse,
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """Return a recording with a few bytes changed, cut out or doubled."""
    body = bytearray(recorded(name))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body) - 1))
        size = draw(st.integers(0, 40))
        body[at : at + size] = draw(
            st.binary(max_size=6) | st.just(bytes(body[at : at + size]) * 2)
        )
    return bytes(body)


def check(read: Callable[[bytes], tuple[Paper, ...]], body: bytes) -> None:
    """Hold the papers in `body`, if it has any, to what the rest of the house relies on."""
    try:
        papers = read(body)
    except Unreadable:
        return
    for paper in papers:
        texts = [paper.title, paper.abstract, paper.summary, *paper.authors, *paper.keywords]
        assert paper.title
        assert paper.id.partition(":")[0] in {"arxiv", "doi", "url", "title"}
        assert not [c for text in texts for c in text if unicodedata.category(c) in {"Cc", "Cs"}]
        assert paper.published is None or paper.published.tzinfo is UTC
        assert paper.upvotes is None or 0 <= paper.upvotes < 10**18


@pytest.mark.parametrize("name", sorted(PARSERS))
@QUICK
@given(data=st.data())
def test_mutated_recordings_never_crash_a_parser(name: str, data: st.DataObject) -> None:
    """A few wrong bytes cost papers, never the run."""
    body = data.draw(mutated(name))
    check(PARSERS[name], body)
    assert body is not None


@pytest.mark.parametrize("name", sorted(PARSERS))
@QUICK
@given(body=st.binary(max_size=200))
def test_random_bytes_never_crash_a_parser(name: str, body: bytes) -> None:
    """Nor do bytes without any sense."""
    check(PARSERS[name], body)
    assert body is not None


@QUICK
@given(value=VALUES, data=st.data())
def test_any_value_may_stand_in_any_field(value: object, data: st.DataObject) -> None:
    """Each field of each source takes anything and gives a clean paper or none."""
    for name, parse in PARSERS.items():
        text = recorded(name)
        whole = json.loads(text.splitlines()[0] if name.endswith("l") else text)
        record = whole[0] if isinstance(whole, list) else (whole.get("collection") or [whole])[0]
        inner = record.get("paper", record)
        inner[data.draw(st.sampled_from(sorted(inner)))] = value
        check(parse, json.dumps(whole).encode())
        assert record


def feed_papers(body: bytes) -> tuple[Paper, ...]:
    """Return the papers of any feed, and of the same bytes as a batch of arXiv's."""
    found = entries_of(body)
    batch = frozenset({"new", "cross"})
    with suppress(Unreadable):
        return (
            *feed.papers_of(found, "feed", None, Skipped("feed")),
            *_arxiv_entries.papers_of(found, "arxiv", batch, Skipped("arxiv")),
        )
    return feed.papers_of(found, "feed", None, Skipped("feed"))


@pytest.mark.parametrize("name", ["arxiv_atom.xml", "arxiv_query.xml", "journal.rdf", "lab.rss"])
@settings(QUICK, max_examples=25)
@given(data=st.data())
def test_mutated_feeds_never_crash_a_parser(name: str, data: st.DataObject) -> None:
    """Whatever feedparser raises or swallows, what comes out is clean papers or Unreadable."""
    body = data.draw(mutated(name) | st.binary(max_size=100))
    check(feed_papers, body)
    assert body is not None


@given(when=st.datetimes(timezones=st.just(UTC)))
@settings(QUICK)
def test_a_feeds_dates_are_read_as_they_were_written(when: datetime) -> None:
    """ISO in, the same instant out."""
    entry = f"<entry><title>T</title><updated>{when.isoformat()}</updated></entry>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode()
    assert entries_of(body).entries[0].updated == when
