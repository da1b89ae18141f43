"""Papers as vectors of words, characters and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from digest.model.tokens import text_of
from digest.ranking.background import shipped
from digest.ranking.likes.reference import Archive
from digest.ranking.likes.vectors import PAIR, Lens, cosines, tfidf

if TYPE_CHECKING:
    from digest.ranking.background import Background

BIOLOGY = text_of("Genome Mutation", "A cell and its tissue")
CLIPS = text_of("Camera Motion", "Each frame of a video clip")


@pytest.fixture(scope="module")
def lens(known: Background) -> Lens:
    """The made-up background, seen by one who gave no example."""
    archive = Archive(background=known)
    return Lens(archive=archive, field=archive.nothing)


@pytest.fixture(scope="module")
def expert(known: Background) -> Lens:
    """The same background, seen from a field of some hundred papers."""
    archive = Archive(background=known)
    texts = [text_of(f"Genome Editing{n % 3}", "An enzyme cuts a genome.") for n in range(300)]
    return Lens(archive=archive, field=archive.own(texts))


def test_a_paper_is_like_itself(lens: Lens) -> None:
    """Likeness is 1 for the same paper, and small across topics, with topics or without."""
    view = lens.view([BIOLOGY, CLIPS])
    for topics in (0.0, 0.5):
        alike = lens.likeness(view, view, topics=topics)
        assert np.diag(alike) == pytest.approx(1)
        assert alike[0, 1] < 0.2
        assert alike == pytest.approx(alike.T)


def test_views_of_different_width_can_be_compared(lens: Lens) -> None:
    """Papers with unknown words are held against the archive, which lacks them."""
    fresh = lens.view([text_of("Zebrafish Genome", "Unheard words")])
    alike = lens.likeness(fresh, lens.everyday, topics=0.3)
    assert alike.shape == (1, lens.everyday.words.shape[0])
    assert np.abs(alike).max() <= 1 + 1e-9


def test_spelling_joins_forms_of_a_word(lens: Lens) -> None:
    """Characters see what words do not: a mutated genome is near to mutations in genomics."""
    view = lens.view([text_of("Genomics of mutations", ""), text_of("A mutated genome", "")])
    spelt = cosines(view.characters, view.characters, lens.characters.mean)
    assert spelt[0, 1] > 0.3


def test_topics_join_what_has_no_word_in_common() -> None:
    """Papers of one topic are alike by its other words, more so the more topics count."""
    archive = Archive(background=shipped())
    lens = Lens(archive=archive, field=archive.nothing)
    view = lens.view(
        [text_of("Protein folding", ""), text_of("Amino acid chains", ""), text_of("Cameras", "")]
    )
    plain, joined = (lens.likeness(view, view, topics=topics) for topics in (0.0, 1.0))
    assert joined[0, 1] > plain[0, 1] + 0.1
    assert joined[0, 1] > joined[0, 2] + 0.1


def test_a_paper_looks_the_same_in_any_company(lens: Lens) -> None:
    """Its likeness to another does not change with what else is looked at."""
    alone = lens.view([BIOLOGY, CLIPS])
    among = lens.view([BIOLOGY, CLIPS, text_of("Tissue of a cell", "Zebrafish and more")])
    assert lens.likeness(alone, alone) == pytest.approx(
        lens.likeness(among, among.pick([0, 1]))[:2]
    )


def test_an_empty_paper_has_no_direction() -> None:
    """Rows have length 1, but an empty one has none."""
    rows = tfidf(csr_array([[3.0, 1.0], [0.0, 0.0]]), np.ones(2))
    assert np.linalg.norm(rows.toarray(), axis=1) == pytest.approx([1, 0])


def test_what_the_field_uses_is_common_there(lens: Lens, expert: Lens) -> None:
    """A word of every paper of the field tells little in it; a pair tells less than a word."""
    genome = lens.archive.background.vocabulary["genome"]
    assert expert.words.idf[genome] < lens.words.idf[genome]
    words, pair = (
        expert.words.idf[expert._numbers[gram]]  # noqa: SLF001 - the columns have no other name
        for gram in ("cut", "enzyme cut")
    )
    assert pair == pytest.approx(PAIR * words)
    strange = expert.view([text_of("Zebrafish", "")])
    assert strange.terms[-1] == "zebrafish"
    assert strange.words.data.tolist() == [1]


def test_a_known_field_is_what_papers_are_everyday(lens: Lens, expert: Lens) -> None:
    """The field tells what to expect; without one a share of the archive does."""
    assert expert.everyday.words.shape[0] == 300
    assert lens.everyday.words.shape[0] == lens.archive.sample.shape[0]


def test_marks_and_common_words_count_in_a_known_field(lens: Lens, expert: Lens) -> None:
    """A field with texts knows how its papers are spelt; the archive knows terms alone."""
    pair = [text_of("Zebrafish, that is to say", ""), text_of("Kelp, that is to say", "")]
    seen = [
        cosines(view.characters, view.characters, np.zeros(view.characters.shape[1]))[0, 1]
        for view in (lens.view(pair), expert.view(pair))
    ]
    assert seen[0] < 0.3
    assert seen[1] > 0.5


def test_topics_of_a_known_field_are_centred(lens: Lens, expert: Lens) -> None:
    """Where all papers are on genomes, being on genomes makes nobody alike."""
    assert not lens.centre.any()
    assert np.linalg.norm(expert.centre) > 0.5


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_likeness_stays_between_one_and_one(texts: list[str]) -> None:
    """Whatever stands in papers, likeness is a number from -1 to 1."""
    rows = tfidf(
        csr_array([[float(len(text)), float(text.count("a"))] for text in texts]), np.ones(2)
    )
    alike = cosines(rows, rows, np.array([0.5, 0.1]))
    assert np.isfinite(alike).all()
    assert np.abs(alike).max() <= 1 + 1e-9
