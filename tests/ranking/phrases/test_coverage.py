"""Coverage of queries by papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.model.tokens import words_of
from digest.ranking.background import SATURATION
from digest.ranking.phrases.coverage import FREE_SHARE, avoided_coverage, coverage
from digest.ranking.phrases.expansion import build_query
from digest.ranking.phrases.index import InvertedIndex

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known


def test_coverage_is_the_share_of_the_weight(known: Known) -> None:
    """Each gram gives its weight, saturated by its count; the title counts thrice."""
    asked = build_query("genome mutation", known, expand=False)
    assert asked is not None
    found = coverage(
        InvertedIndex.of([words_of("Genome", "A mutation"), words_of("", "other")]), [asked]
    )
    title, once = 3 / (3 + SATURATION), 1 / (1 + SATURATION)
    parts = found.parts(0, asked)
    assert parts == pytest.approx(
        {"genome": asked.weights["genome"] * title, "mutation": asked.weights["mutation"] * once}
    )
    assert found.scores[:, 0].tolist() == pytest.approx([sum(parts.values()), 0])


def test_a_title_with_every_word_is_noted(known: Known) -> None:
    """Order and other words do not matter; a word of the abstract alone is not enough."""
    asked = build_query("genome mutation", known)
    assert asked is not None
    papers = [
        words_of("Mutations of Genomes", ""),
        words_of("Genomes", "mutation"),
        words_of("", ""),
    ]
    assert coverage(InvertedIndex.of(papers), [asked]).in_title[:, 0].tolist() == [
        True,
        False,
        False,
    ]
    assert coverage(InvertedIndex.of([]), [asked]).in_title.shape == (0, 1)


def test_a_phrase_matches_where_its_words_are_adjacent(known: Known) -> None:
    """In title or abstract; one word alone is no phrase."""
    papers = [
        words_of("A study", "We meet genome mutations."),
        words_of("Mutation", "genome beside mouse mutation"),
    ]
    phrase, word = build_query("genome mutation", known), build_query("genome", known)
    assert phrase
    assert word
    assert coverage(InvertedIndex.of(papers), [phrase, word]).has_phrase.tolist() == [
        [True, False],
        [False, False],
    ]


def test_a_title_with_a_distinctive_part_matches_the_phrase(known: Known) -> None:
    """Words that rarely occur together identify the phrase; common ones do not."""
    asked = build_query("genome camera model", known)
    assert asked
    assert asked.distinctive == (frozenset({"genome", "camera"}),)
    papers = [words_of("A Camera for Genomes", ""), words_of("A Camera Model", "genome")]
    assert coverage(InvertedIndex.of(papers), [asked]).has_phrase[:, 0].tolist() == [True, False]
    plain = build_query("genome camera model", known, expand=False)
    assert plain
    assert plain.distinctive == ()


def test_neighbours_count_as_a_pair(known: Known) -> None:
    """Words that stand side by side, as in the phrase, cover more of it."""
    asked = build_query("genome mutation", known, expand=False)
    assert asked is not None
    apart, together = (words_of("", t) for t in ("mutation of a genome", "a genome mutation"))
    scores = coverage(InvertedIndex.of([apart, together]), [asked]).scores[:, 0]
    assert scores[1] > scores[0]


def test_half_of_an_avoided_phrase_costs_little(known: Known) -> None:
    """Part of an avoided phrase is free; the whole phrase counts in full."""
    asked = build_query("genome mutation", known, expand=False)
    assert asked is not None
    papers = [words_of("Genome", ""), words_of("Genome Mutation", ""), words_of("Camera", "")]
    index = InvertedIndex.of(papers)
    scores = coverage(index, [asked]).scores[:, 0]
    part = asked.weights["genome"]
    assert part > FREE_SHARE
    left = (part - FREE_SHARE) / (1 - FREE_SHARE)
    assert avoided_coverage(index, asked).tolist() == pytest.approx(
        [scores[0] * left, scores[1], 0]
    )


def test_the_commoner_half_of_an_avoided_phrase_costs_nothing(known: Known) -> None:
    """A paper that has a model is no paper on epidemic models."""
    asked = build_query("epidemic model", known, expand=False)
    assert asked is not None
    index = InvertedIndex.of([words_of("Model", "A model.")])
    assert coverage(index, [asked]).scores[0, 0] > 0
    assert avoided_coverage(index, asked).tolist() == [0]


def test_every_part_of_a_long_avoided_text_costs(known: Known) -> None:
    """A long text is never matched as a whole, so no part is free."""
    asked = build_query("genome cell protein sequence mutation tissue camera motion clip", known)
    assert asked is not None
    assert avoided_coverage(InvertedIndex.of([words_of("Camera", "")]), asked)[0] > 0
