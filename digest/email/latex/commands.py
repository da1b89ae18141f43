"""LaTeX commands with arguments, and the plain Unicode they produce."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.email.latex.symbols import DOUBLE
from digest.model.notation import fraction, subscript, superscript

if TYPE_CHECKING:
    from collections.abc import Callable

_BLACKBOARD = re.compile(r"(?:b|bb|I)?([CHNPQRZ])\1?")
_FACE = re.compile(r"[bcm]([A-Z])")


def _character(code: str) -> str:
    """Return the character of a code such as x3B1, "" for one that does not exist."""
    found = re.fullmatch(r"(x?)([0-9A-Fa-f]{1,6})", code.strip())
    try:
        return chr(int(found[2], 16 if found[1] else 10)) if found else ""
    except ValueError:
        return ""


def macro(name: str, *, math: bool) -> str:
    """Return what an author's own macro probably shows: a blackboard character, or its name."""
    if math and (black := _BLACKBOARD.fullmatch(name)):
        return DOUBLE[black[1]]
    face = _FACE.fullmatch(name) if math else None
    return face[1] if face else name


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
    "textsuperscript": superscript,
    "textsubscript": subscript,
    "unicode": _character,
}
TWO: dict[str, Callable[[str, str], str]] = {
    **dict.fromkeys(("frac", "tfrac", "dfrac", "cfrac", "sfrac", "nicefrac"), fraction),
    **dict.fromkeys(("binom", "tbinom", "dbinom"), _choose),
    **dict.fromkeys(("textcolor", "href", "texorpdfstring", "colorbox", "hyperlink"), _second),
    **dict.fromkeys(("stackrel", "overset", "underset"), _second),
}
"""Commands by the number of their arguments, with the function that renders them."""
