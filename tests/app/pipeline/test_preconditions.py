"""Orders that need not be carried out, and those that cannot be now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, TODAY, DailyList, house, video

from digest.app.pipeline.pipeline import send
from digest.app.pipeline.preconditions import already_done, cannot_run
from digest.model.states import SourceState
from digest.sources import FetchResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with one paper that its reader wants."""
    with house(tmp_path, papers=[video(1)]) as built:
        yield built


def test_a_free_day_is_open(home: House) -> None:
    """What was never made, with sources that were read, is made."""
    assert already_done(home.request(), home.runtime) is None
    assert cannot_run(home.request(), [FetchResult(source="list", papers=())], home.runtime) is None


def test_a_copy_is_always_open(home: House) -> None:
    """A test takes no day, so none is taken from it."""
    send([home.request()], home.config, home.runtime)
    assert already_done(home.request(), home.runtime) is not None
    assert already_done(home.request(test=True), home.runtime) is None
    assert already_done(home.request(to=("bo@reader.test",)), home.runtime) is None


def test_no_source_at_all_is_no_failure(home: House) -> None:
    """Every source failed only where there is one."""
    assert cannot_run(home.request(), [], home.runtime) is None


def test_a_stale_list_is_waited_for_on_schedule(home: House) -> None:
    """For three hours the daemon waits for the new batch; by hand nothing is waited for."""
    home.with_sources(DailyList(papers=[video(1)], state=SourceState.STALE, name="hf"))
    request = home.request(due_at=MORNING)
    (result,) = send([request], home.config, home.runtime)
    assert (result.state, result.text) == ("waiting", "hf not yet updated")
    home.clock.forward(hours=3)
    assert send([request], home.config, home.runtime)[0].state == "sent"


def test_by_hand_a_stale_list_will_do(home: House) -> None:
    """Somebody waits for the answer."""
    home.with_sources(DailyList(papers=[video(1)], state=SourceState.STALE, name="hf"))
    assert send([home.request()], home.config, home.runtime)[0].state == "sent"


def test_a_paused_reader_gets_nothing_on_schedule(home: House) -> None:
    """Until the pause is over; by hand, the digest can still be had."""
    home.store.votes.pause("me", TODAY + timedelta(days=7))
    assert send([home.request(due_at=MORNING)], home.config, home.runtime)[0].state == "paused"
    assert send([home.request()], home.config, home.runtime)[0].state == "sent"
