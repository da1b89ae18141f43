"""What holds for the whole suite: where it writes, how it is interrupted, what is not repeated."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that must be free there; the suite leaves a tenth of it behind at most."""


def pytest_configure() -> None:
    """Write into memory where there is some, and let Ctrl-C mean something in our children.

    Our stores wait for the disk at every step, as they must, which is half the suite's time; and a
    shell's `make test &` has Ctrl-C ignored.
    """
    if in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def in_memory() -> bool:
    """Tell whether there is a folder in memory that is ours to write, and programs run from it."""
    if not os.access(MEMORY, os.W_OK):
        return False
    about = os.statvfs(MEMORY)
    return about.f_bavail * about.f_frsize > ROOM and not about.f_flag & os.ST_NOEXEC


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from counting modules and tests again and again: they stay anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
