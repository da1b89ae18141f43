"""Topics: what lies in one direction, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_papers import TOPICS as MADE_UP
from fake_papers import texts

from digest.model.tokens import words_of
from digest.ranking.background import Background, bag
from digest.ranking.build_background import pack
from digest.ranking.phrases.expansion import query
from digest.ranking.phrases.index import Sheet
from digest.ranking.phrases.lsa import MOST_WORDS, TOPICS, Places, directions

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known

PAPERS = [
    words_of("Temporal Scenes", "A clip is a scene in motion."),
    words_of("Cell Sequences", "The tissue of one cell, its enzyme and its expression."),
    words_of("Zebras", "Unheard of."),
]


def test_a_topic_is_found_in_other_words(known: Known) -> None:
    """A paper without a word of the phrase lies nearer than one of another topic."""
    asked = query("video diffusion", known)
    assert asked is not None
    near = Places.of(Sheet.of(PAPERS), known).near(asked)
    assert near[0] > 0.2 > near[1]
    assert near[2] == 0


def test_words_of_one_topic_lie_together(known: Known) -> None:
    """Every word is nearer to those of its own topic than to those of the others."""
    topics = [[known.vocabulary[w] for w in words.split()] for words in MADE_UP.values()]
    whole = known.places(np.arange(len(known.vocabulary)))
    places = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    likeness = [[float((places[a] @ places[b].T).mean()) for b in topics] for a in topics]
    for number, row in enumerate(likeness):
        assert max(row) == row[number]


def test_the_words_named_add_up(known: Known) -> None:
    """At most so many words tell why a paper is near, and they make up the whole cosine."""
    asked = query("genome", known)
    assert asked is not None
    places = Places.of(Sheet.of(PAPERS), known)
    parts = places.parts(1, asked)
    assert 0 < len(parts) <= MOST_WORDS
    assert parts.keys() <= {*PAPERS[1].title, *PAPERS[1].abstract}
    assert sum(parts.values()) == pytest.approx(places.near(asked)[1], rel=1e-4)
    assert places.parts(2, asked) == {}


def test_a_phrase_that_nobody_knows_points_nowhere(known: Known) -> None:
    """Nothing is near to unknown words."""
    asked = query("zebrafish", known)
    assert asked is not None
    assert not asked.direction.any()
    assert Places.of(Sheet.of(PAPERS), known).near(asked).tolist() == [0, 0, 0]


def test_unknown_words_have_no_place(known: Known) -> None:
    """A word without a number lies nowhere among the topics; a known one lies somewhere."""
    late, early = known.places(np.array([-1, known.vocabulary["genome"]]))
    assert not late.any()
    assert early.any()


def test_papers_lie_where_their_words_do(known: Known) -> None:
    """A paper has a direction of length 1, one without a known word none."""
    counts = known.count([bag(*PAPERS[0]), {"zebrafish": 2}])
    held, lost = directions(counts, known)
    assert np.linalg.norm(held) == pytest.approx(1, rel=1e-5)
    assert held == pytest.approx(Places.of(Sheet.of(PAPERS[:1]), known).papers[0], abs=1e-5)
    assert not lost.any()


@pytest.mark.parametrize("count", [1, 2, 30])
def test_few_papers_have_few_topics(count: int) -> None:
    """An archive of any size has topics, never more than it has papers."""
    small = Background.read(pack(texts(count), count, made="", origin=""))
    places = small.places(np.arange(len(small.vocabulary)))
    assert places.shape[1] <= min(TOPICS, count)
    assert np.isfinite(places).all()
