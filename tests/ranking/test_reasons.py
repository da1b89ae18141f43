"""Reasons that add up."""

from __future__ import annotations

import pytest
from fake_papers import paper

from digest.ranking.reasons import chained, joined, reasons, shared
from digest.ranking.voices import Account


def test_accounts_add_up_in_the_words_of_the_paper() -> None:
    """Each account gives its points; what both name is named once, and nothing is no account."""
    said = [
        (Account(parts={"genome": 3.0, "cell": 1.0}), 40.0),
        (Account(parts={"genome": 1.0}), 10.0),
        (Account(parts={}), 5.0),
    ]
    found = reasons(paper("Genomes", "A cell"), said)
    assert [(reason.term, reason.weight) for reason in found] == [("Genomes", 40.0), ("cell", 10.0)]


def test_what_several_voices_reach_is_shared() -> None:
    """Equal parts of what all reach, the rest to those who reach it; together the highest."""
    assert shared([80.0]) == [80.0]
    assert shared([80.0, 60.0]) == [50.0, 30.0]
    assert shared([90.0, 60.0, 30.0]) == pytest.approx([55.0, 25.0, 10.0])


def test_a_pair_speaks_for_its_words() -> None:
    """Each word's points go to one pair; words without a pair and what is lost stay."""
    parts = {"large": 3.0, "language": 2.0, "model": 1.0, "large language": 0.5, "a b": -1.0}
    assert joined(parts) == {"model": 1.0, "large language": 5.5, "a b": -1.0}


def test_pairs_that_overlap_are_named_whole() -> None:
    """As the run stands in the paper, with the points of all its pairs; what is apart stays."""
    parts = {"software supply": 3.0, "supply chain": 2.0, "chain attack": 1.0, "risk": 1.0}
    title = "Risks of Software Supply-Chain Attacks"
    found = reasons(paper(title, "Supply chains."), [(Account(parts=parts), 70.0)])
    assert [(reason.term, reason.weight) for reason in found] == [
        ("Software Supply-Chain Attacks", pytest.approx(60.0)),
        ("Risks", 10.0),
    ]
    points = {"supply chain": 2.0, "chain attack": 1.0, "Chain Attack Supply": -1.0}
    assert chained("A supply chain. Attacks on a chain attack", points) == {}
    assert points == {"supply chain": 2.0, "chain attack": 1.0, "Chain Attack Supply": -1.0}


def test_a_pair_goes_to_the_longest_run() -> None:
    """So that no points count twice; a run that lost a pair leaves its other pairs alone."""
    points = {"a1 b1": 1.0, "b1 c1": 2.0, "c1 d1": 4.0, "d1 b1": 8.0}
    found = chained("d1 b1 c1; a1 b1 c1 d1", points)
    assert found == {"a1 b1 c1 d1": "a1 b1 c1 d1"}
    assert points == {"d1 b1": 8.0, "a1 b1 c1 d1": 7.0}
