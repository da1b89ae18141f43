"""Readers' names, and what follows a renamed reader (field fault D5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock, paper

from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = "ada@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which Ada voted, got an empty digest, and stopped."""
    with Store.open(tmp_path, now=Clock()) as store:
        store.readers.update({"ada": [ADA], "bob": ["bob@example.org"]})
        store.votes.vote_on([paper(1)], "ada", "like")[0]
        store.digests.record_empty(
            reader="ada", day=date(2026, 6, 16), reason="none", passed=(), read=0
        )
        store.votes.pause("ada", None)
        yield store


def state(store: Store, reader: str) -> tuple[int, int, bool]:
    """Return the numbers of votes and digests, and whether the reader stopped."""
    stopped = store.votes.paused_until(reader) == date.max
    return len(store.votes.of(reader)), len(store.digests.latest(reader, 9)), stopped


@pytest.mark.parametrize("address", [ADA, ADA.upper()])
def test_D5_a_renamed_reader_keeps_history_votes_and_stop(store: Store, address: str) -> None:
    """The reader is known by the address."""
    renamed = store.readers.update({"lovelace": [address], "bob": ["bob@example.org"]})

    assert renamed == (("ada", "lovelace"),)
    assert state(store, "lovelace") == (1, 1, True)
    assert state(store, "ada") == (0, 0, False)
    assert store.readers.former() == {"ada": "lovelace"}


def test_D5_names_are_followed_through_several_renamings(store: Store) -> None:
    """Links of the first digests still belong to the reader."""
    store.readers.update({"lovelace": [ADA]})
    store.readers.update({"countess": [ADA]})

    assert state(store, "countess") == (1, 1, True)
    assert store.readers.former() == {"ada": "countess", "lovelace": "countess"}


@pytest.mark.parametrize(
    "readers",
    [
        {"ada": [ADA], "eve": [ADA]},
        {"eve": [ADA], "mallory": [ADA]},
        {"ada": ["new@example.org"], "eve": [ADA]},
        {"ada": [ADA]},
        {"eve": ["eve@example.org"]},
    ],
)
def test_D5_another_reader_never_takes_over_a_history(
    store: Store, readers: dict[str, list[str]]
) -> None:
    """Where the address is shared, or the former name is still used, nothing is renamed."""
    assert store.readers.update(readers) == ()
    assert state(store, "ada") == (1, 1, True)


def test_D5_a_changed_address_keeps_the_name(store: Store) -> None:
    """Then the new address is known for the next renaming."""
    store.readers.update({"ada": ["new@example.org"]})

    assert store.readers.update({"lovelace": ["new@example.org"]}) == (("ada", "lovelace"),)
