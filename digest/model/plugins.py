"""What other packages add to the house: the kinds they name in their entry points."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path


def outsiders(group: str) -> tuple[EntryPoint, ...]:
    """Return what the installed packages name in a group of entry points.

    To look through them takes milliseconds, and each reading of a config asks: they are looked
    through anew only once the path or one of its folders has changed, as by an installation.
    """
    return _found(group, tuple((folder, _changed(folder)) for folder in sys.path))


@lru_cache(maxsize=8)
def _found(group: str, path: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    del path  # it is what the answer is remembered by
    return tuple(entry_points(group=group))


def _changed(folder: str) -> int:
    """Return when a folder changed last, in nanoseconds; 0 where there is none."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0
