r"""Formulae as plain Unicode: scripts, fractions, roots and TeX's accents.

One notation for LaTeX, MathML and HTML, so that a formula reads alike whatever its source sends.
A script without a character in common fonts is written plainly: T^(3/4), L_max.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LOWERED_LETTERS = 2
"""Maximum letters in a lowered word; longer ones are unreadable in small type."""

_UP = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾nⁿiⁱ"
_DOWN = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑiᵢjⱼkₖmₘnₙpₚrᵣsₛtₜuᵤvᵥxₓ"
_RAISED = dict(zip(_UP[::2], _UP[1::2], strict=True))
_LOWERED = dict(zip(_DOWN[::2], _DOWN[1::2], strict=True))
"""Superscripts and subscripts that common fonts have."""

_RAISED_SIGNS = {"∘": "°", "⊤": "ᵀ", "T": "ᵀ", "TM": "™"} | {
    sign: sign for sign in ("′", "″", "′′", "*", "°", "†", "‡", "™", "®", "th", "st", "nd", "rd")
}
"""Superscripts that are a sign of their own, or are written without being raised."""

ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
"""Combining characters by TeX's accent command."""

LATIN_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
"""Latin letters by TeX's command."""

_PLAIN_WORD = re.compile(r"[^\W\d_]\w*|.", re.DOTALL)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_DOTLESS = {"ı": "i", "ȷ": "j"}


def superscript(text: str) -> str:
    """Return `text` in raised characters where all have one, else after "^"."""
    if text in _RAISED_SIGNS or not text:
        return _RAISED_SIGNS.get(text, "")
    if all(c in _RAISED for c in text):
        return "".join(_RAISED[c] for c in text)
    text = text.strip()  # "e^kt" would be read as (e^k)t
    return f"^{text}" if len(text) == 1 or _IN_BRACKETS.fullmatch(text) else f"^({text})"


def subscript(text: str) -> str:
    """Return `text` in lowered characters where all have one, else after "_"."""
    short = len(text) <= MAX_LOWERED_LETTERS or not text.isalpha()
    if text and short and all(c in _LOWERED for c in text):
        return "".join(_LOWERED[c] for c in text)
    return "_" + bracketed(text) if text else ""


def bracketed(text: str) -> str:
    """Return `text` in brackets, unless it is one word, a number or in brackets already."""
    text = text.strip()
    plain = _PLAIN_WORD.fullmatch(text) or text.isdigit() or _IN_BRACKETS.fullmatch(text)
    return text if plain else f"({text})"


def fraction(above: str, below: str) -> str:
    """Return a fraction on one line."""
    return f"{bracketed(above)}/{bracketed(below)}"


def root(radicand: str, degree: str = "") -> str:
    """Return a root; a degree above 4 is a power, since Unicode has no sign for it."""
    sign = _ROOTS.get(degree)
    if sign is None:
        return f"{bracketed(radicand)}^(1/{bracketed(degree)})"
    return sign + bracketed(radicand)


def accented(letter: str, mark: str) -> str:
    """Return `letter` under the combining character `mark`, composed where Unicode has it."""
    return unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + mark)
