"""LaTeX and stray markup in titles and abstracts, turned into readable Unicode.

For display only, never for ranking. It covers formulae, accents, style commands, citations and
authors' own macros, also after a list dropped dollar signs and backslashes ("2.7times",
"mathcal{O}"). Text without LaTeX is returned unchanged.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from digest.email.latex.parser import unicode_of
from digest.email.latex.symbols import GREEK
from digest.model.text import clean

PASSES = 6
"""Maximum passes; each may uncover markup for the next, such as nested references."""

_MARKUP = re.compile(
    r"[\\$^~{]|[a-z.,;}]%|--|``|&#?\w+;|left[(\[|]|\dtimes|sim|approx|pm\d"
    r"|leq|geq|infty|rightarrow|r?langle|ldots|cdot"
)
_LATEX = re.compile(r"[\\$^]|_\{")
_REFERENCE = re.compile(r"&(?:amp;|#38;|#x26;)*(#?\w{1,32};)")

_STYLES = (
    "math(?:cal|bf|bb|rm|sf|tt|it|frak|scr)|text(?:bf|it|tt|sc|rm|sf|sl|up|normal)?|emph|frac"
    "|operatorname|sqrt|url|href|underline|overline|boldsymbol|widehat|widetilde|cite[pt]?"
)
_FLAT_SIGNS = {
    "leq": "≤",
    "geq": "≥",
    "infty": "∞",
    "rightarrow": "→",
    "leftrightarrow": "↔",
    "langle": "⟨",
    "rangle": "⟩",
    "ldots": "…",
    "cdot": "·",
}
_FLAT = (
    (re.compile(r"(https?://[^\s{}]+)\{[^{}]*\}"), r"\1"),
    (re.compile(rf"(?<![A-Za-z\\])({_STYLES})(?=\{{)"), r"\\\1"),
    (re.compile(r"(?<=\d)times(?![a-z])"), "×"),
    (re.compile(rf"(?<![A-Za-z\\])({'|'.join(GREEK)})(?=[\^_](?:\{{|\w\b))"), r"\\\1 "),
    (re.compile(r"(?<=\d)pm(?=\d)"), "±"),
    (re.compile(r"(?<=\d)sim\s?(?=\d)"), "∼"),
    (re.compile(r"(?<![A-Za-z\\])sim(?=\d[\d.,]*(?:[KMBGx%]|\b))"), "∼"),
    (re.compile(r"(?<![A-Za-z\\])approx(?=\d)"), "≈"),
    (re.compile(r"(?<![a-z\\])left([(\[|])(.{0,300}?)right([)\]|])"), r"\1\2\3"),
    (re.compile(r"(?<![\w{}])(\d+)\{(\d+)\}"), r"\1/\2"),
    (re.compile(r"\{([=,.:<>+−-])\}"), r"\1"),
    (re.compile(r"(?<![\w}\\])\{([A-Za-z])\}(?=[a-z])"), r"\1"),
    (re.compile(r"(?<=\d)\{times\}(?=\d)"), "×"),
)
_FLAT_NAME = re.compile(rf"(?<![A-Za-z\\])(?:{'|'.join(_FLAT_SIGNS)})(?![A-Za-z])")
"""Remains of formulae in lists that drop backslashes, with their repair."""

_LIGATURES = (
    (re.compile(r"``(.{0,400}?)(?:''|\")"), r"“\1”"),
    (re.compile(r'(?<!\w)\\"(\w[^"\\$]{0,120}[\w.,!?)])\\"(?!\w)'), r"“\1”"),
    (
        re.compile(r"(?<=\d)--(?=\d)|(?<=\s)--(?=\s)|(?<=[a-z])--(?=[A-Z])|(?<=[A-Z])--(?=[a-z])"),
        "–",
    ),
    (re.compile(r"(?<=[\w)\s])---(?=[\w(\s])"), "—"),
    (re.compile(r"~{2,}"), " "),
    (re.compile(r"(?:(?<=[A-Za-z]{3})|(?<=[.,)]))~(?=[\w(\\$\[])|(?<=[\w)])~(?=[A-Za-z\\(])"), " "),
)


_COMMENT_SIGN = re.compile(r"(?:(?<=[a-z]{3})|(?<=[.,;}]))%+(?=\s|$)")
"""Comment sign at the end of a source line; after a number or "k" it is a percent sign."""


@lru_cache(maxsize=1_000)
def readable(text: str) -> str:
    """Return `text` with LaTeX, its flattened remains, TeX accents and references as Unicode."""
    for _ in range(PASSES):
        once = _once(text) if _MARKUP.search(text) else text
        if once == text:
            break
        text = clean(once)
    return text


def _once(text: str) -> str:
    text = _REFERENCE.sub(lambda found: html.unescape("&" + found[1]), text)
    text = _COMMENT_SIGN.sub("", text)
    text = _FLAT_NAME.sub(lambda found: _FLAT_SIGNS[found[0]], text)
    for pattern, right in (*_LIGATURES, *_FLAT):
        text = pattern.sub(right, text)
    return unicode_of(text) if _LATEX.search(text) else text
