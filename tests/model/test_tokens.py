"""Words as the ranking sees them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.tokens import Words, grams, holds, runs, singular, surfaces, terms, words_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("llms", "llm"),
        ("studies", "study"),
        ("classes", "class"),
        ("boxes", "box"),
        ("batches", "batch"),
        ("class", "class"),
        ("corpus", "corpus"),
        ("analysis", "analysis"),
        ("gas", "gas"),
        ("video", "video"),
    ],
)
def test_a_plural_and_its_singular_are_one_term(word: str, expected: str) -> None:
    """Regular English plural endings go, other endings stay."""
    assert singular(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vision-Language-Action Models", ["vision", "language", "action", "model"]),
        ("We present the results of this paper", ["result"]),
        ("Schrödinger’s équations", ["schrodinger", "equation"]),
        (r"\textbf{Code} at https://example.org/a_b and www.example.org", ["code"]),
        ("Weights on example.io/models.", ["weight"]),
        ("a b c R 3D 2", ["3d"]),
        ("拡散モデル", ["拡", "散", "モ", "デ", "ル"]),
        ("state_space", ["state", "space"]),
        ("", []),
    ],
)
def test_terms_are_folded_words_that_carry_a_topic(text: str, expected: list[str]) -> None:
    """Case, accents, hyphens, addresses, LaTeX and stop words do not count."""
    assert terms(text) == expected


def test_grams_are_terms_and_their_adjacent_pairs() -> None:
    """Pairs follow the single terms, in their order."""
    assert list(grams(["flow", "matching", "fast"])) == [
        "flow",
        "matching",
        "fast",
        "flow matching",
        "matching fast",
    ]


def test_a_phrase_is_held_only_side_by_side() -> None:
    """The words of a phrase must be neighbours in the title or in the abstract."""
    words = words_of("Flow Matching", "A fast model of the weather")
    assert holds(words, ["flow", "matching"])
    assert holds(words, ["weather"])
    assert not holds(words, ["matching", "fast"])
    assert not holds(words, ["flow", "fast"])
    assert words == Words(("flow", "matching"), ("fast", "model", "weather"))


def test_surfaces_are_the_words_as_they_stand() -> None:
    """A gram is shown as the text has it, where it stands first."""
    found = surfaces("LLM-Agents act; llm agents plan", ["llm", "agent", "llm agent", "video"])
    assert found == {"llm": "LLM", "agent": "Agents", "llm agent": "LLM-Agents"}


def test_a_pair_is_shown_where_no_mark_parts_it() -> None:
    """A later place without a bracket or a comma is shown first; if there is none, the words."""
    torn = "Large models (LLM)-based agents. Notably, our results"
    assert surfaces(torn, ["llm agent"]) == {"llm agent": "LLM agents"}
    assert surfaces(f"{torn} on LLM agents", ["llm agent"]) == {"llm agent": "LLM agents"}
    assert surfaces("Agents, tools; agent-tools", ["agent tool"]) == {"agent tool": "agent-tools"}


def test_runs_are_of_pairs_side_by_side() -> None:
    """Three terms or more, the longest first, as they stand; a mark or another word ends one."""
    text = "Cell RNA, single-cell RNA; single-cell RNA sequencing of cell RNA sequencing"
    pairs = {"single cell", "cell rna", "rna sequencing"}
    assert list(runs(text, pairs).items()) == [
        ("single cell rna sequencing", "single-cell RNA sequencing"),
        ("single cell rna", "single-cell RNA"),
        ("cell rna sequencing", "cell RNA sequencing"),
    ]
    assert runs("", pairs) == {}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_every_surface_folds_back_to_its_gram(text: str) -> None:
    """What is shown is in the text, or its words are, and means the gram it stands for."""
    for gram, surface in surfaces(text, list(grams(terms(text)))).items():
        assert surface in text or all(word in text for word in surface.split(" "))
        assert " ".join(terms(surface)) == gram
