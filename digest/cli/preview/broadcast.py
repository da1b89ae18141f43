"""A broadcast with a count: whoever heard it last at 7 and sees 9 knows that there is news."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Lock


class Broadcast:
    """Rung from any thread, heard in any event loop; a ring before one listens is not lost."""

    def __init__(self) -> None:
        self.epoch = 1
        """How often it rang, and one."""
        self.closed = False
        self._lock = Lock()
        self._ears: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def publish(self) -> None:
        """Count one more and wake all who wait."""
        with self._lock:
            self.epoch += 1
        self._wake()

    def close(self) -> None:
        """Wake all who wait; nobody waits any more."""
        self.closed = True
        self._wake()

    async def after(self, epoch: int, patience: float) -> int:
        """Return the epoch once it changes, the broadcast closes or `patience` seconds pass."""
        ear = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._ears.add(ear)
        try:
            if self.epoch == epoch and not self.closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(ear[1].wait(), patience)
        finally:
            with self._lock:
                self._ears.discard(ear)
        return self.epoch

    def _wake(self) -> None:
        with self._lock:
            ears = tuple(self._ears)
        for loop, heard in ears:
            with suppress(RuntimeError):  # a loop that ended meanwhile has nobody to wake
                loop.call_soon_threadsafe(heard.set)
