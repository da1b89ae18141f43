"""Scorers and their explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.model.tokens import text_of, words_of
from digest.ranking.likes.reference import ReferenceArchive
from digest.ranking.likes.ridge import dislike_penalty, fit_likes
from digest.ranking.likes.vectors import VectorSpace
from digest.ranking.phrases.coverage import avoided_coverage, coverage
from digest.ranking.phrases.expansion import build_query
from digest.ranking.phrases.index import InvertedIndex
from digest.ranking.phrases.lsa import TopicSpace
from digest.ranking.scorers import (
    AVOID_WEIGHT,
    TOPIC_WEIGHT,
    ExampleScorer,
    PhraseScorer,
    inflected,
)

if TYPE_CHECKING:
    from digest.ranking.background import Background

PAPER = words_of("Genome Mutation", "A cell")


def test_a_phrase_explains_covered_and_missing_terms(known: Background) -> None:
    """Parts are what is covered, less what is avoided and disliked, and words that lack.

    Where the score is worth a word, the words that draw the paper to the topic count among them.
    """
    asked = build_query("Genome mutation in Video", known, expand=False)
    avoided = build_query("cells", known, expand=False)
    assert asked is not None
    assert avoided is not None
    index = InvertedIndex.of([PAPER])
    cover = coverage(index, [asked])
    topics = TopicSpace.of(index, known)
    archive = ReferenceArchive(background=known)
    space = VectorSpace(archive=archive, field=archive.empty)
    vectors = space.embed([text_of("Genome Mutation", "A cell")])
    scorer = PhraseScorer(
        interest="fish",
        probabilities=np.array([0.5]),
        query=asked,
        weight=1.0,
        cover=cover,
        avoided={"cells": avoided_coverage(index, avoided)},
        penalty=dislike_penalty(space, vectors, vectors, ["Genome Mutation"]),
        topics=topics,
    )
    explanation = scorer.explain(0)
    near = TOPIC_WEIGHT * asked.level**0.5 * topics.parts(0, asked)["genome"]
    assert explanation.missing == ("Video",)
    assert near > 0
    assert explanation.parts["genome"] == cover.parts(0, asked)["genome"] + near
    assert explanation.parts["cells"] == -AVOID_WEIGHT * avoided_coverage(index, avoided)[0]
    assert explanation.parts["Genome Mutation"] < 0
    assert explanation.like == ""
    scorer.probabilities[0] = 0.1
    assert scorer.explain(0).parts["genome"] == cover.parts(0, asked)["genome"]


def test_likes_are_explained_by_shared_words(known: Background) -> None:
    """Shared words are named; where none is shared, the nearest like itself."""
    archive = ReferenceArchive(background=known)
    space = VectorSpace(archive=archive, field=archive.empty)
    vectors = space.embed(
        [text_of("Genome", ""), text_of("Camera", ""), text_of("Genome Mutation", "A cell")]
    )
    papers = vectors.pick(slice(0, 2))
    found = fit_likes(space, papers, vectors.pick([2]), vectors.pick(slice(0, 0)))
    scorer = ExampleScorer(
        interest="likes",
        probabilities=np.array([0.5, 0.1]),
        fit=found,
        vectors=papers,
        titles=["Genome Mutation"],
    )
    assert list(scorer.explain(0).parts) == ["genome"]
    assert scorer.explain(1).parts == {"Genome Mutation": 1.0}
    assert scorer.explain(0).like == "Genome Mutation"


def test_a_word_with_a_verbs_ending_is_not_missing(known: Background) -> None:
    """A paper on jailbreaking does not lack "jailbreak"; "gene" is not in "general"."""
    jailbreaking = words_of("Jailbreaking by Tuned Models", "A general defender")
    index = InvertedIndex.of([words_of("Defending", ""), jailbreaking])
    found = inflected(["jailbreak", "tune", "defend", "gene", "model"], index, 1)
    assert found == {"jailbreak", "tune", "defend"}
    assert inflected(["jailbreak", "tune"], index, 0) == frozenset()
    asked = build_query("jailbreak attacks", known, expand=False)
    assert asked is not None
    scorer = PhraseScorer(
        interest="agents",
        probabilities=np.array([0.1, 0.1]),
        query=asked,
        weight=1.0,
        cover=coverage(index, [asked]),
        avoided={},
        penalty=None,
        topics=TopicSpace.of(index, known),
    )
    assert scorer.explain(1).missing == ("attacks",)
