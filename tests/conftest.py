"""What holds for the whole suite: how it may be interrupted, what is not looked at again."""

from __future__ import annotations

import gc
import signal

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C mean something in our children: a shell's `make test &` has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from counting modules and tests again and again: they stay anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
