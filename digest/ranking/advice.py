"""A word about profiles that will not rank as their readers hope, for `digest check`."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from digest.ranking.gallery import MOST_LIKES
from digest.ranking.terms import terms
from digest.ranking.written import MOST_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.profile import Interest, Profile
    from digest.ranking.background import Background

SHOWN_LENGTH = 40


def advice(profile: Profile, background: Background | None = None) -> tuple[str, ...]:
    """Return one sentence about each odd thing in `profile`; none where all is well.

    With a background, words that none of its texts holds are named too: often they are misspelt.
    """
    return tuple(dict.fromkeys(_all(profile, background)))


def _all(profile: Profile, background: Background | None) -> Iterator[str]:
    if not (profile.interests or profile.liked or profile.authors):
        yield "the profile is empty: no interest, no liked paper and no author; every score is 0"
    for interest in profile.interests:
        yield from _interest(interest, background)
    for phrase in (*profile.avoid, *profile.mute):
        if not terms(phrase):
            yield f"{_quoted(phrase)} has no word that carries a topic; nothing is avoided or muted"
    if len(profile.liked) > MOST_LIKES:
        yield f"{len(profile.liked):,} papers are liked; the last {MOST_LIKES:,} of them count"


def _interest(interest: Interest, background: Background | None) -> Iterator[str]:
    written = [*(phrase.text for phrase in interest.phrases), interest.about]
    if not any(text.strip() for text in written) and not interest.liked:
        yield f"the interest {_quoted(interest.name)} is empty: it has no phrase, text or like"
    for text in written:
        yield from _text(text, background)
    for weight in (interest.weight, *(phrase.weight for phrase in interest.phrases)):
        if not isfinite(weight) or weight <= 0:
            yield f"the weight {weight} of {_quoted(interest.name)} is not above 0; it counts as 1"


def _text(text: str, background: Background | None) -> Iterator[str]:
    words = dict.fromkeys(terms(text))
    if text.strip() and not words:
        yield f"{_quoted(text)} has no word that carries a topic; add some that do"
    if len(words) > MOST_WORDS:
        yield (
            f"{_quoted(text)} has {len(words):,} different words; the {MOST_WORDS} that weigh most "
            "count, and several short interests would do better"
        )
    if background and words and not any(word in background.vocabulary for word in words):
        yield f"no known paper has a word of {_quoted(text)}: is it spelt right?"


def _quoted(text: str) -> str:
    short = text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH].rstrip() + "…"
    return f"“{short}”"
