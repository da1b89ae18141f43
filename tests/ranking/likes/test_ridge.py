"""Likes and dislikes as vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from digest.model.tokens import text_of
from digest.ranking.background import shipped
from digest.ranking.likes.reference import Archive, Field
from digest.ranking.likes.ridge import (
    FAMILIAR,
    LEAST_LEVEL,
    NEAREST,
    NEAREST_WEIGHT,
    RIDGE,
    TOPICS_WEIGHT,
    spoiled,
    taste,
    topics,
)
from digest.ranking.likes.vectors import Lens, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digest.model.tokens import Text
    from digest.ranking.background import Background
    from digest.ranking.likes.ridge import Taste

BIOLOGY, CLIPS, CACHE, EMPTY = (
    text_of("Genome Mutation", "A cell and its tissue"),
    text_of("Camera Motion", "Each frame of a video clip"),
    text_of("Cache Eviction", "Attention needs memory"),
    text_of("", ""),
)


@pytest.fixture(scope="module")
def lens(known: Background) -> Lens:
    """The made-up background as a lens."""
    archive = Archive(background=known)
    return Lens(archive=archive, field=archive.nothing)


class Flat:
    """A lens that takes the cosines of plain vectors, and everyday papers as it is told."""

    def __init__(self, everyday: Sequence[float], texts: Sequence[Text] = ()) -> None:
        self.everyday = seen(*([share, 0, 0, (1 - share**2) ** 0.5] for share in everyday))
        self.field = Field(counts=csr_array((0, 1)), texts=texts)

    def likeness(self, left: View, right: View, *, topics: float = 0.0) -> NDArray[np.float64]:
        """Return the cosines."""
        assert topics >= 0
        return np.asarray((left.words @ right.words.T).toarray())


def seen(*rows: Sequence[float], known: float = 1.0) -> View:
    """Return papers as vectors of four words."""
    words = csr_array(np.array(rows, dtype=float).reshape(-1, 4))
    shares = np.full(words.shape[0], known)
    return View(
        terms="abcd",
        words=words,
        characters=words,
        topics=np.zeros((words.shape[0], 1), np.float32),
        known=shares,
    )


A, B, C = [1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0]
NOBODY = seen()
PLAIN = Flat([0.4] * 100)


def told(lens: Flat, papers: View, likes: View, dislikes: View = NOBODY) -> Taste:
    """Return what likes and dislikes say, as seen through a lens of plain vectors."""
    return taste(lens, papers, likes, dislikes)  # type: ignore[arg-type] # a fake


def level(share: float) -> float:
    """Return what a paper reaches that is so near to the only like."""
    return share / (1 + RIDGE) + NEAREST_WEIGHT * share


def test_scores_are_likeness_by_what_everyday_papers_reach() -> None:
    """The ridge's weight and the nearest like, over the root of the level."""
    found = told(PLAIN, seen(A, [0.5, 0.75**0.5, 0, 0]), seen(A))
    assert found.scores == pytest.approx([level(n) / level(0.4) ** 0.5 for n in (1, 0.5)])
    assert found.pull[0] == pytest.approx(1 / (1 + RIDGE))


def test_the_level_is_what_few_everyday_papers_reach() -> None:
    """One of a hundred at large, one of twenty of a known field, and never next to nothing."""
    rising = [n / 200 for n in range(101)]
    text = text_of("Genome", "")
    for lens, share in ((Flat(rising), 0.495), (Flat(rising, [text]), 0.475)):
        found = told(lens, seen(A), seen(A))
        assert found.scores[0] == pytest.approx(level(1) / level(share) ** 0.5)
    strange = told(Flat([0.0] * 10), seen(A), seen(A))
    assert strange.scores[0] == pytest.approx(level(1) / LEAST_LEVEL**0.5)


def test_the_nearest_like_counts_most() -> None:
    """Of three likes the nearest has half a say, so that strangers take little from it."""
    found = [
        told(Flat([0.0] * 10), seen(A), seen(*likes)).scores[0] * LEAST_LEVEL**0.5
        for likes in ([A], [A, B], [A, B, C])
    ]
    first, second, third = NEAREST
    shares = (1, first / (first + second), first / (first + second + third))
    assert found == pytest.approx([1 / (1 + RIDGE) + NEAREST_WEIGHT * share for share in shares])
    assert first > second > third > 0


def test_a_dislike_takes_by_ridge_and_by_nearness() -> None:
    """What is like the disliked falls below nothing; what is far from it gains nothing."""
    found = told(PLAIN, seen(A, B, C, [0, -1.0, 0, 0]), seen(A), seen(B)).scores
    assert found[1] == pytest.approx(-found[0])
    assert found[2] == 0
    assert 0 < found[3] < found[0] / 2
    assert told(PLAIN, seen(A), seen(A), seen(B)).pull[1] < 0


def test_likes_in_an_unknown_tongue_say_less() -> None:
    """Half where no word is known; where most are known, all."""
    plain, half, most = (
        told(PLAIN, seen(A), seen(A, known=known)).scores[0] for known in (1.0, 0.0, FAMILIAR)
    )
    assert half == pytest.approx(plain / 2)
    assert most == pytest.approx(plain)


def test_dislikes_turn_the_scale(lens: Lens) -> None:
    """What is like a disliked paper falls below what is like nothing."""
    view = lens.view([BIOLOGY, CLIPS, CACHE, EMPTY])
    found = taste(lens, view, view.pick([0]), view.pick([1]))
    assert found.scores[0] > found.scores[2] > found.scores[1]
    assert found.nearest.tolist() == [0, 0, 0, 0]


def test_a_disliked_paper_spoils_its_like(lens: Lens) -> None:
    """The nearer to a dislike, the less is left; what is unlike it keeps all."""
    view = lens.view([BIOLOGY, CLIPS])
    found = spoiled(lens, view, view.pick([1]), ["Camera Motion"])
    assert found.factor[0] == 1
    assert found.factor[1] < 0.1
    assert (found.title(0), found.title(1)) == ("", "Camera Motion")


def test_a_dislike_does_not_spoil_its_topic() -> None:
    """Another paper of the same topic, in words of its own, keeps nearly all it has."""
    archive = Archive(background=shipped())
    lens = Lens(archive=archive, field=archive.nothing)
    view = lens.view([text_of("Amino acid chains", ""), text_of("Protein folding", "")])
    assert spoiled(lens, view, view.pick([1]), ["Protein folding"]).factor[0] > 0.9


def test_topics_count_while_likes_are_few() -> None:
    """One like finds a paper of its topic without a common word; of twenty, words say more."""
    assert topics(1) == topics(5) == TOPICS_WEIGHT > topics(10) > topics(20) > 0
    archive = Archive(background=shipped())
    like = text_of("Protein folding", "")
    lens = Lens(archive=archive, field=archive.nearby([like]))
    view = lens.view([text_of("Amino acid chains", ""), text_of("Camera lenses", ""), like])
    found = taste(lens, view.pick([0, 1]), view.pick([2]), view.pick([]))
    assert found.scores[0] > found.scores[1] + 0.1
