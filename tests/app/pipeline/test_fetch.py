"""Reading the sources: what they gave, how they fared, and whom to leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, TODAY, DailyList, FakeSource, broken, house, video

from digest.app.pipeline.fetch import fetch, new_sources
from digest.model.states import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House

    from digest.sources import FetchResult, FetchWindow
    from digest.sources.http import Http


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose sources each test names."""
    with house(tmp_path, papers=[]) as built:
        yield built


def test_what_a_source_gives_is_remembered(home: House) -> None:
    """Papers and health; the next time it is asked for what came since."""
    source = FakeSource(papers=[video(1)])
    (fetched,) = fetch([source], home.runtime, TODAY)
    fetch([source], home.runtime, TODAY + timedelta(days=1))
    assert [paper.id for paper in fetched.papers] == ["arxiv:2606.00001"]
    assert home.store.papers.first_seen(["arxiv:2606.00001"]) == MORNING
    assert home.store.sources.all()["list"].state == "ok"
    assert [when.since for when in source.asked] == [None, TODAY]


def test_S18_what_a_stop_cut_off_says_nothing_of_a_source(home: House) -> None:
    """Neither that it failed nor that it was read: it is asked anew at the next start."""

    class Stopped(FakeSource):
        def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
            home.runtime.stop.set()
            return replace(broken("cut").fetch(http, when), source=self.name)

    whole = FakeSource(papers=[video(1)])
    (cut, _) = fetch([Stopped(name="cut"), whole], home.runtime, TODAY)

    assert cut.state is SourceState.FAILED
    assert home.store.sources.all() == {}
    assert home.store.papers.first_seen(["arxiv:2606.00001"]) is None


def test_S18_an_interruption_ends_the_other_requests(home: House) -> None:
    """Ctrl-C is noticed at once, not when the slowest source has run out of its time."""
    waited: list[bool] = []
    both = Barrier(2, timeout=10)

    class Interrupted(FakeSource):
        def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
            both.wait()
            raise KeyboardInterrupt

    class Slow(FakeSource):
        def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
            both.wait()
            waited.append(home.runtime.stop.wait(30))
            return super().fetch(http, when)

    with pytest.raises(KeyboardInterrupt):
        fetch([Interrupted(name="one"), Slow(name="slow")], home.runtime, TODAY)

    assert waited == [True]
    assert home.store.sources.all() == {}


def test_a_week_is_read_back_to_its_first_day(home: House) -> None:
    """A source knows since when; it is never told less than since it was last read."""
    source, first = FakeSource(papers=[video(1)]), TODAY - timedelta(days=6)
    fetch([source], home.runtime, TODAY, since=first)
    fetch([source], home.runtime, TODAY, since=first)
    fetch([source], home.runtime, TODAY + timedelta(days=9), since=TODAY + timedelta(days=3))
    assert [(when.day, when.since) for when in source.asked] == [
        *[(TODAY, first)] * 2,
        (TODAY + timedelta(days=9), TODAY),
    ]


def test_a_week_that_is_asked_for_is_read_day_by_day(home: House) -> None:
    """Lists tell an asked day alone; each paper is there once, and what was skipped is summed."""

    class Lists(FakeSource):
        def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
            n = (TODAY - when.day).days
            self.papers = [video(n), video(9)]
            return replace(super().fetch(http, when), skipped=n)

    source = Lists()
    (fetched,) = fetch([source], home.runtime, TODAY, asked=True, since=TODAY - timedelta(days=6))
    assert [when.day for when in source.asked] == [
        TODAY - timedelta(days=n) for n in (6, 5, 4, 3, 2, 1, 0)
    ]
    assert all(when.asked for when in source.asked)
    assert len(fetched.papers) == 8
    assert (fetched.state, fetched.skipped) == (SourceState.OK, 21)


def test_a_week_ends_where_a_source_fails(home: House) -> None:
    """Nobody who does not answer is asked seven times."""
    source = broken()
    (fetched,) = fetch([source], home.runtime, TODAY, asked=True, since=TODAY - timedelta(days=6))
    assert fetched.state is SourceState.FAILED
    assert len(source.asked) == 1


