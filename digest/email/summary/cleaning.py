"""Cleaning: cuts and rewrites that never change what a sentence says."""

from __future__ import annotations

import re

from digest.email.summary.document import capitalized, word_count
from digest.email.summary.rules import rules, word_set

PASSES = 5
"""A cut may uncover the next one: "However, in this paper, we …"."""
MIN_WORDS = 5
MAX_PARENTHESIS = 30

_NO_THIRD_PERSON = word_set("no_third_person")
"""Words after "This work" that are no verbs of the authors' doing: "This work builds on …"."""
_PRESENTING = {
    "introducing": "introduce",
    "proposing": "propose",
    "presenting": "present",
    "developing": "develop",
    "designing": "design",
    "constructing": "construct",
    "building": "build",
    "creating": "create",
    "formulating": "formulate",
    "deriving": "derive",
    "releasing": "release",
}
_TIDY = (
    (re.compile(r"\s+([,.;:?!])"), r"\1"),
    (re.compile(r"\s{2,}"), " "),
    (re.compile(r"([,;:])+\."), "."),
    (re.compile(r",,+"), ","),
)
_DEVOTED = re.compile(
    r"^(?:this|the present|our|the current) (?:\w+ )?(?:paper|work|article|study|letter|note)"
    r" (?:deals with|is concerned with|is aimed at|treats) ",
    re.IGNORECASE,
)
_DEVOTED_WE = {"deals": "We deal with ", "treats": "We treat "}
_SURVEY = re.compile(r"(?:this|the) (?:\w+ )?survey", re.IGNORECASE)
_HERE = re.compile(r"\b(we \w+) here (?=an?\b|the\b|that\b|how\b)", re.IGNORECASE)
_IN_PAPER = re.compile(
    r"^(We \w+) in (?:this|the present) (?:paper|work|article|study|letter|note|report) "
)
_AGAIN = re.compile(r"\(([A-Z][\w\-+]{1,14}s?)\)")


def clean(sentence: str, name: str = "") -> str:
    """Return `sentence` with lead-ins, asides, URLs, citations and parentheses removed."""
    rule = rules("cleaning")
    text = without_leads(sentence)
    text = rule["inside_paper"].sub("", text)
    text = _HERE.sub(r"\1 ", text)
    text = re.sub(r"\$(?!\d)", "", text) if text.count("$") % 2 else text
    text = authors_as_we(_IN_PAPER.sub(r"\1 ", text))
    shorter = rule["to_solve_this"].sub("", text)
    if word_count(shorter) >= MIN_WORDS:
        text = shorter
    text = rule["url"].sub("", text) if "http" in text else text
    text = without_parentheses(text, name)
    text = rule["aside"].sub(" ", text)
    text = rule["we_adverb"].sub(lambda found: f"{found[0][:2]} ", text)
    text = named(capitalized(tidy(text)), name)
    return text if not text or text[-1] in ".!?…\"'”’)" else f"{text}."


def tidy(text: str) -> str:
    """Return `text` with spaces and punctuation repaired after cuts."""
    for pattern, right in _TIDY:
        text = pattern.sub(right, text)
    return text.strip()


def without_leads(sentence: str) -> str:
    """Return `sentence` without connectives, "In this paper" and lead-ins that refer back."""
    rule = rules("cleaning")
    leads = (rule["connective"], rule["in_this_paper"], rule["anaphoric_lead"])
    for _ in range(PASSES):
        text = sentence
        for lead in leads:
            text = lead.sub("", text, count=1)
        text = re.sub(rf"^{rule['we_adverb'].pattern}", "we ", text, flags=re.IGNORECASE)
        if text == sentence or re.match(r"(?:is|are|was|were)\b", text, re.IGNORECASE):
            break  # "In this paper is shown …" has its subject later
        sentence = text
    return capitalized(sentence)


def authors_as_we(sentence: str) -> str:
    """Return "This paper proposes …" and "The aim of this paper is to …" with "We" as subject."""
    rule = rules("cleaning")
    if aim := rule["aim"].match(sentence):
        return f"We {sentence[aim.end() :]}"
    if devoted := _DEVOTED.match(sentence):
        verb = devoted[0].split()[-1 if devoted[0].endswith("treats ") else -2]
        return _DEVOTED_WE.get(verb, "We are concerned with ") + sentence[devoted.end() :]
    if found := rule["paper_verb"].match(sentence):
        verb = _first_person(found["verb"].lower(), sentence, sentence[found.end() :])
        if verb:
            rest = rule["second_verb"].sub(_second_verb, sentence[found.end() :])
            return f"We {found['adverb'].lower()}{verb}{rest}"
    if by := rule["by_presenting"].match(sentence):
        return f"We {_PRESENTING[by['verb'].lower()]} {sentence[by.end() :]}"
    return sentence


def _first_person(verb: str, sentence: str, rest: str) -> str:
    """Return the verb for "we", or "" if it is none that the authors do."""
    if verb in _NO_THIRD_PERSON or _SURVEY.match(sentence):
        return ""
    if re.fullmatch(r"[a-z]{2,}[^\Wsiu]s|[a-z]+(?:ss|sh|ch|x)es", verb):
        return _base(verb)
    past = re.fullmatch(r"[a-z]{3,}ed|found|sought|showed", verb)
    return verb if past and not re.match(r" (?:by|to|in|on|from|as|that)\b", rest) else ""


def _base(verb: str) -> str:
    """Return the base form of a verb in the third person."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if re.search(r"(?:ss|sh|ch|x|us)es$", verb) else verb[:-1]


def _second_verb(found: re.Match[str]) -> str:
    """Return "and shows" as "and show" after a subject that became "we"."""
    verb = found[2]
    third = re.fullmatch(r"[a-z]{2,}[^\Wsiu]s|[a-z]+(?:ss|sh|ch|x|us)es", verb)
    return found[1] + (_base(verb) if third and verb not in _NO_THIRD_PERSON else verb)


def without_parentheses(text: str, name: str = "") -> str:
    """Return `text` without citations and asides; numbers and acronyms used again stay."""
    rule = rules("cleaning")
    keep = {name} | {
        found[1]
        for found in _AGAIN.finditer(text)
        if re.search(rf"\b{re.escape(found[1])}\b", text[found.end() :])
    }

    def needed(found: re.Match[str]) -> bool:
        return bool(rule["before_noun"].search(text[: found.start()]))

    text = rule["citation"].sub(lambda found: found[0] if needed(found) else "", text)

    def shortened(found: re.Match[str]) -> str:
        short = len(found[1]) < MAX_PARENTHESIS and rule["measured"].search(found[1])
        return found[0] if needed(found) or short or found[1] in keep else ""

    return rule["parenthesis"].sub(shortened, text)


def named(sentence: str, name: str) -> str:
    """Return `sentence` with the title's name in place of "Our method" or "It"."""
    if not name or name in sentence:
        return sentence
    rule = rules("cleaning")
    text = rule["method_subject"].sub(name, sentence, count=1)
    return rule["it_subject"].sub(f"{name} ", sentence, count=1) if text == sentence else text
