"""Summaries of papers as the email shows them; see the package's docstring for the method."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.email.summary.acronyms import expanded
from digest.email.summary.document import Abstract, coined_name, plain, sentences, word_count
from digest.email.summary.penalties import MAX_LEAD_WORDS, MAX_WORDS, stands_alone
from digest.email.summary.rules import word_set
from digest.email.summary.selection import select
from digest.model.sentences import split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.model.paper import Paper

MAX_OWN_WORDS = 60
"""Words below which a source's own summary is used."""
MAX_CHARS = 150
"""Characters of a summary in a script without spaces between words."""
MIN_WORDS = 3
"""Words of letters in a sentence; fewer are a stump or a formula."""
MIN_IDEOGRAPHS = 6
MIN_ENGLISH = 0.15
"""Share of function words in English; German and French reach .05, English abstracts .25."""
FIRST_SENTENCES = 2

_WORD = re.compile(r"[^\W\d_]{2,}")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENGLISH = word_set("english")


def summarize(
    paper: Paper,
    mode: str = "auto",
    *,
    sentences: int | None = None,
    idf: Callable[[str], float] | None = None,
) -> str:
    """Return what `paper` does and finds, as plain text in whole sentences; "" if unknown.

    `mode` is that of `[email] summary`. "auto" takes the source's own summary if it is short and
    stands alone, otherwise purpose and result in at most 45 words of the abstract. With three
    `sentences` it adds the method, in at most 70 words. "abstract" takes all of the abstract,
    "first" its first sentences. `idf` weighs the terms; without it all are equal.
    """
    title = plain(paper.title)
    abstract = plain(paper.abstract or paper.summary, coined_name(title))
    if mode == "abstract":
        return abstract
    if mode == "first":
        return " ".join(split(abstract)[: sentences or FIRST_SENTENCES])
    return _own(paper.summary, sentences) or _extracted(
        abstract, title, paper.categories, sentences, idf or _equal
    )


def _own(summary: str, limit: int | None) -> str:
    """Return the source's own summary if it is short and stands alone, else ""."""
    parts = [part for part in split(plain(summary)) if _says_something(part)][:limit]
    text = " ".join(parts)
    return text if word_count(text) < MAX_OWN_WORDS and text and stands_alone(text) else ""


def _extracted(
    abstract: str,
    title: str,
    categories: tuple[str, ...],
    limit: int | None,
    idf: Callable[[str], float],
) -> str:
    """Return the best sentences of an abstract in its own words."""
    usable = [s for s in sentences(abstract) if _says_something(s.text)]
    if not usable:
        return ""
    if not is_english(abstract):
        return _lead([sentence.text for sentence in usable], limit)
    document = Abstract(title, usable, idf)
    chosen = " ".join(select(document, categories, most=limit or 2))
    room = MAX_LEAD_WORDS if (limit or 2) > 2 else MAX_WORDS  # noqa: PLR2004
    return expanded(chosen, abstract, title, room)


def _says_something(text: str) -> bool:
    """Return whether a sentence has words, and not only formulas or a stump."""
    return len(_WORD.findall(text)) >= MIN_WORDS or len(_IDEOGRAPH.findall(text)) >= MIN_IDEOGRAPHS


def is_english(text: str) -> bool:
    """Return whether the rules apply: they are written for English."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return sum(word in _ENGLISH for word in words) >= MIN_ENGLISH * max(len(words), 1)


def _lead(parts: Sequence[str], limit: int | None) -> str:
    """Return the first sentences that fit, in a language that the rules do not know."""
    chosen: list[str] = []
    for part in parts:
        if len(chosen) < (limit or 2) and _fits([*chosen, part]) and stands_alone(part):
            chosen.append(part)
    return " ".join(chosen)


def _fits(parts: Sequence[str]) -> bool:
    text = " ".join(parts)
    short = len(text) <= MAX_CHARS or not _IDEOGRAPH.search(text)
    return short and word_count(text) <= MAX_WORDS


def _equal(_term: str) -> float:
    return 1.0
