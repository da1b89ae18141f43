"""Words are set as a typographer would, where there is no doubt."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.email.typography import curled, lowered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every head's budget", "every head’s budget"),
        ("we don't", "we don’t"),
        ('a "world model" of it', "a “world model” of it"),
        ('("one", "two")', "(“one”, “two”)"),
        ("5' and 3'UTR of f'(x)", "5' and 3'UTR of f'(x)"),
        ('a 12" disk and a 5" one', 'a 12" disk and a 5" one'),
        ('a " b " c', 'a " b " c'),
        ("", ""),
    ],
)
def test_marks_are_curled_where_there_is_no_doubt(text: str, expected: str) -> None:
    """Apostrophes within words and pairs of quotation marks; nothing that measures or derives."""
    assert curled(text) == expected


@example(text='"."5"."')
@given(text=st.text("ab \"'.()5é", max_size=40))
def test_curling_changes_marks_alone(text: str) -> None:
    """Letters, spaces and their number stay, and what is curled stays so."""
    straight = str.maketrans("’“”", '\'""')
    assert curled(text).translate(straight) == text
    assert curled(curled(text)) == curled(text)


TITLE = "KV Cache Compression with Gaussian Steps for Efficient Serving"
ABSTRACT = "A cache is small. We compress it by steps of the cache, Gaussian ones, under Adam."


@pytest.mark.parametrize(
    ("term", "title", "expected"),
    [
        ("KV Cache", TITLE, "KV cache"),
        ("Steps", TITLE, "steps"),
        ("Adam", TITLE, "Adam"),
        ("Gaussian Steps", TITLE, "Gaussian steps"),
        ("Efficient Serving", TITLE, "efficient serving"),
        ("LLMs", TITLE, "LLMs"),
        ("Mamba", "A selective state space like Mamba", "Mamba"),
        ("One", "One", "One"),
    ],
)
def test_a_titles_capitals_go(term: str, title: str, expected: str) -> None:
    """In a list of words those of a title are small; names and abbreviations stay large."""
    assert lowered(term, title, ABSTRACT) == expected
