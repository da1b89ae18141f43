"""Status: one look at the store, in words for people and in one shape for scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from click import unstyle
from fakes import MORNING, TODAY, broken, house, video

from digest.app.pipeline.fetch import fetch
from digest.app.pipeline.pipeline import send
from digest.app.status import Status, status, status_json
from digest.cli.formatting import status_lines
from digest.model.errors import DeliveryError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with one reader."""
    with house(tmp_path) as built:
        yield built


def look(home: House, count: int = 3) -> Status:
    """Return the state of things."""
    return status(home.config, home.store, background="a table", count=count)


def test_before_the_first_digest_nothing_is_wrong(home: House) -> None:
    """No digest, no source read, the next time in the reader's zone."""
    home.clock.moment = MORNING - timedelta(hours=1)
    state = look(home)
    (reader,) = state.readers
    assert state.healthy
    assert (reader.digests, state.sources) == ((), ())
    assert reader.next == MORNING
    assert status_json(state)["readers"] == [
        {
            "name": "me",
            "next": "2026-06-16T07:30:00+00:00",
            "paused": False,
            "until": None,
            "overdue": False,
            "attempt": None,
            "last": None,
        }
    ]


def test_a_digest_that_is_done_is_not_next(home: House) -> None:
    """Sent by hand before its time, today's is not announced again."""
    home.clock.moment = MORNING - timedelta(hours=1)
    send([home.request()], home.config, home.runtime)
    (reader,) = look(home).readers
    assert reader.next == MORNING + timedelta(days=1)
    assert [sent.day for sent in reader.digests] == [TODAY]


def test_as_many_digests_as_asked_for(home: House) -> None:
    """The newest first."""
    for back in (3, 2, 1, 0):
        home.clock.moment = MORNING - timedelta(days=back)
        home.source.papers = [video(back)]
        send([home.request(TODAY - timedelta(days=back))], home.config, home.runtime)
    assert [sent.day for sent in look(home, 2).readers[0].digests] == [
        *(TODAY, TODAY - timedelta(days=1)),
    ]
    assert look(home, 0).readers[0].digests == ()


def late(home: House, at: datetime) -> bool:
    """Tell whether a digest is overdue at that moment."""
    home.clock.moment = at
    return look(home).readers[0].overdue


def test_O02_no_digest_for_26_hours_is_a_fault(home: House) -> None:
    """Counted from when the missing one was due, not from the last."""
    send([home.request()], home.config, home.runtime)
    due = MORNING + timedelta(days=1)
    assert not late(home, due + timedelta(hours=26))
    assert late(home, due + timedelta(hours=26, seconds=1))
    assert not look(home).healthy


def test_O02_a_digest_sent_early_by_hand_is_that_days(home: House) -> None:
    """The next one that is due is tomorrow's."""
    home.clock.moment = MORNING - timedelta(hours=1)
    send([home.request()], home.config, home.runtime)
    assert not late(home, MORNING + timedelta(days=1, hours=3))


def test_O02_whoever_paused_misses_nothing(home: House) -> None:
    """A pause is no silence."""
    send([home.request()], home.config, home.runtime)
    home.store.votes.pause("me", None)
    assert not late(home, MORNING + timedelta(days=9))
    assert look(home).readers[0].paused


def test_a_pause_is_told_with_its_end(home: House) -> None:
    """The next digest is the first one on or after the day on which mail is wanted again."""
    home.store.votes.pause("me", TODAY + timedelta(days=7))
    (reader,) = look(home).readers
    assert reader.paused
    assert reader.until == TODAY + timedelta(days=7)
    assert reader.next == MORNING + timedelta(days=7)
    (told,) = (line for line in status_lines(look(home)) if line.startswith("me "))
    assert told.endswith("paused until Tue 23 Jun 2026; next Tue 23 Jun 2026 07:30 +0000")
    home.clock.forward(days=7, hours=1)
    assert (look(home).readers[0].paused, look(home).readers[0].until) == (False, None)


def test_who_stopped_has_no_next_digest(home: House) -> None:
    """No date is named that nobody will keep, and how to begin again is said."""
    home.store.votes.pause("me", None)
    (reader,) = look(home).readers
    assert (reader.paused, reader.until, reader.next) == (True, None, None)
    (told,) = (line for line in status_lines(look(home)) if line.startswith("me "))
    assert "stopped: `digest resume`" in told
    assert "next" not in told
    (shape,) = cast("list[dict[str, object]]", status_json(look(home))["readers"])
    assert (shape["next"], shape["paused"], shape["until"]) == (None, True, None)


