r"""TeX's accents and letters in names: `G\"okhan`, `Jos\'e Mar\'ia`, `Hau{\ss}er`.

arXiv and BibTeX both write names this way; whole formulae are read by the email's LaTeX parser.
"""

from __future__ import annotations

import re

from digest.model.notation import ACCENTS, LATIN_LETTERS, accented

_MATH_ACCENTS = {
    "acute": "'", "grave": "`", "hat": "^", "tilde": "~", "ddot": '"', "bar": "=", "breve": "u",
    "dot": ".", "check": "v", "mathring": "r", "textcommabelow": ",",
}  # fmt: skip
_MARKS = ACCENTS | {",": "\u0326"}

_LETTER = "|".join(sorted(LATIN_LETTERS, key=len, reverse=True))
_BASE = rf"\\[ij](?![A-Za-z])[ \t]?|\\(?:{_LETTER})(?![A-Za-z])[ \t]?|[^\W\d_]"
_ACCENT = re.compile(
    rf"\\(?:([`'^~=.\"])|([uvHcdbkr]|{'|'.join(_MATH_ACCENTS)})(?=[\s{{\\]))"
    rf"\s{{0,9}}(?:\{{\s{{0,9}}({_BASE})\s{{0,9}}([^\W\d_]{{0,9}})\}}|({_BASE}))"
)
_LETTER_COMMAND = re.compile(rf"\\({_LETTER})(?![A-Za-z])(?:\{{\}}|\s(?=\S))?")
_SPACING = re.compile(r"\\[ ,]|~")
_ESCAPED = re.compile(r"\\([&%#_$])")
_NO_TRACE = re.compile(r"\\[-/]|\$|[{}]")


def tex_name(name: str) -> str:
    """Return a name with TeX's accents and letters as Unicode, without braces and ties."""
    if "\\" in name:
        for _ in range(2):  # Vietnamese letters carry two
            name = _ACCENT.sub(_accented, name)
        name = _LETTER_COMMAND.sub(lambda found: LATIN_LETTERS[found[1]], name)
        name = _ESCAPED.sub(r"\1", name)
    return _NO_TRACE.sub("", _SPACING.sub(" ", name))


def _accented(found: re.Match[str]) -> str:
    command = found[1] or found[2]
    mark = _MARKS[_MATH_ACCENTS.get(command, command)]
    letter = (found[3] or found[5]).strip()
    if letter.startswith("\\"):
        letter = LATIN_LETTERS[letter[1:]]
    return accented(letter, mark) + (found[4] or "")
