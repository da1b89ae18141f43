"""LRU cache: many readers share the queries on one day's papers."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Key = TypeVar("Key", bound="Hashable")
Value = TypeVar("Value")

MAX_CACHED_PAIRS = 4_000_000
"""Maximum pairs of a key and a paper in the cache, about 60 MB."""


class LRUCache(Generic[Key, Value]):
    """Least recently used cache whose size in keys depends on the number of papers."""

    def __init__(self, papers: int, most: int = MAX_CACHED_PAIRS) -> None:
        self._most = max(most // max(papers, 1), 1)
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get_or_compute(self, key: Key, find: Callable[[Key], Value]) -> Value:
        """Return the cached value of `key`, or compute and store it."""
        if key not in self._values:
            if len(self._values) >= self._most:
                self._values.popitem(last=False)
            self._values[key] = find(key)
        self._values.move_to_end(key)
        return self._values[key]
