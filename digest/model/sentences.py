"""Sentence boundaries in English scientific text."""

from __future__ import annotations

import re

from digest.model.tokens import fold

_OPENING = "\"'“‘«([{"

_END = re.compile(rf"([.!?…])([\"'”’»)\]]*)\s+(?=[{re.escape(_OPENING)}]*[A-Z0-9À-Þ\u0370-\uffff])")

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|cf|vs|resp|approx|ca|viz|w\.r\.t|a\.k\.a|figs?|eqs?|secs?|tabs?"
    r"|refs?|nos?|vols?|pp|chs?|thms?|lem|prop|def|cor|ex|alg|app|appx|dr|prof|mr|mrs|ms|st|jr"
    r"|inc|ltd|corp|univ|dept|sp|spp|subsp|var)|(?:^|[\s(.])(?-i:[A-Z]))\.$",
    re.IGNORECASE,
)

_ENDS_ANYWAY = re.compile(r"(?:\b(?:et al|etc|jr|inc|ltd|corp)|(?:^|[\s(])[a-z])\.$", re.IGNORECASE)


def split(text: str) -> list[str]:
    """Return the sentences of `text`; abbreviations, initials and decimals end none."""
    sentences: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end[1] != "." or _ends(text, start, end.end(1), end.end()):
            sentences.append(text[start : end.end(2)].strip())
            start = end.end()
    rest = text[start:].strip()
    return [*sentences, rest] if rest else sentences


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`: whole sentences, else whole words and "…"."""
    if len(text) <= limit:
        return text
    whole = ""
    for sentence in split(text):
        longer = f"{whole} {sentence}".lstrip()
        if len(longer) > limit:
            break
        whole = longer
    if whole:
        return whole
    head = text[: max(limit - 1, 0)]
    if not text[len(head)].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:–—-([") + "…"


def _ends(text: str, start: int, stop: int, after: int) -> bool:
    """Tell whether the full stop before `stop` ends the sentence that began at `start`."""
    sentence = text[start:stop]
    if sentence.count("(") > sentence.count(")"):
        return False
    if not _ABBREVIATION.search(sentence[-12:]):
        return True
    following = text[after : after + 30].partition(" ")[0]
    return bool(_ENDS_ANYWAY.search(sentence)) and not fold(following.strip(","))
