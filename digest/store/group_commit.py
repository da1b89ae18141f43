"""Group commit: changes of several threads reach the disk in one transaction.

Group commit (DeWitt et al. 1984): while one transaction is on its way to the disk the changes of
other threads gather, and the next transaction carries them all. Each thread goes on only once its
own change is durable, as after a transaction of its own.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from digest.store.database import Database

    Change = Callable[[sqlite3.Connection], bytes | None]
    Asked = tuple[Change, bool, Future[bytes | None]]

PATIENCE = 0.002
"""Seconds that a change waits for those of other threads: less than most disks take."""


class GroupCommit:
    """Queue of changes that one of the waiting threads commits for all."""

    def __init__(self, database: Database, *, patience: float = PATIENCE) -> None:
        self._database = database
        self._patience = patience
        self._asked: SimpleQueue[Asked] = SimpleQueue()
        self._turn = Lock()
        self._counting = Lock()
        self._threads = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Count the thread of a block among those that write again and again."""
        with self._counting:
            self._threads += 1
        try:
            yield
        finally:
            with self._counting:
                self._threads -= 1

    def write(self, change: Change, *, empty_log: bool = False) -> bytes | None:
        """Return what `change` returns once all of it is on the disk; raise what it raises.

        `empty_log` moves the log into the database afterwards (see `Database.checkpoint`): where
        that fails the change stands all the same. After any other error nothing of it does, and
        no other thread's change suffers from it.
        """
        mine: Future[bytes | None] = Future()
        self._asked.put((change, empty_log, mine))
        with self._turn:  # who comes first writes for all who wait behind
            if not mine.done():
                self._commit(self._gathered())
        return mine.result()

    def _gathered(self) -> list[Asked]:
        """Return what was asked for; a thread that is about to ask is waited for, but not long.

        Without that, threads that wait for one another fall into two halves that take turns.
        """
        group: list[Asked] = []
        until = monotonic() + self._patience
        with suppress(Empty):
            while len(group) < max(self._threads, 1):
                group.append(self._asked.get(timeout=max(0.0, until - monotonic())))
        return group

    def _commit(self, group: Sequence[Asked]) -> None:
        try:
            with self._database.transaction() as write:
                found = [change(write) for change, _, _ in group]
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that asked
            if len(group) == 1:
                group[0][-1].set_exception(error)
            else:  # one change is at fault, or all of them are too much for the disk
                for alone in group:
                    self._commit([alone])
            return
        fault = self._empty_log() if any(empty_log for _, empty_log, _ in group) else None
        for (_, empty_log, future), value in zip(group, found, strict=True):
            if empty_log and fault:
                future.set_exception(fault)
            else:
                future.set_result(value)

    def _empty_log(self) -> BaseException | None:
        try:
            self._database.checkpoint()
        except BaseException as error:  # noqa: BLE001  # raised again by the threads that asked
            return error
        return None
