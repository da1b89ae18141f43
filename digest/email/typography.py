"""Typography: quotation marks, apostrophes, capitals of titles, languages of texts."""

from __future__ import annotations

import re
from collections import Counter

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_QUOTED = re.compile(r'(?<![\w"])"([^\s"“”](?:[^"“”]*[^\s"“”])?)"(?![\w"])')
_SCRIPTS = {
    "ja": (re.compile(r"[\u3040-\u30ff]"), 0.1),
    "zh": (re.compile(r"[\u4e00-\u9fff]"), 0.3),
    "ko": (re.compile(r"[\uac00-\ud7af]"), 0.3),
    "ru": (re.compile(r"[\u0400-\u04ff]"), 0.3),
    "ar": (re.compile(r"[\u0600-\u06ff]"), 0.3),
    "he": (re.compile(r"[\u0590-\u05ff]"), 0.3),
}
"""Scripts by language, with the share of a text above which it is in that language."""
_COMMON = {
    "de": "der die das und für mit ein eine von zur",
    "fr": "le la les des et une pour dans sur est",
    "es": "el los las del y una para con por es",
    "pt": "o os as da e uma para com por um",
}
"""Function words by language; one that two languages share decides nothing by itself."""
_LONG = 5
"""Letters from which even a title in capitals writes a word so: not "with", "from", "over"."""
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")


def curled(text: str) -> str:
    """Return `text` with curly apostrophes and quotation marks where there is no doubt.

    Minutes, inches, primes and strands ("5'", "f'(x)", "3'UTR") stay straight.
    """
    return _QUOTED.sub(r"“\1”", _APOSTROPHE.sub("’", text))


def language_of(text: str) -> str:
    """Return the likely language of a title and summary: by script, then by function words."""
    for language, (script, share) in _SCRIPTS.items():
        if len(script.findall(text)) > share * len(text):
            return language
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    counts = {name: sum(words[w] for w in common.split()) for name, common in _COMMON.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > words["the"] + words["of"] + words["and"] else "en"


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
    """Return whether most of the longer words of `title` after the first begin with a capital."""
    words = [word for word in title.split()[1:] if len(word) >= _LONG]
    return 2 * sum(word[0].isupper() for word in words) > len(words)
