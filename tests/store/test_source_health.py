"""How sources fare is told with its beginning."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Clock

from digest.model.states import PartState, SourceState
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=clock) as store:
        yield store


def test_a_failure_is_dated_from_its_first_day(store: Store, clock: Clock) -> None:
    """Failing since the first failure; the last success stays known, and a success ends it."""
    store.sources.record("arxiv", state=SourceState.OK, day=DAY, papers=12)
    for _ in range(2):
        clock.forward(days=1)
        store.sources.record(
            "arxiv", state=SourceState.FAILED, day=DAY + timedelta(days=1), error="503"
        )
    failing = store.sources.all()["arxiv"]
    store.sources.record("arxiv", state=SourceState.QUIET, day=DAY + timedelta(days=2))
    well = store.sources.all()["arxiv"]

    assert failing.failing_since == MORNING + timedelta(days=1)
    assert (failing.last_ok, failing.last_day, failing.error) == (MORNING, DAY, "503")
    assert (well.failing_since, well.error, well.last_day) == (None, "", DAY + timedelta(days=2))


def test_a_stale_answer_is_not_a_reading(store: Store) -> None:
    """After yesterday's batch the same day is asked for again."""
    store.sources.record("arxiv", state=SourceState.STALE, day=DAY, papers=12)

    health = store.sources.all()["arxiv"]
    assert (health.last_ok, health.last_day, health.failing_since) == (None, None, None)


def test_a_wish_to_be_left_alone_lasts_until_the_next_reading(store: Store) -> None:
    """Retry-After is kept across restarts."""
    later = MORNING + timedelta(hours=2)
    store.sources.record("hf", state=SourceState.FAILED, day=DAY, error="429", not_before=later)
    kept = store.sources.all()["hf"].not_before
    store.sources.record("hf", state=SourceState.OK, day=DAY)

    assert kept == later
    assert store.sources.all()["hf"].not_before is None


def test_A1_each_part_is_read_until_its_own_day(store: Store) -> None:
    """A failure keeps what was read before; a source that is forgotten takes its parts along."""
    store.sources.record("arxiv", state=SourceState.OK, day=DAY)
    store.sources.record_parts(
        "arxiv", [("cs.LG", PartState.OK, DAY), ("cs.CL", PartState.CUT, None)]
    )
    store.sources.record_parts("arxiv", [("cs.LG", PartState.FAILED, DAY - timedelta(days=1))])
    kept = store.sources.all()["arxiv"].read_until
    store.sources.forget(set())
    store.sources.record("arxiv", state=SourceState.OK, day=DAY)

    assert kept == {"cs.LG": DAY}
    assert store.sources.all()["arxiv"].read_until == {}


def test_sources_that_left_the_config_are_forgotten(store: Store) -> None:
    """`status` speaks of the sources there are."""
    for name in ("arxiv", "old feed"):
        store.sources.record(name, state=SourceState.OK, day=DAY)
    store.sources.forget({"arxiv"})

    assert list(store.sources.all()) == ["arxiv"]
