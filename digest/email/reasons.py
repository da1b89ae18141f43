"""Reasons: one line on why a paper is in the digest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.email.i18n import Language, capitalised
from digest.email.issue.selection import points
from digest.email.typography import lowered
from digest.model.text import clean, cut
from digest.model.tokens import singular

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.issue import Section
    from digest.model.ranked import Ranked

TERMS = 5
MISSING = 3
WEAK = 40
"""Below this score the email also names what a paper lacks."""
MAX_UNCERTAIN = 3
_BETWEEN = re.compile(r"[\s\u2010\u2011-]+")
_SILENT = re.compile(r"(?<=ch|sh|ss|zz)e$|(?<=x)e$")
"""An "e" that the singular of "-es" has or has not."""


def why(ranked: Ranked, section: Section, context: MessageContext, say: Language) -> str:
    """Return the score, with the interest where the reader has several: "83 · Optimizers"."""
    score = say.number(points(ranked))
    headed = ranked.interest == section.interest  # the heading above names it
    if ranked.interest and len(context.interests) > 1 and not headed:
        return say("why.interest", interest=cut(clean(ranked.interest), 80), score=score)
    return say("why.match", score=score)


def terms(ranked: Ranked) -> str:
    """Return the terms that carried most: phrases whole, nothing that the interest's name says."""
    found = {r.term: _words(r.term) for r in ranked.reasons if r.weight > 0}
    phrases = [term for term, words in found.items() if len(words) > 1]
    home = {word: phrase for phrase in reversed(phrases) for word in found[phrase]}
    known = _words(ranked.interest)
    named: dict[str, frozenset[str]] = {}
    for term, words in found.items():
        if not words <= known.union(*named.values()):
            whole = term if len(words) > 1 else home.get(min(words), term)
            named[whole] = found[whole]
    paper = ranked.paper
    small = dict.fromkeys(lowered(term, paper.title, paper.abstract) for term in named)
    return ", ".join(list(small)[:TERMS])


def _words(term: str) -> frozenset[str]:
    """Return the words of a term in the singular; "cache" and "caches" are one of them."""
    words = (singular(word) for word in re.split(_BETWEEN, term.casefold()) if word)
    return frozenset(_SILENT.sub("", word) for word in words)


def remarks(ranked: Ranked, say: Language) -> tuple[str, ...]:
    """Return further sentences: a similar like, what lowers the score, what is missing."""
    against = ", ".join([r.term for r in ranked.reasons if r.weight < 0][:MISSING])
    missing = ", ".join(ranked.missing[:MISSING]) if points(ranked) < WEAK else ""
    names = say.listed(ranked.uncertain[:MAX_UNCERTAIN])
    sentences = (
        say("why.like", title=cut(ranked.like, 120)) if ranked.like else "",
        say("why.lowered", terms=against) if against else "",
        say("why.missing", terms=missing) if missing else "",
        say("why.uncertain", names=names) if names else "",
    )
    return tuple(capitalised(say("sentence", text=remark)) for remark in sentences if remark)