def test_S13_a_digest_of_2099_hides_no_silence(home: House) -> None:
    """A clock that was wrong once does not make status blind."""
    send([home.request()], home.config, home.runtime)
    home.clock.forward(days=20_000)
    home.source.papers = [video(2)]
    send([home.request(home.clock().date())], home.config, home.runtime)
    assert late(home, MORNING + timedelta(days=3))


def test_what_waits_is_counted_and_no_fault_yet(home: House) -> None:
    """The mail server is down for a moment."""
    home.transport.refusal = TransportUnavailable("down")
    send([home.request()], home.config, home.runtime)
    state = look(home)
    assert status_json(state)["outbox"] == {"waiting": 1, "failed": 0}
    assert state.waiting[0].answer == "down"
    assert state.healthy


def test_what_was_given_up_is_a_fault(home: House) -> None:
    """With the words of the mail server, and an alert."""
    home.transport.refusal = DeliveryError("550 nobody here", permanent=True)
    send([home.request()], home.config, home.runtime)
    state = look(home)
    assert status_json(state)["outbox"] == {"waiting": 0, "failed": 1}
    assert not state.healthy
    assert "550 nobody here" in " ".join(state.alerts.values())


def test_sources_of_the_config_alone_are_told(home: House) -> None:
    """How each fares, and since when it fails."""
    fetch([broken("gone")], home.runtime, TODAY)
    fetch([home.source, broken("blog", "no route")], home.runtime, TODAY)
    home.with_sources(home.source, broken("blog"))
    assert status_json(look(home))["sources"] == [
        {
            "name": "blog",
            "state": "failed",
            "last_ok": None,
            "failing_since": MORNING.isoformat(),
            "error": "no route",
        },
        {
            "name": "list",
            "state": "ok",
            "last_ok": MORNING.isoformat(),
            "failing_since": None,
            "error": "",
        },
    ]


def test_the_last_digest_is_what_scripts_read(home: House) -> None:
    """Day, state, Message-ID and papers."""
    (result,) = send([home.request()], home.config, home.runtime)
    readers = status_json(look(home))["readers"]
    assert isinstance(readers, list)
    assert isinstance(readers[0], dict)
    assert readers[0]["last"] == {
        "day": "2026-06-16",
        "state": "sent",
        "message_id": result.message_id,
        "papers": 1,
        "reason": "",
    }


def test_a_digest_that_could_not_be_made_is_told(home: House) -> None:
    """Why, and that it is tried again in a quarter of an hour; until it is made."""
    good = home.config
    home.with_sources(broken("blog", "the server answered 500"))
    send([replace(home.request(), due_at=MORNING)], home.config, home.runtime)
    (reader,) = look(home).readers
    assert reader.attempt is not None
    assert (reader.attempt.day, reader.attempt.state) == (TODAY, "failed")
    assert reader.next == MORNING + timedelta(minutes=15)
    told = " ".join(" ".join(map(unstyle, status_lines(look(home)))).split())
    assert "2026-06-16 failed: every source failed: blog: the server answered 500" in told
    assert "no digest yet" not in told
    (data,) = cast("list[dict[str, object]]", status_json(look(home))["readers"])
    assert data["next"] == "2026-06-16T07:45:00+00:00"
    assert data["attempt"] == {
        "day": "2026-06-16",
        "at": "2026-06-16T07:30:00+00:00",
        "state": "failed",
        "reason": "every source failed: blog: the server answered 500",
    }
    home.clock.forward(hours=2)
    assert look(home).readers[0].next == home.clock.moment
    home.config = good
    send([home.request()], home.config, home.runtime)
    (reader,) = look(home).readers
    assert (reader.attempt, reader.next) == (None, MORNING + timedelta(days=1))


def test_a_test_that_fails_is_no_attempt(home: House) -> None:
    """Nor is what was tried of another day than the one that is due."""
    home.with_sources(broken("blog", "gone"))
    send([home.request(test=True)], home.config, home.runtime)
    assert look(home).readers[0].attempt is None
    send([home.request(TODAY - timedelta(days=3))], home.config, home.runtime)
    (reader,) = look(home).readers
    assert (reader.attempt, reader.next) == (None, MORNING + timedelta(days=1))
