"""Sentence boundaries in English scientific text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.model.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = "\"'“‘«([{"

_END = re.compile(
    rf"([.!?…])([\"'”’»)\]]*)\s+(?=[{re.escape(_OPENING)}]*[A-Z0-9À-Þ\u0370-\uffff])"
    r"|([\u3002\uff01\uff1f])([”』」）]*)"
)
"""Ends of sentences; Chinese and Japanese ones need no space after them."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|cf|vs|resp|approx|ca|viz|w\.r\.t|a\.k\.a|figs?|eqs?|secs?|tabs?"
    r"|refs?|nos?|vols?|pp|chs?|thms?|lem|prop|def|cor|ex|alg|app|appx|dr|prof|mr|mrs|ms|st|jr"
    r"|inc|ltd|corp|univ|dept|sp|spp|subsp|var)|(?:^|[\s(.])(?-i:[A-Z]))\.$",
    re.IGNORECASE,
)

_ENDS_ANYWAY = re.compile(r"(?:\b(?:et al|etc|jr|inc|ltd|corp)|(?:^|[\s(])[a-z])\.$", re.IGNORECASE)


def split(text: str) -> list[str]:
    """Return the sentences of `text`; abbreviations, initials and decimals end none."""
    bounds = [0, *ends(text), len(text)]
    return [part for begin, end in pairwise(bounds) if (part := text[begin:end].strip())]


def ends(text: str) -> Iterator[int]:
    """Yield the end of each sentence but the last, closing quotes included."""
    start = 0
    for end in _END.finditer(text):
        if end[1] != "." or _ends(text, start, end.end(1), end.end()):
            yield end.end(2) if end[1] else end.end()
            start = end.end()


def _ends(text: str, start: int, stop: int, after: int) -> bool:
    """Return whether the full stop before `stop` ends the sentence that began at `start`."""
    sentence = text[start:stop]
    if sentence.count("(") > sentence.count(")"):
        return False
    if not _ABBREVIATION.search(sentence[-12:]):
        return True
    following = text[after : after + 30].partition(" ")[0]
    return bool(_ENDS_ANYWAY.search(sentence)) and not fold(following.strip(","))
