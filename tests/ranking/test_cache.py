"""LRU cache."""

from __future__ import annotations

from digest.ranking.cache import LRUCache


def test_a_value_is_computed_once() -> None:
    """A repeated key returns the cached value."""
    found: list[str] = []
    kept: LRUCache[str, int] = LRUCache(papers=10, most=100)

    def length(key: str) -> int:
        found.append(key)
        return len(key)

    assert [kept.get_or_compute(word, length) for word in ("one", "three", "one")] == [3, 5, 3]
    assert found == ["one", "three"]


def test_the_least_recently_used_key_is_dropped() -> None:
    """With room for two, a third key drops the least recently used."""
    found: list[str] = []
    kept: LRUCache[str, None] = LRUCache(papers=50, most=100)
    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get_or_compute(key, found.append)
    assert found == ["a", "b", "c", "b"]


def test_there_is_always_room_for_one() -> None:
    """The cache holds at least one key for any number of papers."""
    for papers in (0, 10**9):
        kept: LRUCache[str, str] = LRUCache(papers=papers)
        assert kept.get_or_compute("a", str.upper) == "A"
