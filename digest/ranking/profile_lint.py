"""Profile lint: warnings about profiles that rank badly, for `digest check`."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from digest.model.profile import UNNAMED
from digest.model.text import cut
from digest.model.tokens import terms
from digest.ranking.likes.examples import MAX_LIKES
from digest.ranking.phrases.query import MAX_QUERY_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model.paper import Paper
    from digest.model.profile import Interest, Profile
    from digest.ranking.background import Background

MAX_QUOTED_CHARS = 40
MIN_WORDS = 8
MAX_UNKNOWN_SHARE = 0.4
"""Share of unknown words from which a text counts as foreign.

Of 20,000 abstracts from all fields eight reach it, seven of them foreign. It is below one half
because the archive contains names and words such as "des": French reaches .36–.5.
"""
UNKNOWN_WORDS = (
    "unknown to the archive, which knows English: papers in other languages, and on topics far "
    "from those it holds, are compared by the words that they share alone"
)


def lint_profile(profile: Profile, background: Background | None = None) -> tuple[str, ...]:
    """Return one sentence for each problem of `profile`.

    With a background, words unknown to it are reported too: they are often misspelt.
    """
    return tuple(dict.fromkeys(_rows_with_all(profile, background)))


def _rows_with_all(profile: Profile, background: Background | None) -> Iterator[str]:
    if not (profile.interests or profile.liked or profile.authors):
        yield "the profile is empty: no interest, no liked paper and no author; every score is 0"
    for number, interest in enumerate(profile.interests, 1):
        called = f"interest {number} of {len(profile.interests)}"
        if interest.name != UNNAMED:
            called = f"the interest {_quoted(interest.name)}"
        yield from _interest(interest, called, background)
        if interest.disliked:
            dislikes = (*interest.disliked, *profile.disliked)
            yield from _many(dislikes, f"disliked for {called} and in general")
    for phrase in (*profile.avoid, *profile.mute):
        if not terms(phrase):
            yield f"{_quoted(phrase)} has no word that carries a topic; nothing is avoided or muted"
    yield from _likes(profile.liked, "liked", background)
    yield from _many(profile.disliked, "disliked")


def _interest(interest: Interest, called: str, background: Background | None) -> Iterator[str]:
    written = [*(phrase.text for phrase in interest.phrases), interest.about]
    if not any(text.strip() for text in written) and not interest.liked:
        only = "; dislikes alone find nothing" if interest.disliked else ""
        yield f"{called} is empty: it has no phrase, text or like{only}"
    if background and _mostly_unknown(" ".join(written), background):
        yield f"many words of {called} are {UNKNOWN_WORDS}"
        background = None  # one warning about the language is enough
    for text in written:
        yield from _text(text, background)
    yield from _likes(interest.liked, f"liked for {called}", background)
    for weight in (interest.weight, *(phrase.weight for phrase in interest.phrases)):
        if not isfinite(weight) or weight <= 0:
            yield f"the weight {weight} of {called} is not above 0; it counts as 1"


def _likes(papers: Sequence[Paper], how: str, background: Background | None) -> Iterator[str]:
    yield from _many(papers, how)
    looked_at = papers[-MAX_LIKES:]
    texts = (f"{paper.title}. {paper.abstract}" for paper in looked_at)
    if background and 2 * sum(_mostly_unknown(text, background) for text in texts) > len(looked_at):
        yield f"many words of most papers {how} are {UNKNOWN_WORDS}"


def _many(papers: Sequence[Paper], how: str) -> Iterator[str]:
    if len(papers) > MAX_LIKES:
        yield f"{len(papers):,} papers are {how}; the last {MAX_LIKES:,} of them count"


def _mostly_unknown(text: str, background: Background) -> bool:
    """Return whether enough words of `text` are unknown for it to be in another language."""
    words = set(terms(text))
    unknown = sum(word not in background.vocabulary for word in words)
    return len(words) >= MIN_WORDS and unknown > MAX_UNKNOWN_SHARE * len(words)


def _text(text: str, background: Background | None) -> Iterator[str]:
    words = dict.fromkeys(terms(text))
    if text.strip() and not words:
        yield f"{_quoted(text)} has no word that carries a topic; add some that do"
    if len(words) > MAX_QUERY_WORDS:
        yield (
            f"{_quoted(text)} has {len(words):,} different words; the {MAX_QUERY_WORDS} that weigh "
            "most count, and several short interests would do better"
        )
    if background and words and not any(word in background.vocabulary for word in words):
        yield f"no known paper has a word of {_quoted(text)}: is it spelt right?"


def _quoted(text: str) -> str:
    return f"“{cut(text, MAX_QUOTED_CHARS)}”"
