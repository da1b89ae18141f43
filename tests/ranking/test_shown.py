"""Likes and dislikes as vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.ranking.background import shipped
from digest.ranking.field import Archive
from digest.ranking.shown import TOPICS, spoiled, taste, topics
from digest.ranking.terms import text_of
from digest.ranking.vectors import Lens

if TYPE_CHECKING:
    from digest.ranking.background import Background

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
    assert topics(1) == topics(5) == TOPICS > topics(10) > topics(20) > 0
    archive = Archive(background=shipped())
    like = text_of("Protein folding", "")
    lens = Lens(archive=archive, field=archive.nearby([like]))
    view = lens.view([text_of("Amino acid chains", ""), text_of("Camera lenses", ""), like])
    found = taste(lens, view.pick([0, 1]), view.pick([2]), view.pick([]))
    assert found.scores[0] > found.scores[1] + 0.1
