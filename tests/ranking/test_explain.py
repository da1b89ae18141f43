"""Reasons that add up."""

from __future__ import annotations

import pytest
from fake_papers import paper

from digest.ranking.explain import absorb_words, merge_pairs, merge_runs, reasons, shapley_shares
from digest.ranking.scorers import Explanation


def test_explanations_add_up_in_the_words_of_the_paper() -> None:
    """Each explanation adds its points; common terms are named once."""
    has_phrase = [
        (Explanation(parts={"genome": 3.0, "cell": 1.0}), 40.0),
        (Explanation(parts={"genome": 1.0}), 10.0),
        (Explanation(parts={}), 5.0),
    ]
    found = reasons(paper("Genomes", "A cell"), has_phrase)
    assert [(reason.term, reason.weight) for reason in found] == [("Genomes", 40.0), ("cell", 10.0)]


def test_points_that_several_scorers_reach_are_shared() -> None:
    """Points are divided equally among those who reach them and add up to the maximum."""
    assert shapley_shares([80.0]) == [80.0]
    assert shapley_shares([80.0, 60.0]) == [50.0, 30.0]
    assert shapley_shares([90.0, 60.0, 30.0]) == pytest.approx([55.0, 25.0, 10.0])


def test_a_pair_replaces_its_words() -> None:
    """Each word's points go to one pair; words without a pair and what is lost stay."""
    parts = {"large": 3.0, "language": 2.0, "model": 1.0, "large language": 0.5, "a b": -1.0}
    assert merge_pairs(parts) == {"model": 1.0, "large language": 5.5, "a b": -1.0}
    lost = {"a": 2.0, "b": 1.0, "a b": -1.0}
    assert merge_pairs(lost) == lost


def test_a_phrase_absorbs_the_words_in_it() -> None:
    """A word's points go to the heaviest phrase; what is lost or stands elsewhere stays."""
    points = {"model": 4.0, "chain": 2.0, "noise": 1.0, "attack": -3.0}
    phrases = {"language model": 5.0, "model supply chain": 6.0, "noise level": -2.0}
    assert absorb_words(points | phrases, [*phrases]) == {
        "language model": 5.0,
        "model supply chain": 12.0,
        "noise": 1.0,
        "noise level": -2.0,
        "attack": -3.0,
    }


def test_a_word_of_one_scorer_is_named_in_the_phrase_of_another() -> None:
    """For pairs and runs of any scorer; points add up, largest first."""
    has_phrase = [
        (Explanation(parts={"diffusion model": 2.0, "kv cache": 1.0, "cache line": 1.0}), 40.0),
        (Explanation(parts={"cache": 3.0, "diffusion": 1.0, "speed": 1.0}), 25.0),
    ]
    found = reasons(paper("KV Cache Lines in Diffusion Models", "Of speed."), has_phrase)
    assert [reason.term for reason in found] == ["KV Cache Lines", "Diffusion Models", "speed"]
    assert [reason.weight for reason in found] == pytest.approx([35.0, 25.0, 5.0])


def test_words_are_named_only_in_phrases_of_the_paper() -> None:
    """A liked title stands for the whole paper and absorbs no word."""
    has_phrase = [
        (Explanation(parts={"all about cells": 1.0}), 10.0),
        (Explanation(parts={"cells": 1.0}), 5.0),
    ]
    found = reasons(paper("Genomes", ""), has_phrase)
    assert [reason.term for reason in found] == ["all about cells", "cells"]


def test_pairs_that_overlap_are_named_whole() -> None:
    """As the run stands in the paper, with the points of all its pairs; what is apart stays."""
    parts = {"software supply": 3.0, "supply chain": 2.0, "chain attack": 1.0, "risk": 1.0}
    title = "Risks of Software Supply-Chain Attacks"
    found = reasons(paper(title, "Supply chains."), [(Explanation(parts=parts), 70.0)])
    assert [(reason.term, reason.weight) for reason in found] == [
        ("Software Supply-Chain Attacks", pytest.approx(60.0)),
        ("Risks", 10.0),
    ]
    points = {"supply chain": 2.0, "chain attack": 1.0, "Chain Attack Supply": -1.0}
    assert merge_runs("A supply chain. Attacks on a chain attack", points) == {}
    assert points == {"supply chain": 2.0, "chain attack": 1.0, "Chain Attack Supply": -1.0}


def test_a_pair_goes_to_the_longest_run() -> None:
    """So that no points count twice; a run that lost a pair leaves its other pairs alone."""
    points = {"a1 b1": 1.0, "b1 c1": 2.0, "c1 d1": 4.0, "d1 b1": 8.0}
    found = merge_runs("d1 b1 c1; a1 b1 c1 d1", points)
    assert found == {"a1 b1 c1 d1": "a1 b1 c1 d1"}
    assert points == {"d1 b1": 8.0, "a1 b1 c1 d1": 7.0}
