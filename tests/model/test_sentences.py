"""Sentence boundaries: where a sentence ends, and that nothing is lost between two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.sentences import split

TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(
        ["We propose nets.", "It works.", "e.g.", "Fig. 2", "(a. B)", "x = 0.5", "日本。"]
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("One.", ["One."]),
        ("No stop", ["No stop"]),
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("By Li et al. It is new.", ["By Li et al.", "It is new."]),
        ("Li et al. Nature 3 was wrong.", ["Li et al. Nature 3 was wrong."]),
        (
            "See Fig. 2 and Sec. A for more. Then rest.",
            ["See Fig. 2 and Sec. A for more.", "Then rest."],
        ),
        (
            "Costs fall, e.g. Those of J. Smith. So what?",
            ["Costs fall, e.g. Those of J. Smith.", "So what?"],
        ),
        ("It is 0.5 vs. 2.5 now. Good.", ["It is 0.5 vs. 2.5 now.", "Good."]),
        ("He said “stop.” Then left.", ["He said “stop.”", "Then left."]),
        ("Nets (cf. Sec. 2. Also 3) are big. Yes.", ["Nets (cf. Sec. 2. Also 3) are big.", "Yes."]),
        ("Let x ∈ ℝ^d. Ωmega grows.", ["Let x ∈ ℝ^d.", "Ωmega grows."]),
        ("Uses Inc. The rest follows.", ["Uses Inc.", "The rest follows."]),
        ("see node.js and v1. 2 is next.", ["see node.js and v1.", "2 is next."]),
        ("E. coli grows. S. aureus too.", ["E. coli grows.", "S. aureus too."]),
        ("Trained for vitamin C. We won.", ["Trained for vitamin C.", "We won."]),
        ("提出了一种方法。效果很好！", ["提出了一种方法。", "效果很好！"]),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    """Abbreviations, initials, decimals and brackets end no sentence."""
    assert split(text) == sentences


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_splitting_loses_no_letter(text: str) -> None:
    """The sentences together are the text, white space aside."""
    assert "".join("".join(split(text)).split()) == "".join(text.split())
