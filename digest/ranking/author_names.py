"""Followed authors: the same person under other spellings, and when we cannot be sure.

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
    """How sure we are that two names are one person's."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts, folded to plain lower-case letters."""

    family: str
    given: tuple[str, ...]


def names(text: str, words: int = 1) -> tuple[Name, ...]:
    """Return the ways to read `text`: umlauts both ways; both orders are left to `match`.

    Where no comma tells how long the family name is, its last `words` are taken for it.
    """
    low = unicodedata.normalize("NFC", text.casefold())
    spellings = dict.fromkeys((low.translate(_LETTERS), low.translate(_UMLAUTS)))
    read = (_read(spelling, words) for spelling in spellings)
    return tuple(dict.fromkeys(name for name in read if name))


def _read(text: str, words: int) -> Name | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("'", "").replace("’", "")
    family, given = _at_comma(plain)
    if given:
        last, first = _parts(family), _parts(given)
    else:
        parts = _parts(plain)
        cut = len(parts) - 1
        while cut > 1 and (parts[cut - 1] in _PARTICLES or len(_bare(parts[cut:])) < words):
            cut -= 1
        last, first = parts[cut:], parts[:cut]
    return Name("".join(_bare(last)), tuple(first)) if last else None


def _at_comma(text: str) -> tuple[str, str]:
    """Return the family and given names that a comma sets apart; "" for both where none does."""
    family, comma, given = text.partition(",")
    apart = comma and not set(_parts(given)) <= _SUFFIXES
    return (family, given) if apart else ("", "")


def _bare(family: Sequence[str]) -> list[str]:
    """Return the parts of a family name without particles, unless it has no others."""
    return [part for part in family if part not in _PARTICLES] or [*family]


def _parts(text: str) -> list[str]:
    """Return the parts of a name; "JM" and "J.-M." are two initials, "Jean-Marie" two names."""
    words = [word for word in re.split(r"[^\w]+", text) if word]
    return [word for word in words if word not in _SUFFIXES] or words


def match(followed: str, author: str) -> Match:
    """Tell whether `author` is the person whom the reader follows as `followed`.

    A double family name written before a comma tells how to read the other name, too.
    """
    lengths = {1, *(len(_bare(_parts(_at_comma(name)[0]))) for name in (followed, author))} - {0}
    pairs = [(f, a) for n in lengths for f in names(followed, n) for a in names(author, n)]
    return Match(max((_either_order(f, a).value for f, a in pairs), default=0))


def _either_order(one: Name, other: Name) -> Match:
    """Match two names of which either may stand family first."""
    readings = [(one, other), (_swapped(one), other), (one, _swapped(other))]
    return Match(max(_same(*pair).value for pair in readings))


def _swapped(name: Name) -> Name:
    """Return the name read family first, as Chinese, Korean and Hungarian names stand."""
    return Name(name.given[0], (name.family,)) if len(name.given) == 1 else name


def _same(one: Name, other: Name) -> Match:
    if one.family != other.family:
        return Match.NO
    if not one.given or not other.given:
        return Match.MAYBE if one.given or other.given else Match.YES
    return _same_given(one.given, other.given)


def _same_given(one: Sequence[str], other: Sequence[str]) -> Match:
    if "".join(one) == "".join(other):
        spelled = all(any(len(part) > 1 for part in given) for given in (one, other))
        return Match.YES if spelled else Match.MAYBE
    alike = [_alike(left, right) for left, right in zip(one, other, strict=False)]
    if Match.NO in alike:
        return _run_together(one, other)
    return Match.YES if alike[0] is Match.YES else Match.MAYBE


def _run_together(one: Sequence[str], other: Sequence[str]) -> Match:
    """Match "JM" with "Jean-Marie": initials without points."""
    for short, long in ((one, other), (other, one)):
        initials = "".join(part[0] for part in long)
        if len(short) == 1 and len(long) > 1 and short[0] == initials:
            return Match.MAYBE
    return Match.NO


def _alike(left: str, right: str) -> Match:
    if left == right:
        return Match.YES if len(left) > 1 else Match.MAYBE
    if len(left) == 1 or len(right) == 1:
        return Match.MAYBE if left[0] == right[0] else Match.NO
    return Match.NO


def followed(
    wanted: Sequence[str], authors: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the authors who are followed, and those of them who may be somebody else."""
    if not wanted:
        return (), ()
    found = {author: max(match(name, author).value for name in wanted) for author in authors}
    sure = tuple(author for author, value in found.items() if value)
    return sure, tuple(author for author in sure if found[author] == Match.MAYBE.value)
