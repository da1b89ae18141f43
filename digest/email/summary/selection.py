"""Selection: the best variant of the abstract, and a second sentence that adds a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.email.summary.document import word_count
from digest.email.summary.features import score
from digest.email.summary.penalties import (
    MAX_LEAD_WORDS,
    MAX_WORDS,
    faults,
    finding_bonus,
    finding_level,
    penalty,
)
from digest.email.summary.rules import rules
from digest.email.summary.variants import Variant, variants
from digest.model.tokens import terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.email.summary.document import Abstract

SCALE = 0.6
"""Weight of the linear model beside the penalties."""
MIN_WORDS = 6
"""Words of a second sentence."""
SHARE = 0.6
"""Weight of a result beside the first sentence."""
PLAIN_RESULT = 0.5
"""Deduction for a result without a number."""
SHORT_FIRST = (15, 0.35)
"""First sentences below so many words gain this much from a second one."""
IT_FOLLOWS = 1.2
"""Points that cancel the penalty of "It" right after the sentence that it refers to."""
SLACK = 1.0
"""Points that a shorter form of the first sentence may lose to make room for a result."""


class Candidate(NamedTuple):
    """A variant with the number of its sentence and its points."""

    number: int
    variant: Variant
    points: float


def candidates(document: Abstract, categories: tuple[str, ...] = ()) -> list[Candidate]:
    """Return all variants of all sentences with their points as a first sentence."""
    level = 0.0 if document.has_method else finding_level(categories)
    found: list[Candidate] = []
    for number, sentence in enumerate(document.sentences):
        bonus = level * finding_bonus(document, number) if level else 0.0
        for variant in variants(sentence.text, document.name):
            points = SCALE * score(document, number, variant) + bonus
            points -= penalty(document, number, variant)
            found.append(Candidate(number, variant, points))
    return found


def select(
    document: Abstract, categories: tuple[str, ...] = (), *, most: int = 2
) -> tuple[str, ...]:
    """Return the best sentence, and with `most` = 2 a result, in at most 45 words.

    With `most` = 3 a sentence on the method stands between them, in at most 70 words together.
    """
    fitting = [
        c for c in candidates(document, categories) if word_count(c.variant.text) <= MAX_WORDS
    ]
    if not fitting:
        return ()
    best = max(fitting, key=lambda c: (c.points, -c.number))
    if most == 1:
        return (best.variant.text,)
    chosen, value = [best], best.points
    results = _results(document, categories, fitting, best)
    for first in fitting:
        if first.number != best.number or first.points < best.points - SLACK:
            continue
        pair = next((p for p in _pairs(first, results) if p[1] > value), None)
        if pair:
            chosen, value = [first, pair[0]], pair[1]
    if most > 2:  # noqa: PLR2004 - purpose and result are two
        chosen = [chosen[0], *_with_method(fitting, chosen)]
    texts = [candidate.variant.text for candidate in chosen]
    return tuple(_repeated_name(texts, document.name))


def _with_method(found: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences after the first in their order, with one on the method if it fits."""
    first, *rest = chosen
    room = MAX_LEAD_WORDS - sum(word_count(candidate.variant.text) for candidate in chosen)
    numbers = {candidate.number for candidate in chosen}
    others = [
        c
        for c in found
        if c.number > first.number
        and c.number not in numbers
        and MIN_WORDS <= word_count(c.variant.text) <= room
        and not faults(c.variant.text)
    ]
    method = max(others, key=lambda c: (c.points, -c.number), default=None)
    return sorted([*rest, method] if method else rest, key=lambda c: c.number)


def _pairs(first: Candidate, results: Sequence[Candidate]) -> Iterator[tuple[Candidate, float]]:
    """Yield the best result that fits beside the first sentence, with the points of both."""
    length = word_count(first.variant.text)
    for result in results:
        if length + word_count(result.variant.text) <= MAX_WORDS:
            numbered = rules("findings")["number"].search(result.variant.text)
            gain = result.points - (0 if numbered else PLAIN_RESULT)
            short = SHORT_FIRST[1] if length < SHORT_FIRST[0] else 0
            yield result, first.points + SHARE * gain + 0.1 + short
            return


def _results(
    document: Abstract,
    categories: tuple[str, ...],
    found: Sequence[Candidate],
    best: Candidate,
) -> list[Candidate]:
    """Return the candidates for a second sentence by their value, best first."""
    level = 0.0 if document.has_method else finding_level(categories)
    valued = [
        Candidate(
            c.number,
            c.variant,
            _value(document, c, best, findings=bool(level))
            - penalty(document, c.number, c.variant, first=False)
            + IT_FOLLOWS * _continues(c, best),
        )
        for c in found
        if c.number != best.number and MIN_WORDS <= word_count(c.variant.text) <= MAX_WORDS - 8
    ]
    worthy = [candidate for candidate in valued if candidate.points > 0]
    return sorted(worthy, key=lambda c: (-c.points, c.number))


def _continues(second: Candidate, first: Candidate) -> bool:
    """Return whether "It" at the start of the second sentence is what the first introduces."""
    follows = second.number == first.number + 1 and second.variant.text.startswith("It ")
    return follows and bool(rules("cues")["propose"].search(first.variant.text))


def _value(document: Abstract, candidate: Candidate, best: Candidate, *, findings: bool) -> float:
    """Return the value of a second sentence: results with numbers, without repetition."""
    text, rule, cue = candidate.variant.text, rules("findings"), rules("cues")
    raw, role = document.sentences[candidate.number]
    numbered, own = bool(rule["number"].search(text)), document.own_work
    value = 1.2 * numbered + 0.8 * bool(rule["result"].search(text))
    value += {"result": 0.8, "background": -2.0}.get(role, 0.0)
    value += 0.5 * bool(rule["experiments"].match(raw))
    impersonal = not cue["we"].search(raw) and not numbered
    value -= 0.7 * bool(impersonal and cue["background"].search(text))
    value -= 0.7 * bool(rule["vague"].search(text))
    if candidate.number < best.number and not (findings and numbered):
        value -= 0.9
    value -= 1.5 * (own is not None and candidate.number < own)
    words = set(terms(text))
    value -= 1.5 * len(words & set(terms(best.variant.text))) / max(len(words), 1)
    value -= 0.25 * ("tail" in candidate.variant.kinds)
    value += 0.5 * bool(candidate.variant.kinds & {"evidence", "we_find"})
    value -= 0.4 * (not numbered and not rule["strong"].search(text))
    value -= 1.5 * bool(rule["elsewhere"].search(text))
    return value - 0.012 * word_count(text)


def _repeated_name(texts: Sequence[str], name: str) -> Sequence[str]:
    """Return two sentences about the title's name with "It" as the second subject."""
    both = len(texts) == 2 and all(name and text.startswith(f"{name} ") for text in texts)  # noqa: PLR2004
    return [texts[0], f"It {texts[1][len(name) + 1 :]}"] if both else texts
