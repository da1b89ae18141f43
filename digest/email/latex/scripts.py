"""How pieces of formulae are written in plain Unicode: scripts, fractions, single letters.

What has no character in common fonts is written plainly: T^(3/4), L_max.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.email.latex.symbols import DOUBLE, DOWN, RAISED, UP

if TYPE_CHECKING:
    from collections.abc import Callable

PAIR = 2
"""Lowered letters that can be read; longer words stay large."""

_PLAIN_WORD = re.compile(r"[^\W\d_]\w*|.", re.DOTALL)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_BLACKBOARD = re.compile(r"(?:b|bb|I)?([CHNPQRZ])\1?")
_FACE = re.compile(r"[bcm]([A-Z])")


def raised(text: str) -> str:
    """Return `text` as a superscript: in raised characters where all have one, else after "^"."""
    if text in RAISED or not text:
        return RAISED.get(text, "")
    if all(c in UP for c in text):
        return "".join(UP[c] for c in text)
    return "^" + wrapped(text)


def lowered(text: str) -> str:
    """Return `text` as a subscript: in lowered characters where all have one, else after "_"."""
    if text and all(c in DOWN for c in text) and (len(text) <= PAIR or not text.isalpha()):
        return "".join(DOWN[c] for c in text)
    return "_" + wrapped(text) if text else ""


def wrapped(text: str) -> str:
    """Return `text` in brackets, unless it is one word, a number or in brackets already."""
    text = text.strip()
    plain = _PLAIN_WORD.fullmatch(text) or text.isdigit() or _IN_BRACKETS.fullmatch(text)
    return text if plain else f"({text})"


def _character(code: str) -> str:
    """Return the character of a code such as x3B1, "" for one that does not exist."""
    found = re.fullmatch(r"(x?)([0-9A-Fa-f]{1,6})", code.strip())
    try:
        return chr(int(found[2], 16 if found[1] else 10)) if found else ""
    except ValueError:
        return ""


def macro(name: str, *, math: bool) -> str:
    """Return what an author's own macro probably shows: a blackboard letter, or its name."""
    if math and (black := _BLACKBOARD.fullmatch(name)):
        return DOUBLE[black[1]]
    face = _FACE.fullmatch(name) if math else None
    return face[1] if face else name


def _fraction(above: str, below: str) -> str:
    return f"{wrapped(above)}/{wrapped(below)}"


def _choose(above: str, below: str) -> str:
    return f"({above} choose {below})"


def _second(first: str, second: str) -> str:
    return second or first


def _black(letter: str) -> str:
    return DOUBLE.get(letter, letter)


def _negated(sign: str) -> str:
    return sign[:1] + "\u0338" + sign[1:]


ONE: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("mathbb", "mathbbm", "mathds", "Bbb", "bb", "mathbbold"), _black),
    "footnote": " ({})".format,
    "pmod": " (mod {})".format,
    "not": _negated,
    "textsuperscript": raised,
    "textsubscript": lowered,
    "unicode": _character,
}
TWO: dict[str, Callable[[str, str], str]] = {
    **dict.fromkeys(("frac", "tfrac", "dfrac", "cfrac", "sfrac", "nicefrac"), _fraction),
    **dict.fromkeys(("binom", "tbinom", "dbinom"), _choose),
    **dict.fromkeys(("textcolor", "href", "texorpdfstring", "colorbox", "hyperlink"), _second),
    **dict.fromkeys(("stackrel", "overset", "underset"), _second),
}
"""Commands by the number of their arguments, and what they make of them."""
