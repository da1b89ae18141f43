"""Followed authors: matches names across spellings, and marks uncertain matches.

"Jörg Müller", "Mueller, J." and "J. Muller" are one name; "Wei Wang" and "W. Wang" may be two
people, so an initial in place of a first name matches only with a warning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "dr", "prof"})
_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "la", "le", "del", "della", "di", "da", "dos", "du", "el"}
    | {"al", "ten", "ter", "bin", "ibn", "zu", "zur"}
)


class Match(Enum):
    """Certainty that two names belong to one person."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name in parts, folded to plain lower-case letters."""

    family: str
    given: tuple[str, ...]


def parse_names(text: str, words: int = 1) -> tuple[ParsedName, ...]:
    """Return the readings of a name, with umlauts as one letter and as two.

    Without a comma the last `words` words are taken as the family name.
    """
    low = unicodedata.normalize("NFC", text.casefold())
    spellings = dict.fromkeys((low.translate(_LETTERS), low.translate(_UMLAUTS)))
    read = (_read(term_ngrams, words) for term_ngrams in spellings)
    return tuple(dict.fromkeys(name for name in read if name))


def _read(text: str, words: int) -> ParsedName | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("'", "").replace("’", "")
    family, given = _split_at_comma(plain)
    if given:
        last, first = _parts(family), _parts(given)
    else:
        parts = _parts(plain)
        cut = len(parts) - 1
        while cut > 1 and (
            parts[cut - 1] in _PARTICLES or len(_without_particles(parts[cut:])) < words
        ):
            cut -= 1
        last, first = parts[cut:], parts[:cut]
    return ParsedName("".join(_without_particles(last)), tuple(first)) if last else None


def _split_at_comma(text: str) -> tuple[str, str]:
    """Return the family and given names around a comma, or two empty strings without one."""
    family, comma, given = text.partition(",")
    apart = comma and not set(_parts(given)) <= _SUFFIXES
    return (family, given) if apart else ("", "")


def _without_particles(family: Sequence[str]) -> list[str]:
    """Return the parts of a family name without particles, unless it has no others."""
    return [part for part in family if part not in _PARTICLES] or [*family]


def _parts(text: str) -> list[str]:
    """Return the parts of a name; "JM" and "J.-M." are two initials, "Jean-Marie" two names."""
    words = [word for word in re.split(r"[^\w]+", text) if word]
    return [word for word in words if word not in _SUFFIXES] or words


def match(followed_authors: str, author: str) -> Match:
    """Return the certainty that `author` is the person followed as `followed`.

    A double family name before a comma fixes how many words the other family name has.
    """
    lengths = {
        1,
        *(
            len(_without_particles(_parts(_split_at_comma(name)[0])))
            for name in (followed_authors, author)
        ),
    } - {0}
    pairs = [
        (f, a)
        for n in lengths
        for f in parse_names(followed_authors, n)
        for a in parse_names(author, n)
    ]
    return Match(max((_match_either_order(f, a).value for f, a in pairs), default=0))


def _match_either_order(one: ParsedName, other: ParsedName) -> Match:
    """Match two names, each of which may begin with the family name."""
    readings = [(one, other), (_swapped(one), other), (one, _swapped(other))]
    return Match(max(_match_names(*pair).value for pair in readings))


def _swapped(name: ParsedName) -> ParsedName:
    """Return the name read family first, as in Chinese, Korean and Hungarian names."""
    return ParsedName(name.given[0], (name.family,)) if len(name.given) == 1 else name


def _match_names(one: ParsedName, other: ParsedName) -> Match:
    if one.family != other.family:
        return Match.NO
    if not one.given or not other.given:
        return Match.MAYBE if one.given or other.given else Match.YES
    return _match_given(one.given, other.given)


def _match_given(one: Sequence[str], other: Sequence[str]) -> Match:
    if "".join(one) == "".join(other):
        char_ngrams = all(any(len(part) > 1 for part in given) for given in (one, other))
        return Match.YES if char_ngrams else Match.MAYBE
    alike = [_match_parts(left, right) for left, right in zip(one, other, strict=False)]
    if Match.NO in alike:
        return _match_joined_initials(one, other)
    return Match.YES if alike[0] is Match.YES else Match.MAYBE


def _match_joined_initials(one: Sequence[str], other: Sequence[str]) -> Match:
    """Match "JM" with "Jean-Marie": initials without points."""
    for short, long in ((one, other), (other, one)):
        initials = "".join(part[0] for part in long)
        if len(short) == 1 and len(long) > 1 and short[0] == initials:
            return Match.MAYBE
    return Match.NO


def _match_parts(left: str, right: str) -> Match:
    if left == right:
        return Match.YES if len(left) > 1 else Match.MAYBE
    if len(left) == 1 or len(right) == 1:
        return Match.MAYBE if left[0] == right[0] else Match.NO
    return Match.NO


def followed_authors(
    wanted: Sequence[str], authors: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the followed authors, and those of them whose match is uncertain."""
    if not wanted:
        return (), ()
    found = {author: max(match(name, author).value for name in wanted) for author in authors}
    sure = tuple(author for author, value in found.items() if value)
    return sure, tuple(author for author in sure if found[author] == Match.MAYBE.value)
