"""Likes and dislikes as vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from digest.model.tokens import text_of
from digest.ranking.background import shipped_background
from digest.ranking.likes.reference import ReferenceArchive, ReferenceCorpus
from digest.ranking.likes.ridge import (
    FAMILIAR_SHARE,
    MIN_LEVEL,
    NEAREST,
    NEAREST_WEIGHT,
    RIDGE,
    TOPICS_WEIGHT,
    dislike_penalty,
    fit_likes,
    topics,
)
from digest.ranking.likes.vectors import DocumentVectors, VectorSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digest.model.tokens import Text
    from digest.ranking.background import Background
    from digest.ranking.likes.ridge import LikesFit

BIOLOGY, CLIPS, CACHE, EMPTY = (
    text_of("Genome Mutation", "A cell and its tissue"),
    text_of("Camera Motion", "Each frame of a video clip"),
    text_of("Cache Eviction", "Attention needs memory"),
    text_of("", ""),
)


@pytest.fixture(scope="module")
def space(known: Background) -> VectorSpace:
    """Vector space of the made-up background."""
    archive = ReferenceArchive(background=known)
    return VectorSpace(archive=archive, field=archive.empty)


class FlatSpace:
    """Vector space with cosines of plain vectors and given typical papers."""

    def __init__(self, typical: Sequence[float], texts: Sequence[Text] = ()) -> None:
        self.typical = vectors(*([share, 0, 0, (1 - share**2) ** 0.5] for share in typical))
        self.field = ReferenceCorpus(counts=csr_array((0, 1)), texts=texts)

    def similarity(
        self, left: DocumentVectors, right: DocumentVectors, *, topics: float = 0.0
    ) -> NDArray[np.float64]:
        """Return the cosines."""
        assert topics >= 0
        return np.asarray((left.words @ right.words.T).toarray())


def vectors(*rows: Sequence[float], known: float = 1.0) -> DocumentVectors:
    """Return papers as vectors of four words."""
    words = csr_array(np.array(rows, dtype=float).reshape(-1, 4))
    shares = np.full(words.shape[0], known)
    return DocumentVectors(
        terms="abcd",
        words=words,
        characters=words,
        topics=np.zeros((words.shape[0], 1), np.float32),
        known=shares,
    )


A, B, C = [1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0]
NONE = vectors()
PLAIN = FlatSpace([0.4] * 100)


def fit(
    space: FlatSpace,
    papers: DocumentVectors,
    likes: DocumentVectors,
    dislikes: DocumentVectors = NONE,
) -> LikesFit:
    """Return the fit of likes and dislikes in a space of plain vectors."""
    return fit_likes(space, papers, likes, dislikes)  # type: ignore[arg-type] # a fake


def level(share: float) -> float:
    """Return the raw score of a paper with this similarity to the only like."""
    return share / (1 + RIDGE) + NEAREST_WEIGHT * share


def test_scores_are_similarities_divided_by_the_typical_level() -> None:
    """The ridge's weight and the nearest like, divided by the root of the level."""
    found = fit(PLAIN, vectors(A, [0.5, 0.75**0.5, 0, 0]), vectors(A))
    assert found.scores == pytest.approx([level(n) / level(0.4) ** 0.5 for n in (1, 0.5)])
    assert found.coefficients[0] == pytest.approx(1 / (1 + RIDGE))


def test_the_level_is_a_high_quantile_of_typical_scores() -> None:
    """One of a hundred at large, one of twenty of a known field, and never next to nothing."""
    rising = [n / 200 for n in range(101)]
    text = text_of("Genome", "")
    for space, share in ((FlatSpace(rising), 0.495), (FlatSpace(rising, [text]), 0.475)):
        found = fit(space, vectors(A), vectors(A))
        assert found.scores[0] == pytest.approx(level(1) / level(share) ** 0.5)
    strange = fit(FlatSpace([0.0] * 10), vectors(A), vectors(A))
    assert strange.scores[0] == pytest.approx(level(1) / MIN_LEVEL**0.5)


def test_the_nearest_like_counts_most() -> None:
    """Of three likes the nearest has half of the weight."""
    found = [
        fit(FlatSpace([0.0] * 10), vectors(A), vectors(*likes)).scores[0] * MIN_LEVEL**0.5
        for likes in ([A], [A, B], [A, B, C])
    ]
    first, second, third = NEAREST
    shares = (1, first / (first + second), first / (first + second + third))
    assert found == pytest.approx([1 / (1 + RIDGE) + NEAREST_WEIGHT * share for share in shares])
    assert first > second > third > 0


def test_a_dislike_lowers_scores_by_ridge_and_similarity() -> None:
    """Papers similar to a dislike score below 0; dissimilar ones gain nothing."""
    found = fit(PLAIN, vectors(A, B, C, [0, -1.0, 0, 0]), vectors(A), vectors(B)).scores
    assert found[1] == pytest.approx(-found[0])
    assert found[2] == 0
    assert 0 < found[3] < found[0] / 2
    assert fit(PLAIN, vectors(A), vectors(A), vectors(B)).coefficients[1] < 0


def test_likes_in_an_unknown_language_count_less() -> None:
    """Half where no word is known; where most are known, all."""
    plain, half, most = (
        fit(PLAIN, vectors(A), vectors(A, known=known)).scores[0]
        for known in (1.0, 0.0, FAMILIAR_SHARE)
    )
    assert half == pytest.approx(plain / 2)
    assert most == pytest.approx(plain)


def test_dislikes_make_scores_negative(space: VectorSpace) -> None:
    """A paper similar to a disliked one scores below an unrelated one."""
    embed = space.embed([BIOLOGY, CLIPS, CACHE, EMPTY])
    found = fit_likes(space, embed, embed.pick([0]), embed.pick([1]))
    assert found.scores[0] > found.scores[2] > found.scores[1]
    assert found.nearest.tolist() == [0, 0, 0, 0]


def test_a_disliked_paper_penalises_similar_ones(space: VectorSpace) -> None:
    """The penalty grows with the similarity; dissimilar papers have none."""
    embed = space.embed([BIOLOGY, CLIPS])
    found = dislike_penalty(space, embed, embed.pick([1]), ["Camera Motion"])
    assert found.factor[0] == 1
    assert found.factor[1] < 0.1
    assert (found.title(0), found.title(1)) == ("", "Camera Motion")


def test_a_dislike_does_not_penalise_its_topic() -> None:
    """Another paper of the same topic, in words of its own, keeps nearly all it has."""
    archive = ReferenceArchive(background=shipped_background())
    space = VectorSpace(archive=archive, field=archive.empty)
    embed = space.embed([text_of("Amino acid chains", ""), text_of("Protein folding", "")])
    assert dislike_penalty(space, embed, embed.pick([1]), ["Protein folding"]).factor[0] > 0.9


def test_topics_count_while_likes_are_few() -> None:
    """One like finds a paper of its topic without a common word; topics count less with twenty."""
    assert topics(1) == topics(5) == TOPICS_WEIGHT > topics(10) > topics(20) > 0
    archive = ReferenceArchive(background=shipped_background())
    like = text_of("Protein folding", "")
    space = VectorSpace(archive=archive, field=archive.nearest_papers([like]))
    embed = space.embed([text_of("Amino acid chains", ""), text_of("Camera lenses", ""), like])
    found = fit_likes(space, embed.pick([0, 1]), embed.pick([2]), embed.pick([]))
    assert found.scores[0] > found.scores[1] + 0.1
