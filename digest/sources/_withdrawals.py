"""Withdrawn papers, recognised by the authors' comment because arXiv has no flag.

Only a text that says so of this paper, in this version, counts: abstracts mention withdrawn drugs
and troops, comments mention earlier versions and of journals.
"""

from __future__ import annotations

import re

_THIS = (
    r"(?:this|the|our|present)\s(?:(?:arxiv|current|entire|whole|present)\s)?"
    r"(?:paper|submission|article|manuscript|work|preprint|version|entry|document|note|draft)"
)
_IS = r"(?:has|have|had|was|is|were)\s(?:now\s|since\s|hereby\s)?(?:been\s)?(?:\w{1,20}ly\s)?"
_NOT_ELSEWHERE = (
    r"(?!\sfrom\s(?!(?:the\s)?arxiv))(?!\s(?:and|then|but)\s(?:\w{1,20}\s)?(?:re|corrected))"
)
_SAYS_SO = re.compile(
    rf"(?:^|[.;!]\s)\W{{0,3}}(?:{_THIS}\s(?:\([^()]{{0,80}}\)\s)?{_IS}withdrawn{_NOT_ELSEWHERE}"
    rf"|{_THIS}\s(?:is|was)\sretracted"
    rf"|(?:the|all)?\s?authors?\s(?:has|have)?\s?(?:withdrawn|withdrew|withdraws?)\s"
    rf"(?:this|the|their)\s)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    rf"^\W{{0,3}}(?:paper\s|article\s|submission\s|manuscript\s)?(?:is\s|was\s|has\sbeen\s)?"
    rf"withdrawn\b{_NOT_ELSEWHERE}",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^\W{0,3}(?:withdrawn|retracted)\s?(?:[:\])–—-]|$)", re.IGNORECASE)
_ABSTRACT_CHARS = 200
"""Beginning of an abstract in which authors say so; there is nothing else then."""


def is_withdrawn(title: str, abstract: str, comment: str) -> bool:
    """Return whether the authors have withdrawn this version of the paper."""
    beginning = " ".join(abstract.split())[:_ABSTRACT_CHARS]
    remark = " ".join(comment.split())
    first = _SAYS_SO.match(beginning)
    return bool(
        _TITLE.search(title.strip()) or first or _COMMENT.search(remark) or _SAYS_SO.search(remark)
    )
