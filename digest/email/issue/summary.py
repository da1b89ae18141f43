"""What a paper does, in a sentence or two: the source's own summary, or the abstract's best.

Extracts, never writes: the sentences of the abstract are ranked by the weight of their words
(H. P. Luhn, The Automatic Creation of Literature Abstracts, 1958), by cue phrases and by place
(H. P. Edmundson, New Methods in Automatic Extracting, 1969), and a second one must add something
(maximal marginal relevance, J. Carbonell and J. Goldstein, 1998).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from digest.email.latex.normalize import readable
from digest.model.sentences import (
    split,
)
from digest.model.tokens import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.model.paper import Paper


_PROPOSES = re.compile(
    r"\b(?:we (?:\w+ly )?(?:propose|introduce|present|develop|design|describe|release|build|derive"
    r"|devise|formulate|contribute|create|construct|train|prove|study|investigate|explore"
    r"|establish)"
    r"|(?:this|the|our) (?:paper|work|article|study|survey|report|letter|note) (?:\w+ly )?"
    r"(?:propos|introduc|present|develop|describ|investigat|address|stud|show|explor|review"
    r"|examin|provid|offer)\w*"
    r"|(?:in this|here,?) (?:paper|work|article|study|report|we)"
    r"|is (?:proposed|introduced|presented)|called|dubbed|termed|named|to (?:this|that) end)\b",
    re.IGNORECASE,
)
_FINDS = re.compile(
    r"\b(?:we (?:\w+ly )?(?:find|found|show|showed|demonstrate|observe|report|reveal|achieve|obtain"
    r"|identify|discover|prove)|(?:experiment\w*|result\w*|evaluation\w*|finding\w*|analys[ei]s)\b"
    r".{0,40}\b(?:show|demonstrate|reveal|indicate|suggest|confirm)\w*|outperform\w*|surpass\w*"
    r"|achiev\w+|improv\w+|reduc\w+|faster|speed-?up\w*|state-of-the-art|conclusions?:)",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:recent(?:ly)?|existing|previous(?:ly)?|prior|conventional|traditional(?:ly)?|current(?:ly)?"
    r"|remains?|challeng\w+|crucial|essential|despite|although|while|(?:has|have) (?:\w+ly )?"
    r"(?:become|emerged|achieved|shown|demonstrated|revolutionized|enabled|attracted|been))\b",
    re.IGNORECASE,
)
_NEEDS_ITS_BEFORE = re.compile(
    r"(?:however|but|moreover|furthermore|additionally|in addition|also|besides|therefore|thus"
    r"|hence|consequently|then|yet|nevertheless|nonetheless|instead|similarly|likewise|finally"
    r"|further|specifically|in particular|concretely|next"
    r"|firstly|secondly|thirdly|(?:first|second|third)(?=,)"
    r"|based on th\w+|using th(?:is|ese)|as a result|on the other hand|for (?:example|instance)"
    r"|it|they|them|such|these|those|this (?!paper|work|article|study|survey|report|letter|note)"
    r"|that|both|here)\b(?! we\b)",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"\bhttps?:|\bgithub\b|\bproject (?:web)?page\b|\b(?:code|models?|data|datasets?|demos?|videos?"
    r"|weights|website)\b.{0,40}\b(?:available|released?|found|open-?sourced?)\b|\?$",
    re.IGNORECASE,
)

SHORT, LONG = 6, 42
"""Words: outside of these a sentence tells too little, or is hard to read in passing."""


def summarize(
    paper: Paper,
    mode: str = "auto",
    *,
    sentences: int = 2,
    idf: Callable[[str], float] | None = None,
) -> str:
    """Return what `paper` does as readable plain text, in whole sentences; "" where unknown.

    `mode` is that of `email.summary`: "auto" takes the source's own summary where there is one,
    else the `sentences` that carry most; "first" takes the first ones; "abstract" takes all.
    `idf` gives the weight of a term of the ranking; without it all of them weigh the same. Its
    square root counts: a name that nobody used before should not outweigh all else.
    """
    summary, abstract = readable(paper.summary), readable(paper.abstract)
    if not abstract or (mode == "auto" and summary):
        return summary
    if mode == "abstract":
        return abstract
    whole = split(abstract)
    if mode == "first":
        return " ".join(whole[:sentences])
    return " ".join(_best(whole, readable(paper.title), sentences, idf or _equal))


def _best(whole: Sequence[str], title: str, number: int, idf: Callable[[str], float]) -> list[str]:
    """Return the `number` sentences that carry most, in their own order."""
    words = [frozenset(_words(sentence)) for sentence in whole]
    often = Counter(word for sentence in words for word in sentence)
    often.update(_words(title) * 2)
    weights = {word: math.sqrt(max(idf(word), 0)) * (1 + often[word]) for word in often}
    scores = [
        _worth(sentence, sum(weights[word] for word in mine), place / len(whole))
        for place, (sentence, mine) in enumerate(zip(whole, words, strict=True))
    ]
    chosen: list[int] = []
    told: frozenset[str] = frozenset()
    while len(chosen) < min(number, len(whole)):
        news = {
            i: scores[i] * (1 - len(mine & told) / (2 * len(mine) or 1))
            for i, mine in enumerate(words)
            if i not in chosen
        }
        chosen.append(max(news, key=lambda i: (news[i], -i)))
        told |= words[chosen[-1]]
    return [whole[i] for i in sorted(chosen)]


def _worth(sentence: str, weight: float, place: float) -> float:
    """Return what a sentence tells; `weight` is that of its words, `place` 0–1 in the abstract."""
    length = len(sentence.split())
    worth = weight / (length + LONG / 2) * (1 - place / 3)
    proposes, finds = bool(_PROPOSES.search(sentence)), bool(_FINDS.search(sentence))
    worth *= 1 + 1.2 * proposes + 0.3 * finds
    doubts = (
        not SHORT <= length <= LONG,
        bool(_NEEDS_ITS_BEFORE.match(sentence)),
        bool(_BACKGROUND.search(sentence)) and not proposes and not finds,
    )
    worth *= 0.6 ** sum(doubts)
    return worth / 5 if _NO_NEWS.search(sentence) else worth


def _words(text: str) -> list[str]:
    return [term for term in terms(text) if not term[0].isdigit()]


def _equal(_word: str) -> float:
    return 1.0
