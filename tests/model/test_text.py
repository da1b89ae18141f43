"""Hostile text becomes one harmless line."""

from __future__ import annotations

import unicodedata
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.text import Unit, clean, cut, http_url, unescape


@pytest.mark.parametrize(
    ("rough", "expected"),
    [
        ("two\n   lines", "two lines"),
        ("header\r\nBcc: x@example.org", "header Bcc: x@example.org"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private \ue000 use, \ufffd", "private use, "),
        ("e\u0301te\u0301", "été"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (None, ""),
        (42, ""),
    ],
)
def test_text_is_one_clean_line(rough: object, expected: str) -> None:
    """Controls, overrides, surrogates and private use go; white space folds; the rest stays."""
    assert clean(rough) == expected.strip()


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters()), st.integers(1, 50))
def test_cleaning_is_idempotent_and_bounded(rough: str, limit: int) -> None:
    """Clean text stays as it is, fits its limit, and can be encoded and put in a header."""
    once = clean(rough, limit)
    assert clean(once, limit) == once
    assert len(once) <= limit
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in once)
    once.encode()


def test_cut_marks_what_is_missing() -> None:
    """A text that is too long ends in an ellipsis within its limit."""
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("One is here. Two is here.", 24, "One is here."),
        ("One is here. Two is here.", 25, "One is here. Two is here."),
        ("One is here. Two is here.", 12, "One is here."),
        (
            "One. Two sentences are here, e.g. by J. Doe.",
            38,
            "One. Two sentences are here, e.g. by…",
        ),
        ("many words without a stop", 12, "many words…"),
        ("many words without a stop", 11, "many words…"),
        ("many, words", 9, "many…"),
        ("Donaudampfschiff", 6, "Donau…"),
        ("提出了一种方法。效果很好！", 10, "提出了一种方法。"),
        ("word", 0, ""),
        ("word", 1, "…"),
    ],
)
def test_a_cut_keeps_sentences_else_words(text: str, limit: int, expected: str) -> None:
    """A sentence that fills half of the limit stays whole, else a word; a giant word is cut."""
    assert cut(text, limit, "sentence") == expected


@settings(deadline=None, max_examples=150)
@given(st.text("ab .!?。", max_size=200), st.integers(-1, 100), st.sampled_from(get_args(Unit)))
def test_a_cut_text_is_short(text: str, limit: int, unit: Unit) -> None:
    """It fits, and is the beginning of the text."""
    short = cut(text, limit, unit)
    assert len(short) <= max(limit, 0)
    assert text.startswith(short.removesuffix("…"))


def test_references_are_replaced() -> None:
    """Character references become characters."""
    assert unescape("x &lt; y") == "x < y"


@pytest.mark.parametrize(
    ("url", "sound"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://127.0.0.1:8000/x", True),
        ("javascript:alert(1)", False),
        ("https://user:secret@example.org/", False),
        ("https://example.org/a b", False),
        ('https://example.org/"onclick', False),
        ("//example.org", False),
        ("https://exämple.org/", False),
        ("https://[x/", False),
        ("https://example.org:99999999/", False),
        (None, False),
        ("https://example.org/" + "a" * 3000, False),
    ],
)
def test_only_clean_http_links_pass(url: object, sound: bool) -> None:  # noqa: FBT001  # a table
    """Anything else than an absolute http(s) address without credentials is no link."""
    assert bool(http_url(url)) is sound