def test_no_sources_give_nothing(home: House) -> None:
    """A config always has one; an empty list is no error all the same."""
    assert fetch([], home.runtime, TODAY) == ()


def test_a_source_that_wants_rest_gets_it(home: House) -> None:
    """As long as it said, however often a digest is made meanwhile."""
    source = broken("busy", "too many requests", retry=7200.0)
    fetch([source], home.runtime, TODAY)
    for _ in range(2):
        home.clock.forward(minutes=30)
        (fetched,) = fetch([source], home.runtime, TODAY)
        assert fetched.state is SourceState.FAILED
        assert str(fetched.error) == "asked to be left alone until 09:30 UTC"
    home.clock.forward(minutes=60)
    fetch([source], home.runtime, TODAY)
    assert len(source.asked) == 2


def test_S13_a_rest_noted_by_a_wrong_clock_is_none(home: House) -> None:
    """Nobody is left alone for longer than a day."""
    source = broken("busy", "too many requests", retry=7200.0)
    home.clock.forward(days=20000)
    fetch([source], home.runtime, TODAY)
    home.clock.forward(days=-20000)
    fetch([source], home.runtime, TODAY)
    assert len(source.asked) == 2


def test_a_daily_list_that_shows_the_last_batch_is_stale(home: House) -> None:
    """What was first seen half a day ago is not today's; a feed may rest."""
    daily, feed = DailyList(papers=[video(1)], name="hf"), FakeSource(papers=[video(2)])
    first = fetch([daily, feed], home.runtime, TODAY)
    home.clock.forward(days=1)
    second = fetch([daily, feed], home.runtime, TODAY + timedelta(days=1))
    assert [one.state for one in first] == [SourceState.OK, SourceState.OK]
    assert [one.state for one in second] == [SourceState.STALE, SourceState.OK]


def test_a_source_is_new_until_the_next_digest(home: House) -> None:
    """It counts from the first time it was read well."""
    before = home.clock()
    home.clock.forward(minutes=1)
    fetched = fetch([FakeSource(), broken("gone")], home.runtime, TODAY)
    assert new_sources(fetched, before, home.runtime) == {"list"}
    assert new_sources(fetched, home.clock(), home.runtime) == set()
    assert new_sources(fetched, None, home.runtime) == set()


def test_F17_a_source_that_fails_for_days_is_told(home: House) -> None:
    """After three days there is an alert with the cure; it ends with the failure."""
    fetch([broken("blog")], home.runtime, TODAY)
    assert home.store.alerts.active() == {}
    home.clock.forward(days=3)
    fetch([broken("blog")], home.runtime, TODAY)
    expected = "blog cannot be read since 16 Jun: no answer (look at it)"
    assert home.store.alerts.active() == {"source:blog": expected}
    fetch([FakeSource(name="blog")], home.runtime, TODAY)
    assert home.store.alerts.active() == {}


def test_a_source_of_others_that_raises_for_days_is_told_too(home: House) -> None:
    """Without a cure, where none is known."""
    for _ in range(2):
        fetch([FakeSource(name="odd", raises=RuntimeError("by me"))], home.runtime, TODAY)
        home.clock.forward(days=4)
    text = home.store.alerts.active()["source:odd"]
    assert text == "odd cannot be read since 16 Jun: RuntimeError: by me"


def test_F09_an_address_that_moved_is_told(home: House) -> None:
    """Until the config has the new one; a failure in between says nothing about it."""
    fetch([FakeSource(name="blog", notes=("it moved to https://b.test",))], home.runtime, TODAY)
    fetch([broken("blog")], home.runtime, TODAY)
    assert home.store.alerts.active() == {"moved:blog": "blog: it moved to https://b.test"}
    fetch([FakeSource(name="blog")], home.runtime, TODAY)
    assert home.store.alerts.active() == {}
