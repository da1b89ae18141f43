"""What a server may be asked not to send again is kept only with what was read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock, paper

from digest.sources.http import Cached
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://feed.test/atom"
PAGE = Cached(etag='W/"1"', last_modified="yesterday", body=b"<feed/>" * 50, content_type="x/y")


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=clock) as store:
        yield store


def test_an_answer_is_kept_with_the_papers_read_from_it(store: Store) -> None:
    """Until papers are remembered the answer is not; then it comes back verbatim."""
    store.cache.put(URL, PAGE)
    before = store.cache.get(URL)
    store.papers.remember([paper()])

    assert before is None
    assert store.cache.get(URL) == PAGE


def test_papers_that_cannot_be_kept_keep_no_answer(store: Store) -> None:
    """Papers and validators are one transaction."""
    store.cache.put(URL, PAGE)

    with pytest.raises(ZeroDivisionError):
        store.papers.remember(paper(1 // n) for n in (1, 0))
    assert store.cache.get(URL) is None


def test_old_answers_are_dropped(store: Store, clock: Clock) -> None:
    """14 days without a newer one and the answer goes."""
    store.cache.put(URL, PAGE)
    store.papers.remember([])
    clock.forward(days=13)
    store.tidy()
    kept = store.cache.get(URL)
    clock.forward(days=2)
    store.tidy()

    assert kept == PAGE
    assert store.cache.get(URL) is None
