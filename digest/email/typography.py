"""Sets words as a typographer would: quotation marks, apostrophes, a title's capitals in a list."""

from __future__ import annotations

import re

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_QUOTED = re.compile(r'(?<![\w"])"([^\s"“”](?:[^"“”]*[^\s"“”])?)"(?![\w"])')
_LONG = 5
"""Letters from which even a title in capitals writes a word so: not "with", "from", "over"."""
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")


def curled(text: str) -> str:
    """Return `text` with curly apostrophes and quotation marks where there is no doubt.

    Minutes, inches, primes and strands ("5'", "f'(x)", "3'UTR") stay straight.
    """
    return _QUOTED.sub(r"“\1”", _APOSTROPHE.sub("’", text))


def lowered(term: str, title: str, abstract: str) -> str:
    """Return `term`, taken from a paper, with small letters where its capitals say nothing.

    Those of a title that has Every Word So say nothing. A word that the paper also writes small is
    small; one that the abstract writes large amid a sentence (Adam, Gauss) is a name.
    """

    def small(word: re.Match[str]) -> str:
        low = word[0].lower()
        if re.search(rf"\b{low}\b", f"{title} {abstract}"):
            return low
        named = re.search(rf"(?<=[a-z,;] ){word[0]}\b", abstract)
        return word[0] if named or not _in_capitals(title) else low

    return _CAPITALISED.sub(small, term)


def _in_capitals(title: str) -> bool:
    """Tell whether most of the longer words of `title` after the first begin with a capital."""
    words = [word for word in title.split()[1:] if len(word) >= _LONG]
    return 2 * sum(word[0].isupper() for word in words) > len(words)
