"""Broadcast of a version counter: a page at version 7 redraws once it sees 9."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Lock


class Broadcast:
    """Version counter, published from any thread and awaited in any event loop."""

    def __init__(self) -> None:
        self.epoch = 1
        """Number of changes, counted from one."""
        self.closed = False
        self._lock = Lock()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def publish(self) -> None:
        """Increase the version and wake all waiters."""
        with self._lock:
            self.epoch += 1
        self._wake()

    def close(self) -> None:
        """Wake all waiters for the last time."""
        self.closed = True
        self._wake()

    async def after(self, epoch: int, patience: float) -> int:
        """Return the epoch once it changes, the broadcast closes or `patience` seconds pass."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiters.add(waiter)
        try:
            if self.epoch == epoch and not self.closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(waiter[1].wait(), patience)
        finally:
            with self._lock:
                self._waiters.discard(waiter)
        return self.epoch

    def _wake(self) -> None:
        with self._lock:
            waiters = tuple(self._waiters)
        for loop, changed in waiters:
            with suppress(RuntimeError):  # the event loop has ended meanwhile
                loop.call_soon_threadsafe(changed.set)
