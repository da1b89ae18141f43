"""What SQLite says is told in words, and a block is written whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock

from digest.errors import StateError
from digest.store import Store
from digest.store.database import Damaged, explained, migrate, rights, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=Clock()) as store:
        yield store


def write_and_fail(store: Store) -> None:
    """Write in a block within a block that raises."""
    with store.database.transaction():
        store.notes.put("inner", "written")
        raise ZeroDivisionError


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """What an inner block wrote goes with the outer one."""
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)

    assert store.notes.get("inner") == ""


def test_an_inner_block_that_fails_may_be_survived(store: Store) -> None:
    """What raised within is the outer block's to judge."""
    with store.database.transaction():
        store.notes.put("outer", "kept")
        with pytest.raises(ZeroDivisionError), store.database.transaction():
            raise ZeroDivisionError

    assert store.notes.get("outer") == "kept"


def test_two_that_migrate_at_once_take_each_step_once(tmp_path: Path) -> None:
    """Who waited for the other finds the step taken."""
    path, steps = tmp_path / "digest.db", [["CREATE TABLE one (a)"]]
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as ours,
        closing(sqlite3.connect(path, isolation_level=None)) as theirs,
    ):

        def come_between(statement: str) -> None:
            if statement.startswith("BEGIN"):
                migrate(path, theirs, steps)

        ours.set_trace_callback(come_between)
        migrate(path, ours, steps)

        assert version_of(ours) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_NOTADB", "is damaged"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_BUSY_SNAPSHOT", "another program"),
        ("SQLITE_LOCKED", "another program"),
        ("SQLITE_READONLY_DIRECTORY", "cannot be written"),
        ("SQLITE_CANTOPEN", "cannot be written"),
        ("SQLITE_IOERR_WRITE", "said so (SQLITE_IOERR_WRITE)"),
        ("", "said so (OperationalError)"),
    ],
)
def test_every_answer_of_sqlite_has_words(tmp_path: Path, name: str, words: str) -> None:
    """Path, reason and fix; damage is told apart, because it can be repaired."""
    error = sqlite3.OperationalError("said so")
    if name:
        error.sqlite_errorname = name
    with pytest.raises(StateError) as caught, explained(tmp_path / "digest.db"):
        raise error

    assert str(caught.value).startswith(f"{tmp_path}/digest.db: ")
    assert words in str(caught.value)
    assert isinstance(caught.value, Damaged) == ("damaged" in words)
    assert caught.value.hint or isinstance(caught.value, Damaged)


def test_rights_name_the_nearest_thing_there_is(tmp_path: Path) -> None:
    """The owner of what exists is who can give the right to write."""
    said = rights(tmp_path / "not" / "there")

    assert said.startswith(f"{tmp_path} belongs to user {tmp_path.stat().st_uid}")
