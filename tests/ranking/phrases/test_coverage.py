"""How much papers cover of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.model.tokens import words_of
from digest.ranking.background import SATURATION
from digest.ranking.phrases.coverage import PART, coverage, unwanted
from digest.ranking.phrases.expansion import query
from digest.ranking.phrases.index import Sheet

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known


def test_coverage_is_the_share_of_the_weight(known: Known) -> None:
    """Each gram gives its weight, saturated by its count; the title counts thrice."""
    asked = query("genome mutation", known, expand=False)
    assert asked is not None
    found = coverage(Sheet.of([words_of("Genome", "A mutation"), words_of("", "other")]), [asked])
    title, once = 3 / (3 + SATURATION), 1 / (1 + SATURATION)
    parts = found.parts(0, asked)
    assert parts == pytest.approx(
        {"genome": asked.weights["genome"] * title, "mutation": asked.weights["mutation"] * once}
    )
    assert found.scores[:, 0].tolist() == pytest.approx([sum(parts.values()), 0])


def test_a_title_with_every_word_is_noted(known: Known) -> None:
    """Order and company do not matter; a word that only the abstract has is not enough."""
    asked = query("genome mutation", known)
    assert asked is not None
    papers = [
        words_of("Mutations of Genomes", ""),
        words_of("Genomes", "mutation"),
        words_of("", ""),
    ]
    assert coverage(Sheet.of(papers), [asked]).titled[:, 0].tolist() == [True, False, False]
    assert coverage(Sheet.of([]), [asked]).titled.shape == (0, 1)


def test_a_phrase_is_said_where_its_words_stand_side_by_side(known: Known) -> None:
    """In title or abstract; one word alone is no phrase."""
    papers = [
        words_of("A study", "We meet genome mutations."),
        words_of("Mutation", "genome beside mouse mutation"),
    ]
    phrase, word = query("genome mutation", known), query("genome", known)
    assert phrase
    assert word
    assert coverage(Sheet.of(papers), [phrase, word]).said.tolist() == [
        [True, False],
        [False, False],
    ]


def test_a_title_with_a_telling_part_says_the_phrase(known: Known) -> None:
    """Words that hardly ever meet mean the whole phrase; common company means nothing."""
    asked = query("genome camera model", known)
    assert asked
    assert asked.telling == (frozenset({"genome", "camera"}),)
    papers = [words_of("A Camera for Genomes", ""), words_of("A Camera Model", "genome")]
    assert coverage(Sheet.of(papers), [asked]).said[:, 0].tolist() == [True, False]
    plain = query("genome camera model", known, expand=False)
    assert plain
    assert plain.telling == ()


def test_neighbours_count_as_a_pair(known: Known) -> None:
    """Words that stand side by side, as in the phrase, cover more of it."""
    asked = query("genome mutation", known, expand=False)
    assert asked is not None
    apart, together = (words_of("", t) for t in ("mutation of a genome", "a genome mutation"))
    scores = coverage(Sheet.of([apart, together]), [asked]).scores[:, 0]
    assert scores[1] > scores[0]


def test_half_of_a_phrase_is_hardly_unwanted(known: Known) -> None:
    """Of a phrase to avoid a part of its weight is free; the whole of it counts in full."""
    asked = query("genome mutation", known, expand=False)
    assert asked is not None
    papers = [words_of("Genome", ""), words_of("Genome Mutation", ""), words_of("Camera", "")]
    sheet = Sheet.of(papers)
    scores = coverage(sheet, [asked]).scores[:, 0]
    part = asked.weights["genome"]
    assert part > PART
    left = (part - PART) / (1 - PART)
    assert unwanted(sheet, asked).tolist() == pytest.approx([scores[0] * left, scores[1], 0])


def test_of_a_commoner_half_nothing_is_unwanted(known: Known) -> None:
    """A paper that has a model is no paper on epidemic models."""
    asked = query("epidemic model", known, expand=False)
    assert asked is not None
    sheet = Sheet.of([words_of("Model", "A model.")])
    assert coverage(sheet, [asked]).scores[0, 0] > 0
    assert unwanted(sheet, asked).tolist() == [0]


def test_every_part_of_a_long_text_is_unwanted(known: Known) -> None:
    """A text to avoid is never named as a whole."""
    asked = query("genome cell protein sequence mutation tissue camera motion clip", known)
    assert asked is not None
    assert unwanted(Sheet.of([words_of("Camera", "")]), asked)[0] > 0
