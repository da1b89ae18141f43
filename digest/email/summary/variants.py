"""Variants: shorter forms of one sentence, each with the kinds of cuts that made it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from digest.email.summary.cleaning import authors_as_we, clean, named, tidy
from digest.email.summary.document import capitalized, word_count
from digest.email.summary.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_HEAD_WORDS = 9
"""Words before a tail that is cut off; shorter heads rarely stand alone."""
MIN_REST_WORDS = 7
MIN_FINDING_WORDS = 6
MIN_NOUN_WORDS = 4
LAST_WORD_CHARS = 16


class Kind(StrEnum):
    """Cut or rewrite that made a variant."""

    COPULA = "copula"
    EVIDENCE = "evidence"
    WE_FIND = "we_find"
    PURPOSE = "purpose"
    TAIL = "tail"
    FORMULA = "formula"


class Variant(NamedTuple):
    """One form of a sentence."""

    text: str
    kinds: frozenset[Kind] = frozenset()

    def changed(self, text: str, kind: Kind) -> Variant:
        """Return a variant of this one."""
        return Variant(text, self.kinds | {kind})


def variants(sentence: str, name: str = "") -> list[Variant]:
    """Return the cleaned sentence and its shorter forms, each text once."""
    base = Variant(clean(sentence, name))
    found = {base.text: base}
    for step in (_copula, lambda v: _openings(v, name), _before_formula, _tails):
        for variant in [*found.values()]:
            for shorter in step(variant):
                found.setdefault(shorter.text, shorter)
    return [variant for variant in found.values() if variant.text]


def _copula(variant: Variant) -> Iterator[Variant]:
    """Yield "X is a …" for "We propose X, a …" and for "We propose a …, called X, …"."""
    rule = rules("variants_cased")
    if found := rule["named_after"].match(variant.text):
        what = _without_second_verb(found["what"])
        if word_count(what) >= MIN_NOUN_WORDS and not re.match(r"\w+ (?:\w+ )?of which", what):
            text = f"{capitalized(found['name'])} is {what}"
            yield variant.changed(tidy(text), Kind.COPULA)
        return
    found = rule["named_before"].match(variant.text)
    if found and not rules("variants")["and_verb"].search(found["what"]):
        rest = _without_second_verb(found["rest"] or ".").lstrip(", ")
        text = f"{capitalized(found['name'])} is {found['what']} {rest}"
        yield variant.changed(tidy(text), Kind.COPULA)


def _without_second_verb(text: str) -> str:
    second = rules("variants")["and_verb"].search(text)
    return f"{text[: second.start()].rstrip(',')}." if second else text


def _openings(variant: Variant, name: str) -> Iterator[Variant]:
    """Yield the sentence without "Experiments show that", or without its purpose clause."""
    rule = rules("variants")
    if found := rule["evidence"].match(variant.text):
        rest = variant.text[found.end() :]
        if rule["hedge"].match(found["verb"]):
            text = f"{found['noun'].capitalize()} {found['verb']} that {rest}"
            yield variant.changed(text, Kind.EVIDENCE)  # the hedge stays: it is no fact
        elif finding := _finding(rest, name):
            yield variant.changed(finding, Kind.EVIDENCE)
    if (found := rule["we_find"].match(variant.text)) and (
        finding := _finding(variant.text[found.end() :], name)
    ):
        yield variant.changed(finding, Kind.WE_FIND)
    found = rule["purpose"].match(variant.text)
    if found and word_count(variant.text[found.end() :]) >= MIN_REST_WORDS:
        rest = authors_as_we(capitalized(variant.text[found.end() :]))
        shorter = variant.changed(rest, Kind.PURPOSE)
        yield shorter
        yield from _copula(shorter)


def _finding(text: str, name: str) -> str:
    """Return the clause after "that" as a sentence, or "" if it is too short."""
    text = re.sub(r"(,?) and (?:also )?that (?=\w)", r"\1 and ", authors_as_we(capitalized(text)))
    return named(text, name) if word_count(text) >= MIN_FINDING_WORDS else ""


def _before_formula(variant: Variant) -> Iterator[Variant]:
    """Yield the words before a long formula, where a study names its object and then defines it.

    A statement that is proved keeps its formulas: without them it would become false.
    """
    cues, formula = rules("cues"), rules("variants")["formula"].search(variant.text)
    subject = cues["study"].search(variant.text) or cues["propose"].search(variant.text)
    if formula and subject and not cues["show"].search(variant.text):
        head = variant.text[: formula.start()].rstrip(",;:–— (")
        if _is_whole(head):
            yield variant.changed(f"{head}.", Kind.FORMULA)


def _tails(variant: Variant) -> Iterator[Variant]:
    """Yield the heads that end at a clause boundary.

    A tail with "if", "under" or "unless" is never cut off: a theorem would become false.
    """
    for tail in rules("variants")["tail"].finditer(variant.text):
        head = variant.text[: tail.start()].rstrip(",;:–— ")
        if _is_whole(head):
            yield variant.changed(f"{head}.", Kind.TAIL)


def _is_whole(head: str) -> bool:
    """Return whether the head of a sentence can stand as one."""
    rule = rules("variants")
    return not (
        word_count(head) < MIN_HEAD_WORDS
        or head.count("(") != head.count(")")
        or head.count("“") != head.count("”")
        or rule["subordinate_start"].match(head)
        or rule["open_clause"].search(head.rpartition(",")[2])
        or rule["cut_short"].search(head[-LAST_WORD_CHARS:])
    )
