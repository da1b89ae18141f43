"""Papers as vectors of words, characters and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from digest.model.tokens import text_of
from digest.ranking.background import shipped_background
from digest.ranking.likes.reference import ReferenceArchive
from digest.ranking.likes.vectors import PAIR_WEIGHT, VectorSpace, cosines, tfidf

if TYPE_CHECKING:
    from digest.ranking.background import Background

BIOLOGY = text_of("Genome Mutation", "A cell and its tissue")
CLIPS = text_of("Camera Motion", "Each frame of a video clip")


@pytest.fixture(scope="module")
def space(known: Background) -> VectorSpace:
    """Vector space of the made-up background without a field."""
    archive = ReferenceArchive(background=known)
    return VectorSpace(archive=archive, field=archive.empty)


@pytest.fixture(scope="module")
def expert(known: Background) -> VectorSpace:
    """Vector space of the same background with a field of some hundred papers."""
    archive = ReferenceArchive(background=known)
    texts = [text_of(f"Genome Editing{n % 3}", "An enzyme cuts a genome.") for n in range(300)]
    return VectorSpace(archive=archive, field=archive.recent(texts))


def test_a_paper_is_like_itself(space: VectorSpace) -> None:
    """Similarity is 1 for the same paper, and small across topics, with topics or without."""
    embed = space.embed([BIOLOGY, CLIPS])
    for topics in (0.0, 0.5):
        alike = space.similarity(embed, embed, topics=topics)
        assert np.diag(alike) == pytest.approx(1)
        assert alike[0, 1] < 0.2
        assert alike == pytest.approx(alike.T)


def test_vectors_of_different_width_can_be_compared(space: VectorSpace) -> None:
    """Papers with unknown words are held against the archive, which lacks them."""
    fresh = space.embed([text_of("Zebrafish Genome", "Unheard words")])
    alike = space.similarity(fresh, space.typical, topics=0.3)
    assert alike.shape == (1, space.typical.words.shape[0])
    assert np.abs(alike).max() <= 1 + 1e-9


def test_character_ngrams_match_forms_of_a_word(space: VectorSpace) -> None:
    """Characters match what words do not: a mutated genome and mutations in genomics."""
    embed = space.embed([text_of("Genomics of mutations", ""), text_of("A mutated genome", "")])
    sample_ngrams = cosines(embed.characters, embed.characters, space.characters.mean)
    assert sample_ngrams[0, 1] > 0.3


def test_topics_match_papers_without_a_common_word() -> None:
    """Papers of one topic are alike by its other words, more so the more topics count."""
    archive = ReferenceArchive(background=shipped_background())
    space = VectorSpace(archive=archive, field=archive.empty)
    embed = space.embed(
        [text_of("Protein folding", ""), text_of("Amino acid chains", ""), text_of("Cameras", "")]
    )
    plain, merge_pairs = (space.similarity(embed, embed, topics=topics) for topics in (0.0, 1.0))
    assert merge_pairs[0, 1] > plain[0, 1] + 0.1
    assert merge_pairs[0, 1] > merge_pairs[0, 2] + 0.1


def test_a_vector_does_not_depend_on_other_papers(space: VectorSpace) -> None:
    """Its similarity to another does not change with the other papers."""
    alone = space.embed([BIOLOGY, CLIPS])
    among = space.embed([BIOLOGY, CLIPS, text_of("Tissue of a cell", "Zebrafish and more")])
    assert space.similarity(alone, alone) == pytest.approx(
        space.similarity(among, among.pick([0, 1]))[:2]
    )


def test_an_empty_paper_has_length_zero() -> None:
    """Rows have length 1, but an empty one has none."""
    rows = tfidf(csr_array([[3.0, 1.0], [0.0, 0.0]]), np.ones(2))
    assert np.linalg.norm(rows.toarray(), axis=1) == pytest.approx([1, 0])


def test_what_the_field_uses_is_common_there(space: VectorSpace, expert: VectorSpace) -> None:
    """A word of every paper of the field weighs little; a pair weighs less than a word."""
    genome = space.archive.background.vocabulary["genome"]
    assert expert.words.idf[genome] < space.words.idf[genome]
    words, pair = (
        expert.words.idf[expert._numbers[gram]]  # noqa: SLF001 - the columns have no other name
        for gram in ("cut", "enzyme cut")
    )
    assert pair == pytest.approx(PAIR_WEIGHT * words)
    strange = expert.embed([text_of("Zebrafish", "")])
    assert strange.terms[-1] == "zebrafish"
    assert strange.words.data.tolist() == [1]


def test_typical_papers_come_from_a_known_field(space: VectorSpace, expert: VectorSpace) -> None:
    """Typical papers are the field, or without one a sample of the archive."""
    assert expert.typical.words.shape[0] == 300
    assert space.typical.words.shape[0] == space.archive.sample.shape[0]


def test_marks_and_common_words_count_in_a_known_field(
    space: VectorSpace, expert: VectorSpace
) -> None:
    """A field with texts includes punctuation; the archive has terms alone."""
    pair = [text_of("Zebrafish, that is to say", ""), text_of("Kelp, that is to say", "")]
    seen = [
        cosines(embed.characters, embed.characters, np.zeros(embed.characters.shape[1]))[0, 1]
        for embed in (space.embed(pair), expert.embed(pair))
    ]
    assert seen[0] < 0.3
    assert seen[1] > 0.5


def test_topics_of_a_known_field_are_centred(space: VectorSpace, expert: VectorSpace) -> None:
    """If all papers are on genomes, the topic does not make two of them similar."""
    assert not space.topic_mean.any()
    assert np.linalg.norm(expert.topic_mean) > 0.5


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_similarity_is_between_minus_one_and_one(texts: list[str]) -> None:
    """For any papers, similarity is a number from -1 to 1."""
    rows = tfidf(
        csr_array([[float(len(text)), float(text.count("a"))] for text in texts]), np.ones(2)
    )
    alike = cosines(rows, rows, np.array([0.5, 0.1]))
    assert np.isfinite(alike).all()
    assert np.abs(alike).max() <= 1 + 1e-9
