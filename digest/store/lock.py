"""One digest at a time in one state folder, by a lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from digest.model.errors import AlreadyRunning, StateError
from digest.store.database import rights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
LOCK = "lock"
DAEMON = "daemon"
POLL = 0.1
"""Seconds between two tries: flock(2) itself cannot wait for a limited time."""


@contextmanager
def lock(folder: Path, name: str = LOCK, *, wait: float = 0.0) -> Iterator[int]:
    """Lock the state folder; raise AlreadyRunning where it is locked, StateError where it fails.

    Locks of different `name` do not exclude each other: the daemon holds its own for as long
    as it lives, and this one only while it works. `wait` is in seconds. Yields the descriptor: a
    process that inherits it holds the lock as well.

    flock(2), not a file with a process number: the kernel releases it however the process ends.
    The file itself stays for ever, because deleting it would let two processes hold two locks.
    """
    make_folder(folder)
    path = folder / name
    refuse_planted(path)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}", hint=rights(path)) from error
    try:
        _take(handle, path, monotonic() + wait)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


def held(folder: Path, name: str) -> bool:
    """Return whether another digest holds that lock; nothing is made, written or waited for."""
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(handle)
    return False


def _take(handle: int, path: Path, until: float) -> None:
    try:
        while not _taken(handle, last=monotonic() >= until):
            sleep(POLL)
    except BlockingIOError as error:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        raise AlreadyRunning(
            f"another digest is at work in {path.parent}"
            + (f" (process {holder})" if holder else ""),
            hint="wait for it to end, or stop it",
        ) from error
    except OSError as error:
        raise StateError(
            f"{path}: cannot be locked ({error.strerror})",
            hint="put the state on a local disk: [storage] path, or $DIGEST_STATE",
        ) from error


def _taken(handle: int, *, last: bool) -> bool:
    """Try to take the lock; at the last try a refusal is raised."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if last:
            raise
        return False
    return True


def refuse_planted(path: Path) -> None:
    """Raise StateError for a link that another user may have put into the state folder.

    Writing through it would change a file elsewhere with our rights. A link in a folder that only
    its owner may write is the owner's own.
    """
    try:
        entry, folder = path.lstat(), path.parent.stat()
    except OSError:
        return
    is_link = stat.S_ISLNK(entry.st_mode) or entry.st_nlink > 1
    is_ours = folder.st_uid in (os.geteuid(), 0) and not folder.st_mode & _OTHERS_WRITE
    if is_link and not is_ours:
        raise StateError(
            f"{path}: is a link, in a folder that other users can write",
            hint=f"remove it, and close the folder to others: chmod 700 {path.parent}",
        )


def make_folder(folder: Path) -> None:
    """Make the state folder where it is missing, for its owner alone; raise StateError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise StateError(
            f"{folder}: is not a folder",
            hint="digest keeps its state in a folder: move the file away, or change [storage] path",
        ) from error
    except OSError as error:
        raise StateError(
            f"{folder}: cannot be made ({error.strerror})", hint=rights(folder)
        ) from error
