"""Short names of papers, as people call them: for the subject and the opening sentence."""

from __future__ import annotations

import re

from digest.model.text import cut

MAX_NAME = 28
_COLON = re.compile(r"[:：]")
_SHOUT = re.compile(r"\b[A-Z]{12,}\b")
_DANGLING = re.compile(
    r"[\s,;–—-]+(?:an?|the|and|or|but|nor|of|for|with|without|in|on|to|into|onto|via|by|from|at|as"
    r"|than|that|which|when|where|how|why|is|are|was|be|been|can|could|do|does|has|have|may|must"
    r"|should|will|not|its|their|our|your|toward|towards|through|using|under|over|between|among"
    r"|beyond|across|after|before|against|about|within|during|per|learns?|makes?|helps?|needs?"
    r"|improves?|enables?|achieves?|requires?|outperforms?|generates?|der|die|das|und|von|f[üu]r|mit|zu|im)$",
    re.IGNORECASE,
)


def coined_name(title: str, limit: int = MAX_NAME) -> str:
    """Return the name that `title` gives its work, the part before a colon; "" without one."""
    name, *rest = _COLON.split(title, maxsplit=1)
    name = name.strip()
    return name if rest and 1 < len(name) <= limit else ""


def short_name(title: str, limit: int = MAX_NAME) -> str:
    """Return the coined name of `title`, else its first words and "…".

    Either has at most `limit` characters, the "…" aside, and ends with no preposition or verb.
    """
    if name := coined_name(title, limit):
        return name
    if len(title) <= limit:
        return title
    words = cut(title, limit, "word").rstrip("…")
    while (shorter := _DANGLING.sub("", words)) != words:
        words = shorter
    return f"{words}…"


def calm(name: str) -> str:
    """Return `name` without what spam filters take for shouting."""
    return _SHOUT.sub(lambda word: word[0].capitalize(), name.replace("!", ""))
