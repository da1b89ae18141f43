"""A round tries each message once, whoever sends it, and ends when it is told to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from outbox_world import Desk, Scripted, desk_in

from digest.delivery.outbox import flush
from digest.model.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one digest in its outbox."""
    for desk in desk_in(tmp_path):
        desk.write()
        yield desk


def test_several_sessions_share_the_work(desk: Desk) -> None:
    """Each message goes out once, whichever session takes it."""
    for number in range(29):
        desk.write(f"reader{number}")
    meeting = threading.Barrier(3, timeout=10)

    def meet() -> str:
        meeting.wait()
        return "taken"

    way = Scripted(acts=[meet, meet, meet], connections=3)
    outcomes = desk.flush(way)

    assert [o.state for o in outcomes] == ["sent"] * 30
    assert len(set(way.taken)) == 30


def test_a_rate_is_kept(desk: Desk) -> None:
    """Between two messages there is the pause that the provider asks for, none after the last."""
    desk.write("bob")
    way = Scripted(per_minute=60_000)

    assert [o.state for o in desk.flush(way)] == ["sent", "sent"]


def test_S15_a_long_queue_is_no_round_without_an_end(desk: Desk) -> None:
    """Once its time is over a round begins no other message; the rest is due as it was."""
    desk.write("bob")
    way = Scripted()

    assert flush(desk.store, way, now=desk.clock, longest=0.0) == ()
    assert way.taken == []
    assert [o.state for o in desk.flush(way)] == ["sent", "sent"]


def test_S18_a_stop_finishes_the_message_in_hand_and_begins_no_other(desk: Desk) -> None:
    """What was begun is recorded, what was not is left as it was."""
    desk.write("bob")
    stop = threading.Event()

    def stopped() -> str:
        stop.set()
        return "taken"

    outcomes = flush(desk.store, Scripted(acts=[stopped]), now=desk.clock, stop=stop.is_set)

    assert [o.state for o in outcomes] == ["sent"]
    assert [row.attempts for row in desk.store.outbox.waiting()] == [0]


def test_S19_a_peer_that_stalls_does_not_keep_a_stopped_process(desk: Desk) -> None:
    """After the grace the message is left as being sent, and the next start finds it in doubt."""
    begun, over = threading.Event(), threading.Event()

    def stall() -> str:
        begun.set()
        over.wait(30)
        raise DeliveryError("too late")

    outcomes = flush(
        desk.store, Scripted(acts=[stall]), now=desk.clock, stop=begun.is_set, grace=0.05
    )
    (row,) = desk.store.outbox.waiting()
    over.set()

    assert [(o.state, o.text) for o in outcomes] == [("waiting", row.answer)]
    assert row.state == "sending"
    assert "it may have been accepted" in row.answer
