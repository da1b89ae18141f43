"""Answers are found once, as long as there is room."""

from __future__ import annotations

from digest.ranking.cache import Remembered


def test_an_answer_is_found_once() -> None:
    """Who asks the same again is told the same, without another look."""
    found: list[str] = []
    kept: Remembered[str, int] = Remembered(papers=10, most=100)

    def length(question: str) -> int:
        found.append(question)
        return len(question)

    assert [kept.answer(word, length) for word in ("one", "three", "one")] == [3, 5, 3]
    assert found == ["one", "three"]


def test_what_was_asked_longest_ago_goes() -> None:
    """With room for two, a third question drops the one that was not asked since."""
    found: list[str] = []
    kept: Remembered[str, None] = Remembered(papers=50, most=100)
    for question in ("a", "b", "a", "c", "a", "b"):
        kept.answer(question, found.append)
    assert found == ["a", "b", "c", "b"]


def test_there_is_always_room_for_one() -> None:
    """However many papers there are, or none."""
    for papers in (0, 10**9):
        kept: Remembered[str, str] = Remembered(papers=papers)
        assert kept.answer("a", str.upper) == "A"
