"""Plugins: kinds of sources and transports that other packages register as entry points."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path


def plugins(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points that installed packages register in a group.

    Scanning takes milliseconds, and each reading of a config asks: the result is cached until
    `sys.path` or one of its folders changes, as by an installation.
    """
    return _found(group, tuple((folder, _changed(folder)) for folder in sys.path))


@lru_cache(maxsize=8)
def _found(group: str, path: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    del path  # only a key of the cache
    return tuple(entry_points(group=group))


def _changed(folder: str) -> int:
    """Return when a folder changed last, in nanoseconds; 0 where there is none."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
