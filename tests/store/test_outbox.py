"""The rows of the outbox change as the attempts do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Clock, mail, message

from digest.store import Outcome, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.store import QueuedMessage

LATER = MORNING + timedelta(minutes=5)


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store with one message for one recipient."""
    with Store.open(tmp_path, now=clock) as store:
        store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[])
        yield store


def only(store: Store) -> QueuedMessage:
    """Return the one row that waits."""
    (row,) = store.outbox.waiting()
    return row


def test_a_message_waits_whole(store: Store) -> None:
    """What was recorded is what will be sent."""
    row = only(store)

    assert (row.state, row.attempts, row.due) == ("ready", 0, MORNING)
    assert (row.sender, row.recipient) == ("digest@digest.test", "ada@inbox.test")
    assert store.outbox.message(row) == message()


def test_a_row_is_claimed_once(store: Store) -> None:
    """Who comes second does not send."""
    row = only(store)

    assert [store.outbox.exchange(None, row), store.outbox.exchange(None, row)] == [message(), None]
    assert (only(store).state, only(store).tried) == ("sending", MORNING)
    assert "cut off" in only(store).answer


def test_a_failed_attempt_is_counted(store: Store) -> None:
    """Attempts, uncertain ones, the answer and the next time are kept."""
    row = only(store)
    store.outbox.failed(row, Outcome(due=LATER, code=451, answer="later", uncertain=True))
    store.outbox.failed(row, Outcome(due=LATER, code=535, answer="no", hold=True))

    row = only(store)
    assert (row.attempts, row.uncertain, row.hold, row.code, row.answer, row.due) == (
        2,
        1,
        True,
        535,
        "no",
        LATER,
    )


def test_the_dead_are_told_for_a_month(store: Store, clock: Clock) -> None:
    """A message given up no longer waits, and is told of for 30 days."""
    store.outbox.failed(only(store), Outcome(due=LATER, code=550, answer="no", dead=True))
    told = [row.answer for row in store.outbox.dead()]
    clock.forward(days=31)

    assert store.outbox.waiting() == ()
    assert told == ["no"]
    assert store.outbox.dead() == ()


def test_a_body_goes_a_week_after_it_was_sent(store: Store, clock: Clock) -> None:
    """While one recipient waits the message is kept; a week after the last it is dropped."""
    clock.forward(days=30)
    store.outbox.prune()
    row = only(store)
    kept = store.outbox.message(row)
    store.outbox.exchange(None, row)
    store.outbox.failed(row, store.outbox.taken("250 ok"))
    sizes = []
    for days in (6, 2):
        clock.forward(days=days)
        store.outbox.prune()
        sizes.append(store.database.rows("SELECT length(body) AS size FROM message")[0]["size"])

    assert kept == message()
    assert sizes[0]
    assert sizes[1] is None


def test_one_message_is_done_as_the_next_is_begun(store: Store) -> None:
    """In one step the first is sent and the second claimed, and that one's message is returned."""
    first = only(store)
    store.digests.record(reader="bob", day=DAY, mail=mail("bob"), papers=[])
    _, second = store.outbox.waiting()
    store.outbox.exchange(None, first)
    found = store.outbox.exchange((first, store.outbox.taken("250 ok")), second)

    assert found == message("bob")
    assert [(row.reader, row.state) for row in store.outbox.waiting()] == [("bob", "sending")]
    assert store.outbox.exchange(None, first) is None


def test_a_next_message_that_is_damaged_hides_no_answer(store: Store) -> None:
    """What became of the last one is recorded even so, once, and the next is as it was."""
    first = only(store)
    store.digests.record(reader="bob", day=DAY, mail=mail("bob"), papers=[])
    _, second = store.outbox.waiting()
    store.outbox.exchange(None, first)
    with store.database.transaction() as write:
        write.execute("UPDATE message SET body = 'x' WHERE reader = 'bob'")
    with pytest.raises(TypeError):
        store.outbox.exchange((first, store.outbox.taken("250 ok")), second)

    assert only(store) == second
    assert store.database.rows("SELECT attempts FROM delivery WHERE state = 'sent'")[0][0] == 1
