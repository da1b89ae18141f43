"""LSA topics and their explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_papers import TOPICS as MADE_UP
from fake_papers import texts

from digest.model.tokens import words_of
from digest.ranking.background import Background, bag
from digest.ranking.build_background import pack
from digest.ranking.phrases.expansion import build_query
from digest.ranking.phrases.index import InvertedIndex
from digest.ranking.phrases.lsa import MAX_TOPIC_WORDS, TOPICS, TopicSpace, document_directions

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known

PAPERS = [
    words_of("Temporal Scenes", "A clip is a scene in motion."),
    words_of("Cell Sequences", "The tissue of one cell, its enzyme and its expression."),
    words_of("Zebras", "Unheard of."),
]


def test_a_topic_is_found_in_other_words(known: Known) -> None:
    """A paper without a word of the phrase lies nearer than one of another topic."""
    asked = build_query("video diffusion", known)
    assert asked is not None
    similarity = TopicSpace.of(InvertedIndex.of(PAPERS), known).similarity(asked)
    assert similarity[0] > 0.2 > similarity[1]
    assert similarity[2] == 0


def test_words_of_one_topic_have_similar_vectors(known: Known) -> None:
    """Every word is nearer to those of its own topic than to those of the others."""
    numbers = [[known.vocabulary[w] for w in words.split()] for words in MADE_UP.values()]
    whole = known.term_vectors(np.arange(len(known.vocabulary)))
    topics = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    similarity = [[float((topics[a] @ topics[b].T).mean()) for b in numbers] for a in numbers]
    for number, row in enumerate(similarity):
        assert max(row) == row[number]


def test_the_words_named_add_up(known: Known) -> None:
    """A limited number of words explains a similarity and adds up to it."""
    asked = build_query("genome", known)
    assert asked is not None
    topics = TopicSpace.of(InvertedIndex.of(PAPERS), known)
    parts = topics.parts(1, asked)
    assert 0 < len(parts) <= MAX_TOPIC_WORDS
    assert parts.keys() <= {*PAPERS[1].title, *PAPERS[1].abstract}
    assert sum(parts.values()) == pytest.approx(topics.similarity(asked)[1], rel=1e-4)
    assert topics.parts(2, asked) == {}


def test_an_unknown_phrase_has_no_direction(known: Known) -> None:
    """Unknown words have similarity 0 to every paper."""
    asked = build_query("zebrafish", known)
    assert asked is not None
    assert not asked.direction.any()
    assert TopicSpace.of(InvertedIndex.of(PAPERS), known).similarity(asked).tolist() == [
        0,
        0,
        0,
    ]


def test_unknown_words_have_no_vector(known: Known) -> None:
    """A word without a number has a zero vector; a known one has not."""
    late, early = known.term_vectors(np.array([-1, known.vocabulary["genome"]]))
    assert not late.any()
    assert early.any()


def test_papers_have_unit_directions(known: Known) -> None:
    """A paper has a direction of length 1, one without a known word none."""
    counts = known.count([bag(*PAPERS[0]), {"zebrafish": 2}])
    held, lost = document_directions(counts, known)
    assert np.linalg.norm(held) == pytest.approx(1, rel=1e-5)
    assert held == pytest.approx(
        TopicSpace.of(InvertedIndex.of(PAPERS[:1]), known).papers[0], abs=1e-5
    )
    assert not lost.any()


@pytest.mark.parametrize("count", [1, 2, 30])
def test_few_papers_have_few_topics(count: int) -> None:
    """An archive of any size has topics, never more than it has papers."""
    small = Background.read(pack(texts(count), count, made="", origin=""))
    topics = small.term_vectors(np.arange(len(small.vocabulary)))
    assert topics.shape[1] <= min(TOPICS, count)
    assert np.isfinite(topics).all()
