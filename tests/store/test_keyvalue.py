"""Small things are remembered by name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock

from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=Clock()) as store:
        yield store


def test_a_note_says_what_it_was_told_last(store: Store) -> None:
    """Only a new text is a change; what was dropped is gone."""
    changes = [store.keyvalue.put("moved", text) for text in ("a", "a", "b")]

    assert changes == [True, False, True]
    assert store.keyvalue.get("moved") == "b"
    assert (store.keyvalue.drop("moved"), store.keyvalue.drop("moved")) == (True, False)
    assert store.keyvalue.get("moved") == ""


def test_an_alert_is_told_once_until_it_is_settled(store: Store) -> None:
    """The same alert again is not new; after it was settled it is."""
    first = [store.alerts.add("outbox", "mail waits") for _ in range(2)]
    known = dict(store.alerts.active())
    settled = [store.alerts.resolve("outbox") for _ in range(2)]

    assert first == [True, False]
    assert known == {"outbox": "mail waits"}
    assert settled == [True, False]
    assert store.alerts.add("outbox", "mail waits")


def test_the_secret_is_made_once(store: Store, tmp_path: Path) -> None:
    """Links in old mails stay valid after a restart; another folder has another secret."""
    first = store.keyvalue.secret()
    with (
        Store.open(tmp_path, now=Clock()) as again,
        Store.open(tmp_path / "other", now=Clock()) as other,
    ):
        assert again.keyvalue.secret() == first
        assert other.keyvalue.secret() != first
    assert len(first) == 32
    assert store.alerts.active() == {}


def test_an_alert_is_told_by_one_mail(store: Store) -> None:
    """What a mail told is not told by the next; what nobody can mend ends by being told."""
    store.alerts.add("outbox", "mail waits")
    store.alerts.add("event:state", "restored from a backup")
    untold = list(store.alerts.unnotified())
    store.alerts.mark_notified(untold)

    assert sorted(untold) == ["event:state", "outbox"]
    assert store.alerts.unnotified() == {}
    assert list(store.alerts.active()) == ["outbox"]


def test_an_event_that_was_told_is_over(store: Store) -> None:
    """It is no alert any more, and the same words are news when it happens again."""
    store.alerts.add("event:state", "restored")
    store.alerts.mark_notified(["event:state"])
    over = dict(store.alerts.active())

    assert over == {}
    assert store.alerts.add("event:state", "restored")
    assert store.alerts.unnotified() == {"event:state": "restored"}


def test_what_was_told_by_mails_that_never_left_can_be_told_again(store: Store) -> None:
    """From the moment on of the first of them; what an earlier mail told stays told."""
    store.alerts.add("event:state", "restored")
    store.alerts.mark_notified(["event:state"])
    told = store.now()

    assert store.alerts.unnotified(told) == {"event:state": "restored"}
    assert store.alerts.unnotified(told + timedelta(seconds=1)) == {}


def test_an_alert_that_comes_back_is_told_again(store: Store) -> None:
    """What was settled and happens again is new."""
    for _ in range(2):
        store.alerts.add("outbox", "mail waits")
        assert list(store.alerts.unnotified()) == ["outbox"]
        store.alerts.mark_notified(["outbox"])
        store.alerts.resolve("outbox")
