"""Scores papers against what a reader wants: TF-IDF coverage, archive expansion, likes.

terms       words as the ranking sees them
background  how rare each word is; an archive that tells which words travel together
topics      which words of the archive mean nearly the same
sheet       a list of papers, taken apart once for all readers
written     interests in words           coverage how much of them papers hold
shown       interests by papers liked    vectors  papers as likes see them
field       where likes are seen from    gallery  papers beside examples
voices      what speaks for a paper      day      the best voice decides
ranker      what readers share           people   followed authors
reasons     what adds up to the score    variety  near-duplicates, diversity
meaning     an embedding model's say     spelling the characters of words
calibration one scale of 0–100           advice   a word about odd profiles
remembered  answers kept for others      build    makes the shipped background
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from digest.model.ranked import Ranked, Reason
from digest.ranking.calibration import band

if TYPE_CHECKING:
    from digest.ranking.background import Background
    from digest.ranking.ranker import Ranker

__all__ = ["Background", "Ranked", "Ranker", "Reason", "band"]


_ROOMS = {
    "Background": "background",
    "Ranker": "ranker",
}


def __getattr__(name: str) -> object:
    """Import what ranks only when it is asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
