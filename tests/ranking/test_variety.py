"""Diversity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_papers import paper

from digest.ranking import Ranked
from digest.ranking.variety import BIG, FRONT, diversify

if TYPE_CHECKING:
    from digest.ranking.background import Background


def ranked(title: str, score: float, number: int = 0) -> Ranked:
    """Return a paper with a score."""
    return Ranked(paper=paper(title, number=number), score=score)


def test_copies_follow_the_others(known: Background) -> None:
    """A near-duplicate stands behind everything else of the front; nothing is lost."""
    one, copy, other = (
        ranked("Camera motion in video clips", 90),
        ranked("Camera motion in video clips", 89, number=1),
        ranked("Genome mutation", 20),
    )
    assert diversify([one, copy, other], known) == [one, other, copy]


def test_a_small_feed_keeps_its_order(known: Background) -> None:
    """Papers on one topic stay in the order of their scores where there are few."""
    front = [
        ranked("Video camera motion", 60),
        ranked("Video clip scene", 59.5),
        ranked("Cell", 59),
    ]
    assert diversify(front, known) == front


def test_a_big_feed_shows_another_side(known: Background) -> None:
    """On big feeds a slightly lower paper on something else moves up."""
    first, second, other = (
        ranked("Video camera motion", 60),
        ranked("Video clip scene", 59.5),
        ranked("Genome mutation", 59),
    )
    rest = [ranked(f"Nothing {n}", 0, number=n) for n in range(BIG)]
    whole = [first, second, other, *rest]
    varied = diversify(whole, known)
    assert varied[:3] == [first, other, second]
    assert varied[FRONT:] == whole[FRONT:]
    assert sorted(map(id, varied)) == sorted(map(id, whole))


def test_nothing_to_vary() -> None:
    """No paper, or one, comes back as it is."""
    alone = ranked("Genome", 3)
    assert diversify([]) == []
    assert diversify([alone]) == [alone]


def test_the_shipped_background_is_the_default() -> None:
    """Without a background the shipped one tells what is alike."""
    pair = [ranked("Protein folding", 5), ranked("Galaxy clusters", 4)]
    assert diversify(pair) == pair
