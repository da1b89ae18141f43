"""One digest at a time, and clear words for the second."""

from __future__ import annotations

import errno
import fcntl
import threading
from typing import TYPE_CHECKING

import pytest

from digest.model.errors import AlreadyRunning, StateError
from digest.store import DAEMON, held, lock

if TYPE_CHECKING:
    from pathlib import Path


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    """One after the other is no conflict, and the folder is made for its owner alone."""
    for _ in range(2):
        with lock(tmp_path / "deep" / "state"):
            assert (tmp_path / "deep" / "state").stat().st_mode & 0o777 == 0o700


def test_locks_of_two_names_do_not_shut_each_other_out(tmp_path: Path) -> None:
    """The daemon lives while a command works."""
    with lock(tmp_path, DAEMON), lock(tmp_path):
        with pytest.raises(AlreadyRunning), lock(tmp_path, DAEMON):
            pytest.fail("two daemons")


def test_one_can_look_whether_a_lock_is_held(tmp_path: Path) -> None:
    """Looking neither makes nor takes it; a folder that is not there holds none."""
    before = held(tmp_path / "nowhere", DAEMON), held(tmp_path, DAEMON)
    with lock(tmp_path, DAEMON):
        assert held(tmp_path, DAEMON)
        assert not held(tmp_path, "lock")
    assert before == (False, False)
    assert not held(tmp_path, DAEMON)
    assert [path.name for path in tmp_path.iterdir()] == [DAEMON]


def test_a_lock_that_is_waited_for_is_had_when_it_is_free(tmp_path: Path) -> None:
    """Who waits long enough gets it."""
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with lock(tmp_path):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    with pytest.raises(AlreadyRunning), lock(tmp_path, wait=0.15):
        pytest.fail("two held it")
    leave.set()
    with lock(tmp_path, wait=10):
        holder.join()


def test_a_lock_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    """A folder in the place of the lock file is named."""
    (tmp_path / "lock").mkdir()

    with pytest.raises(StateError, match="lock: Is a directory") as caught, lock(tmp_path):
        pytest.fail("a folder was locked")
    assert caught.value.hint.startswith(f"{tmp_path / 'lock'} ")


def test_a_file_system_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network drives cannot lock: two digests there would send everything twice."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StateError, match="cannot be locked") as caught, lock(tmp_path):
        pytest.fail("locked without locks")
    assert "local disk" in caught.value.hint
