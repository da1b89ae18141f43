"""Penalties: deductions for variants that do not stand alone, and bonuses for findings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.email.summary.document import word_count
from digest.email.summary.rules import rules
from digest.email.summary.variants import Kind

if TYPE_CHECKING:
    from digest.email.summary.document import Abstract
    from digest.email.summary.variants import Variant

MAX_WORDS = 45
"""Words of a summary, so that it is read at a glance."""
MAX_LEAD_WORDS = 70
"""Words of the three sentences of a digest's first paper."""

LAST_WORD_CHARS = 16
FORMULA = (0.25, 2.0)
"""Deduction for each sign of a formula, and its maximum."""
_LENGTHS = ((9, 1.0), (12, 0.3))
"""Penalties below so many words."""
_LONG = (38, 0.2)
_FINDING_VERB = re.compile(r"\b[a-z]{3,}[^\Wsui]s\b")
_LEVELS = {
    "": 8.0,
    "cs": 0.0,
    "eess": 0.0,
    "stat.ML": 0.0,
    "math": 1.5,
    "stat": 1.5,
    "math-ph": 1.5,
}
_OTHER_LEVEL = 3.0

DEDUCTIONS = {
    "inner": (1.2, 0.5),
    "solve_this": (0.8, 0.8),
    "markup": (2.5, 2.0),
    "citation": (1.5, 1.5),
    "itinerary": (0.5, 0.5),
    "participle": (0.5, 0.5),
    "release": (3.0, 3.0),
    "ordinal": (2.0, 2.0),
    "sequel": (0.5, 0.5),
    "dangling": (3.0, 1.2),
    "ours": (0.8, 0.0),
    "this_noun": (0.9, 0.0),
    "unfinished": (2.0, 2.0),
}
"""Deductions by rule: as the first sentence of a summary, and as the second."""


@lru_cache(maxsize=1_000)
def faults(text: str) -> tuple[str, ...]:
    """Return the names of the penalties' rules that a text matches."""
    table = rules("penalties")
    end = text[-LAST_WORD_CHARS:]
    return tuple(
        name for name in DEDUCTIONS if table[name].search(end if name == "unfinished" else text)
    )


def penalty(document: Abstract, number: int, variant: Variant, *, first: bool = True) -> float:
    """Return what is deducted from a variant that does not stand alone."""
    text, length = variant.text, word_count(variant.text)
    total = sum(DEDUCTIONS[name][not first] for name in faults(text))
    total += 5.0 * (length > MAX_WORDS) + _LONG[1] * (length > _LONG[0])
    total += next((cost for least, cost in _LENGTHS if length < least), 0.0)
    total += 4.0 * ("?" in text)
    total += min(FORMULA[0] * len(rules("penalties")["formula"].findall(text)), FORMULA[1])
    total += 2.0 * (text.count("(") != text.count(")") or not _is_complete(text))
    if first and document.own_work is not None:
        total += 0.5 * (number < document.own_work)
        total += 0.3 * _is_background(variant)
    return total


def stands_alone(text: str) -> bool:
    """Return whether a text needs nothing before it and is complete."""
    return _is_complete(text) and not {"dangling", "release", "markup", "unfinished"} & {
        *faults(text)
    }


def _is_complete(text: str) -> bool:
    """Return whether a text begins as a sentence and ends as one."""
    starts = text[:1].isupper() or not re.match(r"[a-z]{2,}(?![\w-]*[A-Z\d])", text)
    return bool(re.search(r"[.!?…。！？][\"'”’»)\]」』]*$", text)) and starts


def _is_background(variant: Variant) -> bool:
    cue = rules("cues")
    copula = Kind.COPULA in variant.kinds
    return bool(cue["background"].search(variant.text)) and not (
        copula or cue["we"].search(variant.text)
    )


def finding_level(categories: tuple[str, ...]) -> float:
    """Return the weight of findings before methods in a field, by the first arXiv category.

    Papers without an arXiv category are mostly from PubMed, bioRxiv and journals.
    """
    first = categories[0] if categories else ""
    return _LEVELS.get(first, _LEVELS.get(first.partition(".")[0], _OTHER_LEVEL))


def finding_bonus(document: Abstract, number: int) -> float:
    """Return the bonus of a sentence that states a finding, by its verbs, place and role."""
    text, role = document.sentences[number]
    count, rule, cue = len(document.sentences), rules("findings"), rules("cues")
    finds = bool(rule["finding"].search(text))
    concludes = finds or cue["modal"].search(text) or cue["conclusion"].search(text)
    bonus = 0.5 * finds + 0.5 * (role == "result") - 0.8 * bool(rule["limits"].search(text))
    if number == count - 1 and count > 2:  # noqa: PLR2004 - a last sentence after two others
        bonus += 0.7 if concludes or not cue["we"].search(text) else 0.2
    elif number == count - 2 and count > 3:  # noqa: PLR2004
        bonus += 0.2
    if number == 0 and not finds and count > 2:  # noqa: PLR2004
        bonus -= 0.6
    if not finds and cue["background"].search(text):
        bonus -= 0.4
    return bonus
