r"""Authors that come as one string: commas, affiliations in parentheses, TeX accents."""

from __future__ import annotations

import re
import unicodedata

_MARKS = {
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
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "i": "i", "j": "j", "dh": "ð", "th": "þ",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\([`'^~=.\"])\s*\{?\s*(\\?[A-Za-z])\s*\}?"
    r"|\\([uvHcdbkr])(?:\s*\{\s*(\\?[A-Za-z])\s*\}|\s+(\\?[A-Za-z]))"
)
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|dh|th|o|O|l|L|i|j)(?![A-Za-z])(?:\{\}|\s(?=\S))?")
_AFFILIATION = re.compile(r"\([^()]*\)")
_INVERTED = re.compile(r"[^,;]+,\s*(?:[^\W\d_](?:\.[\s-]*|\s+|$)){1,5}")


def plain(name: str) -> str:
    r"""Return `name` with TeX's accents and letters as Unicode: `G\"okhan`, `Hau{\ss}er`."""
    if "\\" in name:
        name = _LETTER.sub(lambda found: _LETTERS[found[1]], _ACCENT.sub(_accented, name))
    return name.replace("{", "").replace("}", "").replace("~", " ")


def _accented(found: re.Match[str]) -> str:
    mark = _MARKS[found[1] or found[3]]
    letter = (found[2] or found[4] or found[5]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + mark)


def split(names: str) -> list[str]:
    """Return the names in a list that a source wrote as one string.

    `A. Lee (Univ. X, Y), B. Roy`, `LEE, A., ROY, B.`, `Lee, A.; Roy, B.` and `A. Lee and B. Roy`
    are all two names, first names first.
    """
    before = ""
    while names != before:
        before, names = names, _AFFILIATION.sub(" ", names)
    if ";" in names:
        return [_forward(name) for name in names.split(";") if name.strip()]
    parts = [part.strip() for part in names.split(",") if part.strip()]
    pairs = [", ".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    if len(parts) > 1 and all(_INVERTED.fullmatch(pair) for pair in pairs):
        return [_forward(pair) for pair in pairs]
    return [name.strip() for part in parts for name in re.split(r"\s+and\s+|^and\s+", part) if name]


def _forward(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else name.strip()
