"""Acronyms: long forms that the abstract defines, written out while there is room."""

from __future__ import annotations

import re

from digest.email.summary.document import word_count
from digest.email.summary.rules import word_set

_DEFINED = re.compile(r"\(([A-Z][A-Za-z]*[A-Z][\w\-]{0,8}?)s?\)")
_WORDS_BEFORE = re.compile(r"(?:[A-Za-z][\w'’\-/]*\s+){1,7}$")
MAX_PHRASE_CHARS = 120
_SMALL = frozenset(["of", "and", "the", "for", "in", "to", "on", "with", "a", "an"])
KNOWN = word_set("known_acronyms")
"""Acronyms that readers of abstracts know, or that are better known than their long forms."""


def definitions(text: str) -> dict[str, str]:
    """Return the long forms of acronyms whose initials agree ("large language models (LLMs)")."""
    found: dict[str, str] = {}
    for match in _DEFINED.finditer(text):
        before = _WORDS_BEFORE.search(
            text[max(match.start() - MAX_PHRASE_CHARS, 0) : match.start()]
        )
        words = before[0].split() if before else []
        letters = re.sub(r"[^A-Za-z]", "", match[1]).lower()
        for length in range(1, len(words) + 1):
            phrase = words[-length:]
            if phrase[0].lower() not in _SMALL and _initials(phrase) == letters:
                start = match.start() - len(before[0]) if before else 0
                begins = len(phrase) == len(words) and not text[:start].rstrip(" ")[-1:].isalnum()
                found[match[1]] = _inside(" ".join(phrase)) if begins else " ".join(phrase)
                break
    return found


def _initials(words: list[str]) -> str:
    parts = (part for word in words for part in re.split(r"[-/]", word))
    return "".join(part[0] for part in parts if part and part.lower() not in _SMALL).lower()


def expanded(summary: str, abstract: str, title: str, limit: int) -> str:
    """Return `summary` with acronyms of the abstract written out, in at most `limit` words."""
    for acronym, phrase in definitions(abstract).items():
        if acronym in KNOWN or acronym in title or phrase.lower() in summary.lower():
            continue
        found = re.search(rf"(?<![\w-]){re.escape(acronym)}(s?)(?![\w-])", summary)
        longer = _written_out(summary, found, acronym, phrase) if found else summary
        if word_count(longer) <= limit:
            summary = longer
    return summary


def _written_out(summary: str, found: re.Match[str], acronym: str, phrase: str) -> str:
    before, after = summary[: found.start()].rstrip(), summary[found.end() :]
    long = _cased(phrase, starts=not before or before[-1] in ".!?")
    long += "s" * (bool(found[1]) and not long.endswith("s"))
    if re.search(r"\ban?$", before, re.IGNORECASE):
        vowel = long[0].lower() in "aeiou"
        before = re.sub(r"\b([Aa])n?$", lambda a: a[1] + "n" * vowel, before)
    again = re.search(rf"(?<![\w-]){re.escape(acronym)}s?(?![\w-])", after)
    return f"{before} {long}{f' ({acronym})' if again else ''}{after}".strip()


def _cased(phrase: str, *, starts: bool) -> str:
    """Return a long form in the case of running text: capitals of each word are for the acronym."""
    if starts:
        return phrase[0].upper() + phrase[1:]
    words = [word for word in re.split(r"[ -]", phrase) if len(word) > 3]  # noqa: PLR2004
    titled = words and all(word[0].isupper() and word[1:].islower() for word in words)
    return phrase.lower() if titled else phrase


def _inside(phrase: str) -> str:
    """Return a phrase that began a sentence as it is written inside one."""
    return phrase[0].lower() + phrase[1:] if phrase[1:].islower() else phrase
