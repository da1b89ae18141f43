"""Checker of summaries: faults of a text that must stand alone and come from its source.

Written apart from the rules of digest.email.summary, so that both can be wrong only separately.
"""

from __future__ import annotations

import re

MAX_WORDS = 45
MIN_WORDS = 5

DANGLING = re.compile(
    r"(?:It|They|Them|These|Those|Such|Its|Their|This(?! (?:paper|work|article|study|survey|report"
    r"|letter|note|review|thesis|manuscript))|That|Here|There(?:by|fore)|However|But|And|Or|Yet|So"
    r"|Moreover|Furthermore|Additionally|In addition|Also|Then|Thus|Hence|Therefore|Consequently"
    r"|Nevertheless|Instead|Finally|Secondly|Third|Otherwise|As a result"
    r"|(?:To|In|For|With|By|From|Based on|Using) (?:this|that|these|those|such)"
    r"|The (?:latter|former|above|following|other|second|third|same))\b(?![-'’])"
)
STOCK = re.compile(
    r"(?:In|With|Through) (?:this|the present|our|the current) (?:\w+ )?(?:paper|work|article|study"
    r"|letter|report|note|survey)|This (?:paper|work|article|study|letter) "
    r"(?:presents?|proposes?|introduces?|describes?|studies|investigates?)|The (?:aim|goal|purpose"
    r"|objective) of this|We note that|Experiments (?:show|demonstrate)|Extensive experiments",
    re.IGNORECASE,
)
FORMULA_CODE = re.compile(r"\\[A-Za-z]+|\$[^\d\s]|[{}]|\^\w|(?<=\w)_\{|</?[a-z]+>|&[a-z]+;")
ADDRESS = re.compile(r"https?:|www\.|\[\d+(?:[,–-]\s?\d+)*\]|\\cite|\bgithub\b", re.IGNORECASE)
RELEASE = re.compile(
    r"\b(?:code|data|datasets?|models?|software|demos?) (?:\w+ ){0,4}(?:is|are|will be) (?:\w+ )?"
    r"(?:available|released|found)\b",
    re.IGNORECASE,
)
UNFINISHED = re.compile(
    r"\b(?:and|or|of|the|an?|to|with|by|for|in|on|which|that|from|as|is|are|was|were|than)"
    r"[.!?…]*$",
    re.IGNORECASE,
)
END = re.compile(r"[.!?。！？][\"'”’»)\]」』]*$")
INNER = re.compile(
    r"(?:To|In order to) (?:address|tackle|solve|overcome|fill|bridge|mitigate) (?:this|these)"
    r"|\b(?:address|tackle|solve|overcome|bridge|fill|mitigate)(?:es|s|ing)? (?:this|these|such)"
    r" (?:problem|issue|challenge|limitation|gap|shortcoming|question)s?\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FREE = frozenset(
    [
        "results",
        "result",
        "suggest",
        "suggests",
        "method",
        "that",
        "this",
        "with",
        "from",
        "which",
        "they",
    ]
)
"""Words that a rule may add: they carry no content."""
STEM_CHARS = 4


def faults(summary: str, source: str) -> set[str]:
    """Return the faults of a summary; `source` is the readable title and abstract."""
    words = summary.split()
    checks = {
        "dangling": DANGLING.match(summary),
        "stock opener": STOCK.match(summary),
        "refers back": INNER.search(summary),
        "too long": len(words) > MAX_WORDS,
        "too short": len(words) < MIN_WORDS and summary.isascii(),
        "unfinished": not END.search(summary) or UNFINISHED.search(summary),
        "lower case": re.match(r"[a-z]{3,}(?![\w-]*[A-Z\d])", summary),
        "code": FORMULA_CODE.search(summary),
        "address": ADDRESS.search(summary) or RELEASE.search(summary),
        "question": "?" in summary,
        "brackets": any(summary.count(a) != summary.count(b) for a, b in ("()", "[]", "“”")),
        "foreign number": foreign_numbers(summary, source),
        "foreign word": foreign_words(summary, source),
    }
    return {name for name, found in checks.items() if found}


def foreign_numbers(summary: str, source: str) -> set[str]:
    """Return the numbers of a summary that are not in its source."""
    return {*_NUMBER.findall(summary)} - {*_NUMBER.findall(source)}


def foreign_words(summary: str, source: str) -> set[str]:
    """Return the content words of a summary whose stems are not in its source."""
    stems = {word[:STEM_CHARS] for word in _WORD.findall(source.lower())}
    return {
        word
        for word in _WORD.findall(summary.lower())
        if word[:STEM_CHARS] not in stems and word not in _FREE
    }
