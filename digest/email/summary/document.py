"""Document: the sentences and roles of an abstract, and the name that its title coins."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from digest.email.latex.normalize import readable
from digest.email.summary.rules import rules
from digest.model import sentences as boundaries
from digest.model.markup import has_markup, html_text
from digest.model.text import clean
from digest.model.tokens import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_CHARS = 20_000
"""Characters of an abstract that are read; the longest real ones have 6,000."""
MAX_SENTENCES = 60
FIRST_CUES = ("propose", "show", "paper_verb", "outperform", "study", "paper")
MAX_NAME_WORDS = 3

_MACRO_NAMES = (
    "our(?:s|method|model|approach|system|name|framework|dataset|bench|benchmark|work|alg|algo|sys"
    "|tool|agent)?|names?|method(?:name)?|model(?:name)?|sys(?:tem|name|temname)?|tool(?:name)?"
    "|approach|framework|bench(?:name|mark)?|data(?:set)?(?:name)?|proj(?:ect)?(?:name)?|title"
    "|alg(?:name|orithm)?|task(?:name)?|acronym|short(?:name)?|paper(?:name)?|codename|thename"
    "|thisname|agentname"
)
_MACRO = re.compile(
    rf"\$?\\(?:{_MACRO_NAMES})(?![A-Za-z])(?:\{{\}}|\\ |\\xspace)?(?:\s*\{{\}})?\$?"
)
"""Macros that authors define for the name of their work, which the abstract alone cannot expand."""
_CITATION = re.compile(
    r"(?:\s*\b(?:in|from|of|by|see|with|to|and)\b)?[\s~]*\\cite\w*\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}"
)
_COMMENT = re.compile(r"(?<!\\)%(?=\s*[A-Za-z]).*?(?=\n)")
_NAME = re.compile(r"^([^:：?!]{2,34})[:：]\s*\S")
_ORDINARY_START = re.compile(
    r"^(?:Towards?|On|From|Beyond|Learning|Rethinking|Understanding|Is|Are|Can|Do|Does|What|Why"
    r"|How|When|Where|The|An?|Not|All|No|To|In|Who)\b"
)
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{2,}|\d")
_LOWER_WORD = re.compile(r"[a-z]+(?![A-Z\d\w-])")


class Sentence(NamedTuple):
    """One sentence, and the role that a heading before it gives ("" without one)."""

    text: str
    role: str


def coined_name(title: str) -> str:
    """Return the name before the title's colon if it looks coined, or ""."""
    found = _NAME.match(title)
    words = found[1].split() if found else []
    if not found or not words or len(words) > MAX_NAME_WORDS:
        return ""
    if len(words) == 1:
        return words[0] if re.search(r"[A-Z]\w", words[0]) else ""
    ordinary = _ORDINARY_START.match(found[1])
    return "" if ordinary or not any(map(_COINED.search, words)) else found[1].strip()


def plain(text: str, name: str = "") -> str:
    """Return `text` without tags, citations and comments, with author macros as `name`."""
    text = text[:MAX_CHARS]
    if has_markup(text):
        text = html_text(text)
    if "\\" in text:
        text = _CITATION.sub("", _COMMENT.sub("", text))
        text = _MACRO.sub(lambda found: _subject(found, name), text)
    return readable(clean(text))


def _subject(macro: re.Match[str], name: str) -> str:
    """Return the words for a macro, with the space that a backslash after it stands for."""
    starts = not macro.string[: macro.start()].rstrip(" ").rstrip("$")[-1:].strip(".!?")
    words = name or ("The method" if starts else "the method")
    return words + " " * macro[0].endswith(" ")


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a plain abstract, headings removed and kept as roles."""
    role = heading = ""
    for whole in _joined(boundaries.split(text)[:MAX_SENTENCES]):
        text = f"{heading} {whole}" if heading else whole
        heading = ""
        if _label(text, r"\s*[.:]\s*$"):
            heading = text
            continue
        for start in (r"\s*[.:—–]\s+(?=\S)", r"\s+(?=[A-Z][a-z])"):
            found = _label(text, start)
            if found and (found[0].rstrip()[-1] in ".:—–" or found["label"].isupper()):
                role = next(role for role in rules("labels") if found[role])
                text = text[found.end() :]
                break
        if text:
            yield Sentence(capitalized(text), role)


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """Yield sentences, joined where a bracket is still open: "[see Fig. 2]" is one."""
    before = ""
    for part in parts:
        before = f"{before} {part}" if before else part
        if before.count("[") <= before.count("]"):
            yield before
            before = ""
    if before:
        yield before


def _label(text: str, after: str) -> re.Match[str] | None:
    """Match a heading at the start; its last group is the role."""
    return _label_pattern(after).match(text) if text[:1].isupper() or text[:1] == "(" else None


@cache
def _label_pattern(after: str) -> re.Pattern[str]:
    roles = "|".join(f"(?P<{role}>{found.pattern})" for role, found in rules("labels").items())
    return re.compile(rf"(?:\(?(?:[ivx]+|\d)\)\s*)?(?P<label>{roles}){after}", re.IGNORECASE)


def capitalized(text: str) -> str:
    """Return `text` with a capital first letter, unless it begins with a symbol ("k-means")."""
    text = text.strip()
    return text[:1].upper() + text[1:] if _LOWER_WORD.match(text) else text


def word_count(text: str) -> int:
    """Return the number of words between spaces."""
    return len(text.split())


@dataclass(frozen=True)
class Abstract:
    """Abstract and title with the weights of their terms."""

    title: str
    sentences: Sequence[Sentence]
    idf: Callable[[str], float]

    @cached_property
    def name(self) -> str:
        """Name that the title coins, or ""."""
        return coined_name(self.title)

    @cached_property
    def title_terms(self) -> frozenset[str]:
        """Distinct terms of the title."""
        return frozenset(terms(self.title))

    @cached_property
    def counts(self) -> Counter[str]:
        """Counts of the terms of the abstract."""
        return Counter(term for sentence in self.sentences for term in terms(sentence.text))

    @cached_property
    def sentence_counts(self) -> Counter[str]:
        """Number of sentences with each term."""
        return Counter(t for sentence in self.sentences for t in set(terms(sentence.text)))

    @cached_property
    def weights(self) -> dict[str, float]:
        """Inverse document frequency of each term of abstract and title."""
        return {term: max(self.idf(term), 0.1) for term in {*self.counts, *self.title_terms}}

    @cached_property
    def norm(self) -> float:
        """Length of the abstract's TF-IDF vector."""
        return math.hypot(*(n * self.weights[term] for term, n in self.counts.items())) or 1.0

    @cached_property
    def title_weight(self) -> float:
        """Sum of the weights of the title's terms."""
        return sum(self.weights[term] for term in self.title_terms) or 1.0

    @cached_property
    def first(self) -> dict[str, int | None]:
        """First sentence that matches each cue of `FIRST_CUES`."""
        cues = rules("cues")
        return {
            cue: next((i for i, s in enumerate(self.sentences) if cues[cue].search(s.text)), None)
            for cue in FIRST_CUES
        }

    @cached_property
    def own_work(self) -> int | None:
        """First sentence about the authors' own work."""
        cues = ("propose", "paper_verb", "study", "show", "paper")
        return min((n for cue in cues if (n := self.first[cue]) is not None), default=None)

    @cached_property
    def has_method(self) -> bool:
        """Whether a sentence introduces a method; otherwise findings matter most."""
        method = rules("findings")["method"]
        return any(method.search(sentence.text) for sentence in self.sentences)
