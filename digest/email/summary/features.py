"""Features: numbers that the linear model weighs, for one variant of one sentence."""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from digest.email.summary.document import word_count
from digest.email.summary.penalties import faults
from digest.email.summary.rules import rules
from digest.email.summary.variants import Kind
from digest.model.tokens import terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.email.summary.document import Abstract
    from digest.email.summary.variants import Variant

LENGTH_STEPS = (8, 12, 16, 20, 25, 30, 36, 45)
"""Words beyond which a further weight counts."""
RAW_CUES = ("contrast", "detail", "conclusion", "anaphora", "results")
"""Cues that cleaning removes, looked up in the sentence as it was."""
FIRST_CUES = ("propose", "show", "paper_verb", "outperform")
ROLES = ("background", "aim", "method", "result")


@cache
def weights() -> Mapping[str, float]:
    """Return the shipped weights by feature; `digest.email.summary.build` trains them."""
    text = files("digest.email.summary").joinpath("weights.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def score(document: Abstract, number: int, variant: Variant) -> float:
    """Return the dot product of features and weights."""
    known = weights()
    values = features(document, number, variant)
    return sum(known.get(name, 0.0) * value for name, value in values.items() if value)


def features(document: Abstract, number: int, variant: Variant) -> dict[str, float]:
    """Return the features of a variant of the sentence with this number."""
    sentence = document.sentences[number]
    found: dict[str, float] = {
        cue: float(bool(rule.search(variant.text))) for cue, rule in rules("cues").items()
    }
    found |= {
        f"raw {cue}": float(bool(rules("cues")[cue].search(sentence.text))) for cue in RAW_CUES
    }
    found |= {f"kind {kind}": float(kind in variant.kinds) for kind in Kind}
    found |= {f"role {role}": float(sentence.role == role) for role in ROLES}
    found |= _position(document, number)
    found |= _length(variant.text)
    found |= _words(document, variant.text)
    found |= {f"first {cue}": float(document.first[cue] == number) for cue in FIRST_CUES}
    found["name of title"] = float(bool(document.name) and document.name in variant.text)
    found["release"] = float("release" in faults(variant.text))
    found["starts with we"] = float(variant.text[:3].lower() == "we ")
    shorter = word_count(variant.text) < word_count(sentence.text)
    found["lead cut"] = float(shorter and Kind.TAIL not in variant.kinds)
    return found | _products(found, document.first["propose"] is not None)


def _position(document: Abstract, number: int) -> dict[str, float]:
    """Return where the sentence stands, absolutely and relative to the authors' own work."""
    last, own = len(document.sentences) - 1, document.own_work
    place = number / max(last, 1)
    return {
        "place": place,
        "place squared": place**2,
        "is first": float(number == 0),
        "is second": float(number == 1),
        "is last": float(number == last),
        "is last but one": float(number == last - 1),
        "is own work": float(own == number),
        "before own work": float(own is not None and number < own),
        "after own work": float(own is not None and number > own),
        "distance": 0.0 if own is None else max(-4, min(4, number - own)) / 4,
    }


def _length(text: str) -> dict[str, float]:
    length = word_count(text)
    steps = {f"longer than {step}": float(length > step) for step in LENGTH_STEPS}
    return {"length": min(length, 60) / 20} | steps


def _words(document: Abstract, text: str) -> dict[str, float]:
    """Return the agreement of the words with the title and the whole abstract."""
    counts, weight = Counter(terms(text)), document.weights
    own = {term: weight.get(term, 1.0) for term in counts}
    total = sum(own.values()) or 1.0
    shared = sum(own[term] for term in counts if term in document.title_terms)
    norm = math.hypot(*(n * own[term] for term, n in counts.items())) or 1.0
    dot = sum(n * document.counts[term] * own[term] ** 2 for term, n in counts.items())
    repeated = sum(document.sentence_counts[term] > 1 for term in counts)
    return {
        "title coverage": shared / document.title_weight,
        "title precision": shared / total,
        "centrality": dot / (norm * document.norm),
        "mean weight": total / max(len(counts), 1) / 5,
        "shared words": repeated / max(len(counts), 1),
        "density": counts.total() / max(word_count(text), 1),
    }


def _products(found: Mapping[str, float], proposed: bool) -> dict[str, float]:  # noqa: FBT001
    """Return the interactions that a linear model lacks."""
    presents = max(found["propose"], found["paper_verb"], found["kind copula"])
    personal = max(found["we"], found["paper"], found["passive"])
    return {
        "proposed elsewhere": float(proposed and not found["propose"]),
        "propose × own work": found["propose"] * found["is own work"],
        "propose × title coverage": found["title coverage"] * presents,
        "background × impersonal": found["background"] * (1 - personal),
    }
