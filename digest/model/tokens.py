"""Terms for ranking: folded, singular, without stop words.

The plural rule stands in for a stemmer: Snowball joins words that readers keep apart
("generative", "generation"), and gains nothing once the archive expands a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    Span = tuple[str, int, int]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_IDEOGRAPH = re.compile(f"[{_CJK}]")
"""Scripts without spaces: each character is a term, and neighbours are pairs."""
_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}_])\w)+(?:['’](?:s|t|re|ve|ll|d|m)\b)?")
_MARK = re.compile(r"[^\w\s'’/\u2010-\u2015-]")
"""Punctuation between two words, which are no phrase across it."""
_NOISE = re.compile(r"(?:https?://|www\.)\S+|\\[a-zA-Z]+\*?|\b[\w.]+\.(?:com|org|io|net|edu)\b\S*")
"""Addresses and LaTeX commands: they travel with every topic and mean none."""

_COMMON = """
    a about above across after again against all almost along already also although always am
    among an and any anything are around as at be became because become becomes been before
    being below between both but by can cannot could did do does done down due during each
    either else enough especially etc even ever every few first five for four from further
    furthermore generally give given gives had has have having he hence her here hers him his
    how however i if in indeed instead into is it its itself just keep know known last least
    less let like likely made mainly make makes making many may me mean means might more
    moreover most mostly much must my namely near nearly need neither never nevertheless next
    no none nor not nothing now of off often on once one only onto or other others otherwise
    our ours out over own per perhaps please put quite rather re really regarding s same
    see seem seems seen several shall she should show showed shown shows since so some
    something sometimes still such t take taken takes than that the their them themselves then
    there thereby therefore these they third this those though three through throughout thus to
    together too toward towards two under unless until up upon us use used uses using usually
    various very via was we well were what whatever when where whereas whether which while who
    whole whom whose why will with within without would yet you your
    abstract achieve achieved achieves aim arxiv author available based existing
    extensive github paper papers present presented presents propose proposed proposes
    publicly recent recently respectively significant significantly study
    demonstrate demonstrates http https www
    """
_ELSEWHERE = """
    und oder der ein eine einer eines einem einen ist sind wird werden wurde wurden nicht auf von zu
    zur zum bei nach durch wir wie sich welche welcher welches diese dieser dieses dass zwischen
    le une dans pour avec que qui nous notre cette sont entre leur
    una uno para por como esta este estos estas uma nao sao pelo pela
    della delle dei degli nella sono questo questa
    """
"""Stop words in German, French, Spanish, Portuguese and Italian that are no English term.

Without them all papers in one of these languages are alike."""
STOP_WORDS = frozenset((*_COMMON.split(), *_ELSEWHERE.split()))
"""Words that carry no topic, in English and in the English of abstracts, and in five languages."""

PHRASE = 200
"""Length up to which a text is not cached: reading it is as fast as the cache."""
RUN = 3
"""Minimum terms of a run; two are a pair."""
PLURAL_LENGTH = 4
"""Minimum length of a word whose plural ending is removed ("gas" and "VLS" stay)."""


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return the term that `word` stands for, or "" where it carries no topic."""
    if _IDEOGRAPH.match(word):
        return word
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    letters = re.split("['’]", letters, maxsplit=1)[0]
    if letters in STOP_WORDS or (len(letters) < 2 and letters.isascii()):  # noqa: PLR2004
        return ""
    return singular(letters)


def singular(word: str) -> str:
    """Return `word` without a regular English plural ending ("LLMs" and "LLM" are one term)."""
    if len(word) < PLURAL_LENGTH or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > PLURAL_LENGTH:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1]


def terms(text: str) -> list[str]:
    """Return the terms of `text` in their order; hyphens split words, addresses are left out."""
    return [term for word in _WORD.findall(_NOISE.sub(" ", text)) if (term := fold(word))]


class Words(NamedTuple):
    """Terms of one paper."""

    title: tuple[str, ...]
    abstract: tuple[str, ...]


class Text(NamedTuple):
    """Text of a paper as likes see it: its terms and its spelling."""

    words: Words
    spelt: str

    @property
    def tokens(self) -> list[str]:
        """Return the words between spaces in lower case, with punctuation and stop words."""
        return self.spelt.lower().split()


def text_of(title: str, abstract: str) -> Text:
    """Return a paper's text."""
    return Text(words_of(title, abstract), f"{title} {abstract}")


@lru_cache(maxsize=20_000)
def words_of(title: str, abstract: str) -> Words:
    """Return the terms of a paper; they are remembered, for several readers share a day."""
    return Words(tuple(terms(title)), tuple(terms(abstract)))


def grams(words: Sequence[str]) -> Iterator[str]:
    """Yield the terms and their adjacent pairs, a pair as two terms joined by a space."""
    yield from words
    yield from map(" ".join, pairwise(words))


def holds(paper: Words, phrase: Sequence[str]) -> bool:
    """Return whether the terms of `phrase` stand side by side in a paper's title or abstract."""
    sought = f" {' '.join(phrase)} "
    return any(sought in f" {' '.join(part)} " for part in paper)


def surfaces(text: str, wanted: Iterable[str]) -> dict[str, str]:
    """Return for each wanted gram found in `text` the words as they stand there first.

    A pair that stands there only across a mark ("LLM)-based agents") is given as its two words.
    """
    read = _read(text) if len(text) > PHRASE else _read.__wrapped__(text)
    return {gram: read[gram] for gram in wanted if gram in read}


@lru_cache(maxsize=2_000)
def _read(text: str) -> dict[str, str]:
    """Return each gram of `text` as it stands there, for several readers ask why of a paper."""
    spans = _spans.__wrapped__(text)  # what is read is remembered itself, phrases are not
    found: dict[str, str] = {}
    for term, start, end in spans:
        found.setdefault(term, _same(term, text[start:end]))
    apart: dict[str, str] = {}
    for (left, start, stop), (right, begin, end) in pairwise(spans):
        pair = f"{left} {right}"
        if _MARK.search(text, stop, begin):
            apart.setdefault(pair, _same(pair, f"{text[start:stop]} {text[begin:end]}"))
        else:
            found.setdefault(pair, _same(pair, text[start:end]))
    return apart | found


def runs(text: str, pairs: Collection[str]) -> dict[str, str]:
    """Return each run of three terms or more of which all neighbours are among `pairs`.

    As long as they are in `text`, the longest first, each as it stands there first.
    """
    spans, start = _spans(text), 0
    found: dict[str, str] = {}
    for end in range(1, len(spans) + 1):
        if end < len(spans) and _side_by_side(text, spans[end - 1], spans[end], pairs):
            continue
        if end - start >= RUN:
            run = " ".join(term for term, _, _ in spans[start:end])
            found.setdefault(run, text[spans[start][1] : spans[end - 1][2]])
        start = end
    return dict(sorted(found.items(), key=lambda item: -item[0].count(" ")))


def _side_by_side(text: str, one: Span, other: Span, pairs: Collection[str]) -> bool:
    (left, _, stop), (right, begin, _) = one, other
    return f"{left} {right}" in pairs and not _MARK.search(text, stop, begin)


@lru_cache(maxsize=2_000)
def _spans(text: str) -> list[Span]:
    """Return the terms of `text` with their start and end; callers must not change the list."""
    return [(term, *match.span()) for match in _WORD.finditer(text) if (term := fold(match[0]))]


def _same(gram: str, surface: str) -> str:
    """Return `surface`, as `gram` itself where they are alike: that halves what is remembered."""
    return gram if gram == surface else surface
