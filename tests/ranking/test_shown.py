"""Likes and dislikes as vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_papers import paper

from digest.ranking.shown import spoiled, taste
from digest.ranking.terms import words_of
from digest.ranking.vectors import OWN_FIELD, Lens, tfidf

if TYPE_CHECKING:
    from digest.ranking.background import Background

BIOLOGY, CLIPS, CACHE, EMPTY = (
    words_of("Genome Mutation", "A cell and its tissue"),
    words_of("Camera Motion", "Each frame of a video clip"),
    words_of("Cache Eviction", "Attention needs memory"),
    words_of("", ""),
)


@pytest.fixture(scope="module")
def lens(known: Background) -> Lens:
    """The made-up background as a lens."""
    return Lens(background=known)


def test_a_paper_is_like_itself(lens: Lens) -> None:
    """Likeness is 1 for the same paper, and small across topics."""
    view = lens.view([BIOLOGY, CLIPS])
    alike = lens.likeness(view, view)
    assert np.diag(alike) == pytest.approx(1)
    assert alike[0, 1] < 0.2
    assert alike == pytest.approx(alike.T)


def test_views_of_different_width_can_be_compared(lens: Lens) -> None:
    """Papers with unknown words are held against the archive, which lacks them."""
    fresh = lens.view([words_of("Zebrafish Genome", "Unheard words")])
    alike = lens.likeness(fresh, lens.everyday)
    assert alike.shape == (1, lens.everyday.words.shape[0])
    assert np.abs(alike).max() <= 1 + 1e-9


def test_papers_added_last_tell_the_mean(known: Background) -> None:
    """From some hundred on, the field is a sample beside an even share of the archive."""
    few, many = (
        Lens(background=known.grown([paper("Genome", number=n) for n in range(count)]))
        for count in (OWN_FIELD - 1, OWN_FIELD)
    )
    assert len(few.samples) == 1
    archive, field = many.samples
    assert archive.shape[0] >= known.archive.shape[0]
    assert field.shape[0] == OWN_FIELD
    assert set(field.indices.tolist()) == {many.background.vocabulary["genome"]}
    genome = many.background.vocabulary["genome"]
    assert many.words.idf[genome] < few.words.idf[genome]


def test_spelling_joins_forms_of_a_word(lens: Lens) -> None:
    """Characters see what words do not: a mutated genome is near to mutations in genomics."""
    view = lens.view([words_of("Genomics of mutations", ""), words_of("A mutated genome", "")])
    block = lens.characters
    assert block.likeness(view.characters, view.characters)[0, 1] > 0.3


def test_an_empty_paper_has_no_direction() -> None:
    """Rows have length 1, but an empty one has none."""
    from scipy.sparse import csr_array

    rows = tfidf(csr_array([[3.0, 1.0], [0.0, 0.0]]), np.ones(2))
    assert np.linalg.norm(rows.toarray(), axis=1) == pytest.approx([1, 0])


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


def test_a_known_field_speaks_in_its_own_usage(known: Background) -> None:
    """From some hundred papers on, pairs that the field uses tell its topics apart."""
    many = [paper(f"Genome Editing{n}", "An enzyme cuts a genome", number=n) for n in range(300)]
    lens = Lens(background=known.grown(many))
    assert lens.field.shape[0] == lens.everyday.words.shape[0] == 300
    view = lens.view([words_of("An enzyme cut", "prompt"), words_of("Never heard", "")])
    assert [view.usage[[row]].nnz for row in (0, 1)] == [3, 0]
    assert np.diag(lens.likeness(view, view)) == pytest.approx(1)


def test_an_unknown_field_has_no_usage(lens: Lens) -> None:
    """Without papers of the field words and characters decide alone."""
    assert lens.view([BIOLOGY]).usage.shape == (1, 0)
